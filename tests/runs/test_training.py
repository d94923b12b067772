import json
import signal

import keras
import numpy as np
import pytest

import keras_gans
from keras_gans import runs
from keras_gans.callbacks.run_folder import read_history


def test_stopping_and_going_on_is_exact(data, make, tmp_path):
    runs.train(make(), data, tmp_path / "whole", epochs=4, every=2, verbose=0)
    runs.train(make(), data, tmp_path / "parts", epochs=2, every=2, verbose=0)
    runs.train(make(), data, tmp_path / "parts", epochs=4, every=2, verbose=0, resume=True)
    whole, parts = (keras_gans.load_model(tmp_path / name / "model.keras") for name in ("whole", "parts"))
    np.testing.assert_array_equal(whole.generate(4, seed=0), parts.generate(4, seed=0))
    for a, b in zip(whole.optimizer.variables, parts.optimizer.variables):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    rows = [[{k: v for k, v in row.items() if k != "seconds"} for row in read_history(tmp_path / name / "history.csv")] for name in ("whole", "parts")]  # fmt: skip
    assert rows[0] == rows[1] and len(rows[0]) == 4


def test_an_interrupt_says_what_is_kept(data, make, tmp_path, monkeypatch):
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


def test_a_monitor_keeps_its_alarms_with_the_run(data, make, tmp_path):
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
    with pytest.raises(ValueError, match="its monitor.pinned is warn, asked for stop; its"):
        runs.train(make(), data, tmp_path / "whole", epochs=6, every=1, verbose=0, monitor=Monitor("stop"), resume=True)


def test_a_stage_that_is_not_reached_is_said_before_training(data, make, tmp_path):
    gan = make()
    gan.compile(curriculum=[{"epochs": 3, "noise": 0.1}, {"epochs": 2}, {}])
    with pytest.raises(ValueError, match="stage 2 begins after epoch 5, and the training ends with epoch 5"):
        runs.train(gan, data, tmp_path / "run", epochs=5, verbose=0)
    assert not (tmp_path / "run").exists()


def test_tensorboard_gets_logs_and_pictures_and_the_command_is_kept(data, make, tmp_path):
    runs.train(make(), data, tmp_path, epochs=2, every=2, verbose=0, tensorboard=True, command="keras-gans train x")
    found = {path.parent.name for path in (tmp_path / "logs").rglob("events.*")}
    assert found == {"train", "validation", "samples"}
    assert json.loads((tmp_path / "run.json").read_text())["command"] == "keras-gans train x"


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_while_saving(presses, data, make, tmp_path, monkeypatch, listening):
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


@pytest.mark.filterwarnings("ignore:Fréchet distance from")  # of 4 images
def test_an_extractor_of_ones_own_stays_with_the_run(data, make, tmp_path):
    def own(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(4)])

    run = {"data": data, "folder": tmp_path / "run", "every": 1, "verbose": 0, "resume": True}
    runs.train(make(), epochs=1, extractor=own(0), **run)
    runs.train(make(), epochs=2, extractor=own(0), **run)  # the same network, whatever Keras calls it
    for other, message in ((own(1), "its extractor is [0-9a-f]{12}, asked for [0-9a-f]{12}"), ("auto", "asked for not set")):
        with pytest.raises(ValueError, match=message):
            runs.train(make(), epochs=3, extractor=other, **run)
    assert (tmp_path / "run" / "best.keras").exists()


@pytest.mark.filterwarnings("ignore:Fréchet distance from")  # of 4 images
def test_an_extractor_by_its_path_is_found_again(data, make, tmp_path):
    keras_gans.metrics.fit_extractor(data, epochs=1).save(tmp_path / "own")
    runs.train(make(), data, tmp_path / "run", epochs=1, verbose=0, extractor=tmp_path / "own.keras")
    scores = keras_gans.evaluate(tmp_path / "run", data, ["fid"], extractor=tmp_path / "own.keras", num_samples=20)
    assert list(scores) == ["fid[noise_own]"]
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["extractor_from"].endswith("own.keras") and len(run["extractor"]) == 64


def test_names_are_written_as_text(images, make, tmp_path):
    labels = np.arange(20) % 2
    data = keras_gans.data.from_arrays(images, labels, value_range=(-1, 1), batch_size=4, class_names=np.array([10, 20]))
    runs.train(make(), data, tmp_path / "run", epochs=1, verbose=0)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["class_names"] == ["10", "20"]
