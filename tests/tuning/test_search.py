import itertools
import json
import pathlib
import signal
import subprocess
import sys
import time

import keras_tuner
import numpy as np
import pytest

import keras_gans
from keras_gans import files, tuning
from keras_gans.tuning import search
from keras_gans.tuning.objective import Objective


def results(folder):
    """{trial: result.json}"""
    paths = sorted(pathlib.Path(folder).glob("trials/trial_*/result.json"))
    return {path.parent.name: json.loads(path.read_text()) for path in paths}


@pytest.mark.parametrize("tuner", ["random", "grid", "bayesian"])
def test_every_tuner_for_two_tiny_trials(tiny, tuner):
    result = tuning.tune(**{**tiny, "tuner": tuner, "space": {**tiny["space"], "d_learning_rate": [1e-3, 1e-2]}})
    assert len(result.trials) == 2 and {trial["status"] for trial in result.trials} == {"COMPLETED"}
    assert result.trials[0]["values"] != result.trials[1]["values"]
    best = result.best_gan()
    key = result.key.removeprefix("val_")
    again = keras_gans.metrics.Evaluator(tiny["data"].validation, ["fid"], num_samples=100)(best)[key]
    assert again == pytest.approx(result.winner.mean, rel=1e-6), "the kept weights are those that were scored"


def test_bayesian_past_its_random_points(tiny):
    result = tuning.tune(**{**tiny, "tuner": "bayesian", "max_trials": 5, "epochs": 1, "num_initial_points": 3})
    assert len({json.dumps(trial["values"]) for trial in result.trials}) == 5


def test_the_grid_comes_in_its_exact_order(tiny):
    space = {"norm": [None, "batch"], "batch_size": [20, 50]}
    fixed = {"max_trials": None, "epochs": 1, "arguments": {"widths": [4], "recipe": "dcgan"}}
    result = tuning.tune(**{**tiny, **fixed, "tuner": "grid", "space": space})
    wanted = [dict(zip(space, values)) for values in itertools.product(*space.values())]
    assert [trial["values"] for trial in result.trials] == wanted
    assert [trial["trial"] for trial in result.trials] == [f"{i:04d}" for i in range(4)]


def test_hyperband_keeps_its_own_epochs_and_goes_on_from_where_a_trial_was(tiny, table):
    """3 epochs at most, factor 3: a bracket of 3 trials of 1 epoch, the best of which goes on to 3, and one of 2 trials of 3."""
    tuning.tune(
        **{
            **tiny,
            "tuner": "hyperband",
            "epochs": 3,
            "space": {"learning_rate": {"low": 1e-3, "high": 1e-2}},
            "measurements": 3,
        }
    )
    found = results(tiny["directory"])
    rounds = [(one["drawn"]["tuner/bracket"], one["drawn"]["tuner/round"]) for one in found.values()]
    counted = {pair: rounds.count(pair) for pair in rounds}
    assert counted == {(1, 0): 3, (1, 1): 1, (0, 0): 2}
    for one in found.values():
        assert one["executions"][0]["epochs"] == one["drawn"]["tuner/epochs"]
    final = next(one for one in found.values() if (one["drawn"]["tuner/bracket"], one["drawn"]["tuner/round"]) == (1, 1))
    whole = keras_gans.models.settings.make(
        keras_gans.DenseGAN, (3,), {"widths": [8], "learning_rate": final["drawn"]["learning_rate"]}
    )
    whole.fit(table.batched(20, seed=0).train, epochs=3, verbose=0)
    last = pathlib.Path(tiny["directory"]) / "trials" / f"trial_{final['trial']}" / "last_0.weights.h5"
    parts = keras_gans.models.settings.make(keras_gans.DenseGAN, (3,), {"widths": [8]})
    parts.load_weights(last)
    np.testing.assert_array_equal(parts.generate(4, seed=0), whole.generate(4, seed=0))
    assert int(parts.steps.numpy()) == 15


