import numpy as np
import pytest

from keras_gans.training.means import EpochMeans


def test_means_are_weighted_by_samples():
    means = EpochMeans(("a", "b"), name="means")
    means.update_state(np.array([1.0, 10.0]), 3)
    means.update_state(np.array([5.0, 20.0]), 1)
    found = {name: float(value) for name, value in means.result().items()}
    assert found == {"a": pytest.approx(2.0), "b": pytest.approx(12.5)}
    means.reset_state()
    assert float(means.result()["a"]) == 0.0
