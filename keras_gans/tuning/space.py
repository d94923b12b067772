"""What a search may choose from: plain lists and ranges by name, and ready ones."""

import dataclasses
import inspect
import json
from typing import Any

from keras_gans.errors import unknown, whole_number
from keras_gans.models import settings

FIT = ("batch_size", "epochs")


@dataclasses.dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included; whole ones where both are.

    Args:
        low, high: numbers, low < high.
        step: distance of neighbours, or with `log` their ratio; None: any number between (of whole numbers each).
        log: drawn evenly in the logarithm, as rates should be; low > 0.

    Raises:
        ValueError: upside down, or not numbers.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def __post_init__(self):
        for name in ("low", "high", "step"):
            value = getattr(self, name)
            object.__setattr__(self, name, value.item() if hasattr(value, "item") else value)
        numbers = [self.low, self.high] + ([] if self.step is None else [self.step])
        if any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in numbers):
            raise ValueError(f"{self}: expected numbers.")
        if not self.low < self.high < float("inf"):
            raise ValueError(f"{self}: low must be under high. Turn them around.")
        if self.log and not self.low > 0:
            raise ValueError(f"{self}: a logarithmic range begins above 0.")
        if isinstance(self.low, int) and isinstance(self.high, int) and isinstance(self.step, float):
            raise ValueError(f"{self}: the step between whole numbers is one too.")
        if self.step is not None and not self.step > (1 if self.log else 0):
            raise ValueError(f"{self}: step must be above {'1, the ratio of neighbours' if self.log else '0'}.")

    @property
    def corners(self) -> list[Any]:
        return [self.low, self.high]

    def declare(self, hp: Any, name: str) -> Any:
        """Asks KerasTuner's `HyperParameters` for a value."""
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        step = self.step or (1 if whole and not self.log else None)
        options = {"step": step, "sampling": "log" if self.log else "linear"}
        return (hp.Int if whole else hp.Float)(name, self.low, self.high, **options)


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of some values: numbers, words, None, or what JSON can hold (widths as lists)."""

    values: tuple

    def __post_init__(self):
        plain = tuple(value.item() if hasattr(value, "item") else value for value in self.values)
        object.__setattr__(self, "values", plain)
        if not self.values:
            raise ValueError("an empty list: there is nothing to choose from.")
        if len({json.dumps(value) for value in self.values}) < len(self.values):
            raise ValueError(f"{list(self.values)}: a value comes twice.")

    @property
    def corners(self) -> list[Any]:
        return list(self.values)

    @property
    def plain(self) -> bool:
        """Whether KerasTuner can hold them: values of one type."""
        kinds = {type(value) for value in self.values}
        return len(kinds) == 1 and kinds <= {int, float, str, bool}

    def declare(self, hp: Any, name: str) -> Any:
        """Asks KerasTuner's `HyperParameters` for a value."""
        if self.plain:
            return hp.Choice(name, list(self.values))
        return json.loads(hp.Choice(name, [json.dumps(value) for value in self.values]))


def get(space, architecture, tuner="random"):
    """{name: `Range` or `Choice`} of a ready space's name, or of {name: list, `Range`, or {"low":, "high":, "step":, "log":}}.

    Args:
        architecture: class, for names and for the ready spaces; None for a model of the caller's own.
        tuner: Hyperband chooses the epochs itself: ready spaces leave them out.

    Raises:
        ValueError: unknown names, a range upside down, nothing to choose.
    """
    if isinstance(space, str):
        if space not in READY:
            raise ValueError(unknown("space", space, READY))
        space = READY[space](architecture)
        if tuner == "hyperband":
            space.pop("epochs", None)
    if not isinstance(space, dict) or not space:
        raise ValueError(f"space={space!r}: expected {', '.join(READY)}, or a dict of names with lists or ranges.")
    if tuner == "hyperband" and "epochs" in space:
        raise ValueError("space: epochs, and Hyperband chooses those itself, up to epochs=. Leave them out of the space.")
    if architecture is not None:
        settings.check_names(architecture, [name for name in space if name not in FIT])
    return {name: one(name, given) for name, given in space.items()}


