import json

import numpy as np
import pytest

import keras_gans
from keras_gans import files, tuning
from keras_gans.tuning import reruns, results
from keras_gans.tuning.reruns import Rerun
from keras_gans.tuning.results import TuneResult


def rerun(name, scores, better="min"):
    return Rerun(name, {"width": 4}, scores, better)


def made(tmp_path, again=(), better="min", trials=None):
    search = {
        "objective": {"key": "val_fid[digits]", "direction": better},
        "space": {"width": [4, 8]},
        "architecture": "dcgan",
    }
    search |= {"arguments": {"beta_1": 0.0}, "source": {"data": "digits"}, "batch_size": 64, "seed": 2, "tuner": "random"}
    search |= {"measurements": 5}
    if trials is None:
        trials = [
            {
                "trial": "00",
                "status": "COMPLETED",
                "score": 20.0,
                "values": {"width": 8},
                "seconds": 3.0,
                "epochs": 9,
                "steps": 18,
            },
            {"trial": "01", "status": "FAILED", "reason": "nan: d_loss became NaN", "values": {"width": 4}, "seconds": 1.0},
            {
                "trial": "02",
                "status": "COMPLETED",
                "score": 10.0,
                "values": {"width": 4},
                "seconds": 2.0,
                "epochs": 9,
                "steps": 18,
            },
        ]
    return TuneResult(tmp_path, search, trials, reruns.in_order(list(again)))


def test_the_best_mean_wins_not_the_best_trial(tmp_path):
    again = [rerun("default", [30.0, 32.0]), rerun("trial 2", [19.0, 25.0]), rerun("trial 0", [12.0, 13.0])]
    found = made(tmp_path, again)
    assert [one.name for one in found.reruns] == ["trial 0", "trial 2", "default"] and found.winner.name == "trial 0"
    assert found.ranked()[0]["trial"] == "02"
    assert reruns.in_order([rerun("a", [1.0], "max"), rerun("b", [2.0], "max")])[0].name == "b"


@pytest.mark.parametrize(
    "winner, default, said",
    [
        ([10.0, 10.5, 9.5], [20.0, 21.0, 19.0], "beats the default recipe by more than noise"),
        ([10.0, 18.0, 6.0], [14.0, 12.0, 19.0], "does not beat the default recipe by more than noise"),
        (
            [20.0, 21.0, 19.0],
            [10.0, 10.5, 9.5],
            "The default recipe beats trial 2, the best of the search, by more than noise",
        ),
        ([10.0, 10.0, 10.0], [20.0, None, 20.0], "fails less often than the default recipe: 0 and 1 of 3 trainings failed"),
        ([10.0, None, None], [20.0, 21.0, 19.0], "is not shown to beat the default recipe: 2 and 0 of 3"),
        ([None, None, None], [5.0, 5.0, None], "is not shown to beat"),
        ([10.0], [20.0], "over one seed, fid[digits] 10.00 against 20.00: too few"),
    ],
)
def test_verdicts(tmp_path, winner, default, said):
    assert said in made(tmp_path, [rerun("trial 2", winner), rerun("default", default)]).verdict()


def test_without_reruns_the_lead_may_be_luck(tmp_path):
    assert "its lead may be luck" in made(tmp_path).verdict() and made(tmp_path).best_values == {"width": 4}
    assert made(tmp_path, trials=[]).verdict() == "No trial finished."
    with pytest.raises(ValueError, match="nothing to export"):
        made(tmp_path, trials=[]).recipe()


def test_the_table_has_what_failed(tmp_path):
    text = str(made(tmp_path, [rerun("trial 2", [9.0, 11.0]), rerun("default", [30.0, None])]))
    assert "2 of 3 trials finished, 1 failed." in text and "nan: trial 1" in text and "30.00, failed" in text
    assert text.index(" 10.00") < text.index(" 20.00")


def test_the_recipe_has_the_arguments_and_the_winners_values(tmp_path):
    recipe = made(tmp_path, [rerun("trial 2", [9.0, 11.0]), rerun("default", [30.0, 31.0])]).recipe()
    assert recipe["values"] == {"beta_1": 0.0, "width": 4} and recipe["epochs"] == 9 and recipe["seed"] == 2
    assert (
        recipe["every"] == 2
        and recipe["data"] == "digits"
        and recipe["about"]["trial"] == {"name": "trial 2", "score": 10.0}
    )
    assert recipe["about"]["again"][0]["scores"] == [9.0, 11.0] and recipe["about"]["default_mean"] == 30.5


def test_of_rounds_with_the_same_values_one_is_trained_again(tmp_path):
    trials = [
        {"trial": str(i), "status": "COMPLETED", "score": 3.0 - i, "values": {"width": 8 if i else 4}} for i in range(3)
    ]
    assert [one["trial"] for one in made(tmp_path, trials=trials).different(3)] == ["2", "0"]


def test_values_come_back_as_the_space_has_them():
    result = {
        "trial": "0",
        "status": "COMPLETED",
        "score": 1.0,
        "seconds": 1.0,
        "drawn": {"norm": "null", "a": 1, "tuner/epochs": 3},
    }
    row = results.trial_row(result, {"norm": [None, "batch"], "a": [1, 2]})
    assert row["values"] == {"norm": None, "a": 1}


def test_export_to_a_folder_is_a_model_with_its_evidence(tiny, tmp_path):
    found = tuning.tune(**{**tiny, "rerun": 1, "seeds": 2})
    path = found.export(tmp_path / "entry")
    assert sorted(item.name for item in path.iterdir()) == ["model.keras", "recipe.json", "samples.png", "scores.json"]
    gan = keras_gans.load_model(path / "model.keras")
    np.testing.assert_array_equal(gan.generate(3, seed=1), found.best_gan().generate(3, seed=1))
    scores = json.loads((path / "scores.json").read_text())
    assert scores["settings"]["mean"] == found.winner.mean and scores["data"]["fingerprint"] == tiny["data"].fingerprint
    measured = keras_gans.metrics.Evaluator(tiny["data"].validation, ["fid"], num_samples=100)(gan)
    assert scores["model"][found.key] == pytest.approx(measured[found.key.removeprefix("val_")], rel=1e-6)
    assert json.loads((tmp_path / "search" / "best.json").read_text()) == found.recipe()


def test_what_is_no_search(tmp_path):
    with pytest.raises(FileNotFoundError, match="not a search"):
        tuning.read(tmp_path)
    files.write_text(tmp_path / "search.json", "{")
    with pytest.raises(FileNotFoundError, match="no readable search.json"):
        tuning.read(tmp_path)
