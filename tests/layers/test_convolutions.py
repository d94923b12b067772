import keras
import numpy as np
import pytest
from keras import ops

from keras_gans import backend, layers
from keras_gans.layers import convolutions


@pytest.mark.parametrize(
    "size,stride,channels,filters",
    [
        (3, 1, 5, 1),
        (7, 1, 8, 1),
        (5, 1, 4, 3),
        (4, 2, 5, 1),
        (5, 2, 3, 3),
        (2, 2, 3, 1),
        (3, 3, 2, 1),
        (6, 3, 2, 2),
        (3, 2, 4, 1),
    ],
)
def test_planes_conv_transpose_is_the_transposed_convolution(size, stride, channels, filters):
    rng = np.random.default_rng(0)
    x, kernel, weight = (
        ops.convert_to_tensor(rng.normal(size=shape).astype("float32"))
        for shape in ((2, 9, 6, channels), (size, size, filters, channels), (2, 9 * stride, 6 * stride, filters))
    )
    results = []
    for convolve in (
        lambda *x: convolutions.planes_conv_transpose(*x, stride),
        lambda *x: ops.conv_transpose(*x, stride, "same"),
    ):
        value, out, d_x = backend.input_gradient(lambda x, f=convolve: (ops.sum(f(x, kernel) * weight), f(x, kernel)), x)
        _, _, d_kernel = backend.input_gradient(lambda kernel, f=convolve: (ops.sum(f(x, kernel) * weight), None), kernel)
        results.append([value, out, d_x, d_kernel])
    for ours, reference in zip(*results):
        assert ours.shape == reference.shape
        np.testing.assert_allclose(ours, reference, rtol=1e-5, atol=5e-5)


def test_layer_takes_the_fast_route_only_where_it_may(monkeypatch):
    calls = []
    fast = convolutions.planes_conv_transpose
    monkeypatch.setattr(convolutions, "planes_conv_transpose", lambda *given: calls.append(1) or fast(*given))
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    turned = [
        ({"filters": 1, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "tanh"}, True),
        ({"filters": 3, "kernel_size": 5, "strides": 2, "padding": "same", "use_bias": False}, True),
        ({"filters": 8, "kernel_size": 4, "strides": 2, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 4, "strides": 2, "padding": "valid"}, False),
        ({"filters": 1, "kernel_size": 2, "strides": 3, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 4, "strides": 1, "padding": "same"}, True),
    ]
    cases = [
        ({"filters": 1, "kernel_size": 3, "padding": "same"}, True),
        ({"filters": 3, "kernel_size": 5, "padding": "same", "use_bias": False}, True),
        ({"filters": 8, "kernel_size": 3, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 3, "padding": "valid"}, False),
        ({"filters": 1, "kernel_size": 4, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, False),
    ]
    for name, arguments, is_fast in [("Conv2D", *case) for case in cases] + [("Conv2DTranspose", *case) for case in turned]:
        ours, plain = (getattr(module, name)(**arguments) for module in (layers, keras.layers))
        ours.build(x.shape)
        plain.build(x.shape)
        plain.set_weights(ours.get_weights())
        calls.clear()
        np.testing.assert_allclose(ours(x), plain(x), atol=1e-5)
        assert bool(calls) is is_fast, (name, arguments)


def test_layer_saves_and_keeps_unknown_batch(tmp_path):
    model = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(1, 3, padding="same", activation="tanh")])
    model.save(tmp_path / "model.keras")
    x = np.ones((3, 6, 6, 2), "float32")
    np.testing.assert_array_equal(
        keras.models.load_model(tmp_path / "model.keras").predict(x, verbose=0), model.predict(x, verbose=0)
    )


@pytest.mark.parametrize("groups,strides", [(2, 1), (3, 2)])
def test_groups_are_the_grouped_convolution(groups, strides):
    """Against one convolution for each group, written out."""
    layer = layers.Conv2D(6, 3, strides, padding="same", groups=groups)
    x = np.random.default_rng(0).normal(size=(2, 7, 8, 6)).astype("float32")
    out = layer(x)
    kernel, bias = (weight.numpy() for weight in layer.weights)
    each_in, each_out = 6 // groups, 6 // groups
    for g in range(groups):
        own = slice(g * each_out, (g + 1) * each_out)
        expected = ops.conv(x[..., g * each_in : (g + 1) * each_in], kernel[..., own], strides, "same") + bias[own]
        np.testing.assert_allclose(ops.convert_to_numpy(out)[..., own], expected, atol=1e-5)


