"""Curricula: a training in stages, from easy to hard (Bengio et al. 2009, "Curriculum Learning")."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from keras_gans import backend
from keras_gans.errors import unknown
from keras_gans.training import growth
from keras_gans.training.curriculum_checks import check_order, check_stage, check_values
from keras_gans.training.views import blurred, first_steps
from keras_gans.types import Config, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self

    from keras_gans.models import GAN

CONDITION = re.compile(r"^\s*(?P<key>[^<>]+?)\s*(?P<sign>[<>])\s*(?P<value>[-+0-9.eE]+)\s*$")


@keras.saving.register_keras_serializable("keras_gans")
class Stage:
    """What training is like for a while, and when that ends. What is not named is as it always is.

    Where a pair (start, end) may stand, the value moves from one to the other over the stage's epochs.

    Args:
        epochs: how long it lasts; with `until` at most. None, without `until`: to the end of the training.
        blur: standard deviation in pixels of a Gaussian blur on the images that the discriminator sees, real and fake; or a pair.
        noise: standard deviation, in the networks' units, of normal noise on them (instance noise; Sonderby et al. 2017, section 3;
            Arjovsky and Bottou 2017, section 3); or a pair.
        resolution: of images, the shorter side: the networks' layers above it are not used yet. At the next resolution they are
            faded in during the first half of the stage, of one without epochs for half as long as the stage before (Karras et al. 2018, section 2).
        length: of sequences: the discriminator sees so many of their first steps, and zeros for the rest.
        classes: how many of the first classes, or a tuple of classes, the training samples come from. Needs data with labels, as
            `fit(x, y)` and `data.load` have.
        until: "KEY < NUMBER" or "KEY > NUMBER": ends after an epoch in whose logs that holds, for example "val_fid[digits] < 20";
            "gap < 0.1" is about d_real_accuracy - val_d_real_accuracy.

    Raises:
        ValueError: a value outside its range, a pair without epochs, an `until` of another form.
    """

    def __init__(
        self,
        epochs: int | None = None,
        *,
        blur: float | Sequence[float] | None = None,
        noise: float | Sequence[float] | None = None,
        resolution: int | None = None,
        length: int | None = None,
        classes: int | Sequence[int] | None = None,
        until: str | None = None,
    ) -> None:
        self.epochs, self.blur, self.noise = epochs, as_pair(blur), as_pair(noise)
        self.resolution, self.length, self.until = resolution, length, until
        self.classes: Any = tuple(classes) if isinstance(classes, (list, tuple)) else classes
        check_values(self)
        if hasattr(classes, "__index__"):
            self.classes = classes.__index__()  # type: ignore[union-attr]
        if until is not None and not (isinstance(until, str) and CONDITION.match(until) and is_number(until)):
            raise ValueError(f'Stage: until={until!r}; expected "KEY < NUMBER" or "KEY > NUMBER", for example "gap < 0.1".')

    @property
    def ends(self) -> bool:
        return self.epochs is not None or self.until is not None

    @property
    def key(self) -> str | None:
        """The log key that `until` waits for, or None."""
        return CONDITION.match(self.until)["key"] if self.until else None  # type: ignore[index]

    def reached(self, logs: Mapping[str, float]) -> bool:
        """Whether `until` holds in an epoch's logs."""
        if self.until is None:
            return False
        found: Any = CONDITION.match(self.until)
        value = gap(logs) if found["key"] == "gap" else logs.get(found["key"])
        if value is None:
            return False
        return value < float(found["value"]) if found["sign"] == "<" else value > float(found["value"])

    @property
    def allowed_classes(self) -> tuple[int, ...] | None:
        return tuple(range(self.classes)) if isinstance(self.classes, int) else self.classes

    def __str__(self) -> str:
        named = {
            name: value for name, value in self.get_config().items() if value is not None and name not in ("epochs", "until")
        }
        words = [
            f"{name} {' to '.join(map(str, v)) if isinstance(v, tuple) and name != 'classes' else v}"
            for name, v in named.items()
        ]
        return ", ".join(words) or "nothing changed"

    def get_config(self) -> Config:
        names = ("epochs", "blur", "noise", "resolution", "length", "classes", "until")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        return cls(**config)


