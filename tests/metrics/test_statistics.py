import numpy as np
import pytest

from keras_gans.metrics.statistics import Buffer, Moments


@pytest.mark.parametrize("batch", [7, 64, 500])
def test_moments_do_not_depend_on_the_batches(batch):
    x = (np.random.default_rng(0).normal(size=(500, 6)) * [1, 2, 3, 4, 5, 6] + 100).astype("float32")
    moments = Moments(6, shift=x[0])
    for at in range(0, 500, batch):
        moments.update_state(x[at : at + batch])
    found = moments.gaussian()
    assert found.count == 500
    exact = moments.dtype == "float64"  # JAX has float32 alone: shifted sums are good to 1e-6 of the covariance
    np.testing.assert_allclose(found.mean, x.astype("float64").mean(0), rtol=1e-12 if exact else 1e-7)
    covariance = np.cov(x.astype("float64"), rowvar=False)
    np.testing.assert_allclose(found.covariance, covariance, rtol=0, atol=(1e-9 if exact else 1e-6) * covariance.max() * 30)
    np.testing.assert_allclose(moments.result(), found.mean)


def test_reset_and_too_few():
    moments = Moments(2)
    moments.update_state(np.ones((5, 2)))
    moments.reset_state()
    moments.update_state(np.zeros((1, 2)))
    with pytest.raises(ValueError, match="1 samples"):
        moments.gaussian()
    assert Moments.from_config(Moments(2, shift=[1.0, 2.0]).get_config()).shift.tolist() == [1, 2]


def test_buffer_keeps_order():
    x = np.arange(14, dtype="float32").reshape(7, 2)
    buffer = Buffer(10, 2)
    for part in (x[:3], x[3:4], x[4:]):
        buffer.update_state(part)
    np.testing.assert_array_equal(buffer.numpy(), x)
    buffer.reset_state()
    assert len(buffer.numpy()) == 0 and Buffer.from_config(buffer.get_config()).size == 10


def test_a_full_buffer_says_so():
    buffer = Buffer(5, 2)
    buffer.update_state(np.ones((4, 2)))
    buffer.update_state(np.ones((2, 2)))
    with pytest.raises(ValueError, match="6 samples, and room for 5. Pass a larger size"):
        buffer.numpy()


def test_rows_at_their_places():
    buffer = Buffer(4, (2, 1))
    buffer.update_state(np.full((2, 2, 1), 3.0), places=np.array([2, 3]))
    buffer.update_state(np.full((2, 2, 1), 7.0), places=np.array([1, 0]))
    np.testing.assert_array_equal(buffer.numpy()[:, 0, 0], [7, 7, 3, 3])
