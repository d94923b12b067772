import numpy as np
import pytest

from keras_gans.metrics import KernelDistance, kernel, kernel_distance, kernel_distance_by_blocks


def direct(x, y):
    """The estimator as its formula reads, pair by pair."""

    def k(a, b):
        return (a @ b / len(a) + 1) ** 3

    n, m = len(x), len(y)
    own_x = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    own_y = sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return own_x + own_y - 2 * sum(k(a, b) for a in x for b in y) / (n * m)


@pytest.fixture
def sets():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 7)), rng.normal(size=(50, 7)) * 1.3 + 0.2


def test_one_subset_of_everything_is_the_formula(sets):
    real, fake = sets
    expected = direct(real[:50], fake)
    mean, deviation = kernel_distance(real[:50], fake, subsets=3, subset_size=50)
    assert mean == pytest.approx(expected, rel=1e-12) and deviation == pytest.approx(0, abs=1e-12)


def test_both_routes_are_one(sets, monkeypatch):
    """Whole kernel matrices where the subsets together are larger than the sets, subset by subset otherwise."""
    real, fake = sets
    rng = np.random.RandomState(5)
    picks = [(rng.choice(60, 8, replace=False), rng.choice(50, 8, replace=False)) for _ in range(400)]
    expected = [direct(real[i], fake[j]) for i, j in picks]
    monkeypatch.setattr(kernel, "CHUNK", 16)
    whole = kernel_distance(real, fake, subsets=400, subset_size=8, seed=5)
    assert whole == pytest.approx((np.mean(expected), np.std(expected)), rel=1e-10)
    few = kernel_distance(real, fake, subsets=4, subset_size=8, seed=5)
    assert few == pytest.approx((np.mean(expected[:4]), np.std(expected[:4])), rel=1e-10)


def test_near_zero_for_one_distribution_and_growing():
    rng = np.random.default_rng(0)
    real, same, noise = rng.normal(size=(2, 2000, 5)), rng.normal(size=(2000, 5)), rng.normal(size=(2000, 5))
    mean, deviation = kernel_distance(real[0], same, subsets=20, subset_size=500)
    assert abs(mean) < 0.02 and deviation < 0.1
    values = [
        kernel_distance(real[0], real[1] + amount * noise, subsets=20, subset_size=500)[0] for amount in (0.5, 1.0, 2.0)
    ]
    assert mean < values[0] < values[1] < values[2]
    assert kernel_distance(real[0][:400], real[0][:400], subsets=2, subset_size=400)[0] < 0, (
        "unbiased: a set with itself is below 0"
    )


def test_a_subset_larger_than_a_set_is_shrunk_and_says_so(sets):
    real, fake = sets
    with pytest.warns(UserWarning, match="subset_size=1000, and a set has 50 samples: subsets of 50"):
        found = kernel_distance(real, fake, subsets=2)
    assert found == kernel_distance(real, fake, subsets=2, subset_size=50)


def test_blocks(sets):
    real, fake = sets
    parts = [direct(real[i * 20 : i * 20 + 20], part) for i, part in enumerate(np.array_split(fake, 3))]
    mean, error = kernel_distance_by_blocks(real, fake, block_size=20)
    assert mean == pytest.approx(np.mean(parts), rel=1e-10)
    assert error == pytest.approx(np.std(parts, ddof=1) / np.sqrt(3), rel=1e-10)
    assert kernel_distance_by_blocks(real, fake)[0] == pytest.approx(direct(real, fake), rel=1e-10)
    assert np.isnan(kernel_distance_by_blocks(real, fake)[1])


def test_the_metric_by_blocks(sets):
    real, fake = sets
    blocks = KernelDistance(7, block_size=20)
    blocks.update_state(real, fake)
    assert blocks.result() == pytest.approx(kernel_distance_by_blocks(real, fake, 20), rel=1e-5)


def test_bad_input(sets):
    real, fake = sets
    with pytest.raises(ValueError, match="made by one extractor"):
        kernel_distance(real, fake[:, :3])
    with pytest.raises(ValueError, match="fake: features are NaN"):
        kernel_distance(real, np.where(fake > 2, np.inf, fake))
    with pytest.raises(ValueError, match="real: 1 samples"):
        kernel_distance(real[:1], fake)
    with pytest.raises(ValueError, match="subset_size=1"):
        kernel_distance(real, fake, subset_size=1)
    with pytest.raises(ValueError, match="subset_size=60, and a set has 50 samples. Bring more"):
        kernel_distance(real, fake, subset_size=60)
    with pytest.raises(ValueError, match="subsets=0"):
        kernel_distance(real, fake, subsets=0)
    with pytest.raises(ValueError, match="raise block_size"):
        kernel_distance_by_blocks(real, fake[:5], block_size=10)
