import json
import pathlib

import pytest

from keras_gans import cli
from keras_gans.cli import tune

SMALL = ["tune", "dense_gan", "--data", "wine", "-m", "widths=[8]", "--max-trials", "2", "--epochs", "7"]


def test_tune_then_train_what_it_found(tmp_path, monkeypatch, capsys):
    """The recipe trains the winner again, to the same score."""
    monkeypatch.chdir(tmp_path)
    line = [*SMALL, "--rerun", "1", "--seeds", "2", "--export", "best.json"]
    assert cli.main(line) == 0
    said = capsys.readouterr().out
    assert cli.main([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["recipe"] == json.loads(pathlib.Path("best.json").read_text()) and len(told["trials"]) == 2
    assert (told["folder"], told["exported"]) == ("tuning_runs/dense_gan_wine", "best.json") and told["verdict"] in said
    assert "[1/2] trial 0: fid[raw]" in said and "2 of 2 trials finished" in said and "default recipe" in said
    found = json.loads(pathlib.Path("best.json").read_text())
    assert (
        found["architecture"] == "dense_gan"
        and found["values"]["widths"] == [8]
        and "tune dense_gan" in found["about"]["found_by"]
    )
    assert cli.main(["train", "--recipe", "best.json", "--run", "run", "-q"]) == 0
    run = json.loads(pathlib.Path("run/run.json").read_text())
    assert run["epochs"] == 7 and run["data"]["batch_size"] == found["batch_size"] and run["config"]["widths"] == [8]
    assert run["compile"]["d_optimizer"]["config"]["learning_rate"] == pytest.approx(found["values"]["d_learning_rate"])
    best = json.loads(pathlib.Path("run/summary.json").read_text())["best"]["fid[raw]"]["value"]
    results = [json.loads(path.read_text()) for path in pathlib.Path("tuning_runs").rglob("result.json")]
    assert best == pytest.approx(min(one["score"] for one in results), rel=1e-6)


def test_the_command_line_goes_before_the_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = {"architecture": "dense_gan", "data": "wine", "values": {"widths": [4], "n_critic": 2}, "epochs": 9, "seed": 3}
    pathlib.Path("a.json").write_text(json.dumps(recipe))
    assert cli.main(["train", "--recipe", "a.json", "--epochs", "1", "-m", "n_critic=1", "--run", "run", "-q"]) == 0
    run = json.loads(pathlib.Path("run/run.json").read_text())
    assert (
        run["epochs"] == 1
        and run["compile"]["n_critic"] == 1
        and run["config"]["widths"] == [4]
        and run["config"]["seed"] == 3
    )


@pytest.mark.parametrize(
    "words, message",
    [
        ([*SMALL, "--objective", "g_loss"], "not the samples"),
        ([*SMALL, "--objective", "fid=a"], "expected SCORE=WEIGHT"),
        ([*SMALL, "--space", "{"], "not JSON"),
        ([*SMALL, "--space", "nowhere.json"], "nowhere.json"),
        ([*SMALL, "--space", '{"batch_size": [999]}'], "there are"),
        ([*SMALL, "--tuner", "hyperbnd"], "Did you mean 'hyperband'"),
        ([*SMALL, "-m", "widht=[8]"], "Did you mean 'widths'"),
        (["tune", "dcgan", "--data", "wine"], "Use dense_gan"),
        (["train", "--recipe", "nowhere.json"], "nowhere.json"),
        (["train", "--recipe", "broken.json"], "not a recipe"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("broken.json").write_text('{"values": 3}')
    assert cli.main(words) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not pathlib.Path("tuning_runs").exists()


def test_objectives_and_spaces_are_read(tmp_path):
    assert tune.objective(["kid"]) == "kid"
    assert tune.objective(["fid", "coverage=0.5"]) == {"fid": 1.0, "coverage": 0.5}
    assert tune.objective(["fid=2"]) == {"fid": 2.0}
    assert tune.space("practical") == "practical" and tune.space('{"a": [1]}') == {"a": [1]}
    (tmp_path / "space.json").write_text('{"b": [2]}')
    assert tune.space(str(tmp_path / "space.json")) == {"b": [2]}
