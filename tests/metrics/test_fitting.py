import numpy as np
import pytest

import keras_gans
from keras_gans.metrics import Evaluator, Extractor, fit_extractor


def test_a_classifier_where_there_are_labels(digits, tmp_path):
    found = fit_extractor(digits, epochs=3, features=16)
    assert (found.name, found.dimension, found.classes, found.about["kind"]) == ("digits_own", 16, 10, "classifier")
    assert 0.5 < found.accuracy <= 1 and found.about["data_fingerprint"] == digits.fingerprint
    found.save(tmp_path / "mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.json", "mine.keras"]
    again = Extractor.load(tmp_path / "mine.keras")
    assert (again.name, again.sha256, again.accuracy, again.about) == (found.name, found.sha256, found.accuracy, found.about)
    one, two = (
        Evaluator(digits.validation, ["fid", "is"], extractor=e).score(digits.scaled(digits.train_samples))
        for e in (found, str(tmp_path / "mine.keras"))
    )
    assert one == pytest.approx(two, rel=1e-6)
    (tmp_path / "mine.keras").write_bytes(b"something else")
    with pytest.raises(ValueError, match="damaged, or of another extractor"):
        Extractor.load(tmp_path / "mine")
    (tmp_path / "mine.json").unlink()
    with pytest.raises(FileNotFoundError, match="stored as two"):
        Extractor.load(tmp_path / "mine")


@pytest.mark.parametrize("kind", ["images", "sequences", "vectors"])
def test_an_autoencoder_where_there_are_none(kind, digits):
    if kind == "images":
        data = keras_gans.data.from_arrays(digits.train_samples[:600], value_range=(0, 16), batch_size=16, name="plain")
        epochs = 8
    elif kind == "sequences":
        data, epochs = keras_gans.data.load("sines", count=600, steps=8, features=2), 20
    else:
        data, epochs = keras_gans.data.load("wine", batch_size=16), 30
    found = fit_extractor(data, epochs=epochs, features=8)
    assert found.about["kind"] == "autoencoder" and found.classes is None and found.dimension == 8
    assert 0.2 < found.accuracy < 1, "the share of the variance that it explains"
    real = data.scaled(data.train_samples)
    noise = np.random.default_rng(0).uniform(real.min(), real.max(), (100, *data.shape))
    score = Evaluator(data.validation, ["fid", "density"], extractor=found, options={"prdc": {"k": 2}})
    near, far = score.score(real[:100]), score.score(noise)
    key = f"fid[{found.name}]"
    assert near[key] < far[key] and key in near


def test_it_repeats_itself(digits):
    one, two = (fit_extractor(digits, epochs=1, features=8, seed=3).sha256 for _ in range(2))
    assert one == two


def test_bad_arguments(digits):
    with pytest.raises(TypeError, match=r"fit_extractor\(ndarray\): expected a Data"):
        fit_extractor(digits.train_samples)
    with pytest.raises(ValueError, match="epochs=0"):
        fit_extractor(digits, epochs=0)
    with pytest.raises(ValueError, match="'inception' is kept"):
        fit_extractor(digits, epochs=1, features=4, name="inception")
