import numpy as np
import pytest
from scipy import stats

from keras_gans.tuning import reruns
from keras_gans.tuning.reruns import Rerun


def rerun(name, scores, better="min"):
    return Rerun(name, {"width": 4}, scores, better)


def test_the_interval_is_students():
    scores = [3.0, 4.0, 6.5]
    low, high = stats.t.interval(0.95, 2, np.mean(scores), stats.sem(scores))
    assert rerun("a", scores).half_width == pytest.approx((high - low) / 2)
    assert rerun("a", [1.0]).half_width is None and rerun("a", [1.0, None]).half_width is None


def test_the_difference_is_welchs():
    a, b = [5.0, 6.0, 9.0], [2.0, 2.5, 2.2]
    gain, half = reruns.difference(rerun("trial 2", b), rerun("default", a))
    interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (gain - half, gain + half) == pytest.approx((interval.low, interval.high))
    up, _ = reruns.difference(rerun("trial 2", b, "max"), rerun("default", a, "max"))
    assert up == -gain, "where more is better, fewer is worse"
    assert reruns.difference(rerun("a", [1.0, 1.0]), rerun("default", [2.0, 2.0])) == (1.0, 0.0)


def test_the_best_of_many_has_to_lead_by_more():
    """Of equal settings the best of k leads by luck: the chance that it is said to beat the default stays under 2.5 %."""
    rng, said = np.random.default_rng(0), {1: 0, 5: 0}
    for _ in range(400):
        default, *others = (rerun(str(i), list(rng.normal(size=3))) for i in range(6))
        for k in said:
            best = min(others[:k], key=lambda one: one.mean)
            gain, half = reruns.difference(best, default, k)
            said[k] += gain > half
    assert max(said.values()) <= 0.05 * 400 and said[5] <= 2 * max(said[1], 5)
