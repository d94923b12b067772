import json

import pytest

import keras_gans
from keras_gans import runs
from keras_gans.runs.folder import differences


def test_a_folder_is_never_taken_from_another_run(data, make, images, tmp_path):
    runs.train(make(), data, tmp_path / "run", epochs=1, verbose=0)
    kept = (tmp_path / "run" / "model.keras").read_bytes()
    with pytest.raises(FileExistsError, match="holds a run that was started on.*--resume"):
        runs.train(make(), data, tmp_path / "run", epochs=1, verbose=0)
    with pytest.raises(ValueError, match=r"its config\.width is 4, asked for 8\. Resume"):
        runs.train(make(width=8), data, tmp_path / "run", epochs=1, verbose=0, resume=True)
    other = keras_gans.data.from_arrays(images * 0.9, value_range=(-1, 1), batch_size=4, name="noise")
    with pytest.raises(
        ValueError, match=r"its samples are others \(another data set, other options of it, or a file that has changed\)"
    ):
        runs.train(make(), other, tmp_path / "run", epochs=1, verbose=0, resume=True)
    shuffled = keras_gans.data.from_arrays(images, value_range=(-1, 1), batch_size=4, name="noise", seed=5)
    with pytest.raises(ValueError, match=r"its data\.seed is 0, asked for 5"):
        runs.train(make(), shuffled, tmp_path / "run", epochs=1, verbose=0, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(FileExistsError, match="not empty and holds no run"):
        runs.train(make(), data, tmp_path / "mine", epochs=1, verbose=0, resume=True)
    assert (tmp_path / "run" / "model.keras").read_bytes() == kept


def test_a_run_that_never_saved_may_be_started_again(data, make, tmp_path):
    class Stop(Exception):
        pass

    def fail(*args, **kwargs):
        raise Stop

    broken = make()
    broken.fit = fail
    with pytest.raises(Stop):
        runs.train(broken, data, tmp_path / "run", epochs=2, verbose=0)
    (tmp_path / "run" / ".123-model.keras").write_text("half")
    assert runs.train(make(width=8), data, tmp_path / "run", epochs=2, verbose=0).epochs == 2
    assert not list((tmp_path / "run").glob(".*"))


def test_fewer_epochs_than_there_are_raise(data, make, tmp_path):
    runs.train(make(), data, tmp_path, epochs=2, verbose=0)
    with pytest.raises(ValueError, match="already has 2 epochs, asked for 1"):
        runs.train(make(), data, tmp_path, epochs=1, verbose=0, resume=True)
    assert json.loads((tmp_path / "run.json").read_text())["epochs"] == 2
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(ValueError, match="run.json: damaged"):
        runs.train(make(), data, tmp_path, epochs=3, verbose=0, resume=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="is a file"):
        runs.train(make(), data, tmp_path / "file", epochs=1, verbose=0)


def test_what_differs_is_said_value_by_value():
    there = {"width": 4, "optimizer": {"class_name": "Adam", "config": {"learning_rate": 1e-3}}, "loss": None}
    asked = {
        "width": 8,
        "optimizer": {"class_name": "Adam", "config": {"learning_rate": 1e-4}},
        "loss": {"class_name": "Hinge"},
    }
    assert list(differences(there, asked, "config")) == [
        "its config.width is 4, asked for 8",
        "its config.optimizer.config.learning_rate is 0.001, asked for 0.0001",
        "its config.loss is not set, asked for Hinge",
    ]
    assert list(differences(there, there, "config")) == []
    penalties = [[{"class_name": "R1", "config": {"weight": weight}}] for weight in (1.0, 5.0)]
    assert list(differences(*penalties, "penalty")) == ["its penalty[0].config.weight is 1.0, asked for 5.0"]
    assert "a file that has changed" in next(differences("a", "b", "data.fingerprint"))
    [long] = differences("a" * 500, "b", "x")
    assert len(long) < 120 and long.endswith("..., asked for b")
