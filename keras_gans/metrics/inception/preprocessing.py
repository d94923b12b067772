"""What the implementations of FID do to images before the network: resizing to 299x299 and scaling, a mode for each.

| mode | resizing | scaling | as in |
|---|---|---|---|
| tensorflow | TF1 bilinear: corners at 0, no antialiasing | (x - 128) / 128 | the original, torch-fidelity, TF-GAN |
| pytorch_fid | half-pixel bilinear, no antialiasing | 2 (x / 255) - 1 | pytorch-fid |
| clean | bicubic, antialiased, clipped to 0..255 | (x - 128) / 128 | clean-fid |

Scores of different modes are not comparable (Parmar et al. 2022, "On Aliased Resizing and Surprising Subtleties in GAN
Evaluation").
"""

from keras import ops

from keras_gans.errors import unknown
from keras_gans.metrics.inception.network import SIZE


def neighbours(length):
    """For each of the 299 places along an axis: the index before it, the one after, and how far it is between them."""
    scale = ops.cast(length, "float32") / SIZE  # in float32, as the kernel of TensorFlow computes it
    places = ops.arange(SIZE, dtype="float32") * scale
    before = ops.floor(places)
    low = ops.cast(before, "int32")
    return low, ops.minimum(low + 1, ops.cast(length, "int32") - 1), places - before


def resize_tensorflow(images):
    """Resizing of TensorFlow 1 (align_corners=False, half_pixel_centers=False): columns first, then rows."""
    low, high, share = neighbours(ops.shape(images)[2])
    left, right = ops.take(images, low, axis=2), ops.take(images, high, axis=2)
    columns = left + (right - left) * share[:, None]  # (batch, height, 299, channels)
    low, high, share = neighbours(ops.shape(images)[1])
    top, bottom = ops.take(columns, low, axis=1), ops.take(columns, high, axis=1)
    return top + (bottom - top) * share[:, None, None]


def tensorflow(images):
    return (resize_tensorflow(images) - 128.0) / 128.0


def pytorch_fid(images):
    resized = ops.image.resize(images, (SIZE, SIZE), interpolation="bilinear", data_format="channels_last")
    return 2.0 * (resized / 255.0) - 1.0


def clean(images):
    resized = ops.image.resize(images, (SIZE, SIZE), interpolation="bicubic", antialias=True, data_format="channels_last")
    return (ops.clip(resized, 0.0, 255.0) - 128.0) / 128.0


MODES = {"tensorflow": tensorflow, "pytorch_fid": pytorch_fid, "clean": clean}


def preprocess(images, mode="tensorflow"):
    """Images (batch, height, width, 1 or 3) in 0..255 -> (batch, 299, 299, 3) as the network takes them, float32.

    Raises:
        ValueError: unknown mode.
    """
    if mode not in MODES:
        raise ValueError(unknown("mode", mode, MODES))
    x = MODES[mode](ops.cast(images, "float32"))
    return ops.repeat(x, 3, axis=-1) if images.shape[-1] == 1 else x
