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


def test_every_score_of_one_pass(digits, small):
    """All of them from one generation and one extraction; better-when, the record and the copy know them too."""
    names = ["fid", "is", "kid", "prdc", "ms_ssim", "nearest"]
    options = {"kid": {"subsets": 3, "subset_size": 50}, "prdc": {"k": 3}, "is": {"splits": 2}}
    measure = GenerativeMetrics(digits.validation, names, num_samples=100, train=digits.train, options=options)
    passes = []
    measure.evaluator.check(small)
    run = measure.evaluator._new_collector
    measure.evaluator._new_collector = lambda *args: passes.append(run(*args)) or passes[-1]
    history = small.fit(digits.train, epochs=2, callbacks=[measure], verbose=0).history
    assert len(passes) == 1, "compiled once"
    assert set(measure.produces) <= set(history) and all(len(history[key]) == 2 for key in measure.produces)
    assert measure.produces["val_kid[digits]"] == "min" and measure.produces["val_coverage[digits]"] == "max"
    record = measure.history[-1]
    expected = {
        "fid_error",
        "is_deviation",
        "kid_deviation",
        "kid_subset_size",
        "recall_error",
        "ms_ssim_error",
        "ms_ssim_real",
    }
    assert expected | {"nearest_share_closer", "class_counts", "extractor_sha256", "extractor_mode"} <= set(record)
    assert (record["n_real"], record["n_fake"], record["split"], record["seed"]) == (352, 100, "validation", 0)
    assert record["options"]["prdc"] == {"k": "3"} and record["kid_subset_size"] == 50
    fresh = copy.deepcopy(measure)
    fresh.set_model(small)
    assert fresh.measure(0) == {key.removeprefix("val_"): history[key][-1] for key in measure.produces}


def test_the_averaged_generator_is_what_is_scored(digits):
    gan = keras_gans.DCGAN(digits.shape, 8, width=4, ema_decay=0.5, seed=0)
    gan.compile()
    measure = GenerativeMetrics(digits.validation, "fid", num_samples=80)
    gan.fit(digits.train, epochs=1, callbacks=[measure], verbose=0)
    images = gan.generate(80, seed=0)
    assert measure.history[-1]["fid[digits]"] == pytest.approx(measure.evaluator.score(images)["fid[digits]"], rel=1e-5)
    gan.average.set_weights(gan.generator.get_weights())
    assert measure.evaluator(gan)["fid[digits]"] != pytest.approx(measure.history[-1]["fid[digits]"], rel=1e-6)
