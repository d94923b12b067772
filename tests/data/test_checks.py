import numpy as np
import pytest

from keras_gans.data import checks


@pytest.mark.parametrize(
    "images,message",
    [
        (np.zeros((4, 8, 8)), "no channel axis"),
        (np.zeros((4, 8)), r"images are \(n, height"),
        (np.zeros((0, 8, 8, 1)), "no images"),
        (np.zeros((4, 0, 8, 1)), "no images"),
        (None, "expected an array of images, got"),
        (np.zeros((4, 8, 8, 1), bool), "dtype bool"),
        (np.array([np.zeros((2, 2, 1)), np.zeros((3, 3, 1))], dtype=object), "different sizes"),
    ],
)
def test_image_array(images, message):
    with pytest.raises(ValueError, match=message):
        checks.image_array(images, "test")


def test_a_range_is_said_never_guessed():
    floats = np.random.default_rng(0).uniform(0, 1, (3, 8, 8, 1)).astype("float32")
    with pytest.raises(ValueError, match=r"no value_range.*not guessed"):
        checks.declared_range(floats, None, "test")
    assert checks.declared_range((floats * 255).astype("uint8"), None, "test") == (0.0, 255.0)
    assert checks.declared_range(floats, (0, 1), "test") == (0.0, 1.0)
    with pytest.raises(ValueError, match=r"outside the declared range \[0, 1\]"):
        checks.declared_range(floats * 255, (0, 1), "test")
    with pytest.raises(ValueError, match="low must be below high"):
        checks.declared_range(floats, (1, 0), "test")
    with pytest.raises(ValueError, match="both finite"):
        checks.declared_range(floats, (0, float("inf")), "test")
    with pytest.raises(ValueError, match="expected a pair"):
        checks.declared_range(floats, 3, "test")


def test_values():
    with pytest.raises(ValueError, match="2 values are NaN or infinite"):
        checks.values(np.array([np.nan, np.inf, 0.0]), (-1, 1), "test")
    checks.values(np.array([-1.0, 1.0]), (-1, 1), "test")


@pytest.mark.parametrize("labels", [[0, 1], [0.5, 1, 2], [-1, 0, 1]])
def test_label_array(labels):
    with pytest.raises(ValueError, match="labels"):
        checks.label_array(labels, 3, "test")


def test_size_pair():
    assert checks.size_pair(8) == (8, 8) and checks.size_pair([4, np.int64(6)]) == (4, 6)
    for size in (0, -4, 8.5, "32", (3,), (3, 0), None):
        with pytest.raises(ValueError, match="image_size="):
            checks.size_pair(size)
