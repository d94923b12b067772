import numpy as np
import pytest

from keras_gans import data


def test_windows_are_in_time_order_and_the_last_is_there():
    found = data.windows(np.arange(7), 3)
    assert found.shape == (5, 3, 1)
    np.testing.assert_array_equal(found[..., 0], [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]])
    np.testing.assert_array_equal(data.windows(np.arange(7), 3, stride=2)[:, 0, 0], [0, 2, 4])
    assert data.windows(np.zeros((9, 4)), 9).shape == (1, 9, 4)
    with pytest.raises(ValueError, match="at least 8 times"):
        data.windows(np.arange(7), 8)


def test_padding():
    found = data.pad([[1.0, 2.0], [3.0]], value=-1)
    np.testing.assert_array_equal(found[..., 0], [[1, 2], [3, -1]])
    assert data.pad([np.ones((2, 3)), np.ones((4, 3))], steps=5).shape == (2, 5, 3)
    with pytest.raises(ValueError, match="the longest has 4 times, steps=3"):
        data.pad([np.ones((4, 3))], steps=3)
    with pytest.raises(ValueError, match="same features"):
        data.pad([np.ones((2, 3)), np.ones((2, 2))])
