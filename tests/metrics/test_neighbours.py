import numpy as np
import pytest

from keras_gans.metrics import neighbours, precision_recall_density_coverage

RNG = np.random.default_rng(0)
REAL, FAKE = RNG.normal(size=(300, 4)), RNG.normal(size=(250, 4)) * 0.8 + 0.2


def by_definition(real, fake, k, within):
    """Sample by sample, as METRICS defines them."""

    def radius(x, own):
        return np.sort(np.sqrt(((own - x) ** 2).sum(1)))[k]

    r_real, r_fake = [radius(x, real) for x in real], [radius(x, fake) for x in fake]
    d = np.sqrt(((real[:, None] - fake) ** 2).sum(-1))
    return {
        "precision": np.mean([any(within(d[i, j], r_real[i]) for i in range(len(real))) for j in range(len(fake))]),
        "recall": np.mean([any(within(d[i, j], r_fake[j]) for j in range(len(fake))) for i in range(len(real))]),
        "density": np.mean([sum(within(d[i, j], r_real[i]) for i in range(len(real))) / k for j in range(len(fake))]),
        "coverage": np.mean([within(d[i].min(), r_real[i]) for i in range(len(real))]),
    }


@pytest.mark.parametrize("k,inclusive", [(5, False), (3, True), (1, False)])
def test_definition(k, inclusive, monkeypatch):
    expected = by_definition(REAL, FAKE, k, np.less_equal if inclusive else np.less)
    assert precision_recall_density_coverage(REAL, FAKE, k, inclusive) == pytest.approx(expected, rel=1e-12)
    monkeypatch.setattr(neighbours, "CHUNK", 37)
    assert precision_recall_density_coverage(REAL, FAKE, k, inclusive) == pytest.approx(expected, rel=1e-12)


def test_far_from_the_origin_nothing_is_lost():
    near, far = (precision_recall_density_coverage(REAL + shift, FAKE + shift) for shift in (0.0, 1e6))
    assert near == pytest.approx(far, abs=1e-2)


def test_identical_sets_and_duplicates():
    same = precision_recall_density_coverage(REAL, REAL)
    assert same["density"] == pytest.approx(1.0, abs=0.01)  # the k-th neighbour lies on the surface: in or out by rounding
    assert same["precision"] == same["recall"] == same["coverage"] == 1.0
    equal = np.ones((20, 3))
    assert set(precision_recall_density_coverage(equal, equal).values()) == {0.0}
    assert precision_recall_density_coverage(equal, equal, inclusive=True)["precision"] == 1.0


def test_what_each_one_sees():
    collapsed = precision_recall_density_coverage(REAL, RNG.normal(size=(250, 4)) * 0.05)
    assert collapsed["precision"] > 0.95 and collapsed["recall"] < 0.05 and collapsed["coverage"] < 0.3
    away = precision_recall_density_coverage(REAL, REAL + 50)
    assert max(away.values()) == 0.0


def test_bad_input():
    with pytest.raises(ValueError, match="no 5-th neighbour"):
        precision_recall_density_coverage(REAL[:5], FAKE)
    with pytest.raises(ValueError, match="expected features"):
        precision_recall_density_coverage(REAL, FAKE[:, :2])
    with pytest.raises(ValueError, match="NaN"):
        precision_recall_density_coverage(np.where(REAL > 2, np.nan, REAL), FAKE)


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("shift", [0, 1000])
def test_ties(inclusive, shift):
    """Whole numbers have many equal distances, on the surface of balls too: which side they fall on must not be rounding's choice."""
    rng = np.random.default_rng(1)
    real, fake = rng.integers(0, 4, (200, 5)) + shift, rng.integers(0, 4, (150, 5)) + shift
    expected = by_definition(real, fake, 5, np.less_equal if inclusive else np.less)
    assert precision_recall_density_coverage(real, fake, 5, inclusive) == pytest.approx(expected, rel=1e-12)
    other = by_definition(real, fake, 5, np.less if inclusive else np.less_equal)
    assert other["density"] != pytest.approx(expected["density"], rel=0.05), "there are ties to decide"
