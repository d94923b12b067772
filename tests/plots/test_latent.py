import numpy as np
import pytest
from PIL import Image

import keras_gans
from keras_gans import plots


def test_spherical_interpolation_is_an_arc():
    a, b = np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]])
    way = plots.interpolate(a, b, 5)[0]
    angles = np.linspace(0, np.pi / 2, 5)
    np.testing.assert_allclose(way, 2 * np.stack([np.cos(angles), np.sin(angles)], 1), atol=1e-6)
    np.testing.assert_allclose(plots.interpolate(a, 2 * a, 3)[0], [[2, 0], [3, 0], [4, 0]], atol=1e-6)  # straight
    with pytest.raises(ValueError, match="steps=1"):
        plots.interpolate(a, b, 1)


@pytest.mark.parametrize(
    "gan",
    [
        lambda: keras_gans.DCGAN((8, 8, 1), 4, width=4, num_classes=3),
        lambda: keras_gans.RecurrentGAN((6, 2), units=4, normalise=None),
        lambda: keras_gans.DenseGAN(2, normalise=None),
        lambda: keras_gans.DenseGAN(1, normalise=None),
    ],
)
def test_every_kind_is_drawn(gan, tmp_path):
    path = plots.save_interpolations(gan(), tmp_path / "interpolation.png")
    assert len(np.unique(np.asarray(Image.open(path).convert("L")))) > 2
