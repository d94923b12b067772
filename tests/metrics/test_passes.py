import numpy as np
import pytest

import keras_gans
from keras_gans.data import batches
from keras_gans.metrics import passes
from keras_gans.metrics.passes import Collector, collect


def test_one_pass_keeps_everything_that_is_wanted(images, extractor):
    found = collect(extractor, (8, 8, 1), images, {"features", "logits", "samples"})
    levels = np.rint((images + 1) * 127.5).astype("float32") / 127.5 - 1
    features, logits = (np.asarray(part) for part in extractor(levels))
    np.testing.assert_allclose(found.samples, levels, atol=1e-6)
    np.testing.assert_allclose(found.features, features, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.logits, logits, rtol=1e-4, atol=1e-5)
    assert found.count == 20


def test_many_features_become_moments(images, extractor, monkeypatch):
    whole = collect(extractor, (8, 8, 1), images, {"moments"})
    monkeypatch.setattr(passes, "KEPT", 10)
    shift = whole.features.mean(0)
    streamed = collect(extractor, (8, 8, 1), images, {"moments"}, shift)
    assert streamed.features is None and whole.moments is None
    np.testing.assert_allclose(streamed.gaussian.covariance, whole.gaussian.covariance, rtol=1e-4, atol=1e-5)
    assert collect(extractor, (8, 8, 1), images, {"moments", "features"}).features is not None, "a score needs them"


def test_a_collector_runs_again_and_follows_its_source(small, extractor):
    collector = Collector(extractor, (8, 8, 1), 30, {"features"}, source=small)
    latents = batches(small.latents(30, 0), 256)
    first, again = collector(latents).features, collector(latents).features
    np.testing.assert_array_equal(first, again)
    small.generator.set_weights([w * 30 for w in small.generator.get_weights()])
    assert np.abs(collector(latents).features - first).max() > 1e-3


def test_vectors_are_left_as_they_are():
    x = np.random.default_rng(0).normal(size=(9, 3)).astype("float32") * 50
    np.testing.assert_array_equal(collect(None, (3,), x, {"samples"}).samples, x)


def test_an_extractor_that_overflows_is_named(images):
    keras = passes.keras
    image = keras.Input((8, 8, 1))
    broken = keras.Model(image, keras.ops.log(keras.layers.Flatten()(image)))
    with pytest.raises(ValueError, match="extractor broken: its features are NaN"):
        collect(keras_gans.metrics.Extractor(broken, "broken"), (8, 8, 1), images, {"features"})
