import json
import signal

import keras
import numpy as np
import pytest

import keras_gans
from keras_gans import runs
from keras_gans.callbacks.run_folder import read_history


@pytest.fixture
def data(images):
    return keras_gans.data.from_arrays(images, value_range=(-1, 1), batch_size=4, name="noise")  # 16 and 4 images


def make(**changes):
    gan = keras_gans.DCGAN((8, 8, 1), 4, **{"width": 4, "seed": 0, **changes})
    gan.compile()
    return gan


def test_a_run_leaves_everything(data, tmp_path):
    summary = runs.train(make(), data, tmp_path / "run", epochs=3, every=2, verbose=0)
    found = {path.relative_to(tmp_path / "run").as_posix() for path in (tmp_path / "run").rglob("*")}
    names = {"model.keras", "history.csv", "samples.png", "curves.png", "summary.json", "run.json", "samples"}
    names |= {"samples.gif", "interpolation.png", "nearest.png"}
    assert found == names | {f"samples/epoch_000{i}.png" for i in (1, 2, 3)}
    assert summary.epochs == 3 and "3 epochs" in str(summary) and "model.keras" in str(summary)
    assert "No scores: there is no feature extractor for this data set" in str(summary)
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["epochs"] == 3


def test_stopping_and_going_on_is_exact(data, tmp_path):
    runs.train(make(), data, tmp_path / "whole", epochs=4, every=2, verbose=0)
    runs.train(make(), data, tmp_path / "parts", epochs=2, every=2, verbose=0)
    runs.train(make(), data, tmp_path / "parts", epochs=4, every=2, verbose=0, resume=True)
    whole, parts = (keras_gans.load_model(tmp_path / name / "model.keras") for name in ("whole", "parts"))
    np.testing.assert_array_equal(whole.generate(4, seed=0), parts.generate(4, seed=0))
    for a, b in zip(whole.optimizer.variables, parts.optimizer.variables):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    rows = [[{k: v for k, v in row.items() if k != "seconds"} for row in read_history(tmp_path / name / "history.csv")] for name in ("whole", "parts")]  # fmt: skip
    assert rows[0] == rows[1] and len(rows[0]) == 4


def test_resuming_a_finished_run_only_draws_again(data, tmp_path):
    runs.train(make(), data, tmp_path, epochs=2, verbose=0)
    (tmp_path / "curves.png").unlink()
    before = (tmp_path / "model.keras").read_bytes()
    assert runs.train(make(), data, tmp_path, epochs=2, verbose=0, resume=True).epochs == 2
    assert (tmp_path / "curves.png").exists() and (tmp_path / "model.keras").read_bytes() == before


