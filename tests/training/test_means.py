import pytest

from keras_gans.training.means import EpochMeans


def test_means_are_weighted_by_samples():
    means = EpochMeans(("a", "b"), name="means")
    means.update_state({"a": 1.0, "b": 10.0}, 3)
    means.update_state({"a": 5.0, "b": 20.0}, 1, present={"b": 1.0})
    found = {name: float(value) for name, value in means.result().items()}
    assert found == {"a": pytest.approx(2.0), "b": pytest.approx(12.5)}
    means.update_state({"a": 9.0, "b": 0.0}, 4, present={"b": 0.0})
    found = {name: float(value) for name, value in means.result().items()}
    assert found == {"a": pytest.approx(5.5), "b": pytest.approx(12.5)}
    means.reset_state()
    assert float(means.result()["b"]) == pytest.approx(20.0), "the last value it had, until there is a new one"
    means.update_state({"a": 1.0, "b": 7.0}, 4)
    assert {name: float(value) for name, value in means.result().items()} == {"a": 1.0, "b": 7.0}
