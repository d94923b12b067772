"""Penalties on the discriminator's gradient with respect to its input, found by name with `get`.

Each looks at the squared gradient norms at some points, one for each sample, in float32. Their second derivative is taken by
the backend, so they work with any network that has one. `weight` is a number, or a Keras learning-rate schedule of the
number of discriminator steps.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from keras_gans import backend
from keras_gans.errors import unknown
from keras_gans.types import Config, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self


class Penalty:
    """Base class.

    Attributes:
        at: "real" or "fake": on the samples themselves, whose logits the loss needs anyway; None: on `points`.

    Args:
        weight: at least 0; a schedule is of the number of discriminator steps.
    """

    at: str | None = None

    def __init__(self, weight: float | keras.optimizers.schedules.LearningRateSchedule) -> None:
        if not isinstance(weight, keras.optimizers.schedules.LearningRateSchedule) and not float(weight) >= 0:
            raise ValueError(f"{type(self).__name__}: weight={weight!r}; expected a number of at least 0, or a schedule.")
        self.weight = weight

    def points(self, real: Tensor, fake: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        """Where to take the gradient: (batch, ...). `seed` is a SeedGenerator."""
        raise NotImplementedError

    def value(self, squares: Tensor) -> Tensor:
        """The penalty without its weight, from squared gradient norms, float32 (batch,)."""
        raise NotImplementedError

    def weight_at(self, step: int | Tensor) -> float | Tensor:
        return self.weight(step) if callable(self.weight) else self.weight

    def get_config(self) -> Config:
        return {"weight": keras.saving.serialize_keras_object(self.weight)}

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        return cls(**{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()})


@keras.saving.register_keras_serializable("keras_gans")
class GradientPenalty(Penalty):
    """(||gradient|| - target)^2 on straight lines between real and fake samples (Gulrajani et al. 2017, equation 3 and
    algorithm 1: the place on the line is uniform in (0, 1), one draw for each sample).

    Args:
        weight: lambda. The paper's is 10; on low-dimensional data far smaller ones are needed (0.1 on a grid of Gaussians).
        target: the gradient norm to hold, 1 in the paper; 0 for the zero-centred variant.
        one_sided: punish norms above the target alone.
    """

    def __init__(
        self,
        weight: float | keras.optimizers.schedules.LearningRateSchedule = 10.0,
        target: float = 1.0,
        one_sided: bool = False,
    ) -> None:
        super().__init__(weight)
        self.target, self.one_sided = target, one_sided

    def points(self, real: Tensor, fake: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        share = backend.random.uniform((ops.shape(real)[0], *[1] * (len(real.shape) - 1)), seed=seed, dtype=real.dtype)
        return real + share * (fake - real)

    def value(self, squares: Tensor) -> Tensor:
        excess = ops.sqrt(squares + 1e-12) - self.target  # the root has no derivative at 0
        return ops.mean(ops.square(ops.relu(excess) if self.one_sided else excess))

    def get_config(self) -> Config:
        return {**super().get_config(), "target": self.target, "one_sided": self.one_sided}


@keras.saving.register_keras_serializable("keras_gans")
class R1(Penalty):
    """Half the squared gradient norm on real samples (Mescheder et al. 2018, equation 9).

    Args:
        weight: gamma.
    """

    at = "real"

    def __init__(self, weight: float | keras.optimizers.schedules.LearningRateSchedule = 1.0) -> None:
        super().__init__(weight)

    def value(self, squares: Tensor) -> Tensor:
        return 0.5 * ops.mean(squares)


@keras.saving.register_keras_serializable("keras_gans")
class R2(R1):
    """Half the squared gradient norm on fakes (Mescheder et al. 2018, equation 10).

    Args:
        weight: gamma.
    """

    at = "fake"


@keras.saving.register_keras_serializable("keras_gans")
class DRAGAN(GradientPenalty):
    """(||gradient|| - target)^2 around real samples (Kodali et al. 2017, section 2.3): somewhere on the line from each to a copy
    that uniform noise has moved.

    Args:
        weight: lambda.
        target: k, the gradient norm to hold.
        noise: the noise's largest size, in standard deviations of the batch: 0.5 as in the authors' code, where the paper's text
            has normal noise around the sample.
    """

    def __init__(
        self, weight: float | keras.optimizers.schedules.LearningRateSchedule = 10.0, target: float = 1.0, noise: float = 0.5
    ) -> None:
        super().__init__(weight, target)
        self.noise = noise

    def points(self, real: Tensor, fake: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        moved = real + self.noise * ops.std(real) * backend.random.uniform(ops.shape(real), seed=seed, dtype=real.dtype)
        return super().points(real, moved, seed)

    def get_config(self) -> Config:
        return {**Penalty.get_config(self), "target": self.target, "noise": self.noise}


REGISTRY = {"gradient_penalty": GradientPenalty, "r1": R1, "r2": R2, "dragan": DRAGAN}


def get(identifier: str | Penalty | Sequence[str | Penalty] | None) -> list[Penalty]:
    """A list of penalties for a name, a `Penalty`, or a list of those; None and [] mean none.

    Raises:
        ValueError: an unknown name (the message has the closest one). TypeError: anything else that is no penalty.
    """
    if identifier is None:
        return []
    if isinstance(identifier, (list, tuple)):
        return [penalty for one in identifier for penalty in get(one)]
    if isinstance(identifier, Penalty):
        return [identifier]
    if isinstance(identifier, str):
        if identifier not in REGISTRY:
            raise ValueError(unknown("penalty", identifier, REGISTRY))
        return [REGISTRY[identifier]()]
    raise TypeError(f"penalty={identifier!r}: expected a name ({', '.join(REGISTRY)}), a Penalty, or a list of them.")


def judged(
    judge: Callable[[Tensor, int], tuple[Tensor, ...]],
    real: Tensor,
    fake: Tensor,
    penalties: Sequence[Penalty],
    step: int | Tensor,
    seed: keras.random.SeedGenerator,
    together: bool = False,
) -> tuple[Any, ...]:
    """What a discriminator says of a batch, and its weighted penalties; the samples run through it once.

    Args:
        judge: function of samples (batch, ...) and how many batches they are -> tuple whose first part is the logits.
        real, fake: samples (batch, ...).
        step: number of discriminator steps so far, for weights that follow a schedule.
        seed: SeedGenerator for the points.
        together: run real and fake as one batch, which takes half the operations; not for networks that look at the batch.

    Returns:
        what `judge` gives for real, what it gives for fake, float32 scalar.
    """
    said: Any
    at = {penalty.at for penalty in penalties}
    if together:
        both, gradients = run(judge, ops.concatenate([real, fake], axis=0), bool(at & {"real", "fake"}), 2)
        said = list(zip(*(ops.split(part, 2, axis=0) for part in both)))
        gradients = ops.split(gradients, 2, axis=0) if gradients is not None else [None, None]
    else:
        said, gradients = zip(*(run(judge, samples, name in at) for name, samples in (("real", real), ("fake", fake))))
    gradients, total = dict(zip(("real", "fake"), gradients)), 0.0
    for penalty in penalties:
        gradient = gradients[penalty.at] if penalty.at else run(judge, penalty.points(real, fake, seed), True)[1]
        gradient = ops.cast(gradient, "float32")
        squares = ops.sum(ops.square(gradient), axis=list(range(1, len(gradient.shape))))
        total = total + penalty.weight_at(step) * penalty.value(squares)
    return *said, total


def run(
    judge: Callable[[Tensor, int], tuple[Tensor, ...]], samples: Tensor, with_gradient: bool, batches: int = 1
) -> tuple[Any, Tensor | None]:
    """What `judge` gives for samples, and each sample's gradient of its logit (of several, as one for each step, their mean, as
    losses take it); or None."""
    if not with_gradient:
        return judge(samples, batches), None

    def summed(samples):
        out = judge(samples, batches)
        logits = ops.cast(out[0], "float32")
        return ops.sum(ops.mean(ops.reshape(logits, (ops.shape(logits)[0], -1)), axis=1)), out

    _, out, gradient = backend.input_gradient(summed, samples)
    return out, gradient
