import hashlib

import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.metrics import extractors


def test_embedded_extractors_are_what_their_cards_say(digits):
    cards = extractors.embedded_extractors()
    assert set(cards) == {"digits", "glyphs", "glyphs36", "patches"}
    for name, card in cards.items():
        path = extractors.FOLDER / f"{name}.weights.h5"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == card["sha256"]
        assert card["test_accuracy"] > 0.98 and card["command"] and card["versions"] and card["data_fingerprint"]
    assert cards["digits"]["data_fingerprint"] == digits.fingerprint
    found = extractors.load_embedded("digits", digits.shape)
    images = digits.validation_samples / 8.0 - 1
    _, logits = found(images.astype("float32"))
    accuracy = (np.argmax(logits, 1) == digits.validation_labels).mean()
    assert accuracy == pytest.approx(cards["digits"]["test_accuracy"], abs=1e-6)


def test_other_sizes_are_resized(digits):
    large = keras_gans.data.load("digits", image_size=32)
    _, logits = extractors.load_embedded("digits", large.shape)(next(iter(large.validation)))
    labels = large.validation_labels[: len(logits)]
    assert (np.argmax(logits, 1) == labels).mean() > 0.95


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    for path in extractors.FOLDER.iterdir():
        content = bytearray(path.read_bytes())
        if path.name == "digits.weights.h5":
            content[5000] ^= 1
        (tmp_path / path.name).write_bytes(content)
    monkeypatch.setattr(extractors, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="file is damaged"):
        extractors.load_embedded("digits", (8, 8, 1))
    extractors.load_embedded("glyphs", (28, 28, 1))


def test_any_keras_model_is_an_extractor():
    image = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(image)
    alone = extractors.Extractor(keras.Model(image, flat, name="pixels"))
    assert (alone.name, alone.dimension, alone.classes) == ("pixels", 64, None)
    both = extractors.Extractor(keras.Model(image, [flat, keras.layers.Dense(3)(flat)]))
    assert both.classes == 3 and len(both.sha256) == 64
    with pytest.raises(ValueError, match="no known outputs"):
        extractors.Extractor(keras.Sequential([keras.layers.Flatten()]))
    with pytest.raises(ValueError, match="Flatten or pool"):
        extractors.Extractor(keras.Model(image, keras.layers.Conv2D(2, 3)(image)))


def test_get(digits):
    assert extractors.get("auto", digits.validation, digits.shape).name == "digits"
    with pytest.raises(ValueError, match="the embedded data sets alone"):
        extractors.get("auto", np.zeros(3), (8, 8, 1))
    with pytest.raises(ValueError, match="Did you mean 'digits'"):
        extractors.get("digit", None, (8, 8, 1))
    with pytest.raises(ValueError, match=r"takes 1 channel\(s\), the images have 3"):
        extractors.get("digits", None, (8, 8, 3))
    with pytest.raises(TypeError, match="expected 'auto'"):
        extractors.get(7, None, (8, 8, 1))
    with pytest.raises(ValueError, match="takes samples of shape"):
        extractors.get(extractors.load_embedded("digits", (8, 8, 1)), None, (9, 9, 1))


def test_the_hash_sees_settings_as_well_as_weights():
    def pixels(*layers):
        image = keras.Input((8, 8, 1))
        out = image
        for layer in layers:
            out = layer(out)
        return extractors.Extractor(keras.Model(image, keras.layers.Flatten()(out))).sha256

    plain, again = pixels(), pixels()
    assert plain == again, "names that Keras numbers do not count"
    assert len({plain, pixels(keras.layers.Rescaling(10.0)), pixels(keras.layers.Rescaling(11.0))}) == 3
    assert plain != pixels(keras.layers.Activation("relu", dtype="float16"))


def test_the_global_policy_does_not_move_features(digits):
    images = digits.validation_samples[:50] / 8.0 - 1
    expected, _ = extractors.load_embedded("digits", digits.shape)(images.astype("float32"))
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        found = extractors.load_embedded("digits", digits.shape)
        score = keras_gans.metrics.Evaluator(digits.validation, extractor=found)
        features, _ = found(images.astype("float32"))
        assert score.score(digits.train_samples / 8.0 - 1)["fid[digits]"] < 6
    finally:
        keras.config.set_dtype_policy("float32")
    np.testing.assert_array_equal(expected, features)
    exact = keras_gans.metrics.Evaluator(digits.validation).score(digits.train_samples / 8.0 - 1)
    assert score.record["fid[digits]"] == pytest.approx(exact["fid[digits]"], rel=1e-5)


def test_raw_values_of_vectors_and_sequences():
    x = (np.random.default_rng(0).normal(size=(400, 3)) * [1, 10, 100] + [0, 5, -3]).astype("float32")
    score = keras_gans.metrics.Evaluator(x, "fid")
    features, logits = score.extractor(x)
    assert score.extractor.name == "raw" and logits is None
    np.testing.assert_allclose(features, (x - x.mean(0)) / x.std(0), atol=1e-4)
    windows = x.reshape(100, 4, 3)
    features, _ = keras_gans.metrics.Evaluator(windows, "fid").extractor(windows)
    np.testing.assert_allclose(features, ((windows - x.mean(0)) / x.std(0)).reshape(100, 12), atol=1e-4)
    constant = np.where([True, False, False], 2.0, x)
    assert np.isfinite(np.asarray(keras_gans.metrics.Evaluator(constant, "fid").extractor(constant)[0])).all()


def test_names_and_paths(tmp_path, extractor, images):
    extractor.save(tmp_path / "mine")
    for path in ("mine.keras", "mine.json"):
        found = extractors.get(str(tmp_path / path), images, (8, 8, 1))
        assert (found.name, found.sha256) == (extractor.name, extractor.sha256)
        np.testing.assert_allclose(found(images)[0], extractor(images)[0], rtol=1e-5)
    with pytest.raises(FileNotFoundError, match="stored as two"):
        extractors.get(str(tmp_path / "other.keras"), images, (8, 8, 1))
    with pytest.raises(ValueError, match="'inception' is kept"):
        extractors.Extractor(extractor.model, "inception")
    with pytest.raises(ValueError, match="does not say what made it"):
        extractors.get("digits", None, None)
