"""How alike two images are: PSNR, SSIM, MS-SSIM.

`data_range`, the distance of white from black, is never guessed: 255 for uint8, 1 for [0, 1], 2 for [-1, 1]. SSIM and MS-SSIM
also compare brightness, by ratios, which takes black for 0. Give `low=-1` for images in [-1, 1]; PSNR does not depend on it.
"""

import math
import numbers
import warnings

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gans.metrics.statistics import precision
from keras_gans.types import Config, Tensor

WINDOW, DEVIATION = 11, 1.5  # the Gaussian window, in pixels
K1, K2 = 0.01, 0.03
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
CANONICAL = WINDOW * 2 ** (len(SCALE_WEIGHTS) - 1)  # 176 pixels: the window fits into every scale
SMALLEST = 8  # pixels; below that, three scales of five would be a single pixel
CHUNK = 2**20  # values of one image batch at a time


def psnr(a: npt.ArrayLike, b: npt.ArrayLike, data_range: float | None = None) -> np.ndarray:
    """Peak signal-to-noise ratio of each pair of images, 10 log10(data_range^2 / mean squared error).

    The mean of these values is what is usually reported; a ratio of the pooled error is another number.

    Args:
        a, b: images (n, height, width, channels) of any numeric type, in one and the same range.
        data_range: required, the distance between the least and the greatest possible value.

    Returns:
        (n,) float64, in dB; higher is closer, and infinite for identical images.

    Raises:
        ValueError: shapes that differ or are not of rank 4, no images, NaN or infinite values, complex or bool ones, a
            data_range that is missing or not above 0, or values that span more than twice of it.
    """
    data_range, a, b = checked(data_range, a=a, b=b)
    return by_chunks(peak_ratio, a, b, data_range)


def ssim(a: npt.ArrayLike, b: npt.ArrayLike, data_range: float | None = None, low: float = 0.0) -> np.ndarray:
    """Structural similarity of each pair of images (Wang et al. 2004, section III).

    11x11 Gaussian window with a deviation of 1.5 pixels, K1 = 0.01, K2 = 0.03, weighted (biased) covariances, windows that lie
    inside the image alone; the mean over pixels, then over channels.

    Args:
        a, b: images (n, height, width, channels) of any numeric type, at least 11 pixels high and wide.
        data_range: required, the distance between the least and the greatest possible value.
        low: the value of black. It matters, see the module: at `low=0` a warning meets images that go far below 0.

    Returns:
        (n,) float64 in [-1, 1]; higher is closer, 1 for identical images.

    Raises:
        ValueError: as `psnr`, and images under 11 pixels.
    """
    data_range, a, b = checked(data_range, a=a, b=b)
    check_black(low, data_range, a, b)
    return by_chunks(structural, a, b, data_range, low)


def ms_ssim(a: npt.ArrayLike, b: npt.ArrayLike, data_range: float | None = None, low: float = 0.0) -> np.ndarray:
    """Structural similarity over five scales of each pair of images (Wang, Simoncelli and Bovik 2003, equation 7).

    Contrast and structure are compared at five scales, each the 2x2 mean of the one before (odd sizes repeat their last row or
    column), brightness at the last one; negative terms count as 0; the product has the weights of the paper. There are two
    variants, and **their numbers are not comparable**:

    - height and width of at least 176: the canonical one, with an 11x11 window at every scale, scales multiplied for each channel
      and then averaged.
    - smaller images: the one of Toderici that Karras et al. (2018, ProGAN) use. The window shrinks with the scale to
      size = min(11, height, width), its deviation to 1.5 size / 11, and channels are averaged before scales are multiplied.

    In small images the last scales are a single pixel, whose contrast term is 1. So compare numbers of one image size alone.

    Args:
        a, b: images (n, height, width, channels) of any numeric type, at least 8 pixels high and wide.
        data_range: required, the distance between the least and the greatest possible value.
        low: the value of black. It matters, see the module: at `low=0` a warning meets images that go far below 0.

    Returns:
        (n,) float64 in [0, 1]; higher is closer, 1 for identical images.

    Raises:
        ValueError: as `psnr`, and images under 8 pixels.
    """
    data_range, a, b = checked(data_range, a=a, b=b)
    check_black(low, data_range, a, b)
    return by_chunks(multiscale, a, b, data_range, low)