def is_number(until):
    """Whether what `until` compares with is a number."""
    found: Any = CONDITION.match(until)
    try:
        return float(found["value"]) < float("inf")
    except ValueError:
        return False


def as_pair(value):
    return tuple(value) if isinstance(value, (list, tuple)) else value


def gap(logs):
    """How much more of the training samples than of held-out ones the discriminator calls real; None without held-out data."""
    if "val_d_real_accuracy" not in logs:
        return None
    return logs["d_real_accuracy"] - logs["val_d_real_accuracy"]


class Progress(keras.layers.Layer):
    """Where a curriculum is: weights, which are saved, resumed, and read inside the compiled step.

    Args:
        stages: list of `Stage`.
        resolutions: those below the full one, rising.
        full: the images' own, or None.
    """

    def __init__(self, stages, resolutions=(), full=None):
        super().__init__(name="progress", trainable=False, dtype="float32")
        self.stages, self.resolutions = stages, list(resolutions)
        self.stage = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False, name="stage")
        self.passed = self.add_weight(shape=(), initializer="zeros", trainable=False, name="passed")  # epochs of the stage
        self.rate = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rate")  # epochs a step
        self.built = True
        self._epochs = np.array([stage.epochs or np.inf for stage in stages], "float32")
        lasting = [(now if np.isfinite(now) else before) / 2 for before, now in zip([2.0, *self._epochs], self._epochs)]
        self._fades = [epochs if np.isfinite(epochs) else 1.0 for epochs in lasting]  # how long a resolution is faded in
        levels = {size: level for level, size in enumerate(self.resolutions)}
        self._levels = [levels.get(stage.resolution, len(self.resolutions)) for stage in stages]

    def at(self, table):
        """The present stage's row of a table."""
        return ops.take(ops.convert_to_tensor(np.asarray(table, "float32")), self.stage, axis=0)

    def share(self, of=1.0):
        """How much of the stage (or of its first part `of`) is over, 0 to 1."""
        return ops.clip(self.passed / (self.at(self._epochs) * of), 0.0, 1.0)

    def value(self, name):
        """A number or pair of the stages at this moment; 0 where the stage does not name it."""
        rows = [getattr(stage, name) or 0.0 for stage in self.stages]
        rows = [row if isinstance(row, tuple) else (row, row) for row in rows]
        start, end = ops.unstack(self.at(rows))
        return start + (end - start) * self.share()

    def opened(self, level):
        """How far a level of resolution is faded in, 0 to 1; the levels below the present one are, those above are not."""
        before = [self._levels[0], *self._levels[:-1]]
        low, high = self.at(before), self.at(self._levels)
        depth = low + (high - low) * ops.clip(self.passed / self.at(self._fades), 0.0, 1.0)
        return ops.clip(depth - (level - 1), 0.0, 1.0)