def test_hyperband_gets_to_its_last_round_though_trials_fail(tiny):
    """KerasTuner's own would wait for the failed ones, and leave the rounds after the first out."""
    space = {"learning_rate": {"low": 1e-3, "high": 1e-2}, "loss": ["relativistic", "broken"]}

    def build(values):
        if values.get("loss") == "broken":
            raise ArithmeticError("made to fail")
        gan = keras_gans.DenseGAN(3, widths=(4,), seed=0)
        gan.compile()
        return gan

    model = tuning.GANHyperModel(build, (3,), space, tuner="hyperband", epochs=3)
    model.space["loss"] = tuning.Choice(("relativistic", "broken"))
    result = search_with(tiny, model, "hyperband", 3)
    failed = [one for one in result.values() if one["status"] == "FAILED"]
    last = [one for one in result.values() if one["drawn"]["tuner/round"] == 1 and one["status"] == "COMPLETED"]
    assert failed and len(last) == 1


def search_with(tiny, model, tuner, epochs, trials=None, **options):
    """A search without `tune`, which would try the corners first; returns its results."""
    target = tuning.run.objectives.get("fid", tiny["data"], num_samples=60)
    oracle = search.oracle(tuner, target, max_trials=trials, max_epochs=epochs, seed=0)
    options = {"directory": str(tiny["directory"]), "project_name": "trials", **options}
    found = search.Search(oracle, model, target, lambda line: None, **options)
    found.oracle.verbose = 0
    found.search(tiny["data"], target.callbacks(tiny["data"], num_samples=60))
    return results(tiny["directory"])


def test_a_trial_that_raises_and_one_with_nan_are_kept_with_their_reason(tiny):
    made = []

    def build(values):
        made.append(values)
        if len(made) == 3:
            raise KeyError("a mistake of the builder")
        values = {"widths": [4], "learning_rate": 1e38 if values["size"] == 4 else 1e-3}
        return keras_gans.models.settings.make(keras_gans.DenseGAN, (3,), values)

    model = tuning.GANHyperModel(build, (3,), {"size": [1, 2, 3, 4]}, epochs=2, batch_size=20)
    found = search_with(tiny, model, "grid", 2)
    reasons = {one["drawn"]["size"]: one.get("reason", "") for one in found.values()}
    broken = [reason for reason in reasons.values() if reason == "KeyError: 'a mistake of the builder'"]
    assert len(found) == 4 and len(broken) == 1 and reasons[4].startswith("nan: ")
    statuses = [one["status"] for one in found.values()]
    assert statuses.count("FAILED") == 2 and statuses.count("COMPLETED") == 2
    assert all(
        files.read_json(path, {})["status"] in search.ENDED for path in pathlib.Path(tiny["directory"]).rglob("trial.json")
    )


def test_executions_are_averaged(tiny):
    result = tuning.tune(**{**tiny, "max_trials": 1, "executions_per_trial": 2})
    (one,) = results(tiny["directory"]).values()
    scores = [execution[result.key] for execution in one["executions"]]
    assert len(set(scores)) == 2 and one["score"] == pytest.approx(np.mean(scores))


ARGUMENTS = {
    "space": {"learning_rate": [1e-4, 1e-3], "batch_size": [20, 40]},
    "arguments": {"widths": [8]},
    "max_trials": 3,
    "epochs": 6,
    "rerun": 1,
    "seeds": 2,
}
SCRIPT = f"""
import sys, keras_gans
from keras_gans import tuning
tuning.tune("dense_gan", keras_gans.data.load("wine"), directory=sys.argv[1], **{ARGUMENTS})
"""


def test_killed_and_started_again_it_goes_on_without_repeating(tmp_path, capfd):
    run = [sys.executable, "-c", SCRIPT, str(tmp_path / "killed")]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
        for number, _ in enumerate(process.stdout):
            if number == 1:
                time.sleep(0.3)  # inside the third trial
                process.send_signal(signal.SIGKILL)
                break
    first = {name: written(tmp_path, name) for name in results(tmp_path / "killed")}
    assert 2 <= len(first) < 3
    wine = keras_gans.data.load("wine")
    capfd.readouterr()
    killed = tuning.tune("dense_gan", wine, directory=tmp_path / "killed", **ARGUMENTS)
    assert capfd.readouterr().out.count("/3] ") == 3 - len(first)
    assert {name: written(tmp_path, name) for name in first} == first, "a finished trial was repeated"
    whole = tuning.tune("dense_gan", wine, directory=tmp_path / "whole", verbose=False, **ARGUMENTS)
    assert [(t["values"], t["score"]) for t in whole.trials] == [(t["values"], t["score"]) for t in killed.trials]
    assert [one.scores for one in whole.reruns] == [one.scores for one in killed.reruns]


