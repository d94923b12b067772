import keras
import numpy as np
import pytest
from keras import ops

from keras_gans import backend, layers


@pytest.mark.parametrize("size,channels,filters", [(3, 5, 1), (7, 8, 1), (5, 4, 3)])
def test_planes_convolution_is_the_convolution(size, channels, filters):
    rng = np.random.default_rng(0)
    x, kernel, weight = (
        ops.convert_to_tensor(rng.normal(size=shape).astype("float32"))
        for shape in ((2, 9, 6, channels), (size, size, channels, filters), (2, 9, 6, filters))
    )
    results = []
    for convolve in (layers.planes_convolution, lambda x, kernel: ops.conv(x, kernel, 1, "same")):
        value, out, d_x = backend.input_gradient(lambda x, f=convolve: (ops.sum(f(x, kernel) * weight), f(x, kernel)), x)
        _, _, d_kernel = backend.input_gradient(lambda kernel, f=convolve: (ops.sum(f(x, kernel) * weight), None), kernel)
        results.append([value, out, d_x, d_kernel])
    for ours, reference in zip(*results):
        assert ours.shape == reference.shape
        np.testing.assert_allclose(ours, reference, rtol=1e-5, atol=3e-5)


def test_layer_takes_the_fast_route_only_where_it_may(monkeypatch):
    calls = []
    fast = layers.planes_convolution
    monkeypatch.setattr(layers, "planes_convolution", lambda x, kernel: calls.append(1) or fast(x, kernel))
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    cases = [
        ({"filters": 1, "kernel_size": 3, "padding": "same"}, True),
        ({"filters": 3, "kernel_size": 5, "padding": "same", "use_bias": False}, True),
        ({"filters": 8, "kernel_size": 3, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 3, "padding": "valid"}, False),
        ({"filters": 1, "kernel_size": 4, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"}, False),
        ({"filters": 1, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, False),
    ]
    for arguments, is_fast in cases:
        ours, plain = layers.Conv2D(**arguments), keras.layers.Conv2D(**arguments)
        ours.build(x.shape)
        plain.build(x.shape)
        plain.set_weights(ours.get_weights())
        calls.clear()
        np.testing.assert_allclose(ours(x), plain(x), atol=1e-5)
        assert bool(calls) is is_fast, arguments


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
    kernel, bias = None, None
    out = layer(x)
    kernel, bias = (weight.numpy() for weight in layer.weights)
    each_in, each_out = 6 // groups, 6 // groups
    for g in range(groups):
        own = slice(g * each_out, (g + 1) * each_out)
        expected = ops.conv(x[..., g * each_in : (g + 1) * each_in], kernel[..., own], strides, "same") + bias[own]
        np.testing.assert_allclose(ops.convert_to_numpy(out)[..., own], expected, atol=1e-5)
    if strides == 1 and not backend.has_accelerator():
        assert layer.kernel.shape == (3, 3, 6 // groups, 6)


def test_spectral_normalization_divides_by_the_largest_singular_value():
    for inner, shape in ((keras.layers.Dense(5), (4, 7)), (keras.layers.Conv2D(6, 3, padding="same"), (2, 8, 8, 3))):
        layer = layers.SpectralNormalization(inner)
        x = ops.convert_to_tensor(np.random.default_rng(0).normal(size=shape).astype("float32"))
        for _ in range(1000):  # the power iteration is slow where the second singular value is near the first
            layer(x[:1], training=True)
        kernel = inner.kernel.numpy()
        sigma = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]
        plain = inner(x)
        np.testing.assert_allclose(layer(x), plain / sigma, rtol=1e-3, atol=1e-5)  # biases are zero
        before = layer.vector.numpy()
        layer(x)
        np.testing.assert_array_equal(before, layer.vector.numpy())  # moves in training alone
        assert inner.kernel.numpy() is not None and np.array_equal(kernel, inner.kernel.numpy())


def test_the_gradient_goes_through_sigma():
    """A kernel W / sigma(W) does not change when W is scaled, so that its gradient has no part along W. (The Keras layer of the
    same name has one.)"""
    inner = keras.layers.Dense(4, use_bias=False)
    model = keras.Sequential([keras.Input((6,)), layers.SpectralNormalization(inner)])
    x = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(5, 6)).astype("float32"))
    for _ in range(200):
        model(x, training=True)
    _, _, (gradient,) = backend.gradient(lambda: (ops.sum(model(x) ** 3), None), model)
    gradient, kernel = ops.convert_to_numpy(gradient), inner.kernel.numpy()
    assert np.abs(gradient).max() > 0.1
    assert abs((gradient * kernel).sum()) < 1e-3 * np.linalg.norm(gradient) * np.linalg.norm(kernel)


def test_spectral_normalization_saves(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.SpectralNormalization(keras.layers.Dense(2))])
    x = np.ones((2, 3), "float32")
    model(x, training=True)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(x), model(x))


def test_minibatch_deviation():
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    out = ops.convert_to_numpy(layers.MinibatchStdDev()(x))
    assert out.shape == (6, 5)
    np.testing.assert_allclose(out[:, -1], x.std(0).mean(), rtol=1e-5)
    assert ops.convert_to_numpy(layers.MinibatchStdDev()(np.ones((6, 4), "float32")))[0, -1] < 1e-3


def test_class_affine_is_a_scale_and_a_shift_for_each_class():
    layer, labels = layers.ClassAffine(3), np.array([2, 0])
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 5)).astype("float32")
    np.testing.assert_array_equal(layer([x, labels]), x)
    gamma, beta = (np.random.default_rng(i).normal(size=(3, 5)).astype("float32") for i in range(2))
    layer.set_weights([gamma, beta])
    expected = x * gamma[labels][:, None, None] + beta[labels][:, None, None]
    np.testing.assert_allclose(layer([x, labels]), expected, rtol=1e-5, atol=1e-6)


def test_fourier_features():
    layer, x = layers.FourierFeatures((1.0, 50.0), directions=500, seed=3), np.array([[0.3, -1.0]], "float32")
    out = ops.convert_to_numpy(layer(x))
    assert out.shape == (1, 2 + 2 * 1000) == layer.compute_output_shape((1, 2))
    angles = x @ layer.projections.numpy()
    np.testing.assert_allclose(out, np.concatenate([x, np.sin(angles), np.cos(angles)], -1), atol=2e-5)
    drawn = layer.projections.numpy()
    assert drawn[:, :500].std() == pytest.approx(1, rel=0.1) and drawn[:, 500:].std() == pytest.approx(50, rel=0.1)
    same, other = (layers.FourierFeatures((1.0, 50.0), 500, seed) for seed in (3, 4))
    assert np.array_equal(same(x), out) and not np.array_equal(other(x), out) and not layer.trainable_weights


def test_one_hot():
    np.testing.assert_array_equal(layers.OneHot(3)(np.array([2, 0])), [[0, 0, 1], [1, 0, 0]])
