import pytest

import keras_gans
from keras_gans.models import images


@pytest.mark.parametrize("cls", [keras_gans.DCGAN, keras_gans.WGANGP, keras_gans.SNGAN, keras_gans.R3GAN])
def test_every_image_gan_checks_its_shape(cls):
    with pytest.raises(ValueError, match=r"at least 8.*Try \(8, 28, 1\)"):
        cls((7, 28, 1))
    for shape in ((28, 28), "888", 5, (28.5, 28, 1), None):
        with pytest.raises(ValueError, match="expected \\(height, width, channels\\)"):
            cls(shape)


def test_what_goes_where():
    given = {
        "image_shape": (8, 9, 2),
        "norm": ("batch", None),
        "activation": "relu",
        "output_activation": "tanh",
        "dropout": (0.1, 0.2),
        "dropout_layers": "all",
        "weight_decay": 0.0,
        "minibatch_stddev": True,
        "num_classes": None,
        "conditioning": "projection",
        "pack": 3,
        "ema_decay": None,
        "seed": 5,
        "name": None,
    }
    shape, g, d, whole = images.prepare(given)
    assert shape == (8, 9, 2) and d["image_shape"] == (8, 9, 6)
    assert (g["norm"], d["norm"], g["dropout"], d["dropout"]) == ("batch", None, 0.1, 0.2)
    assert d["conditioning"] is None and d["minibatch_stddev"] and "minibatch_stddev" not in g
    assert g["seed"] != d["seed"] and whole["pack"] == 3
