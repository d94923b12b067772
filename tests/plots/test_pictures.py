import numpy as np
import pytest

from keras_gans.plots.pictures import grey_levels, panels, save_picture


def test_levels():
    assert grey_levels(np.array([-2.0, -1, 0, 1]).reshape(4, 1, 1, 1)).ravel().tolist() == [0, 0, 128, 255]
    assert grey_levels(np.zeros((2, 3, 3, 5))).shape == (2, 3, 3, 1)
    with pytest.raises(ValueError, match="a grid shows images"):
        grey_levels(np.zeros((2, 3)))


def test_panels_and_pictures(tmp_path):
    assert panels(2, 3, 1, 1)[1].shape == (2, 3)
    assert save_picture(np.zeros((4, 4, 3), "uint8"), tmp_path / "a.png", 3).exists()
