"""A GAN as KerasTuner's hypermodel."""

import collections
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import keras_tuner
from keras_tuner.errors import FailedTrialError

from keras_gans.callbacks import GenerativeMetrics
from keras_gans.errors import TrainingDiverged, whole_number
from keras_gans.models import ARCHITECTURES, GAN, settings
from keras_gans.tuning import space as spaces

if TYPE_CHECKING:
    from keras_gans.data import Data

BUDGETS = ("epochs", "steps", "images")


class GANHyperModel(keras_tuner.HyperModel):
    """Builds a GAN from values of a space, and trains it on a data set with the batch size and the epochs among them.

    For `tune`, which makes one, and for any tuner of KerasTuner's. Subclasses may override `build`, or `make` alone.

    Args:
        architecture: a function takes {name: value} and gives a compiled GAN.
        shape: of a sample.
        space: as in `tuning.tune`.
        tuner: "hyperband" leaves the epochs out of a ready space.
        arguments: {name: value} that every trial has: the architecture's arguments, its training settings.
        batch_size, epochs: of trials whose space does not say.
        budget: what `epochs` counts. "epochs": passes over the data, whatever the batch. "steps": as many discriminator steps as that
            many epochs of `batch_size` have. "images": as many images as those show it. The last two are rounded to whole epochs (at
            least one), and keep small batches from winning by more updates, or large ones by more images.
        seed: of the first execution of a trial; the next ones have the next seeds.

    Attributes:
        measurements: how often `callbacks.GenerativeMetrics` measures a training, after the first epoch and then evenly up to the last,
            so that a training of more epochs does not count by the best of more looks; None: every N epochs, as the callback says.

    Raises:
        ValueError: a space that the architecture does not take.
    """

    def __init__(
        self,
        architecture: type[GAN] | Callable[[dict[str, Any]], GAN],
        shape: Sequence[int],
        space: str | Mapping[str, Any] = "small",
        *,
        tuner: str = "random",
        arguments: Mapping[str, Any] | None = None,
        batch_size: int = 64,
        epochs: int = 20,
        budget: str = "epochs",
        seed: int = 0,
    ) -> None:
        super().__init__()
        if budget not in BUDGETS:
            raise ValueError(f"budget={budget!r}: expected {', '.join(BUDGETS)}.")
        self.architecture, self.shape, self.arguments = architecture, tuple(shape), dict(arguments or {})
        self.batch_size, self.epochs = whole_number("batch_size", batch_size), whole_number("epochs", epochs)
        self.measurements = None
        self.budget, self.seed = budget, whole_number("seed", seed, least=0)
        for name in self.arguments:
            if isinstance(space, dict) and name in space:
                raise ValueError(f"{name} is in arguments and in the space. Leave one of them out.")
        self.space = spaces.get(space, architecture if isinstance(architecture, type) else None, tuner)
        # how often each set of values was trained: the number of an execution
        self.fits: collections.Counter[str] = collections.Counter()

    @property
    def called(self) -> str:
        """The architecture's name, or that of the function."""
        names: dict[Any, str] = {architecture: name for name, architecture in ARCHITECTURES.items()}
        return names.get(self.architecture, getattr(self.architecture, "__name__", "gan"))

    @property
    def usual(self) -> dict[str, Any]:
        """The values of the default recipe: none but the architecture's own; of a function the first of each list, the low ends."""
        if isinstance(self.architecture, type):
            return {}
        return {name: entry.corners[0] for name, entry in self.space.items()}

    def about(self) -> dict[str, Any]:
        """What it searches, as JSON can hold it."""
        names = ("arguments", "epochs", "batch_size", "budget", "seed")
        found = {name: getattr(self, name) for name in names}
        if self.called not in ARCHITECTURES:
            found["function"] = f"{self.architecture.__module__}.{getattr(self.architecture, '__qualname__', self.called)}"
        return {"architecture": self.called, "shape": list(self.shape), "space": spaces.to_json(self.space), **found}

    # ---- what KerasTuner calls

    def declare_hyperparameters(self, hp: Any) -> None:
        """Everything, before the first trial; what is asked for in `fit` alone KerasTuner would know too late."""
        spaces.declare(self.space, hp)

    def build(self, hp: Any) -> GAN:
        """A compiled GAN for the values of a `keras_tuner.HyperParameters`."""
        values = spaces.declare(self.space, hp)
        return self.make(values, self.seed + self.fits[key(hp)])

    def fit(
        self,
        hp: Any,
        gan: GAN,
        data: "Data",
        callbacks: Sequence[keras.callbacks.Callback] = (),
        verbose: int | str = 0,
        **options: Any,
    ) -> dict[str, float]:
        """Trains a GAN on `data.Data`.

        Returns:
            {log key: best value}, with the seconds, epochs, steps of the discriminator and images that it took.

        Raises:
            FailedTrialError: NaN, out of memory, or a monitor that stopped the training; with the reason.
        """
        values = spaces.declare(self.space, hp)
        self.fits[key(hp)] += 1
        start, end = options.pop("initial_epoch", 0), options.pop("epochs", self.epochs)
        if "tuner/epochs" not in hp.values:  # Hyperband's own
            start, end = 0, values.get("epochs", end)
        return self.train(gan, values, data, callbacks, start, end, verbose)

    # ---- the work

    def make(self, values: Mapping[str, Any], seed: int) -> GAN:
        """A compiled GAN for {name: value}."""
        values = {**self.arguments, **{name: value for name, value in values.items() if name not in spaces.FIT}}
        if isinstance(self.architecture, type):
            return settings.make(self.architecture, self.shape, values, seed)
        keras.utils.set_random_seed(seed)
        gan = self.architecture(values)
        if not isinstance(gan, GAN):
            raise TypeError(f"{self.called} gave {type(gan).__name__}; expected a compiled keras_gans.GAN.")
        return gan

    def length(self, epochs: int, batch_size: int, count: int) -> int:
        """Epochs of `batch_size` that come to the budget of `epochs`, of a data set of `count` samples."""
        steps, steps_here = count // self.batch_size, count // batch_size
        if self.budget == "steps":
            epochs = round(epochs * steps / steps_here)
        elif self.budget == "images":
            epochs = round(epochs * steps * self.batch_size / (steps_here * batch_size))
        return max(epochs, 1)

    def every(self, epochs: int) -> int | None:
        """Epochs from one measurement to the next of a training of so many."""
        return None if self.measurements is None else -(-epochs // self.measurements)

    def train(
        self,
        gan: GAN,
        values: Mapping[str, Any],
        data: "Data",
        callbacks: Sequence[keras.callbacks.Callback] = (),
        start: int = 0,
        end: int | None = None,
        verbose: int | str = 0,
    ) -> dict[str, float]:
        """`fit` for {name: value}, from one epoch to another in terms of the budget."""
        data = data.batched(values.get("batch_size", self.batch_size), seed=gan.seed or 0)
        end = values.get("epochs", self.epochs) if end is None else end
        first, last = (epochs and self.length(epochs, data.batch_size, len(data.train_samples)) for epochs in (start, end))
        for callback in callbacks:
            if isinstance(callback, GenerativeMetrics) and self.measurements is not None:
                callback.every = self.every(last)
        before = time.perf_counter()
        try:
            history = gan.fit(
                data.train,
                initial_epoch=first,
                epochs=last,
                validation_data=data.validation,
                callbacks=list(callbacks),
                verbose=verbose,
            )
        except TrainingDiverged as error:
            raise FailedTrialError(f"nan: {error}") from None
        except Exception as error:
            if not out_of_memory(error):
                raise
            raise FailedTrialError(f"out of memory: {(str(error) or type(error).__name__).splitlines()[0][:200]}") from None
        if gan.stop_training:
            for alarm in (alarm for callback in callbacks for alarm in getattr(callback, "alarms", ())):
                if alarm.action == "stop":
                    raise FailedTrialError(alarm.message)
        better = {name: way for callback in callbacks for name, way in getattr(callback, "produces", {}).items()}
        scores = {
            name: (min if way == "min" else max)(history.history[name])
            for name, way in better.items()
            if history.history.get(name)
        }
        epochs = len(history.epoch)
        steps = epochs * len(data.train)
        spent = {"epochs": first + epochs, "steps": steps, "images": steps * data.batch_size}
        return {**scores, **{name: float(n) for name, n in spent.items()}, "seconds": time.perf_counter() - before}


def key(hp):
    """The values of a trial as one hashable word; KerasTuner's own among them, which tell a round of Hyperband from the one before."""
    return json.dumps(hp.values, sort_keys=True)


def out_of_memory(error):
    """Whether an error of any backend says that memory ran out."""
    words = f"{type(error).__name__} {error}"
    return isinstance(error, MemoryError) or "ResourceExhausted" in words or "RESOURCE_EXHAUSTED" in words
