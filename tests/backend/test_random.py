import keras
import numpy as np
import pytest

from keras_gans import backend


@pytest.mark.parametrize(
    "draw,low,high",
    [
        (lambda seed: backend.random.normal((2000, 3), seed), -6, 6),
        (lambda seed: backend.random.uniform((2000, 3), 1.0, 2.0, seed=seed), 1, 2),
        (lambda seed: backend.random.whole_numbers(2000, 5, seed), 0, 4),
    ],
)
def test_each_call_draws_new_numbers_that_follow_from_the_seed(draw, low, high):
    """What several replicas draw is in contracts/test_devices.py: what one device would."""
    first, second = (keras.random.SeedGenerator(3) for _ in "12")
    one, two, again = (np.asarray(draw(seed)) for seed in (first, first, second))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, two) and low <= one.min() and one.max() <= high
    assert one.shape[0] == 2000 and one.std() > 0.1
