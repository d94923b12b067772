"""What a sample can be changed by: differentiable policies (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN
Training", section 3.2), each of which draws anew for every sample.
"""

import math
import numbers
from typing import TYPE_CHECKING

import keras
from keras import ops

from keras_gans import backend
from keras_gans.errors import unknown
from keras_gans.types import Config, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self


class Policy:
    """One way to change samples, differentiable, each sample by a draw of its own. What the constructor hands on is the config.

    Attributes:
        ranks: of the samples it is for: 1 vectors, 2 sequences, 3 images.

    Raises:
        ValueError: an amount that is not a number of at least 0 (a `share`: below 1).
    """

    ranks: tuple[int, ...] = (3,)

    def __init__(self, **amounts: float) -> None:
        for name, amount in amounts.items():
            if not is_number(amount) or not 0 <= amount < (1 if name == "share" else float("inf")):
                below = " and below 1" if name == "share" else ""
                raise ValueError(f"{type(self).__name__}: {name}={amount!r}; expected a number of at least 0{below}.")
            setattr(self, name, float(amount))

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        """(batch, ...) float32 in the networks' units -> changed ones of the same shape. `seed` is a SeedGenerator."""
        raise NotImplementedError

    def get_config(self) -> Config:
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        return cls(**config)


def is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def draws(samples, seed, low=0.0, high=1.0, each=()):
    """Uniform numbers, one for each sample (or an array of shape `each`), which broadcast against the samples."""
    ones = (1,) * (len(samples.shape) - 1 - len(each))
    return backend.random.uniform((ops.shape(samples)[0], *ones, *each), low, high, seed=seed)


def moved(samples, places, axis):
    """Samples whose entry i along an axis is that of place places[b, i] of the same sample, int32 (batch, length); zero where the
    place lies outside."""
    length = samples.shape[axis]
    chosen = ops.cast(ops.equal(places[:, :, None], ops.arange(length, dtype="int32")), samples.dtype)  # (batch, to, from)
    turned = samples if axis == 1 else ops.swapaxes(samples, 1, axis)
    shape = turned.shape[1:]
    turned = ops.reshape(ops.matmul(chosen, ops.reshape(turned, (-1, length, math.prod(shape[1:])))), (-1, *shape))
    return turned if axis == 1 else ops.swapaxes(turned, 1, axis)


def shift(samples, seed, axis, share):
    """Samples moved along an axis by up to `share` of its length, as whole places; zero where they came from outside."""
    length = samples.shape[axis]
    most = int(length * share + 0.5)
    by = backend.random.uniform((ops.shape(samples)[0], 1), -most - 0.5, most + 0.5, seed=seed)
    places = ops.arange(length, dtype="int32") + ops.cast(ops.round(by), "int32")
    return moved(samples, places, axis)


def span(samples, seed, axis, length):
    """1.0 on a span of so many places along an axis, its middle uniform over the axis, else 0.0: (batch, places of the axis)."""
    size = samples.shape[axis]
    middle = backend.random.uniform((ops.shape(samples)[0], 1), 0.0, float(size), seed=seed)
    return ops.cast(ops.abs(ops.arange(size, dtype="float32") + 0.5 - middle) < length / 2, samples.dtype)


@keras.saving.register_keras_serializable("keras_gans")
class Color(Policy):
    """Brightness, saturation and contrast (Zhao et al. 2020, the authors' code): adds up to `brightness`, scales the distance from the
    pixel's mean by 1 - saturation to 1 + saturation (no effect on one channel), from the image's by 1 - contrast to 1 + contrast.

    Args:
        brightness, saturation, contrast: at least 0; the code's are 0.5, 1 and 0.5.
    """

    def __init__(self, brightness: float = 0.5, saturation: float = 1.0, contrast: float = 0.5) -> None:
        super().__init__(brightness=brightness, saturation=saturation, contrast=contrast)

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        samples = samples + draws(samples, seed, -self.brightness, self.brightness)
        if samples.shape[-1] > 1:
            grey = ops.mean(samples, axis=-1, keepdims=True)
            samples = grey + (samples - grey) * draws(samples, seed, 1 - self.saturation, 1 + self.saturation)
        mean = ops.mean(samples, axis=(1, 2, 3), keepdims=True)
        return mean + (samples - mean) * draws(samples, seed, 1 - self.contrast, 1 + self.contrast)


