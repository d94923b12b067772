import keras
import numpy as np
import pytest
from keras import ops

from keras_gans import backend, layers


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


def test_class_affine_is_a_scale_and_a_shift_for_each_class():
    layer, labels = layers.ClassAffine(3), np.array([2, 0])
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 5)).astype("float32")
    np.testing.assert_array_equal(layer([x, labels]), x)
    gamma, beta = (np.random.default_rng(i).normal(size=(3, 5)).astype("float32") for i in range(2))
    layer.set_weights([gamma, beta])
    expected = x * gamma[labels][:, None, None] + beta[labels][:, None, None]
    np.testing.assert_allclose(layer([x, labels]), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"center": False, "scale": False}, {"momentum": 0.5, "epsilon": 0.1}])
@pytest.mark.parametrize("shape", [(6, 5, 4, 3), (1, 3, 3, 2), (6, 3)])
def test_batch_normalization_is_that_of_keras(shape, options):
    """Output, gradients, moving statistics, and what it does with them outside training."""
    rng = np.random.default_rng(0)
    x, weight = (3 * rng.normal(size=shape).astype("float32") + 1 for _ in range(2))
    results = []
    for module in (layers, keras.layers):
        model = keras.Sequential([keras.Input(shape[1:]), module.BatchNormalization(**options)])
        model.set_weights([np.random.default_rng(i).uniform(1, 2, w.shape) for i, w in enumerate(model.get_weights())])
        tensor = ops.convert_to_tensor(x)
        _, out, d_x = backend.input_gradient(
            lambda x, m=model: (ops.sum((out := m(x, training=True)) * weight), out), tensor
        )
        _, _, gradients = backend.gradient(lambda m=model: (ops.sum(m(x, training=True) * weight), None), model)
        results.append([out, d_x, *gradients, *model.get_weights(), model(x)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4)


def test_batch_normalization_in_half_precision_and_frozen():
    x = np.random.default_rng(0).normal(size=(4, 5, 5, 3)).astype("float32")
    half = layers.BatchNormalization(dtype="mixed_float16")
    assert keras.backend.standardize_dtype(half(x, training=True).dtype) == "float16"
    np.testing.assert_allclose(
        ops.cast(half(x, training=True), "float32"), layers.BatchNormalization()(x, training=True), atol=5e-3
    )
    frozen = layers.BatchNormalization(trainable=False, epsilon=0.0)
    np.testing.assert_allclose(frozen(x, training=True), x, rtol=1e-6)