RESAMPLED = {
    layers.UpConv2D: lambda x, conv: conv(keras.layers.UpSampling2D()(x)),
    layers.DownConv2D: lambda x, conv: keras.layers.AveragePooling2D(2, padding="same")(conv(x)),
}


@pytest.mark.parametrize("cls", RESAMPLED)
@pytest.mark.parametrize("size", [(4, 4), (6, 10), (2, 2), (5, 6), (7, 7)])
@pytest.mark.parametrize("use_bias", [True, False])
def test_a_fused_change_of_size_is_the_two_operations(cls, size, use_bias):
    """The same weights give the same output and the same gradients of input, kernel and bias."""
    rng = np.random.default_rng(0)
    x = ops.convert_to_tensor(rng.normal(size=(2, *size, 3)).astype("float32"))
    ours, plain = cls(5, use_bias=use_bias), keras.layers.Conv2D(5, 3, padding="same", use_bias=use_bias)
    results = []
    for layer, run in ((ours, ours), (plain, lambda x: RESAMPLED[cls](x, plain))):
        layer.build((None, *size, 3))
        layer.set_weights([np.random.default_rng(1).normal(size=weight.shape) for weight in layer.get_weights()])
        model = keras.Sequential([keras.Input((*size, 3)), layer])  # whose weights are the layer's
        out = run(x)
        weight = np.random.default_rng(2).normal(size=out.shape).astype("float32")
        _, _, d_x = backend.input_gradient(lambda x, run=run, w=weight: (ops.sum(run(x) * w), None), x)
        _, _, d_weights = backend.gradient(lambda run=run, w=weight: (ops.sum(run(x) * w), None), model)
        results.append([out, d_x, *d_weights])
    assert results[0][0].shape == ours.compute_output_shape(x.shape) and len(results[0]) == 4 - (not use_bias)
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=3e-5)


@pytest.mark.parametrize("cls", RESAMPLED)
def test_a_fused_change_of_size_saves(cls, tmp_path):
    model = keras.Sequential([keras.Input((6, 6, 2)), cls(3, activation="relu", name="inner")])
    model.save(tmp_path / "model.keras")
    back, x = keras.models.load_model(tmp_path / "model.keras"), np.ones((3, 6, 6, 2), "float32")
    np.testing.assert_array_equal(back.predict(x, verbose=0), model.predict(x, verbose=0))
    assert back.output_shape == model.output_shape and back.get_layer("inner").activation is keras.activations.relu


@pytest.mark.parametrize(
    "ours,plain",
    [
        (lambda: [layers.Conv2D(2, 3, padding="same")], lambda: [keras.layers.Conv2D(2, 3, padding="same")]),
        (
            lambda: [layers.Conv2DTranspose(2, 4, 2, padding="same")],
            lambda: [keras.layers.Conv2DTranspose(2, 4, 2, padding="same")],
        ),
        (lambda: [layers.UpConv2D(4)], lambda: [keras.layers.UpSampling2D(), keras.layers.Conv2D(4, 3, padding="same")]),
        (
            lambda: [layers.DownConv2D(4)],
            lambda: [keras.layers.Conv2D(4, 3, padding="same"), keras.layers.AveragePooling2D(2)],
        ),
    ],
    ids=["Conv2D", "Conv2DTranspose", "UpConv2D", "DownConv2D"],
)
def test_a_gradient_penalty_through_them_is_that_of_keras(ours, plain):
    """Its gradient with respect to the weights takes each layer's second derivative."""
    x, found = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(3, 6, 6, 2)).astype("float32")), []
    for made in (ours, plain):
        model = keras.Sequential(
            [keras.Input((6, 6, 2)), keras.layers.Dense(3, "tanh"), *made(), keras.layers.Activation("tanh")]
        )
        model.set_weights([np.random.default_rng(i).normal(size=w.shape) / 2 for i, w in enumerate(model.get_weights())])

        def penalty(model=model):
            gradient = backend.input_gradient(lambda x: (ops.sum(model(x)), None), x)[2]
            return ops.sum(ops.square(gradient)), None

        value, _, gradients = backend.gradient(penalty, model)
        found.append([value, *gradients])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4)