def one(name, given):
    """`Range` or `Choice` of what a caller or a JSON file gives."""
    if isinstance(given, (Range, Choice)):
        return given
    try:
        if isinstance(given, dict):
            known = [field.name for field in dataclasses.fields(Range)]
            for key in given:
                if key not in known:
                    raise ValueError(unknown("part of a range", key, known))
            if not {"low", "high"} <= set(given):
                raise ValueError(f"{given}: a range needs low and high.")
            return Range(**given)
        if not isinstance(given, (list, tuple)):
            raise ValueError(f"{given!r}: expected a list to choose from, or a range with low and high.")
        return Choice(tuple(given))
    except (ValueError, TypeError) as error:
        raise ValueError(f"space: {name}: {error}") from None


def to_json(space):
    """The same as plain lists and dicts."""
    return {
        name: list(one.values)
        if isinstance(one, Choice)
        else {key: value for key, value in dataclasses.asdict(one).items() if value not in (None, False)}
        for name, one in space.items()
    }


def declare(space, hp):
    """{name: value} of every entry, declared with KerasTuner's `HyperParameters`."""
    return {name: one.declare(hp, name) for name, one in space.items()}


def check(space, build, count, pack=1):
    """Tries the space's corners before anything is trained: each value of a list and both ends of a range, one at a time, the rest as
    the recipe has it.

    Args:
        build: function of {name: value} that makes a compiled GAN; None where the caller builds.
        count: training samples.
        pack: that batches must be multiples of.

    Raises:
        ValueError: saying which value the model does not take, and why.
    """
    for name, entry in space.items():
        for value in entry.corners:
            try:
                if name == "batch_size":
                    if whole_number(name, value) > count:
                        raise ValueError(f"there are {count:,} training samples.")
                    if value % pack:
                        raise ValueError(f"batches must be multiples of pack={pack}.")
                elif name == "epochs":
                    whole_number(name, value)
                elif build is not None:
                    build({name: value})
            except (ValueError, TypeError) as error:
                raise ValueError(f"space: {name}={value!r}: {error}") from None


def brief():
    """Learning rate 0.001 to 0.1, batch 32 to 128, 100 to 1000 epochs: the ranges of introductory texts, which are wide and high for
    Adam; most of them diverges, which the search survives."""
    rate = Range(0.001, 0.1, log=True)
    return {
        "d_learning_rate": rate,
        "g_learning_rate": rate,
        "batch_size": Range(32, 128, 32),
        "epochs": Range(100, 1000, 100),
    }


def practical(architecture):
    """What large studies of GANs searched and found to work: rates and beta_1 of Lucic et al. 2018 (appendix, the wide ranges but for
    their extremes), with one and five discriminator steps; dropout, weight decay, width and, where it may be, the norm."""
    space = {
        "d_learning_rate": Range(3e-5, 3e-3, log=True),
        "g_learning_rate": Range(3e-5, 3e-3, log=True),
        "beta_1": [0.0, 0.5, 0.9],
        "n_critic": [1, 2, 5],
        "batch_size": [32, 64, 128],
        "weight_decay": [0.0, 1e-4],
        "dropout": [[0.0, 0.0], [0.0, 0.3]],  # of generator and discriminator
    }
    parameters = inspect.signature(architecture.__init__).parameters if architecture is not None else {}
    if "width" in parameters:
        usual = parameters["width"].default
        scaled = [[max(n * k // 2, 1) for n in usual] if isinstance(usual, tuple) else usual * k // 2 for k in (1, 2)]
        space["width"] = scaled
    if "units" in parameters:
        space["units"] = [50, 100, 200]
    if "width" not in parameters and "widths" in parameters:
        space["widths"] = [[64, 64, 64], [128, 128, 128], [256, 256, 256]]
    name = getattr(architecture, "__name__", "")
    if name == "DCGAN":
        space["norm"] = ["batch", ["batch", "spectral"], ["batch", "layer"]]
        space["loss"] = ["non_saturating", "hinge"]
    if name in ("WGANGP", "RecurrentGAN"):
        space["penalty_weight"] = Range(0.1, 10.0, log=True)
    if name in ("R3GAN", "DenseGAN"):
        space["penalty_weight"] = Range(0.02, 10.0, log=True)
    return space


def small():
    """The rates of both players and the batch: what matters first, for twenty trials or so."""
    return {
        "d_learning_rate": Range(5e-5, 5e-3, log=True),
        "g_learning_rate": Range(5e-5, 5e-3, log=True),
        "beta_1": [0.0, 0.5],
        "batch_size": [32, 64, 128],
    }


READY = {"brief": lambda architecture: brief(), "practical": practical, "small": lambda architecture: small()}