def test_a_grid_goes_on_in_its_order(tiny, monkeypatch):
    """KerasTuner's own forgets where it was."""
    arguments = {
        **tiny,
        "tuner": "grid",
        "max_trials": None,
        "epochs": 1,
        "space": {"learning_rate": [1e-4, 1e-3], "batch_size": [20, 40]},
    }
    with monkeypatch.context() as patched:
        patched.setattr(search.Search, "line", interrupt)
        with pytest.raises(KeyboardInterrupt):
            tuning.tune(**arguments)
    assert len(results(tiny["directory"])) == 1
    found = [(one["values"]["learning_rate"], one["values"]["batch_size"]) for one in tuning.tune(**arguments).trials]
    assert found == [(1e-4, 20), (1e-4, 40), (1e-3, 20), (1e-3, 40)]


def interrupt(*_):
    raise KeyboardInterrupt


def written(folder, trial):
    return (folder / "killed" / "trials" / trial / "result.json").stat().st_mtime_ns


@pytest.fixture
def oracle(tmp_path):
    """An oracle that has drawn two trials, of which the first ended."""

    def make():
        hp = keras_tuner.HyperParameters()
        hp.Choice("size", [1, 2, 3])
        found = search.oracle(
            "random", Objective("x", "min", ("x",)), max_trials=3, max_epochs=1, seed=0, hyperparameters=hp
        )
        found._set_project_dir(str(tmp_path), "trials")
        found.verbose = 0
        return found

    first = make()
    trial = first.create_trial("tuner0")
    first.update_trial(trial.trial_id, {"x": 1.0})
    trial.status = "COMPLETED"
    first.end_trial(trial)
    first.create_trial("tuner0")
    return first, make


def test_a_trial_that_was_drawn_but_not_counted_is_drawn_again(oracle, tmp_path):
    first, make = oracle
    first.ongoing_trials.clear()
    kept = (tmp_path / "trials" / "oracle.json").read_text()
    third = first.create_trial("tuner0")
    (tmp_path / "trials" / "oracle.json").write_text(kept)  # killed before the oracle was written
    second = make()
    second.reload()
    assert set(second.trials) == {"0", "1"}
    assert second.create_trial("tuner0").trial_id == "1"  # which was running
    again = second.create_trial("tuner1")
    assert again.trial_id == third.trial_id and again.hyperparameters.values == third.hyperparameters.values


def test_a_trial_that_ended_but_was_not_counted_is_counted(oracle, tmp_path):
    first, make = oracle
    kept = (tmp_path / "trials" / "oracle.json").read_text()
    trial = first.trials["1"]
    first.update_trial("1", {"x": 2.0})
    trial.status = "COMPLETED"
    first.end_trial(trial)
    (tmp_path / "trials" / "oracle.json").write_text(kept)
    second = make()
    second.reload()
    assert second.end_order == ["0", "1"] and second.create_trial("tuner0").trial_id == "2"


def test_a_result_that_was_written_is_not_trained_for_again(tiny):
    """Killed between the result and KerasTuner's own record of it."""
    tuning.tune(**tiny)
    folder = pathlib.Path(tiny["directory"])
    for name in ("oracle.json", "trial_1/trial.json"):
        state = json.loads((folder / "trials" / name).read_text())
        if name == "oracle.json":
            state |= {"ongoing_trials": {"tuner0": "1"}, "end_order": ["0"]}
        else:
            state |= {"status": "RUNNING", "score": None, "metrics": {"metrics": {}}}
        (folder / "trials" / name).write_text(json.dumps(state))
    before = results(folder)
    again = tuning.tune(**tiny)
    assert results(folder) == before and len(again.trials) == 2 and len(again.ranked()) == 2
