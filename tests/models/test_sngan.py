import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.layers import SpectralNormalization
from keras_gans.models.sngan import networks


def test_networks_are_table_4_at_32x32():
    generator = networks.generator(128, (32, 32, 3), norm="batch")
    adds = [layer.output.shape[1:] for layer in generator.layers if isinstance(layer, keras.layers.Add)]
    assert adds == [(8, 8, 256), (16, 16, 256), (32, 32, 256)] and generator.output.shape[1:] == (32, 32, 3)
    discriminator = networks.discriminator((32, 32, 3), norm="spectral", activation="relu")
    adds = [layer.output.shape[1:] for layer in discriminator.layers if isinstance(layer, keras.layers.Add)]
    assert adds == [(16, 16, 128), (8, 8, 128), (8, 8, 128), (8, 8, 128)]
    # published for these networks (weights alone, without biases and normalisation): 4.2 and 1.0 million
    assert generator.count_params() == pytest.approx(4.3e6, rel=0.03)
    assert discriminator.count_params() == pytest.approx(1.05e6, rel=0.03)


def test_every_kernel_of_the_discriminator_is_normalised():
    gan = keras_gans.SNGAN((32, 32, 3), 4, width=4, seed=0)
    for layer in gan.discriminator.layers:
        assert not isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)), layer.name
    assert sum(isinstance(layer, SpectralNormalization) for layer in gan.discriminator.layers) == 11
    assert not any(isinstance(layer, SpectralNormalization) for layer in gan.generator.layers)


def test_recipe():
    gan = keras_gans.SNGAN((8, 8, 1), width=2)
    gan.compile()
    assert isinstance(gan.adversarial_loss, keras_gans.losses.Hinge) and gan.n_critic == 5 and not gan.penalties


@pytest.mark.parametrize("shape", [(9, 11, 2), (28, 28, 1)])
def test_any_size(shape):
    gan = keras_gans.SNGAN(shape, 4, width=(4, 2), seed=0)
    assert gan.generate(2).shape == (2, *shape)
    assert np.isfinite(np.asarray(gan.discriminator(gan.generate(2)))).all()


def test_larger_images_have_more_halvings():
    discriminator = networks.discriminator((64, 64, 3), width=4)
    assert [layer.output.shape[1] for layer in discriminator.layers if isinstance(layer, keras.layers.Add)] == [
        32,
        16,
        8,
        8,
        8,
    ]
