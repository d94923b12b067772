import numpy as np
import pytest

from keras_gans.callbacks import alarms
from keras_gans.callbacks.alarms import THRESHOLDS

HEALTHY = {"d_loss": 1.0, "g_loss": 1.0, "d_real_accuracy": 0.7, "d_fake_accuracy": 0.8, "val_d_real_accuracy": 0.65}
HEALTHY |= {
    "d_gradient_norm": 2.0,
    "g_gradient_norm": 3.0,
    "d_weight_norm": 5.0,
    "g_weight_norm": 6.0,
    "sample_diversity": 0.9,
}


def seen(kind, *changes, boundary=0.0, before=10):
    rows = [HEALTHY] * before + [{**HEALTHY, **change} for change in changes]
    found = [sign(rows, THRESHOLDS, boundary) for sign in alarms.SIGNS[kind]]
    return next((one for one in found if one not in (None, alarms.UNSEEN)), None)


@pytest.mark.parametrize("kind", alarms.SIGNS)
def test_quiet_in_health(kind):
    assert seen(kind) is None and seen(kind, {}, before=0) is None


@pytest.mark.parametrize(
    "kind,change,words,player",
    [
        ("pinned", {"d_real_accuracy": 1.0, "d_fake_accuracy": 0.995}, "100.0% of real samples and 99.5% of fakes", "d"),
        ("overfitting", {"d_real_accuracy": 0.95, "val_d_real_accuracy": 0.4}, "95.0% .* 40.0% of held-out", "d"),
        ("collapse", {"sample_diversity": 0.02}, "0.02 times as far", "g"),
        ("collapse", {"val_coverage[digits]": 0.01}, r"val_coverage\[digits\] is 0.010", "g"),
        ("divergence", {"d_gradient_norm": 500.0}, "d_gradient_norm is 500 after a median of 2", "d"),
        ("divergence", {"g_weight_norm": 80.0}, "g_weight_norm is 80, and was 6", "g"),
        ("spike", {"g_loss": 9.0}, "g_loss is 9 after a median of 1", "g"),
    ],
)
def test_each_sign(kind, change, words, player):
    import re

    found = seen(kind, change)
    assert re.search(words, found.text) and found.player == player


def test_a_loss_that_grows_epoch_by_epoch():
    sizes = [{"d_loss": -float(size)} for size in (3, 5, 8, 10, 12, 11.5, 15, 19)]
    assert "d_loss is -19 and has grown over six epochs, from -5" in seen("divergence", *sizes).text
    assert seen("divergence", *sizes[:3]) is None  # not large yet
    early = [{"d_loss": -value} for value in (30.0, 25.0, 20.0, 18.0, 15.0, 14.0, 13.0)]  # a young critic's falls
    assert seen("divergence", *early, before=0) is None


def test_a_critic_has_no_pinned_accuracy():
    assert seen("pinned", {"d_real_accuracy": 1.0, "d_fake_accuracy": 1.0}, boundary=None) is None


def test_without_held_out_samples_or_diversity_nothing_is_guessed():
    row = {name: HEALTHY[name] for name in ("d_loss", "g_loss", "d_real_accuracy", "d_fake_accuracy")}
    found = {sign.__name__: sign([row] * 8, THRESHOLDS, 0.0) for signs in alarms.SIGNS.values() for sign in signs}
    unseen = {name for name, one in found.items() if one is alarms.UNSEEN}
    assert unseen == {"overfitting", "collapse", "coverage"} and set(found.values()) == {None, alarms.UNSEEN}


def test_distance():
    assert alarms.distance(np.array([[0.0, 0.0], [3.0, 4.0]])) == pytest.approx(5.0)
    assert alarms.distance(np.ones((5, 2, 2))) == 0.0
