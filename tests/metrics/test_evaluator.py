import keras
import numpy as np
import pytest

import keras_gans
from keras_gans import files
from keras_gans.metrics import Evaluator, evaluator, frechet_distance, inception_score


def eight_bit(samples):
    return np.rint((np.clip(samples, -1, 1) + 1) * 127.5).astype("float32") / 127.5 - 1


def test_scores_are_those_of_the_plain_functions(small, images, extractor):
    reference = np.concatenate([images, images[::-1] * 0.5])
    score = Evaluator(reference, extractor=extractor, num_samples=300, seed=4)
    got = score(small)
    fake = small.generate(300, seed=4)
    real_features, _ = extractor(eight_bit(reference))
    fake_features, logits = extractor(eight_bit(fake))
    assert got["fid[toy]"] == pytest.approx(frechet_distance(real_features, fake_features), rel=1e-5)
    mean, deviation = inception_score(np.asarray(logits), seed=4)
    assert got["is[toy]"] == pytest.approx(mean, rel=1e-5) and score.record["is_deviation"] == pytest.approx(
        deviation, rel=1e-3
    )
    assert score.keys() == ["fid[toy]", "is[toy]"] == list(got)
    record = score.record
    assert (record["n_real"], record["n_fake"], record["seed"], record["extractor"]) == (40, 300, 4, "toy")
    assert record["extractor_sha256"] == extractor.sha256 and sum(record["class_counts"]) == 300
    assert score(small) == got, "the same model scores the same"


@pytest.mark.parametrize("classes", [None, 3])
def test_many_latents_are_drawn_as_they_are_needed(classes, images, extractor, monkeypatch):
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, num_classes=classes, seed=0)
    kept = Evaluator(images, ["fid"], extractor=extractor, num_samples=530)(gan)
    monkeypatch.setattr(evaluator, "KEPT", 1000)
    streamed = Evaluator(images, ["fid"], extractor=extractor, num_samples=530)
    assert streamed(gan) == pytest.approx(kept, rel=1e-4) and streamed(gan) == pytest.approx(kept, rel=1e-4)
    whole = [gan.latents(530, 7), *([gan.labels(530, 7)] if classes else [])]
    drawn = [batch if classes else (batch,) for batch in gan.drawn(530, 7, 256)]
    for part, batches in zip(whole, zip(*drawn)):
        np.testing.assert_array_equal(part, np.concatenate(batches))


def test_it_follows_the_weights(small, images, extractor):
    score = Evaluator(images, ["fid"], extractor=extractor, num_samples=50)
    before = score(small)
    small.fit(images, batch_size=10, epochs=3, verbose=0)
    after = score(small)
    assert after != before
    assert after == Evaluator(images, ["fid"], extractor=extractor, num_samples=50)(small)


def test_fewer_samples_than_features(small, images, extractor):
    with pytest.warns(UserWarning, match="fewer samples than features"):
        got = Evaluator(images[:4], ["fid"], extractor=extractor, num_samples=5)(small)
    real, fake = (extractor(eight_bit(x))[0] for x in (images[:4], small.generate(5, seed=0)))
    with pytest.warns(UserWarning):
        assert got["fid[toy]"] == pytest.approx(frechet_distance(real, fake), rel=1e-4)


def test_real_samples_score_better_than_noise(digits):
    score = Evaluator(digits.validation)
    real = score.score(digits.train_samples / 8.0 - 1)
    assert score.record["n_fake"] == len(digits.train_samples)
    assert np.argmin(np.bincount(digits.train_labels)) == np.argmin(score.record["class_counts"])
    noise = score.score(np.random.default_rng(0).uniform(-1, 1, (500, 8, 8, 1)))
    assert real["fid[digits]"] < 6 < 60 < noise["fid[digits]"]
    assert real["is[digits]"] > 9 > 7 > noise["is[digits]"]


def test_real_statistics_are_computed_once(digits, monkeypatch):
    first = Evaluator(digits.validation).real
    assert list((files.cache_folder() / "statistics").glob("*.npz"))
    monkeypatch.setattr(Evaluator, "_compute_real", lambda self: pytest.fail("computed again"))
    again = Evaluator(keras_gans.data.load("digits", batch_size=32).validation).real
    np.testing.assert_array_equal(first.gaussian.covariance, again.gaussian.covariance)
    monkeypatch.undo()
    for path in (files.cache_folder() / "statistics").glob("*.npz"):
        path.write_bytes(b"damaged")
    np.testing.assert_allclose(Evaluator(digits.validation).real.gaussian.covariance, first.gaussian.covariance)


def test_bad_arguments(images, extractor, digits):
    with pytest.raises(ValueError, match="Unknown metric 'fidd'. Did you mean 'fid'"):
        Evaluator(images, ["fidd"], extractor=extractor)
    with pytest.raises(ValueError, match="num_samples=3"):
        Evaluator(images, extractor=extractor, num_samples=3)
    with pytest.raises(ValueError, match="No metrics"):
        Evaluator(images, [], extractor=extractor)
    with pytest.raises(ValueError, match="seed='a'"):
        Evaluator(images, extractor=extractor, seed="a")
    with pytest.raises(TypeError, match="Did you mean 'metrics'"):
        Evaluator(images, metric="fid", extractor=extractor)
    with pytest.raises(ValueError, match="at least 2 samples"):
        Evaluator(images[:0], extractor=extractor)
    with pytest.raises(TypeError, match="expected a tf.data pipeline"):
        Evaluator(digits, extractor=extractor)
    with pytest.raises(ValueError, match=r"samples in \[-1, 1\]"):
        _ = Evaluator(images * 100, extractor=extractor).real
    with pytest.raises(ValueError, match="takes samples of shape"):
        Evaluator(images[:, :4], extractor=extractor)
    features = keras_gans.metrics.Extractor(keras.Model(extractor.model.input, extractor.model.output["features"]), "plain")
    with pytest.raises(ValueError, match="needs logits"):
        Evaluator(images, extractor=features)
    assert Evaluator(images, "fid", extractor=features).keys() == ["fid[plain]"]