def test_a_folder_is_never_taken_from_another_run(data, images, tmp_path):
    runs.train(make(), data, tmp_path / "run", epochs=1, verbose=0)
    kept = (tmp_path / "run" / "model.keras").read_bytes()
    with pytest.raises(FileExistsError, match="holds a run that was started on.*--resume"):
        runs.train(make(), data, tmp_path / "run", epochs=1, verbose=0)
    with pytest.raises(ValueError, match="its config is {'width': 4}, asked for {'width': 8}"):
        runs.train(make(width=8), data, tmp_path / "run", epochs=1, verbose=0, resume=True)
    other = keras_gans.data.from_arrays(images * 0.9, value_range=(-1, 1), batch_size=4, name="noise")
    with pytest.raises(ValueError, match="its data is {'fingerprint'"):
        runs.train(make(), other, tmp_path / "run", epochs=1, verbose=0, resume=True)
    shuffled = keras_gans.data.from_arrays(images, value_range=(-1, 1), batch_size=4, name="noise", seed=5)
    with pytest.raises(ValueError, match="its data is {'seed': 0}, asked for {'seed': 5}"):
        runs.train(make(), shuffled, tmp_path / "run", epochs=1, verbose=0, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(FileExistsError, match="not empty and holds no run"):
        runs.train(make(), data, tmp_path / "mine", epochs=1, verbose=0, resume=True)
    assert (tmp_path / "run" / "model.keras").read_bytes() == kept


def test_a_run_that_never_saved_may_be_started_again(data, tmp_path):
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


def test_fewer_epochs_than_there_are_raise(data, tmp_path):
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


def test_an_interrupt_says_what_is_kept(data, tmp_path, monkeypatch):
    from keras_gans.callbacks import SampleGrid

    def interrupt_in(epoch):
        def on_epoch_end(self, at, logs=None):
            if at + 1 == epoch:
                raise KeyboardInterrupt

        monkeypatch.setattr(SampleGrid, "on_epoch_end", on_epoch_end)

    interrupt_in(1)
    with pytest.raises(KeyboardInterrupt, match=r"before the first state was saved \(after epoch 2\)"):
        runs.train(make(), data, tmp_path, epochs=6, every=2, verbose=0)
    interrupt_in(5)
    with pytest.raises(KeyboardInterrupt, match="keeps the state after epoch 4"):
        runs.train(make(), data, tmp_path, epochs=6, every=2, verbose=0)
    monkeypatch.undo()
    assert runs.train(make(), data, tmp_path, epochs=6, every=2, verbose=0, resume=True).epochs == 6


def test_vectors_and_sequences_are_scored_by_their_values(tmp_path):
    ring = keras_gans.data.load("ring", count=600)
    gan = keras_gans.DenseGAN(2, widths=[8], seed=0)
    gan.compile()
    text = str(runs.train(gan, ring, tmp_path / "ring", epochs=1, verbose=0))
    assert (
        "fid[raw] " in text and "\nmodes " in text and "real training samples 8\n" in text and "features of 'raw')" in text
    )
    sines = keras_gans.data.load("sines", count=200, steps=6, features=2)
    gan = keras_gans.RecurrentGAN((6, 2), units=8, seed=0)
    gan.compile()
    summary = runs.train(gan, sines, tmp_path / "sines", epochs=1, verbose=0)
    assert {"fid[raw]", "coverage[raw]", "quantile", "step"} <= set(summary.scores) == set(summary.real_scores)
    assert summary.real_scores["quantile"] < summary.scores["quantile"] and (tmp_path / "sines" / "curves.png").exists()
    few = keras_gans.data.from_samples(sines.train_images[:20], batch_size=8, name="few")
    assert runs.scored(few) == [], "16 and 4 are too few"


def test_a_monitor_keeps_its_alarms_with_the_run(data, tmp_path):
    from keras_gans.callbacks import Monitor

    def watch():
        return Monitor(warmup=0, thresholds={"pinned": 0.0}, patience={"pinned": 3})

    for name, parts in (("whole", [5]), ("parts", [2, 5])):
        for epochs in parts:
            runs.train(make(), data, tmp_path / name, epochs=epochs, every=1, verbose=0, monitor=watch(), resume=True)
    whole, parts = (json.loads((tmp_path / name / "alarms.json").read_text()) for name in ("whole", "parts"))
    assert whole == parts and (3, "pinned", "warn") in {(one["epoch"], one["kind"], one["action"]) for one in whole}
    rows = read_history(tmp_path / "parts" / "history.csv")
    assert sum(row["alarms"] for row in rows) == len(whole) and all(row["g_gradient_norm"] > 0 for row in rows)
    with pytest.raises(ValueError, match="its monitor is"):
        runs.train(make(), data, tmp_path / "whole", epochs=6, every=1, verbose=0, monitor=Monitor("stop"), resume=True)


def test_a_stage_that_is_not_reached_is_said_before_training(data, tmp_path):
    gan = make()
    gan.compile(curriculum=[{"epochs": 3, "noise": 0.1}, {"epochs": 2}, {}])
    with pytest.raises(ValueError, match="stage 2 begins after epoch 5, and the training ends with epoch 5"):
        runs.train(gan, data, tmp_path / "run", epochs=5, verbose=0)
    assert not (tmp_path / "run").exists()


def test_tensorboard_gets_logs_and_pictures_and_the_command_is_kept(data, tmp_path):
    runs.train(make(), data, tmp_path, epochs=2, every=2, verbose=0, tensorboard=True, command="keras-gans train x")
    found = {path.parent.name for path in (tmp_path / "logs").rglob("events.*")}
    assert found == {"train", "validation", "samples"}
    assert json.loads((tmp_path / "run.json").read_text())["command"] == "keras-gans train x"


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_while_saving(presses, data, tmp_path, monkeypatch, listening):
    """Once: the save is finished, the epoch was the last one. Twice: the half that is on disk by then is not taken for the model."""
    write, saves = keras.Model.save, []

    def save(self, path, **options):
        write(self, path, **options)
        saves.append(path)
        if len(saves) == 2:
            with open(path, "r+b") as file:
                file.truncate(100)
            for _ in range(presses):
                signal.raise_signal(signal.SIGINT)
            write(self, path, **options)

    monkeypatch.setattr(keras.Model, "save", save)
    kept = 1 if presses == 2 else 3
    with pytest.raises(KeyboardInterrupt, match=f"keeps the state after epoch {kept} of 4"):
        runs.train(make(), data, tmp_path / "run", epochs=4, every=1, verbose=0)
    steps = int(keras_gans.load_model(tmp_path / "run" / "model.keras").steps.numpy())
    assert steps == kept * 4 and not list(tmp_path.rglob(".*"))
    monkeypatch.undo()
    runs.train(make(), data, tmp_path / "run", epochs=4, every=1, verbose=0, resume=True)
    runs.train(make(), data, tmp_path / "whole", epochs=4, every=1, verbose=0)
    models = [keras_gans.load_model(tmp_path / name / "model.keras") for name in ("whole", "run")]
    for a, b in zip(*(model.variables + model.optimizer.variables for model in models)):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
