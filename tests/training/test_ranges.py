import math

import keras
import pytest

import keras_gans
from keras_gans.training.ranges import check_reach, output_range, reach


@pytest.mark.parametrize(
    "name,low,high",
    [
        ("tanh", -1, 1),
        ("sigmoid", 0, 1),
        ("softsign", -1, 1),
        ("hard_tanh", -1, 1),
        ("relu", 0, math.inf),
        ("relu6", 0, 6),
        ("elu", -1, math.inf),
        ("log_sigmoid", -math.inf, 0),
        ("softplus", 0, math.inf),
        ("linear", -math.inf, math.inf),
        ("leaky_relu", -math.inf, math.inf),
        ("softmax", 0, 1),
    ],
)
def test_what_activations_reach(name, low, high):
    assert reach(name) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_every_activation_of_keras_has_a_range():
    names = [name for name in dir(keras.activations) if callable(getattr(keras.activations, name)) and name.islower()]
    for name in set(names) - {"get", "serialize", "deserialize"}:
        low, high = reach(name)
        assert low < high, name


def test_the_last_activation_counts():
    def ending(*layers):
        return keras.Sequential([keras.Input((3,)), *layers])

    dense = keras.layers.Dense
    assert output_range(ending(dense(4, "tanh"))) == (-1.0, 1.0)
    assert output_range(ending(dense(4, "sigmoid"), keras.layers.Reshape((2, 2)))) == (0.0, 1.0)
    assert output_range(ending(dense(4))) is None
    assert output_range(ending(dense(4, "tanh"), keras.layers.BatchNormalization())) is None
    assert output_range(ending(dense(4, "tanh"), keras.layers.Rescaling(127.5, 127.5))) is None
    assert output_range(ending(dense(4), keras.layers.Activation("tanh"))) == (-1.0, 1.0)


def test_a_wrapped_layer_counts_too():
    wrapped = keras_gans.layers.SpectralNormalization(keras.layers.Dense(4, "sigmoid"))
    assert output_range(keras.Sequential([keras.Input((2,)), wrapped])) == (0, 1)


def test_reach_is_checked_against_the_normaliser():
    check_reach((-1.0, 1.0), "minmax")
    check_reach(None, "standard")
    check_reach((0.0, 1.0), None)
    with pytest.raises(ValueError, match="could never be generated"):
        check_reach((0.0, 1.0), "minmax")
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, "tanh")])
    discriminator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="normalise='standard'"):
        keras_gans.GAN(generator, discriminator, 2, normalise="standard")
