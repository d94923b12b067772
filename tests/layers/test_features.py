import numpy as np
import pytest
from keras import ops

from keras_gans import layers


def test_minibatch_deviation():
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    out = ops.convert_to_numpy(layers.MinibatchStdDev()(x))
    assert out.shape == (6, 5)
    np.testing.assert_allclose(out[:, -1], x.std(0).mean(), rtol=1e-5)
    assert ops.convert_to_numpy(layers.MinibatchStdDev()(np.ones((6, 4), "float32")))[0, -1] < 1e-3


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