def check_number(name, value, above=-math.inf):
    """`value` as float; raises ValueError unless it is a finite number greater than `above`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not above < value < math.inf:
        limit = "" if above == -math.inf else f" above {above}"
        raise ValueError(
            f"{name}={value!r}: expected a number{limit}. For uint8 pass data_range=255; for [0, 1] 1; for [-1, 1] 2, with low=-1."
        )
    return float(value)


def checked(data_range, **images):
    """data_range as float and the images as arrays; raises what `psnr` lists."""
    data_range = check_number("data_range", data_range, above=0)
    images = {name: np.asarray(array) for name, array in images.items()}
    for name, array in images.items():
        if array.ndim != 4 or not array.size:
            raise ValueError(f"{name} of shape {array.shape}: expected images (n, height, width, channels), at least one.")
        if array.dtype.kind not in "iuf" and array.dtype.name != "bfloat16":
            raise ValueError(f"{name} of type {array.dtype}: expected whole or real numbers. Convert it first.")
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: values are NaN or infinite. Remove those images first.")
    shapes = [array.shape for array in images.values()]
    if len(set(shapes)) > 1:
        raise ValueError(f"{' and '.join(images)} of shapes {' and '.join(map(str, shapes))}: expected equal shapes.")
    least = min(float(array.min()) for array in images.values())
    most = max(float(array.max()) for array in images.values())
    if most - least > 2 * data_range:  # noise may leave the range by a bit
        raise ValueError(
            f"Values from {least:g} to {most:g} with data_range={data_range:g}: they span more than twice of it. Pass the "
            "distance between the least and the greatest possible value, and bring all images to one range."
        )
    return data_range, *images.values()


def check_black(low, data_range, *images):
    """Raises ValueError unless `low` is a number; warns of values far below it."""
    check_number("low", low)
    least = min(float(array.min()) for array in images)
    if least < low - data_range / 4:
        warnings.warn(
            f"Values down to {least:g} with low={low!r}: SSIM and MS-SSIM compare brightness with black at `low`, so that their "
            "values mean little here. Pass low=-1 for images in [-1, 1].",
            stacklevel=3,
        )


def by_chunks(score, a, b, *args):
    """score(a, b, *args) of arrays, (n,) float64, a bounded number of images at a time."""
    step = max(1, CHUNK // a[0].size)
    parts = []
    for at in range(0, len(a), step):
        pair = (np.asarray(images[at : at + step], "float64") for images in (a, b))
        parts.append(np.asarray(ops.convert_to_numpy(score(*pair, *args)), "float64"))
    return np.concatenate(parts)


# the scores of tensors, one value an image, for the functions above and for compiled graphs alike


def as_tensors(a, b, low=0.0):
    a, b = (ops.cast(images, precision()) - low for images in (a, b))
    if len(a.shape) != 4 or tuple(a.shape[1:]) != tuple(b.shape[1:]):
        raise ValueError(
            f"Images of shapes {tuple(a.shape)} and {tuple(b.shape)}: expected equal (n, height, width, channels)."
        )
    return a, b


def peak_ratio(a: Tensor, b: Tensor, data_range: float) -> Tensor:
    a, b = as_tensors(a, b)
    return 10 * ops.log10(data_range**2 / ops.mean(ops.square(a - b), axis=(1, 2, 3)))


def structural(a: Tensor, b: Tensor, data_range: float, low: float) -> Tensor:
    """SSIM of each pair, a tensor (n,)."""
    a, b = as_tensors(a, b, low)
    height, width = a.shape[1:3]
    if min(height, width) < WINDOW:
        raise ValueError(
            f"Images of {height}x{width} pixels: SSIM has a window of {WINDOW}x{WINDOW}. For smaller ones use ms_ssim, "
            f"whose window shrinks with the image (from {SMALLEST} pixels on), or psnr."
        )
    return ops.mean(structure(a, b, data_range, WINDOW)[0], axis=-1)


def multiscale(a: Tensor, b: Tensor, data_range: float, low: float) -> Tensor:
    """MS-SSIM of each pair, a tensor (n,)."""
    a, b = as_tensors(a, b, low)
    smaller = min(a.shape[1:3])
    if smaller < SMALLEST:
        raise ValueError(
            f"Images of {a.shape[1]}x{a.shape[2]} pixels: MS-SSIM needs at least {SMALLEST}x{SMALLEST}. Use psnr, or larger images."
        )
    product = 1.0
    for scale, weight in enumerate(SCALE_WEIGHTS):
        if scale:
            a, b = halve(a), halve(b)
        whole, contrast = structure(a, b, data_range, min(WINDOW, *a.shape[1:3]))
        term = whole if scale == len(SCALE_WEIGHTS) - 1 else contrast
        if smaller < CANONICAL:
            term = ops.mean(term, axis=-1, keepdims=True)
        product = product * ops.relu(term) ** weight
    return ops.mean(product, axis=-1)


def structure(a, b, data_range, size):
    """SSIM and its contrast and structure term alone, means over pixels, both (n, channels)."""
    centre = ops.mean((a + b) / 2, axis=(1, 2), keepdims=True)
    a, b = a - centre, b - centre  # covariances are the same, and lose less in float32
    maps = blur(ops.concatenate([a, b, a * a + b * b, a * b], axis=-1), size)
    mean_a, mean_b, squares, products = ops.split(maps, 4, axis=-1)
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    contrast = (2 * (products - mean_a * mean_b) + c2) / (squares - (mean_a**2 + mean_b**2) + c2)
    mean_a, mean_b = mean_a + centre, mean_b + centre
    brightness = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return ops.mean(brightness * contrast, axis=(1, 2)), ops.mean(contrast, axis=(1, 2))


def blur(maps, size):
    """Gaussian means of every `size` x `size` window, (n, height - size + 1, width - size + 1, channels).

    Rows, then columns, each as a product with a band matrix: on small images as fast as a depthwise convolution on TensorFlow
    (both 5 times faster than the 11x11 one), and 30 times faster than that on JAX, whose CPU convolutions are slow.
    """
    height, width, channels = maps.shape[1:]
    rows, columns = (ops.convert_to_tensor(band(length, size), maps.dtype) for length in (height, width))
    maps = ops.matmul(rows, ops.reshape(maps, (-1, height, width * channels)))
    return ops.matmul(columns, ops.reshape(maps, (-1, height - size + 1, width, channels)))


def band(length, size):
    """(length - size + 1, length): in row i the Gaussian window at i ... i + size - 1."""
    offsets = np.arange(size) - (size - 1) / 2
    window = np.exp(-(offsets**2) / (2 * (DEVIATION * size / WINDOW) ** 2))
    matrix = np.zeros((length - size + 1, length))
    for at, row in enumerate(matrix):
        row[at : at + size] = window / window.sum()
    return matrix


def halve(images):
    """2x2 means; an odd last row or column is repeated first."""
    height, width, channels = images.shape[1:]
    if height % 2 or width % 2:
        images = ops.pad(images, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="symmetric")
    return ops.mean(ops.reshape(images, (-1, (height + 1) // 2, 2, (width + 1) // 2, 2, channels)), axis=(2, 4))


# the scores as Keras metrics


class PairMetric(keras.metrics.Mean):
    """Base of the metrics of image pairs: the mean of `score(a, b, data_range, **options)` over images."""

    def __init__(self, name: str, data_range: float | None, **options: float) -> None:
        super().__init__(name=name, dtype=precision())
        self.data_range = check_number("data_range", data_range, above=0)
        self.options = {option: check_number(option, value) for option, value in options.items()}

    def update_state(self, a: Tensor, b: Tensor, sample_weight: Tensor | None = None) -> None:
        """Adds images (batch, height, width, channels) and their counterparts, with weights (batch,) if given.

        Raises ValueError for shapes that do not fit. Values are not checked: NaN shows in the result.
        """
        values = self.score(a, b, self.data_range, **self.options)
        if sample_weight is not None:
            sample_weight = ops.broadcast_to(ops.reshape(ops.cast(sample_weight, self.dtype), (-1,)), ops.shape(values))
            values = ops.where(sample_weight > 0, values, 0)  # infinity times 0 would be NaN
        super().update_state(values, sample_weight)

    def get_config(self) -> Config:
        return {"name": self.name, "data_range": self.data_range, **self.options}


@keras.saving.register_keras_serializable("keras_gans")
class PSNR(PairMetric):
    """Mean of `psnr` over image pairs, in dB. One identical pair makes it infinite, as that is what the mean is."""

    score = staticmethod(peak_ratio)

    def __init__(self, data_range: float | None = None, name: str = "psnr") -> None:
        super().__init__(name, data_range)


@keras.saving.register_keras_serializable("keras_gans")
class SSIM(PairMetric):
    """Mean of `ssim` over image pairs, with its arguments."""

    score = staticmethod(structural)

    def __init__(self, data_range: float | None = None, low: float = 0.0, name: str = "ssim") -> None:
        super().__init__(name, data_range, low=low)


@keras.saving.register_keras_serializable("keras_gans")
class MSSSIM(PairMetric):
    """Mean of `ms_ssim` over image pairs, with its arguments: the variant depends on the image size."""

    score = staticmethod(multiscale)

    def __init__(self, data_range: float | None = None, low: float = 0.0, name: str = "ms_ssim") -> None:
        super().__init__(name, data_range, low=low)