@keras.saving.register_keras_serializable("keras_gans")
class Curriculum(keras.layers.Layer):
    """Stages in their order: `gan.compile(curriculum=Curriculum([Stage(10, blur=(2, 0)), Stage()]))`.

    Args:
        stages: at least one, in order; a dict has the arguments of a `Stage`.

    What every stage changes is a number in the compiled step, so that no change of stage compiles anything again. Logged are
    `curriculum_stage` (from 0) and `curriculum_progress` (share of its epochs that is over, 0 where it has none).

    Raises:
        ValueError: no stage, stages from hard to easy, or one that can never begin.
    """

    def __init__(self, stages: Stage | dict[str, Any] | Sequence[Stage | dict[str, Any]], name: str = "curriculum") -> None:
        super().__init__(name=name, dtype="float32")
        if isinstance(stages, (Stage, dict)):
            stages = [stages]
        if not isinstance(stages, (list, tuple)) or not stages:
            raise ValueError(f"curriculum={stages!r}: expected a list of training.Stage.")
        self._stages = tuple(check_stage(Stage, stage) for stage in stages)
        check_order(self._stages)
        self.built = True

    @property
    def stages(self) -> list[Stage]:
        return list(self._stages)

    def attach(
        self,
        generator: keras.Model,
        discriminator: list[keras.Model],
        average: keras.Model | None,
        sample_shape: Sequence[int],
        pack: int,
        num_classes: int | None,
        seed: int | None,
    ) -> tuple[Any, list[Any], Any]:
        """Makes the state, and the heads where resolutions grow; returns the networks as they are trained and sampled:
        (generator, [discriminators], average). `discriminator` is a list of models that share one discriminator's layers.

        Raises:
            ValueError: a stage that does not fit the samples or the networks.
        """
        for stage in self._stages:
            stage_fits(stage, sample_shape, num_classes)
        wanted = [stage.resolution for stage in self._stages if stage.resolution]
        sizes = growth.check(wanted, generator, discriminator[0], sample_shape) if wanted else []
        self.progress = Progress(self.stages, sizes)
        if not sizes:
            return generator, discriminator, average
        self.image_heads = growth.image_heads(generator, len(sizes), seed)
        packed = (*sample_shape[:2], sample_shape[2] * pack)
        self.map_heads = growth.map_heads(discriminator[0], sizes, packed, seed)
        grown = growth.grown_generator(generator, self.image_heads, sizes, self.progress)
        judges = [growth.grown_discriminator(d, self.map_heads, sizes, self.progress, packed) for d in discriminator]
        if average is not None:
            self.average_heads = growth.image_heads(generator, len(sizes), seed)
            average = growth.grown_generator(average, self.average_heads, sizes, self.progress)
            for mine, theirs in zip(self.average_heads, self.image_heads):
                mine.set_weights(theirs.get_weights())
                mine.trainable = False
        return grown, judges, average

    def call(self, samples: Tensor, seed: keras.random.SeedGenerator, real: bool = False) -> Tensor:
        """(batch, ...) as the networks see them -> as the discriminator sees them in this stage."""
        if real and self.progress.resolutions:
            samples = growth.pixelated(samples, self.progress.resolutions, self.progress)
        if any(stage.blur for stage in self._stages):
            samples = blurred(samples, self.progress.value("blur"))
        if any(stage.noise for stage in self._stages):
            samples = samples + self.progress.value("noise") * backend.random.normal(ops.shape(samples), seed)
        if self.shortest is not None:
            samples = first_steps(samples, self.length(samples.shape[1]))
        return samples

    @property
    def shortest(self) -> int | None:
        """The fewest steps of a sequence in any stage; None where no stage shortens them."""
        return min((stage.length for stage in self._stages if stage.length), default=None)

    def length(self, steps: int) -> Tensor | None:
        """How many of a sequence's `steps` there are in the present stage, scalar int32; None where no stage shortens them."""
        if self.shortest is None:
            return None
        return ops.cast(self.progress.at([stage.length or steps for stage in self._stages]), "int32")

    def check_reached(self, epochs: int) -> None:
        """Raises ValueError where the last stage would begin after so many epochs."""
        needed = 0
        for number, stage in enumerate(self._stages[:-1]):
            needed += stage.epochs if stage.until is None else 0
            if needed >= epochs:
                raise ValueError(
                    f"curriculum: stage {number + 1} begins after epoch {needed}, and the training ends with epoch {epochs}, so that it "
                    "is never reached. Train longer, or shorten the stages before it."
                )

    # ---- between epochs

    @property
    def stage(self) -> int:
        """The number of the present stage, from 0."""
        return int(self.progress.stage.numpy())

    def logs(self) -> dict[str, float]:
        share = float(keras.ops.convert_to_numpy(self.progress.share())) if self._stages[self.stage].epochs else 0.0
        return {"curriculum_stage": float(self.stage), "curriculum_progress": share}

    def advance(self, logs: Mapping[str, float]) -> bool:
        """After an epoch: counts it and goes on to the next stage where this one is over; returns whether it does."""
        now, passed = self._stages[self.stage], float(self.progress.passed.numpy())
        known = float(self.progress.rate.numpy()) > 0
        passed = float(round(passed)) if known else passed + 1.0
        over = (now.epochs is not None and passed >= now.epochs) or now.reached(logs)
        if over and self.stage + 1 < len(self._stages):
            self.progress.stage.assign(self.stage + 1)
            self.progress.passed.assign(0.0)
            return True
        self.progress.passed.assign(passed)
        return False

    def step(self) -> None:
        """Counts one step of the discriminator."""
        self.progress.passed.assign_add(self.progress.rate)

    def get_config(self) -> Config:
        return {"stages": [keras.saving.serialize_keras_object(stage) for stage in self._stages]}

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        return cls([keras.saving.deserialize_keras_object(stage) for stage in config["stages"]])


