"""How alike generated images are among themselves: MS-SSIM diversity."""

import math
from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.errors import check_seed, whole_number
from keras_gans.metrics.similarity import by_chunks, check_black, check_number, checked, multiscale
from keras_gans.metrics.statistics import Buffer
from keras_gans.types import Config, Tensor


def ms_ssim_diversity(
    images: npt.ArrayLike,
    data_range: float | None = None,
    pairs: int | None = None,
    labels: npt.ArrayLike | None = None,
    seed: int = 0,
    low: float = 0.0,
) -> tuple[float, float]:
    """Mean MS-SSIM of random pairs of generated images: the lower, the more diverse.

    Alone it says nothing, noise is as diverse as can be: **compare it to the same number on real images** of that size. Well above
    that one, the generator repeats itself. Without labels pairs are drawn from all images (Karras et al. 2018, ProGAN, who take
    10,000); with labels within each class, so that collapse inside of classes shows (Odena et al. 2017, AC-GAN).

    Args:
        images: (n, height, width, channels) of any numeric type, at least 8 pixels high and wide.
        data_range: required, the distance between the least and the greatest possible value.
        pairs: how many, or with labels how many of each class; no image is in two. None for as many as there are.
        labels: (n,) classes, or None.
        seed: of the pairing.
        low: the value of black, as in `ms_ssim`.

    Returns:
        (mean, standard error of the mean), floats. The error is NaN where there is a single pair.

    Raises:
        ValueError: as `ms_ssim`, labels that do not fit, fewer images than the pairs need.
    """
    data_range, array = checked(data_range, images=images)
    check_black(low, data_range, array)
    left, right = draw_pairs(len(array), pairs, labels, seed).T
    values = by_chunks(multiscale, array[left], array[right], data_range, low)
    error = values.std(ddof=1) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return float(values.mean()), float(error)


def draw_pairs(count, pairs, labels, seed):
    """Disjoint random pairs of 0 ... count - 1, (number of pairs, 2), within classes where there are labels."""
    pairs = None if pairs is None else whole_number("pairs", pairs)
    labels = np.zeros(count) if labels is None else np.asarray(labels)
    if labels.shape != (count,):
        raise ValueError(f"labels of shape {labels.shape} for {count} images: expected one class an image, ({count},).")
    rng = np.random.default_rng(check_seed(seed))
    parts = []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        if pairs is not None and 2 * pairs > len(members):
            raise ValueError(f"pairs={pairs}: a group of {len(members)} images has {len(members) // 2}. Ask for fewer.")
        parts.append(members[: 2 * (len(members) // 2 if pairs is None else pairs)].reshape(-1, 2))
    drawn = np.concatenate(parts)
    if not len(drawn):
        raise ValueError(f"{count} images make no pair. Bring at least 2, of one class where there are labels.")
    return drawn


# what may be wrong with images on the host


@keras.saving.register_keras_serializable("keras_gans")
class MSSSIMDiversity(keras.metrics.Metric):
    """`ms_ssim_diversity` of all images seen since `reset_state`, without labels.

    Args:
        data_range, pairs, seed, low: as there.
        shape: of an image, (height, width, channels).
        size: the most images there can be; they are kept on the device.
    """

    def __init__(
        self,
        data_range: float | None = None,
        shape: Sequence[int] | None = None,
        size: int = 10_000,
        pairs: int | None = None,
        seed: int = 0,
        low: float = 0.0,
        name: str = "ms_ssim_diversity",
    ) -> None:
        if shape is None or not hasattr(shape, "__len__") or len(shape) != 3:
            raise ValueError(f"shape={shape!r}: expected that of an image, (height, width, channels).")
        super().__init__(name=name)
        self.data_range, self.low = check_number("data_range", data_range, above=0), check_number("low", low)
        self.shape, self.size = tuple(shape), whole_number("size", size, least=2)
        self.pairs, self.seed = pairs, seed
        self.images = Buffer(self.size, self.shape, name="images")

    def update_state(self, images: Tensor) -> None:
        """Adds images (batch, height, width, channels)."""
        self.images.update_state(images)

    def result(self) -> tuple[float, float]:
        """(mean, standard error), floats; computed on the host, so not inside a compiled function."""
        return ms_ssim_diversity(self.images.numpy(), self.data_range, self.pairs, None, self.seed, self.low)

    def get_config(self) -> Config:
        names = ("data_range", "shape", "size", "pairs", "seed", "low", "name")
        return {name: getattr(self, name) for name in names}
