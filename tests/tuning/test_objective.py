import copy

import pytest

import keras_gans
from keras_gans.tuning import objective as objectives
from keras_gans.tuning.objective import WeightedScore


@pytest.fixture
def gan(table):
    gan = keras_gans.DenseGAN(3, widths=(4,), seed=0)
    gan.compile()
    gan.normaliser.fit([table.train_samples])
    return gan


def test_directions_are_known(table):
    assert objectives.get("fid", table).direction == "min" and objectives.get("fid", table).key.startswith("val_fid[")
    for name in ("coverage", "density", "recall"):
        assert objectives.get(name, table).direction == "max"
    ring = keras_gans.data.load("ring", count=640)
    assert objectives.get("modes", ring).key.startswith("val_modes") and objectives.get("modes", ring).direction == "max"


@pytest.mark.parametrize("loss", ["d_loss", "g_loss", "val_g_loss", "loss"])
def test_never_a_loss(table, loss):
    with pytest.raises(ValueError, match="the two players against each other, not the samples"):
        objectives.get(loss, table)


@pytest.mark.parametrize(
    "objective, message",
    [
        ("fidd", "Did you mean 'fid'"),
        ("discriminative", "is for sequences"),
        ("is", "logits|classifier"),
        ("modes", "modes"),
        ({"fid": 0}, "expected a number above 0"),
        ({"fid": -1.0}, "expected a number above 0"),
        ({"fid": "a"}, "expected a number above 0"),
        ({"fid": 1.0, "d_loss": 1.0}, "not the samples"),
        ({}, "expected a score's name"),
        (["fid"], "expected a score's name"),
    ],
)
def test_what_nobody_can_measure(table, gan, objective, message):
    with pytest.raises((ValueError, TypeError), match=message):
        objectives.get(objective, table, gan)


def test_a_weighted_sum_is_0_at_real_and_the_weights_at_untrained(table, gan):
    target = objectives.get({"fid": 2.0, "coverage": 1.0}, table, gan)
    assert target.key == "val_weighted" and target.direction == "min" and len(target.ends) == 2
    score = target.callbacks(table)[1]
    real, untrained = ({key: ends[at] for key, ends in target.ends.items()} for at in (0, 1))
    assert score.sum(real) == 0 and score.sum(untrained) == pytest.approx(3.0)
    (fid, coverage) = target.ends
    assert target.ends[fid][0] < target.ends[fid][1] and target.ends[coverage][0] > target.ends[coverage][1]
    assert target.ends[coverage][1] == 0, "an untrained generator's may be high"
    half = {**real, coverage: sum(target.ends[coverage]) / 2}
    assert score.sum(half) == pytest.approx(0.5), "a score that gets better upwards counts the same"


def test_it_is_logged_where_all_its_parts_are():
    score = copy.deepcopy(WeightedScore({"a": 1.0, "b": 3.0}, {"a": (0.0, 2.0), "b": (1.0, 0.0)}))
    logs = {"a": 1.0}
    score.on_epoch_end(0, logs)
    assert "val_weighted" not in logs
    logs["b"] = 0.5
    score.on_epoch_end(0, logs)
    assert logs["val_weighted"] == pytest.approx(0.5 + 1.5)
