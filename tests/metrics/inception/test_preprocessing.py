import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from keras_gans.metrics.inception.preprocessing import neighbours, preprocess, resize_tensorflow

SIZES = [(8, 8), (32, 32), (299, 299), (40, 64), (350, 300), (1024, 9)]


def pictures(height, width, channels=3):
    return np.random.default_rng(height).integers(0, 256, (2, height, width, channels), "uint8")


def prepared(images, mode):
    return ops.convert_to_numpy(preprocess(images, mode))


@pytest.mark.parametrize("size", SIZES)
def test_tensorflow_is_the_resizing_of_tensorflow_1(size):
    images = pictures(*size)
    expected = tf.compat.v1.image.resize_bilinear(images, (299, 299), align_corners=False, half_pixel_centers=False).numpy()
    found = ops.convert_to_numpy(resize_tensorflow(ops.convert_to_tensor(images.astype("float32"))))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
    np.testing.assert_allclose(prepared(images, "tensorflow"), (expected - 128) / 128, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
def test_the_other_modes(size):
    images = pictures(*size)
    bilinear = tf.image.resize(images, (299, 299), "bilinear", antialias=False).numpy()
    np.testing.assert_allclose(prepared(images, "pytorch_fid"), bilinear / 127.5 - 1, atol=2e-5)
    np.testing.assert_allclose(prepared(images, "clean"), cubic(images) / 128 - 1, atol=1e-4)  # of float32 places


def cubic(images):
    """Antialiased bicubic resizing (a = -0.5) in float64, a weight matrix for each axis, clipped to 0..255."""

    def matrix(length):
        scale = length / 299
        places = (np.arange(299) + 0.5) * scale
        x = np.abs(np.arange(length) + 0.5 - places[:, None]) / max(scale, 1)
        near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
        found = np.where(x < 1, near, np.where(x < 2, far, 0))
        return found / found.sum(1, keepdims=True)

    rows, columns = (matrix(length) for length in images.shape[1:3])
    return np.clip(np.einsum("ih,bhwc,jw->bijc", rows, images.astype("float64"), columns, optimize=True), 0, 255)


def test_modes_differ_and_stay_in_range():
    images = pictures(48, 48)
    found = {mode: prepared(images, mode) for mode in ("tensorflow", "pytorch_fid", "clean")}
    for values in found.values():
        assert values.shape == (2, 299, 299, 3) and values.dtype == np.float32
        assert -1.00001 <= values.min() < -0.9 and 0.9 < values.max() <= 1.00001
    for one, other in (("tensorflow", "pytorch_fid"), ("tensorflow", "clean"), ("pytorch_fid", "clean")):
        assert np.abs(found[one] - found[other]).max() > 0.1


def test_one_channel_becomes_three():
    gray = pictures(20, 30, 1)
    np.testing.assert_array_equal(prepared(gray, "tensorflow"), prepared(np.repeat(gray, 3, -1), "tensorflow"))


def test_places_of_an_axis():
    low, high, share = (ops.convert_to_numpy(part) for part in neighbours(2))
    assert (low[0], high[0], share[0]) == (0, 1, 0) and (low[-1], high[-1]) == (1, 1)
    assert share[75] == pytest.approx(75 * 2 / 299)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="only TensorFlow has shapes unknown when it compiles")
@pytest.mark.parametrize("mode", ["tensorflow", "pytorch_fid", "clean"])
def test_sizes_unknown_to_the_graph(mode):
    compiled = tf.function(lambda x: preprocess(x, mode), input_signature=[tf.TensorSpec((None, None, None, 3))])
    images = pictures(21, 33).astype("float32")
    np.testing.assert_allclose(compiled(images), preprocess(images, mode), atol=2e-5)  # it may divide by a reciprocal


def test_an_unknown_mode():
    with pytest.raises(ValueError, match="Unknown mode 'pytorch'. Did you mean 'pytorch_fid'"):
        preprocess(pictures(8, 8), "pytorch")
