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
