import pytest

import keras_gans
from keras_gans.models import units


@pytest.mark.parametrize(
    "changes,message",
    [
        ({"output_activation": "tanh"}, r"gives values in \[-1, 1\], and normalise='standard'.*Use"),
        ({"output_activation": "hard_tanh"}, r"gives values in \[-1, 1\], and normalise='standard'.*Use"),
        ({"bias_range": 1.0, "norm": "layer"}, "have no bias"),
        ({"bias_range": -1.0}, "bias_range=-1.0"),
        ({"output_activation": "sigmoid", "normalise": "minmax"}, r"gives values in \[0, 1\].*in \[-1, 1\]"),
        ({"output_activation": "relu"}, "could never be generated"),
        ({"normalise": "min-max"}, "Did you mean 'minmax'"),
        ({"widths": ()}, "widths=.*tuple of whole numbers"),
        ({"widths": (3, 0)}, "widths=.*tuple of whole numbers"),
        ({"widths": 128}, "widths=128"),
        ({"fourier": (1, -2)}, "frequencies above 0"),
        ({"fourier": 3}, "frequencies above 0"),
        ({"features": 0}, "features=0"),
    ],
)
def test_nonsense_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        keras_gans.DenseGAN(**{"features": 2, **changes})


def test_widths():
    assert units.widths((3, 4)) == ((3, 4), (3, 4))
    assert units.widths(((3,), [4, 5])) == ((3,), (4, 5))
