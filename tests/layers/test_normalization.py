import keras
import numpy as np
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
