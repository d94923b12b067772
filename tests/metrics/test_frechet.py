import keras
import numpy as np
import pytest

from keras_gans.metrics import FrechetDistance, Gaussian, frechet_distance, frechet_distance_from_moments
from keras_gans.metrics.frechet import standard_error


def precision(exact, coarse):
    """A tolerance: of float64, or of a backend that has none."""
    return exact if keras.backend.backend() == "tensorflow" else coarse


def direct(real, fake):
    """The formula with a general matrix root by the eigenvalues of the product: slow and fragile, but independent."""
    s1, s2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = np.sqrt(np.linalg.eigvals(s1 @ s2).astype(complex)).real.sum()
    return np.sum((real.mean(0) - fake.mean(0)) ** 2) + np.trace(s1) + np.trace(s2) - 2 * root


def sets(n=500, m=400, d=12, seed=0):
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(d, d))
    return rng.normal(size=(n, d)) @ mix, rng.normal(size=(m, d)) @ mix * 1.2 + 0.3


def test_closed_form_of_diagonal_gaussians():
    m1, m2, a, b = np.array([0.0, 1.0]), np.array([2.0, -1.0]), np.array([4.0, 9.0]), np.array([1.0, 16.0])
    expected = 8.0 + np.sum((np.sqrt(a) - np.sqrt(b)) ** 2)
    assert frechet_distance_from_moments(m1, np.diag(a), m2, np.diag(b)) == pytest.approx(expected, rel=1e-12)


def test_closed_form_of_rotated_equal_shapes():
    """S2 = R S1 R^T in two dimensions: tr root = sqrt(tr(S1 S2) + 2 sqrt(det S1 det S2))."""
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    s1 = np.diag([5.0, 0.5])
    s2 = turn @ s1 @ turn.T
    root = np.sqrt(np.trace(s1 @ s2) + 2 * np.sqrt(np.linalg.det(s1) * np.linalg.det(s2)))
    expected = np.trace(s1) + np.trace(s2) - 2 * root
    assert frechet_distance_from_moments([0, 0], s1, [0, 0], s2) == pytest.approx(expected, rel=1e-12)


def test_agrees_with_the_direct_formula_and_is_symmetric():
    real, fake = sets()
    assert frechet_distance(real, fake) == pytest.approx(direct(real, fake), rel=1e-9)
    assert frechet_distance(fake, real) == pytest.approx(frechet_distance(real, fake), rel=1e-9)


def test_identical_sets_are_at_zero():
    real, _ = sets()
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-8 * np.trace(np.cov(real, rowvar=False)))


@pytest.mark.parametrize("n,m", [(5, 7), (5, 400), (400, 5), (12, 12)])
def test_fewer_samples_than_features(n, m):
    """The route through the samples equals the route through the covariances, of whatever rank."""
    real, fake = sets(n, m)
    whole = frechet_distance_from_moments(real.mean(0), np.cov(real, rowvar=False), fake.mean(0), np.cov(fake, rowvar=False))
    if min(n, m) < 12:
        with pytest.warns(UserWarning, match="fewer samples than features"):
            assert frechet_distance(real, fake) == pytest.approx(whole, rel=1e-6)
    else:
        assert frechet_distance(real, fake) == pytest.approx(whole, rel=1e-9)


def test_dead_features_and_far_means():
    real, fake = sets()
    real[:, 3] = fake[:, 3] = 0.0
    fake[:, 5] += 1e6
    kept = [i for i in range(12) if i != 3]
    assert frechet_distance(real, fake) == pytest.approx(frechet_distance(real[:, kept], fake[:, kept]), rel=1e-12)
    assert frechet_distance(real, fake) == pytest.approx(1e12, rel=1e-4)


def test_it_gets_worse_as_samples_get_worse():
    real, _ = sets(2000)
    rng = np.random.default_rng(1)
    noisy = [frechet_distance(real, real + rng.normal(size=real.shape) * amount) for amount in (0.1, 0.5, 2.0)]
    assert noisy[0] < noisy[1] < noisy[2]


def test_bad_input():
    real, fake = sets()
    with pytest.raises(ValueError, match="made by different extractors"):
        frechet_distance(real, fake[:, :5])
    with pytest.raises(ValueError, match="NaN"):
        frechet_distance(np.where(real > 5, np.nan, real), fake)
    with pytest.raises(ValueError, match="at least 2"):
        Gaussian.from_features(real[:1])
    with pytest.raises(ValueError, match=r"expected \(n, d\)"):
        Gaussian.from_features(real[0])
    with pytest.raises(ValueError, match=r"not \(d,\), \(d, d\)"):
        Gaussian(np.zeros(3), np.eye(4))


@pytest.mark.parametrize("n,d", [(500, 8), (60, 100)])
def test_the_standard_error_is_that_of_redrawn_samples(n, d):
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(d, d)) / np.sqrt(d)
    real = Gaussian.from_features(rng.normal(size=(3000, d)))
    draws = [rng.normal(size=(n, d)) @ mix + 0.2 for _ in range(60)]
    spread = np.std([real.distance(Gaussian.from_features(draw)) for draw in draws])
    assert np.mean([standard_error(real, draw) for draw in draws[:10]]) == pytest.approx(spread, rel=0.25 if n > d else 0.6)


def test_a_metric_without_samples():
    with pytest.raises(ValueError, match="0 samples"):
        FrechetDistance(12).result()


def test_moments_take_no_more_memory_with_more_samples():
    metric = FrechetDistance(12)
    size = sum(np.prod(v.shape) for v in metric.variables)
    metric.update_state(*sets())
    assert sum(np.prod(v.shape) for v in metric.variables) == size == 2 * (12 * 12 + 12 + 1)
