import json

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gans
from keras_gans import metrics, runs

FAST = {"kid": {"subsets": 3}}


def test_a_gan_against_a_data_set(digits, small):
    scores = keras_gans.evaluate(small, digits, num_samples=100, options=FAST)
    names = ["fid", "is", "kid", "precision", "recall", "density", "coverage"]
    assert list(scores) == list(scores.real) == [f"{name}[digits]" for name in names]
    assert scores.real["fid[digits]"] < scores["fid[digits]"]
    measured = keras_gans.callbacks.GenerativeMetrics(digits.validation, ["fid", "kid"], num_samples=100, options=FAST)
    measured.set_model(small)
    assert measured.measure(0) == {key: scores[key] for key in ("fid[digits]", "kid[digits]")}, "as in fit"
    table = str(scores)
    assert "real training samples" in table and "100 samples against 352 (validation)" in table and "± " in table
    stored = json.loads(scores.to_json())
    assert stored["scores"] == dict(scores) and stored["record"]["n_fake"] == 100 and stored["record"]["extractor_sha256"]


def test_real_samples_are_not_asked_whether_they_are_copies(digits, small):
    """They are their own nearest training samples: a ratio of 0, which would read as the goal."""
    scores = keras_gans.evaluate(small, digits, ["fid", "nearest"], num_samples=100)
    assert list(scores) == ["fid[digits]", "nearest_ratio[digits]", "psnr[digits]"] and list(scores.real) == ["fid[digits]"]
    assert "nearest_ratio" in str(scores)


def test_arrays_folders_and_files_give_one_score(digits, tmp_path):
    """Generators that are not ours: images on disk or in memory, whatever the form."""
    fakes = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), dtype="uint8")
    reals = (digits.scaled(digits.validation_samples[:60]) * 127.5 + 127.5).round().astype("uint8")
    for name, images in (("fakes", fakes), ("reals", reals)):
        (tmp_path / name).mkdir()
        for i, image in enumerate(images):
            Image.fromarray(image[..., 0]).save(tmp_path / name / f"{i:04d}.png")
        np.save(tmp_path / f"{name}.npy", images)
    np.savez(tmp_path / "one.npz", images=fakes)
    ways = [
        (fakes, reals, {}),
        (fakes / 255.0, reals / 255.0, {"value_range": (0, 1)}),
        (fakes / 127.5 - 1, reals / 127.5 - 1, {}),
        (tmp_path / "fakes", tmp_path / "reals", {}),
        (str(tmp_path / "fakes.npy"), str(tmp_path / "reals.npy"), {}),
        (tmp_path / "one.npz", reals, {}),
    ]
    found = [keras_gans.evaluate(a, b, ["precision", "is"], extractor="digits", **more) for a, b, more in ways]
    for one in found[1:]:
        assert one == pytest.approx(found[0], rel=1e-5)
    assert found[0].record["n_real"] == 60 and found[0].real == {}


def test_statistics_in_a_file(digits, extractor, tmp_path):
    images = digits.scaled(digits.validation_samples)
    score = metrics.Evaluator(digits.validation, "fid", extractor=extractor)
    score.save_statistics(tmp_path / "ours.npz")
    gaussian = score.real.gaussian
    assert np.load(tmp_path / "ours.npz")["mu"].shape == (6,)
    with pytest.raises(ValueError, match="Add 'fid'"):
        metrics.Evaluator(digits.validation, "prdc").save_statistics(tmp_path / "none.npz")
    fakes = np.random.default_rng(0).uniform(-1, 1, (50, 8, 8, 1)).astype("float32")
    found = keras_gans.evaluate(fakes, tmp_path / "ours.npz", extractor=extractor)
    assert found == pytest.approx(keras_gans.evaluate(fakes, images, ["fid"], extractor=extractor), rel=1e-5)
    gaussian.save(tmp_path / "other.npz", extractor_sha256="0" * 64)
    with pytest.raises(ValueError, match="made with extractor_sha256='000"):
        keras_gans.evaluate(fakes, tmp_path / "other.npz", extractor=extractor)
    np.savez(tmp_path / "theirs.npz", mu=np.zeros(3), sigma=np.eye(3))
    with pytest.raises(ValueError, match="3 features, and extractor toy gives 6"):
        keras_gans.evaluate(fakes, tmp_path / "theirs.npz", extractor=extractor)
    np.savez(tmp_path / "theirs.npz", mu=gaussian.mean, sigma=gaussian.covariance)
    with pytest.warns(UserWarning, match="does not say what made it. It is taken to be of extractor 'toy'"):
        assert keras_gans.evaluate(fakes, tmp_path / "theirs.npz", extractor=extractor) == pytest.approx(found, rel=1e-9)
    with pytest.raises(ValueError, match="enough for 'fid' and 'is', not for"):
        keras_gans.evaluate(fakes, tmp_path / "ours.npz", ["kid"], extractor=extractor)
    with pytest.raises(ValueError, match="does not say what made it"):
        keras_gans.evaluate(fakes, tmp_path / "ours.npz")


def test_a_run_folder_knows_its_data(digits, tmp_path):
    gan = keras_gans.DCGAN(digits.shape, 4, width=4, seed=0)
    gan.compile()
    runs.train(gan, digits, tmp_path / "run", epochs=1, verbose=0)
    scores = keras_gans.evaluate(str(tmp_path / "run"), metrics="fid", num_samples=100)
    assert scores == keras_gans.evaluate(tmp_path / "run" / "model.keras", "digits", "fid", num_samples=100)
    with pytest.raises(ValueError, match="No reference"):
        keras_gans.evaluate(gan)


