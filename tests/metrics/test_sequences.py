import numpy as np
import pytest

import keras_gans
from keras_gans import metrics
from keras_gans.metrics import judges, sequences
from keras_gans.metrics.sequences import (
    boosted_tree_score,
    discriminative_score,
    predictive_score,
    sequence_kernel_distance,
    untrained_distances,
)

FEW = {"seeds": [0, 1], "iterations": 50}


def sines(count, seed):
    """(count, 6, 4) windows in [0, 1] whose features move together."""
    rng = np.random.default_rng(seed)
    phase, height = rng.uniform(0, 6, (count, 1, 1)), rng.uniform(0.2, 0.5, (count, 1, 1))
    return (0.5 + height * np.sin(phase + 0.7 * np.arange(6)[:, None] + 0.3 * np.arange(4))).astype("float32")


REAL, SAME = sines(300, 0), sines(300, 1)
NOISE = np.random.default_rng(2).uniform(0, 1, REAL.shape).astype("float32")


@pytest.fixture
def fast(monkeypatch):
    """A rate with which 50 steps teach what takes 1,000 of the protocol's."""
    monkeypatch.setattr(judges, "RATE", 0.05)


def test_discriminative_score_sees_noise_and_not_more_of_the_same(fast):
    plain, signed = discriminative_score(REAL, NOISE, seeds=[0], iterations=200)
    assert plain[0] == abs(signed[0]) and plain[0] > 0.4
    plain, signed = discriminative_score(REAL, SAME, seeds=[0, 1], iterations=50)
    assert plain.shape == (2,) and plain.max() < 0.12


def test_predictive_score_is_worse_for_noise(fast):
    floor, noise = (predictive_score(REAL, fake, **FEW) for fake in (SAME, NOISE))
    assert floor.shape == (2,) and floor.max() < 0.9 * noise.min()


def test_protocol():
    """Numbers from the implementation that the published tables of this repository were made with, by seed: the same draws."""
    real, fake = (keras_gans.data.sines(n, steps=8, features=4, seed=seed) for n, seed in ((200, 0), (150, 1)))
    fake = fake**2
    found = discriminative_score(real, fake, seeds=[0, 3], iterations=120)[1]
    np.testing.assert_allclose(found, [0.22857143, -0.01428571], atol=0.015)  # one window of 70 may lie on the border
    found = predictive_score(real, fake, seeds=[0, 3], iterations=120)
    np.testing.assert_allclose(found, [0.14996077, 0.24436111], atol=1e-4)


def test_boosted_trees_see_copies_and_noise_grades():
    pytest.importorskip("sklearn")
    same, copies = boosted_tree_score(REAL, SAME, seeds=[0, 1]), boosted_tree_score(REAL, REAL.copy(), seeds=[0, 1])
    assert np.abs(same).max() < 0.15 and copies.max() < -0.1
    rounded = np.round(SAME * 4) / 4  # a detail that noise covers
    grades = [boosted_tree_score(REAL, rounded, noise, seeds=[0]).item() for noise in (0.0, 0.05, 0.2)]
    assert grades[0] > 0.45 and grades[0] > grades[1] > 0.25 > grades[2]
    assert boosted_tree_score(REAL, rounded, 0.05, seeds=[0]).item() == grades[1]


def test_boosted_trees_draw_no_more_than_the_limit(monkeypatch):
    pytest.importorskip("sklearn")
    seen = []
    monkeypatch.setattr(sequences, "tree_features", lambda x: seen.append(len(x)) or x.reshape(len(x), -1))
    boosted_tree_score(REAL, SAME[:60], seeds=[0], limit=40)
    boosted_tree_score(REAL, SAME[:60], seeds=[0])
    assert seen == [40, 40, 60, 60]


def test_without_scikit_learn_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"keras-gans\[data\]"):
        boosted_tree_score(REAL, SAME)


def test_untrained_distances_by_hand():
    """One feature that climbs by 0.2 a step, from each of ten starts; fakes are stretched and moved, then reversed in time."""
    real = (np.arange(10)[:, None] / 100 + 0.2 * np.arange(3))[..., None]
    found = untrained_distances(real, 2 * real + 1)
    levels = np.quantile(np.arange(10) / 100, np.arange(1, 100) / 100)
    expected = np.mean(levels) + 0.2 + 1  # of 2 x + 1 - x: the mean quantile, the mean climb and the shift
    assert found == pytest.approx(
        {"quantile": expected, "correlation": 0, "autocorrelation": 0, "step": 1, "spread": 1}, abs=1e-6
    )
    found = untrained_distances(real, real[:, ::-1])
    assert found["quantile"] == pytest.approx(0.8 / 3) and found["autocorrelation"] == found["step"] == pytest.approx(
        0, abs=1e-6
    )


def test_untrained_correlation_and_autocorrelation_by_definition():
    def correlation(x, f, g):
        return np.corrcoef(x[..., f].ravel(), x[..., g].ravel())[0, 1]

    def autocorrelation(x, f, lag):
        z = x[..., f] - x[..., f].mean()
        return np.mean([row[t] * row[t + lag] for row in z for t in range(6 - lag)]) / np.mean(z**2)

    real, fake, found = REAL.astype("float64"), NOISE.astype("float64"), untrained_distances(REAL, NOISE)
    pairs = [abs(correlation(real, f, g) - correlation(fake, f, g)) for f in range(4) for g in range(f)]
    lags = [abs(autocorrelation(real, f, lag) - autocorrelation(fake, f, lag)) for f in range(4) for lag in range(1, 6)]
    assert found["correlation"] == pytest.approx(np.mean(pairs)) and found["autocorrelation"] == pytest.approx(np.mean(lags))


