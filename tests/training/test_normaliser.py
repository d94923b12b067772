import keras
import numpy as np
import pytest

from keras_gans.training.normaliser import Normaliser

TABLE = np.random.default_rng(0).normal(size=(1000, 3)) * [1e-3, 1.0, 500.0] + [5.0, -2.0, 1e4]


@pytest.mark.parametrize("mode", ["standard", "minmax"])
def test_there_and_back(mode):
    normaliser = Normaliser(3, mode)
    assert not normaliser.is_fitted
    normaliser.fit([TABLE[:300], TABLE[300:]])
    assert normaliser.is_fitted
    inside = keras.ops.convert_to_numpy(normaliser(TABLE.astype("float32")))
    if mode == "standard":
        np.testing.assert_allclose(inside.mean(0), 0, atol=2e-3)
        np.testing.assert_allclose(inside.std(0), 1, rtol=2e-3)
    else:
        np.testing.assert_allclose([inside.min(0), inside.max(0)], [[-1] * 3, [1] * 3], atol=2e-3)
    back = keras.ops.convert_to_numpy(normaliser(inside, inverse=True))
    np.testing.assert_allclose(back, TABLE, rtol=1e-5, atol=1e-6)


def test_sequences_are_scaled_by_feature():
    normaliser = Normaliser(3)
    normaliser.fit([TABLE.reshape(100, 10, 3)])
    np.testing.assert_allclose(normaliser.shift.numpy(), TABLE.mean(0), rtol=1e-5)
    np.testing.assert_allclose(normaliser.scale.numpy(), TABLE.std(0), rtol=1e-5)


def test_batches_do_not_matter():
    one, many = Normaliser(3), Normaliser(3)
    one.fit([TABLE])
    many.fit(np.array_split(TABLE, 7))
    np.testing.assert_allclose(one.scale.numpy(), many.scale.numpy(), rtol=1e-6)


def test_bad_data():
    with pytest.raises(ValueError, match=r"feature 1 \(of 0 to 2\) has one value everywhere, 7.*Drop it"):
        Normaliser(3).fit([TABLE * [1, 0, 1] + [0, 7, 0]])
    with pytest.raises(ValueError, match="NaN"):
        Normaliser(3).fit([np.where(TABLE > 1e4, np.nan, TABLE)])
    with pytest.raises(ValueError, match="Did you mean 'standard'"):
        Normaliser(3, "standart")
