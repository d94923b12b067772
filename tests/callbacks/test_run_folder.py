import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.callbacks import GenerativeMetrics, RunFolder
from keras_gans.callbacks.run_folder import history_text, read_history


def test_history_and_models(small, images, extractor, tmp_path):
    measure = GenerativeMetrics(images, "fid", extractor=extractor, num_samples=20, every=2)
    kept = RunFolder(tmp_path, every=2, monitor="val_fid[toy]")
    history = small.fit(images, batch_size=10, epochs=5, callbacks=[measure, kept], verbose=0).history
    rows = read_history(tmp_path / "history.csv")
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
    np.testing.assert_allclose([row["d_loss"] for row in rows], history["d_loss"])
    assert [row["epoch"] for row in rows if "val_fid[toy]" in row] == [1, 2, 4, 5]
    last = keras_gans.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(last.generate(3, seed=0), small.generate(3, seed=0))
    best = measure.evaluator(keras_gans.load_model(tmp_path / "best.keras"))["fid[toy]"]
    np.testing.assert_allclose(best, min(history["val_fid[toy]"]), rtol=1e-6)


def test_resume_drops_rows_that_the_model_has_not_seen(tmp_path):
    rows = [{"epoch": i, "d_loss": 1.0 / i, "val_fid[toy]": float(i)} for i in range(1, 6)]
    (tmp_path / "history.csv").write_text(history_text(rows))
    kept = RunFolder(tmp_path, monitor="val_fid[toy]")
    kept.resume(3)
    assert [row["epoch"] for row in kept.rows] == [1, 2, 3] and kept.best == 1.0
    kept.resume(0)
    assert kept.rows == [] and read_history(tmp_path / "none.csv") == []


def test_it_saves_where_training_stops_early(small, images, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    small.fit(images, batch_size=10, epochs=9, callbacks=[Stop(), RunFolder(tmp_path, every=5)], verbose=0)
    assert int(keras_gans.load_model(tmp_path / "model.keras").steps.numpy()) == 6


def test_a_score_that_gets_better_upwards(small, tmp_path):
    kept = RunFolder(tmp_path, monitor="coverage", better="max")
    kept.set_model(small)
    kept.set_params({"epochs": 3})
    for epoch, coverage in enumerate((0.2, 0.6, 0.4)):
        kept.on_epoch_begin(epoch)
        kept.on_epoch_end(epoch, {"coverage": coverage})
        small.steps.assign_add(1)
    assert int(keras_gans.load_model(tmp_path / "best.keras").steps) == 1
    again = RunFolder(tmp_path, monitor="coverage", better="max")
    again.resume(3)
    assert again.best == -0.6
    with pytest.raises(ValueError, match="expected 'min' or 'max'"):
        RunFolder(tmp_path, better="up")


def test_a_damaged_history_is_named(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,d_loss\none,two\n")
    with pytest.raises(ValueError, match="history.csv: damaged"):
        read_history(tmp_path / "history.csv")
