import keras
import pytest

import keras_gans
from keras_gans.training import graph


def residual():
    x = inputs = keras.Input((4,), name="x")
    x = keras.layers.Dense(4, name="first")(x)
    y = keras.layers.Dense(4, "relu", name="branch")(x)
    x = keras.layers.Add(name="sum")([x, y])
    return keras.Model(inputs, keras.layers.Dense(1, name="logits")(x))


def names(tensors):
    return [tensor._keras_history.operation.name for tensor in tensors]


def test_cuts_are_where_everything_passes():
    assert names(graph.cuts(residual())) == ["first", "sum"]  # not the branch


def test_cuts_with_labels_beside():
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, num_classes=3)
    found = graph.cuts(gan.discriminator)
    first, others, outputs = graph.whole(gan.discriminator)
    assert found and len(others) == 1
    for tensor in found:
        keras.Model([tensor, *others], outputs)


def test_features_are_what_the_last_layer_with_weights_sees():
    network = residual()
    assert graph.features(network)._keras_history.operation.name == "sum"
    sequential = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(5, name="last"), keras.layers.Dense(1), keras.layers.Activation("tanh")]
    )
    assert graph.features(sequential)._keras_history.operation.name == "last"
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, num_classes=3)  # the sum of logits and projection
    dense = next(layer for layer in gan.discriminator.layers if isinstance(layer, keras.layers.Dense) and layer.units == 1)
    assert graph.features(gan.discriminator) is dense.input


def test_it_says_what_it_cannot_look_into():
    with pytest.raises(ValueError, match="no layer with weights"):
        inputs = keras.Input((3,))
        graph.features(keras.Model(inputs, keras.layers.Activation("tanh")(inputs)))
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match="ends in a model inside the model"):
        graph.features(keras.Model(inputs, residual()(inputs)))

    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="call of its own"):
        graph.nodes(Own())