def test_an_entry_is_scored_on_the_split_that_its_card_is_of():
    card = keras_gans.zoo.card("dense_gan_wine")["scores"]
    found = keras_gans.evaluate("dense_gan_wine", metrics=["fid"], num_samples=card["n_fake"])
    assert found["fid[raw]"] == pytest.approx(card["scores"]["fid[raw]"]["draws"][0], rel=0.01), "the first draw has seed 0"
    assert found.record["split"] == card["split"] == "test" and found.record["n_real"] == card["n_real"]
    with pytest.raises(FileNotFoundError, match="no entry of the zoo"):
        keras_gans.evaluate("dense_gan_vine", "wine")


def test_vectors_and_sequences():
    ring = keras_gans.data.load("ring", count=500)
    assert {"fid[raw]", "coverage[raw]", "modes"} <= set(keras_gans.evaluate(keras_gans.data.ring(100, seed=4), ring))
    sines = keras_gans.data.load("sines", count=200, steps=6, features=2)
    assert {"fid[raw]", "quantile"} <= set(keras_gans.evaluate(keras_gans.data.sines(50, 6, 2, seed=4), sines))


def test_bad_input(digits, extractor, tmp_path):
    fakes = np.random.default_rng(0).uniform(0, 255, (50, 8, 8, 1)).astype("float32")
    with pytest.raises(ValueError, match=r"scores are taken on samples in \[-1, 1\]"):
        keras_gans.evaluate(fakes, digits)
    with pytest.raises(ValueError, match="outside the declared range"):
        keras_gans.evaluate(fakes, digits, value_range=(0, 1))
    with pytest.raises(ValueError, match=r"Samples of shape \(8, 8, 3\), the reference has \(8, 8, 1\)"):
        keras_gans.evaluate(np.zeros((50, 8, 8, 3), "uint8"), digits)
    with pytest.raises(ValueError, match="4 samples; fid, is need 10"):
        keras_gans.evaluate(np.zeros((4, 8, 8, 1), "uint8"), digits, ["fid", "is"])
    with pytest.raises(ValueError, match="at least 2 samples"):
        keras_gans.evaluate(np.zeros((1, 8, 8, 1), "uint8"), digits)
    with pytest.raises(ValueError, match="3 samples; prdc need 6"):
        keras_gans.evaluate(np.zeros((3, 8, 8, 1), "uint8"), digits, "prdc")
    with pytest.raises(ValueError, match="reference has 4 samples; prdc need 6"):
        keras_gans.evaluate(np.zeros((30, 8, 8, 1), "uint8"), np.zeros((4, 8, 8, 1), "uint8"), "prdc", extractor=extractor)
    with pytest.raises(ValueError, match="30 samples; kid need 40"):
        keras_gans.evaluate(np.zeros((30, 8, 8, 1), "uint8"), digits, "kid", options={"kid": {"subset_size": 40}})
    with pytest.raises(ValueError, match="NaN or infinite"):
        keras_gans.evaluate(np.full((30, 8, 8, 1), np.nan), digits)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        keras_gans.evaluate(fakes, "nowhere")
    (tmp_path / "text.txt").write_text("x")
    with pytest.raises(ValueError, match="expected a folder of images"):
        keras_gans.evaluate(fakes, tmp_path / "text.txt")
    (tmp_path / "bad.npy").write_bytes(b"x")
    with pytest.raises(ValueError, match="not a readable array file"):
        keras_gans.evaluate(fakes, tmp_path / "bad.npy")
    with pytest.raises(TypeError, match="Did you mean 'metrics'"):
        keras_gans.evaluate(fakes, digits, metric="fid")


def test_what_is_written_replaces_in_one_rename(digits, small, tmp_path):
    scores = keras_gans.evaluate(small, digits, "fid", num_samples=80)
    scores.write(tmp_path / "scores.json")
    assert json.loads((tmp_path / "scores.json").read_text())["scores"] == dict(scores)
    assert keras.backend.backend() in ("tensorflow", "jax")


class Frame:
    """What a DataFrame is to this library: an array, and the names of its columns."""

    def __init__(self, values, columns):
        self.values, self.columns = np.asarray(values), columns
        self.shape = self.values.shape

    def __array__(self, dtype=None, copy=None):
        return self.values if dtype is None else self.values.astype(dtype)

    def to_numpy(self):
        return self.values


def test_columns_that_changed_places_are_refused():
    rows = np.random.default_rng(0).normal(size=(120, 2))
    data = keras_gans.data.from_samples(Frame(rows, ["height", "weight"]), batch_size=8)
    assert data.feature_names == ("height", "weight")
    assert keras_gans.evaluate(Frame(rows, ["height", "weight"]), data, ["fid"])["fid[raw]"] < 0.5
    unnamed = keras_gans.evaluate(Frame(rows, range(2)), data, ["fid"])
    assert unnamed["fid[raw]"] < 0.5, "columns without names are no others"
    for options in ({"samples": Frame(rows, ["weight", "height"])}, {"samples": rows, "train": Frame(rows, ["a", "b"])}):
        with pytest.raises(ValueError, match="; expected height, weight, in this order"):
            keras_gans.evaluate(reference=data, metrics=["fid"], **options)
