import keras
import pytest

import keras_gans
from keras_gans.models.networks import is_small


def test_networks_that_do_not_fit_raise(networks):
    generator, discriminator = networks()
    with pytest.raises(ValueError, match=r"expected \(None, 4\)"):
        keras_gans.GAN(generator, discriminator, 4)
    with pytest.raises(ValueError, match="the discriminator takes"):
        keras_gans.GAN(generator, networks(out=5)[1], 3)
    with pytest.raises(TypeError, match="expected a keras.Model"):
        keras_gans.GAN(generator, lambda x: x, 3)
    with pytest.raises(ValueError, match="not built"):
        keras_gans.GAN(keras.Sequential([keras.layers.Dense(2)]), discriminator, 3)
    with pytest.raises(ValueError, match="latent_dim='3'"):
        keras_gans.GAN(generator, discriminator, "3")


def test_a_network_with_a_wrapped_recurrent_layer_is_not_small():
    inner = keras.layers.TimeDistributed(keras.layers.GRU(2, unroll=True))
    wrapped = keras.Sequential([keras.Input((3, 4, 2)), inner, keras.layers.Flatten(), keras.layers.Dense(1)])
    alone = keras.Sequential([keras.Input((4, 2)), keras.layers.GRU(2, unroll=True), keras.layers.Dense(1)])
    assert [is_small(network) for network in (wrapped, alone)] == [False, True]


def test_a_dense_layer_on_many_steps_is_not_small():
    long = keras.Sequential(
        [keras.Input((1000, 64)), keras.layers.Dense(512), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    short = keras.Sequential([keras.Input((2, 64)), keras.layers.Dense(512), keras.layers.Flatten(), keras.layers.Dense(1)])
    assert [is_small(network) for network in (long, short)] == [False, True]
