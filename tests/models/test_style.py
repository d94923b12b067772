import keras
import numpy as np
import pytest
from keras import layers

import keras_gans
from keras_gans.models import style


def kinds(network):
    return [type(layer).__name__ for layer in network.layers]


def network(depth=4, **options):
    made = style.Style(depth=depth, seed=0, **options)
    x = images = layers.Input((8, 8, 2))
    for _ in range(depth):
        x = made.hidden(made.layer(layers.Conv2D, 3, 3, padding="same")(x))
    return keras.Model(images, made.logits(layers.Flatten()(x)))


@pytest.mark.parametrize(
    "norm,layer,count",
    [("batch", "BatchNormalization", 4), ("layer", "GroupNormalization", 4), ("spectral", "SpectralNormalization", 5)],
)
def test_norms(norm, layer, count):
    assert kinds(network(norm=norm)).count(layer) == count
    assert layer not in kinds(network(norm=None))


def test_layer_norm_looks_at_each_sample_alone():
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    alone, together = (keras.ops.convert_to_numpy(network(norm="layer")(part, training=True)) for part in (x[:1], x))
    np.testing.assert_allclose(alone, together[:1], atol=1e-5)


def test_no_bias_before_a_norm_that_has_one():
    for norm, biased in (("batch", False), ("layer", False), ("spectral", True), (None, True)):
        first = network(norm=norm).layers[1]
        assert getattr(first, "layer", first).use_bias is biased, norm


def test_dropout_of_later_layers_alone():
    assert kinds(network(dropout=0.5)).count("Dropout") == 4
    later = kinds(network(dropout=0.5, dropout_layers="later"))
    assert later.count("Dropout") == 2 and later.index("Dropout") > len(later) / 2


def test_weight_decay_is_on_every_kernel():
    net = network(weight_decay=0.1)
    assert len(net.losses) == 5
    kernels = [weight for weight in net.weights if weight.name == "kernel"]
    assert float(sum(net.losses)) == pytest.approx(0.1 * sum(float((w.numpy() ** 2).sum()) for w in kernels), rel=1e-5)


@pytest.mark.parametrize(
    "changes,message",
    [
        ({"norm": "bach"}, "norm='bach': expected one of 'batch', 'sync_batch', 'layer', 'spectral', None, or a pair"),
        ({"norm": ("batch", "batch", None)}, "norm=.*or a pair"),
        ({"activation": "rely"}, "Unknown activation 'rely'. Did you mean 'relu'"),
        ({"output_activation": "tanhh"}, "Unknown activation 'tanhh'. Did you mean 'tanh'"),
        ({"dropout": 1.0}, "dropout=1.0: expected a number of at least 0 and below 1"),
        ({"dropout": True}, "dropout=True"),
        ({"dropout_layers": "last"}, "dropout_layers='last': expected 'all' or 'later'"),
        ({"weight_decay": -1}, "weight_decay=-1: expected a number of at least 0"),
        ({"pack": 0}, "pack=0: expected a whole number"),
        ({"ema_decay": 2.0}, r"ema_decay=2.0: expected a number in \(0, 1\)"),
        ({"num_classes": 1}, "num_classes=1: expected a whole number of at least 2"),
        ({"num_classes": 3, "conditioning": "projecting"}, "Did you mean 'projection'"),
        ({"num_classes": 3, "pack": 2}, "cannot be judged as one"),
    ],
)
def test_nonsense_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        keras_gans.DCGAN((8, 8, 1), 4, width=4, **changes)


def test_projection_is_the_inner_product_with_the_class_vector():
    made = style.Style(num_classes=3, seed=0)
    features, labels = layers.Input((4,)), layers.Input((), dtype="int32")
    net = keras.Model([features, labels], made.logits(features, labels, "projection"))
    x, y = np.random.default_rng(0).normal(size=(5, 4)).astype("float32"), np.array([0, 1, 2, 1, 0], "int32")
    dense = [[w.numpy() for w in layer.weights] for layer in net.layers if isinstance(layer, layers.Dense)]
    (kernel, bias), (vectors,) = sorted(dense, key=len, reverse=True)
    expected = x @ kernel + bias + (x * vectors[y]).sum(1, keepdims=True)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(net([x, y])), expected, rtol=1e-4, atol=1e-5)
