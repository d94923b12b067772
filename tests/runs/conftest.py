import pytest

import keras_gans


@pytest.fixture
def data(images):
    return keras_gans.data.from_arrays(images, value_range=(-1, 1), batch_size=4, name="noise")  # 16 and 4 images


@pytest.fixture
def make():
    """A function that makes a small compiled GAN for them."""

    def made(**changes):
        gan = keras_gans.DCGAN((8, 8, 1), 4, **{"width": 4, "seed": 0, **changes})
        gan.compile()
        return gan

    return made