@keras.saving.register_keras_serializable("keras_gans")
class Translation(Policy):
    """Moves images by up to `share` of height and of width, in whole pixels (at least one); zeros, the middle of [-1, 1], come in
    (Zhao et al. 2020: 1/8).

    Args:
        share: in (0, 1).
    """

    def __init__(self, share: float = 0.125) -> None:
        super().__init__(share=share)

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        for axis in (1, 2):
            samples = shift(samples, seed, axis, max(self.share, 1 / samples.shape[axis]))
        return samples


@keras.saving.register_keras_serializable("keras_gans")
class Cutout(Policy):
    """Sets a rectangle of `share` of height and width to zero, its middle anywhere (DeVries and Taylor 2017; Zhao et al. 2020: 1/2).

    Args:
        share: in (0, 1).
    """

    def __init__(self, share: float = 0.5) -> None:
        super().__init__(share=share)

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        rows, columns = (span(samples, seed, axis, self.share * samples.shape[axis]) for axis in (1, 2))
        return samples * (1.0 - rows[:, :, None, None] * columns[:, None, :, None])


@keras.saving.register_keras_serializable("keras_gans")
class Flip(Policy):
    """Mirrors half of the images, left to right. For data in which a mirror image is as likely: faces, not digits."""

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        return ops.where(draws(samples, seed) < 0.5, ops.flip(samples, axis=2), samples)


@keras.saving.register_keras_serializable("keras_gans")
class Noise(Policy):
    """Adds normal noise to every value: "noise" of vectors, "jitter" of sequences.

    Args:
        deviation: in the networks' units, in which normalised data have a deviation of 1.
    """

    ranks = (1, 2, 3)

    def __init__(self, deviation: float = 0.1) -> None:
        super().__init__(deviation=deviation)

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        return samples + self.deviation * backend.random.normal(ops.shape(samples), seed)


@keras.saving.register_keras_serializable("keras_gans")
class Scaling(Policy):
    """Multiplies each feature of a sequence, or of a vector, by a number of its own, normal around 1 (Um et al. 2017).

    Args:
        deviation: of the factor.
    """

    ranks = (1, 2)

    def __init__(self, deviation: float = 0.1) -> None:
        super().__init__(deviation=deviation)

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        ones = (1,) * (len(samples.shape) - 2)
        shape = (ops.shape(samples)[0], *ones, samples.shape[-1])
        return samples * (1.0 + self.deviation * backend.random.normal(shape, seed))


@keras.saving.register_keras_serializable("keras_gans")
class TimeMask(Policy):
    """Sets all features to zero for `share` of a sequence's steps in a row (Park et al. 2019, SpecAugment, section 2).

    Args:
        share: in (0, 1).
    """

    ranks = (2,)

    def __init__(self, share: float = 0.2) -> None:
        super().__init__(share=share)

    def __call__(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        return samples * (1.0 - span(samples, seed, 1, self.share * samples.shape[1])[:, :, None])


POLICIES: dict[str, type[Policy]] = {
    "color": Color,
    "translation": Translation,
    "cutout": Cutout,
    "flip": Flip,
    "jitter": Noise,
    "scaling": Scaling,
    "time_mask": TimeMask,
    "noise": Noise,
}


def named_policies(given):
    """A list of `Policy` from names, objects, a list of both, or names in a string with commas."""
    if isinstance(given, str):
        given = [name.strip() for name in given.split(",")]
    if isinstance(given, Policy):
        given = [given]
    if not isinstance(given, (list, tuple)) or not given:
        raise ValueError(f"policies={given!r}: expected names ({', '.join(POLICIES)}), Policy objects or a list of those.")
    return [one if isinstance(one, Policy) else policy(one) for one in given]


def policy(name):
    """A new `Policy` for a name; raises ValueError with the closest one."""
    if name not in POLICIES:
        if name == "auto":
            raise ValueError(
                "policies: 'auto' stands alone. Name the policies instead, 'color,translation,cutout,flip' for images."
            )
        raise ValueError(unknown("policy", name, [*POLICIES, "auto"]))
    return POLICIES[name]()