def test_untrained_distances_are_zero_for_equal_sets_and_defined_everywhere():
    assert set(untrained_distances(REAL, REAL).values()) == {0.0}
    flat = untrained_distances(REAL[:, :1, :1], NOISE[:, :1, :1])
    assert flat["correlation"] == flat["autocorrelation"] == flat["step"] == 0 and np.isfinite(list(flat.values())).all()


def pair_by_pair(real, fake, multiples):
    real, fake = (x.reshape(len(x), -1).astype("float64") for x in (real, fake))
    n, m = len(real), len(fake)
    median = np.median([np.linalg.norm(real[i] - real[j]) for i in range(n) for j in range(i)])

    def k(a, b):
        return np.mean([np.exp(-np.sum((a - b) ** 2) / (2 * (multiple * median) ** 2)) for multiple in multiples])

    own = [sum(k(x[i], x[j]) for i in range(len(x)) for j in range(len(x)) if i != j) for x in (real, fake)]
    cross = sum(k(a, b) for a in real for b in fake)
    return own[0] / (n * (n - 1)) + own[1] / (m * (m - 1)) - 2 * cross / (n * m)


@pytest.mark.parametrize("multiples", [(1.0,), (0.3, 1, 4)])
def test_kernel_distance_is_its_formula(multiples, monkeypatch):
    expected = pair_by_pair(REAL[:25], NOISE[:20], multiples)
    assert sequence_kernel_distance(REAL[:25], NOISE[:20], multiples) == pytest.approx(expected, rel=1e-10)
    monkeypatch.setattr(sequences, "CHUNK", 7)
    assert sequence_kernel_distance(REAL[:25], NOISE[:20], multiples) == pytest.approx(expected, rel=1e-10)
    far = sequence_kernel_distance(REAL[:25] + 1024, NOISE[:20] + 1024, multiples)
    assert far == pytest.approx(expected, rel=0.01)  # what float32 windows have lost there


def test_kernel_distance_is_near_zero_for_one_distribution_and_grows():
    assert abs(sequence_kernel_distance(REAL, SAME)) < 0.005
    assert sequence_kernel_distance(REAL, REAL) < 0, "unbiased: a set with itself is below 0"
    grows = [sequence_kernel_distance(REAL, SAME + shift) for shift in (0.0, 0.05, 0.2, 1.0)]
    assert grows == sorted(grows) and grows[1] > 0.003 and 0.5 < grows[3] < 2


def test_kernel_distance_draws_by_its_seed():
    draws = [sequence_kernel_distance(REAL, NOISE, limit=50, seed=seed) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    assert sequence_kernel_distance(REAL, NOISE, limit=300) == pytest.approx(sequence_kernel_distance(REAL, NOISE, seed=9))


SCORES = [discriminative_score, predictive_score, boosted_tree_score, untrained_distances, sequence_kernel_distance]


@pytest.mark.parametrize("score", SCORES, ids=lambda score: score.__name__)
def test_windows_that_do_not_fit(score):
    with pytest.raises(ValueError, match=r"real \(300, 6\).*expected windows"):
        score(REAL[..., 0], SAME)
    for other in (SAME[:, :4], SAME[..., :3]):
        with pytest.raises(ValueError, match="equal steps and features"):
            score(REAL, other)
    with pytest.raises(ValueError, match="fake: 4 windows; at least 5"):
        score(REAL, SAME[:4])
    with pytest.raises(ValueError, match="real: values are NaN"):
        score(np.where(REAL > 0.9, np.nan, REAL), SAME)


def test_options_out_of_range():
    for score in (discriminative_score, predictive_score, boosted_tree_score):
        for seeds in ([], 3):
            with pytest.raises(ValueError, match="seeds=.*at least one whole number"):
                score(REAL, SAME, seeds=seeds)
        with pytest.raises(ValueError, match="seeds=-1"):
            score(REAL, SAME, seeds=[-1])
    for score in (discriminative_score, predictive_score):
        with pytest.raises(ValueError, match="iterations=0"):
            score(REAL, SAME, iterations=0)
    for windows in (REAL[:, :1], REAL[..., :1]):
        with pytest.raises(ValueError, match="at least 2 steps and 2 features"):
            predictive_score(windows, windows)
    for noise in (-0.1, float("nan")):
        with pytest.raises(ValueError, match="noise="):
            boosted_tree_score(REAL, SAME, noise=noise)
    with pytest.raises(ValueError, match="limit=4"):
        sequence_kernel_distance(REAL, SAME, limit=4)
    for multiples in ((), (0.0, 1.0)):
        with pytest.raises(ValueError, match="multiples="):
            sequence_kernel_distance(REAL, SAME, multiples)
    with pytest.raises(ValueError, match="median distance of real windows is 0"):
        sequence_kernel_distance(np.full((9, 2, 2), 0.3), SAME[:, :2, :2])
    with pytest.raises(ValueError, match="seeds="):
        metrics.sequences.DiscriminativeScore((6, 4), seeds=[])


def test_one_step_and_one_feature():
    """What the other judges take."""
    assert discriminative_score(REAL[:, :1, :1], NOISE[:, :1, :1], seeds=[0], iterations=1)[0].shape == (1,)
