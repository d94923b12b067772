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
        np.testing.assert_array_equal(kernel, inner.kernel.numpy())


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


CASES = [  # arguments, shape, whether it is the one kernel
    ({}, (6, 5, 4, 3), True),
    ({"center": False, "scale": False}, (6, 5, 4, 3), True),
    ({"momentum": 0.5, "epsilon": 0.1}, (1, 3, 3, 2), True),
    ({"dtype": "bfloat16"}, (6, 5, 4, 3), True),
    ({"dtype": "float16"}, (6, 5, 4, 3), True),
    ({"dtype": "mixed_float16"}, (6, 5, 4, 3), True),
    ({}, (6, 3), False),
    ({"axis": 1}, (6, 5, 4, 3), False),
    ({"renorm": True}, (6, 5, 4, 3), False),
    ({"trainable": False}, (6, 5, 4, 3), False),
]


@pytest.mark.parametrize("options,shape,is_fast", CASES)
def test_batch_normalization_is_that_of_keras(options, shape, is_fast, monkeypatch):
    """Output, gradients, moving statistics, and what it does with them outside training."""
    calls, fast = [], backend.batch_normalise
    monkeypatch.setattr(backend, "batch_normalise", lambda *given: calls.append(1) or fast(*given))
    rng = np.random.default_rng(0)
    x, weight = (3 * rng.normal(size=shape).astype("float32") + 1 for _ in range(2))
    results = []
    for module in (layers, keras.layers):
        try:
            layer = module.BatchNormalization(**options)
        except (TypeError, ValueError) as error:
            assert "renorm" in options, error
            pytest.skip("this version of Keras has no renorm")
        model = keras.Sequential([keras.Input(shape[1:]), layer])
        model.set_weights([np.random.default_rng(i).uniform(1, 2, w.shape) for i, w in enumerate(model.get_weights())])

        def weighted(x, model=model):
            out = model(x, training=True)
            return ops.sum(ops.cast(out, "float32") * weight), out

        _, out, d_x = backend.input_gradient(weighted, ops.convert_to_tensor(x))
        gradients = (
            backend.gradient(lambda weighted=weighted: (weighted(x)[0], None), model)[2] if model.trainable_weights else []
        )
        results.append([out, d_x, *gradients, *model.weights, model(x)])
        assert bool(calls) is (is_fast and module is layers)
        calls.clear()
    tolerance = 0.05 if "16" in options.get("dtype", "") else 2e-4
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(ops.cast(a, "float32"), ops.cast(b, "float32"), rtol=tolerance, atol=tolerance)


def test_batch_normalization_in_double_precision_keeps_it():
    x = np.random.default_rng(0).normal(size=(4, 5, 5, 3))
    ours, plain = (module.BatchNormalization(dtype="float64") for module in (layers, keras.layers))
    np.testing.assert_allclose(ours(x, training=True), plain(x, training=True), rtol=1e-12)
