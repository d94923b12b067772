import numpy as np
import pytest
from keras import ops

from keras_gans.training.views import blurred, first_steps


def test_blur_is_a_gaussian_and_keeps_flat_images():
    x = np.zeros((1, 21, 25, 2), "float32")
    x[0, 10, 12] = [1, 2]
    y = ops.convert_to_numpy(blurred(ops.convert_to_tensor(x), 1.5))
    rows, columns = np.arange(21) - 10, np.arange(25) - 12
    expected = np.exp(-(rows[:, None] ** 2 + columns[None] ** 2) / (2 * 1.5**2)) / (2 * np.pi * 1.5**2)
    np.testing.assert_allclose(y[0, ..., 0], expected, atol=2e-4)
    np.testing.assert_allclose(y[0, ..., 1], 2 * y[0, ..., 0], rtol=1e-5)
    flat = np.full((2, 7, 5, 3), 0.7, "float32")
    np.testing.assert_allclose(ops.convert_to_numpy(blurred(ops.convert_to_tensor(flat), 2.0)), flat, rtol=1e-5)


def test_no_blur_changes_nothing():
    x = np.random.default_rng(0).normal(size=(2, 6, 9, 3)).astype("float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(blurred(ops.convert_to_tensor(x), 0.0)), x)


@pytest.mark.parametrize("length", [1, 3, 5])
def test_first_steps(length):
    y = ops.convert_to_numpy(first_steps(ops.ones((2, 5, 3)), ops.convert_to_tensor(float(length))))
    assert y[:, :length].min() == 1 and (length == 5 or y[:, length:].max() == 0)
