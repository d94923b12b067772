import keras_tuner
import pytest

import keras_gans
from keras_gans.models import ARCHITECTURES, settings
from keras_gans.tuning import space as spaces
from keras_gans.tuning.space import Choice, Range


def test_the_brief_space_is_the_table_of_the_brief():
    space = spaces.get("brief", keras_gans.DCGAN)
    assert space["d_learning_rate"] == space["g_learning_rate"] == Range(0.001, 0.1, log=True)
    assert (space["batch_size"].low, space["batch_size"].high) == (32, 128)
    assert (space["epochs"].low, space["epochs"].high) == (100, 1000)
    assert "epochs" not in spaces.get("brief", keras_gans.DCGAN, "hyperband"), "which chooses them itself"


@pytest.mark.parametrize("ready", spaces.READY)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_corners_of_every_ready_space_are_taken_by_every_architecture(name, ready):
    shape = {"recurrent_gan": (8, 1), "dense_gan": (2,)}.get(name, (8, 8, 1))
    small = {"recurrent_gan": {"units": 2, "widths": [2]}, "dense_gan": {"widths": [2]}}.get(name, {"width": 2})
    space = spaces.get(ready, ARCHITECTURES[name])
    sizes = (
        "width",
        "widths",
        "units",
    )  # are built small here; that the full sizes can be built is the architectures' own test

    def build(values):
        values = {key: value for key, value in values.items() if key not in sizes}
        return settings.make(ARCHITECTURES[name], shape, {**small, **values})

    spaces.check(space, build, count=128)
    for key in sizes:
        if key in space:
            settings.check_names(ARCHITECTURES[name], [key])


def test_every_value_comes_back_from_keras_tuner_as_it_was():
    space = spaces.get(
        {"norm": ["batch", None, ["batch", "layer"]], "n_critic": [1, 5], "batch_size": Range(32, 128, 32), "beta_1": Range(0.0, 0.9)},
        keras_gans.DCGAN,
    )  # fmt: skip
    hp = keras_tuner.HyperParameters()
    assert spaces.declare(space, hp) == {"norm": "batch", "n_critic": 1, "batch_size": 32, "beta_1": 0.0}
    hp.values["norm"] = '["batch", "layer"]'
    assert spaces.declare(space, hp)["norm"] == ["batch", "layer"]
    hp.values["norm"] = "null"
    assert spaces.declare(space, hp)["norm"] is None
    for seed in range(20):
        drawn = next(one for one in hp.space if one.name == "batch_size").random_sample(seed)
        assert drawn in (32, 64, 96, 128)


def test_json_and_back():
    space = spaces.get("practical", keras_gans.WGANGP)
    assert spaces.get(spaces.to_json(space), keras_gans.WGANGP) == space


@pytest.mark.parametrize(
    "space, message",
    [
        ("smal", "Did you mean 'small'"),
        ({}, "expected brief|expected small|small, practical|a dict of names"),
        ({"d_learning_rat": [0.1]}, "Did you mean 'd_learning_rate'"),
        ({"batch_size": []}, "nothing to choose from"),
        ({"batch_size": [32, 32]}, "comes twice"),
        ({"batch_size": 32}, "expected a list to choose from"),
        ({"beta_1": {"low": 0.5, "high": 0.1}}, "beta_1: .*low must be under high. Turn them around"),
        ({"beta_1": {"low": 0.5, "high": 0.5}}, "low must be under high"),
        ({"beta_1": {"low": 0.0, "high": 0.5, "log": True}}, "begins above 0"),
        ({"beta_1": {"low": 0.1, "hihg": 0.5}}, "Did you mean 'high'"),
        ({"beta_1": {"low": 0.1}}, "needs low and high"),
        ({"beta_1": {"low": "a", "high": 1}}, "expected numbers"),
        ({"beta_1": {"low": 0.1, "high": 0.5, "step": -1}}, "step must be above 0"),
        ({"width": {"low": 2, "high": 8, "step": 1, "log": True}}, "step must be above 1"),
    ],
)
def test_bad_spaces(space, message):
    with pytest.raises(ValueError, match=message):
        spaces.get(space, keras_gans.DCGAN)


@pytest.mark.parametrize(
    "space, message",
    [
        ({"batch_size": [32, 129]}, "batch_size=129: there are 128 training samples"),
        ({"batch_size": [0, 32]}, "batch_size=0"),
        ({"epochs": [0]}, "epochs=0"),
        ({"d_learning_rate": Range(-1.0, 0.1)}, "d_learning_rate=-1.0: .*above 0"),
        ({"dropout": [0.0, 1.5]}, "dropout=1.5"),
        ({"norm": ["batch", "btch"]}, "norm='btch'"),
        ({"width": Range(0, 4)}, "width=0"),
        ({"penalty_weight": [1.0]}, "has no penalty"),
    ],
)
def test_values_that_the_model_does_not_take(space, message):
    space = spaces.get(space, keras_gans.DCGAN)
    with pytest.raises(ValueError, match=f"space: .*{message}"):
        spaces.check(space, lambda values: settings.make(keras_gans.DCGAN, (8, 8, 1), {"width": 2, **values}), count=128)


def test_batches_of_packs():
    with pytest.raises(ValueError, match="multiples of pack=3"):
        spaces.check({"batch_size": Choice((32,))}, None, 128, pack=3)


def test_hyperband_chooses_the_epochs():
    with pytest.raises(ValueError, match="Hyperband chooses those itself"):
        spaces.get({"epochs": [1, 2]}, keras_gans.DCGAN, "hyperband")
