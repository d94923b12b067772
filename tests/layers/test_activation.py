import keras
import numpy as np
import pytest
from keras import ops

from keras_gans import backend, layers

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def network(activation):
    hidden = [
        part
        for i in range(2)
        for part in (keras.layers.Dense(5, kernel_initializer=keras.initializers.GlorotUniform(i)), activation())
    ]
    return keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(1, kernel_initializer="ones")])


def penalty(model):
    """Value and gradient, with respect to the weights, of a gradient penalty."""

    def squared():
        gradient = backend.input_gradient(lambda x: (ops.sum(model(x)), None), ops.convert_to_tensor(X))[2]
        return ops.sum(ops.square(gradient)), None

    value, _, gradients = backend.gradient(squared, model)
    return [value, *(gradient for gradient in gradients if gradient is not None)]


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "tanh", "elu", "linear"])
def test_values_and_both_derivatives_are_those_of_keras(name):
    ours, plain = (network(lambda cls=cls: cls(name)) for cls in (layers.Activation, keras.layers.Activation))
    np.testing.assert_allclose(ours(X), plain(X), rtol=1e-6)
    gradients = [backend.gradient(lambda model=model: (ops.sum(model(X) ** 2), None), model)[2] for model in (ours, plain)]
    for a, b in zip(*gradients, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    theirs = [part for part in penalty(plain) if np.any(part)]  # biases of ReLU networks: zeros of Keras's, none of ours
    mine = [part for part in penalty(ours) if np.any(part)]
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="counts the operations of TensorFlow's graph")
@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_a_penalty_takes_no_second_pass_back(name):
    import tensorflow as tf

    counts = []
    for cls in (layers.Activation, keras.layers.Activation):
        model = network(lambda cls=cls: cls(name))
        graph = tf.function(lambda model=model: penalty(model)).get_concrete_function().graph
        counts.append(sum(operation.type == "MatMul" for operation in graph.get_operations()))
    assert counts[0] <= counts[1] - 3


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_half_precision(name):
    layer = layers.Activation(name, dtype="mixed_float16")
    assert keras.backend.standardize_dtype(layer(X).dtype) == "float16"
    np.testing.assert_allclose(ops.cast(layer(X), "float32"), keras.layers.Activation(name)(X), atol=1e-3)


def test_a_function_of_the_same_name_is_the_callers():
    def leaky_relu(x):
        return keras.activations.leaky_relu(x, 0.01)

    np.testing.assert_allclose(layers.Activation(leaky_relu)(X), np.where(X > 0, X, 0.01 * X), rtol=1e-6)


def test_it_saves(tmp_path):
    model = network(lambda: layers.Activation("leaky_relu"))
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(X), model(X))
