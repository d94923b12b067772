import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gans import backend

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the gradients of the other backend have their own"
)


def network(decay=None):
    regularizer = keras.regularizers.L2(decay) if decay else None
    dense = [keras.layers.Dense(5, "tanh", kernel_regularizer=regularizer), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((3,)), *dense])


def test_pull_back_is_the_gradient_of_the_whole():
    """vjp, then the gradient with respect to the output, equals one gradient through both networks."""
    keras.utils.set_random_seed(0)
    first, second = network(decay=0.1), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    x = tf.random.normal((7, 3))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(second(first(x)) ** 2) + tf.add_n(first.losses)
    expected = tape.gradient(value, first.trainable_weights)
    out, pull = backend.vjp(first, x)
    got, aux, cotangent = backend.input_gradient(lambda y: (tf.reduce_sum(second(y) ** 2), "aux"), out)
    assert aux == "aux" and float(got + tf.add_n(first.losses)) == np.float32(value)
    for a, b in zip(pull(cotangent), expected):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_gradient_of_one_network():
    net, x = network(), tf.ones((2, 3))
    value, aux, gradients = backend.gradient(lambda: (tf.reduce_sum(net(x)), 3), net)
    assert aux == 3 and len(gradients) == len(net.trainable_weights)
    np.testing.assert_allclose(gradients[-1], [2.0, 2.0])  # of the last bias: one for each sample
