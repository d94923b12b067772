import copy

import keras
import pytest

import keras_gans
from keras_gans.callbacks import GenerativeMetrics


def test_scores_reach_every_reader(small, images, extractor, tmp_path):
    measure = GenerativeMetrics(images, extractor=extractor, num_samples=50)
    best = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="val_fid[toy]", save_best_only=True)
    stop = keras.callbacks.EarlyStopping("val_is[toy]", patience=50)
    history = small.fit(images, batch_size=10, epochs=5, callbacks=[measure, best, stop], verbose=0).history
    assert history["val_fid[toy]"] == [row["fid[toy]"] for row in measure.history]
    assert all(row["seconds"] > 0 and row["n_real"] == 20 and row["n_fake"] == 50 for row in measure.history)
    kept = keras.models.load_model(tmp_path / "best.keras")
    scores = measure.evaluator(kept)
    assert scores["fid[toy]"] == pytest.approx(min(history["val_fid[toy]"]), rel=1e-6)


def test_it_measures_every_few_epochs(small, images, extractor, tmp_path):
    measure = GenerativeMetrics(images, extractor=extractor, num_samples=50, every=2)
    history = small.fit(images, batch_size=10, epochs=5, callbacks=[measure], verbose=0).history
    assert len(history["val_fid[toy]"]) == 4 and [row["epoch"] for row in measure.history] == [1, 2, 4, 5]
    best = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="val_fid[toy]", save_best_only=True)
    with pytest.raises(ValueError, match="measured every 2 epochs alone, and Keras saves at each epoch.*every=1"):
        small.fit(images, batch_size=10, callbacks=[measure, best], verbose=0)


def test_it_does_not_change_the_training(small, images, extractor):
    small.fit(
        images,
        batch_size=10,
        epochs=3,
        callbacks=[GenerativeMetrics(images, extractor=extractor, num_samples=20)],
        verbose=0,
    )
    other = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
    other.compile()
    other.fit(images, batch_size=10, epochs=3, verbose=0)
    assert (small.generate(4, seed=0) == other.generate(4, seed=0)).all()


def test_tuners_can_copy_it(small, images, extractor):
    measure = GenerativeMetrics(images, "fid", extractor=extractor, num_samples=20, every=3, prefix="")
    small.fit(images, batch_size=10, callbacks=[measure], verbose=0)
    fresh = copy.deepcopy(measure)
    assert fresh.history == [] and measure.history and fresh.every == 3 and fresh.produces == {"fid[toy]": "min"}
    small.fit(images, batch_size=10, callbacks=[fresh], verbose=0)
    assert len(fresh.history) == 1


def test_csv_logger_has_the_columns(small, images, extractor, tmp_path):
    measure = GenerativeMetrics(images, extractor=extractor, num_samples=20, every=2)
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    small.fit(images, batch_size=10, epochs=3, callbacks=[measure, logger], verbose=0)
    header, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert "val_fid[toy]" in header and len(rows) == 3 and not any("NA" in row for row in rows)


def test_a_training_that_ends_early_is_measured_at_its_end(small, images, extractor):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    measure = GenerativeMetrics(images, extractor=extractor, num_samples=20, every=10)
    small.fit(images, batch_size=10, epochs=9, callbacks=[measure, Stop()], verbose=0)
    assert [row["epoch"] for row in measure.history] == [1, 3]


def test_what_cannot_be_scored_raises_before_training(small, images, extractor):
    import numpy as np

    other = keras_gans.DCGAN((12, 12, 1), 4, width=4)
    with pytest.raises(ValueError, match="generator gives samples of shape"):
        other.fit(
            np.zeros((8, 12, 12, 1)), batch_size=4, callbacks=[GenerativeMetrics(images, extractor=extractor)], verbose=0
        )
    with pytest.raises(ValueError, match=r"samples in \[-1, 1\]"):
        small.fit(images, batch_size=4, callbacks=[GenerativeMetrics(images * 100, extractor=extractor)], verbose=0)
    assert int(small.steps.numpy()) == int(other.steps.numpy()) == 0


def test_bad_arguments(images, extractor):
    with pytest.raises(ValueError, match="every=0"):
        GenerativeMetrics(images, extractor=extractor, every=0)