def stage_fits(stage, shape, num_classes):
    """Raises ValueError where a stage asks for what samples of a shape do not have."""
    kind = {1: "vectors", 2: "sequences", 3: "images"}[len(shape)]
    for name, rank, needed in (("blur", 3, "images"), ("resolution", 3, "images"), ("length", 2, "sequences")):
        if getattr(stage, name) is not None and len(shape) != rank:
            raise ValueError(f"curriculum: {name} is for {needed}, and the samples are {kind} of shape {tuple(shape)}.")
    if stage.length is not None and stage.length > shape[0]:
        raise ValueError(f"curriculum: length={stage.length}, and the sequences have {shape[0]} steps.")
    if stage.classes is not None and num_classes and max(stage.allowed_classes) >= num_classes:
        raise ValueError(f"curriculum: classes={stage.classes!r}, and num_classes={num_classes}: they are numbered from 0.")


def ready_stages(name: str, gan: "GAN", epochs: int) -> list[Stage]:
    """Usual stages for a GAN and a number of epochs: "blur" (from 1/14 of the shorter side to none) and "noise" (from 0.3 to none) fade
    over the first half; "resolution" and "length" grow in equal parts of the first half (Karras et al. 2018 double the resolution).

    Raises:
        ValueError: an unknown name, or samples it does not fit.
    """
    shape, half = gan.sample_shape, max(epochs // 2, 1)
    if name in ("blur", "noise"):
        fading: dict[str, Any] = {name: (min(shape[:2]) / 14 if name == "blur" else 0.3, 0.0)}
        return [Stage(half, **fading), Stage()]
    if name == "resolution" and len(shape) == 3:
        sizes = growth.sizes(gan.generator, gan.discriminator, shape)
        if not sizes:
            raise ValueError(
                f"curriculum: the networks have no lower resolution of images of {shape[0]}x{shape[1]} to begin with. Resize the images "
                "(to 32x32, say), or leave the curriculum out."
            )
    elif name in ("resolution", "length"):
        sizes = [steps for steps in (shape[0] // 4, shape[0] // 2) if steps]
    else:
        raise ValueError(unknown("curriculum", name, ["blur", "noise", "resolution", "length"]))
    each = max(half // max(len(sizes), 1), 1)
    return [*(Stage(each, **{name: size}) for size in sizes), Stage()]


def get(identifier):
    """A fresh `Curriculum` from what `GAN.compile(curriculum=)` takes: one (its state is not shared), or a list of stages."""
    if identifier is None:
        return None
    stages = identifier.stages if isinstance(identifier, Curriculum) else identifier
    return Curriculum(stages)
