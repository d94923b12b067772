import json
import os
import subprocess
import sys

import keras
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


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's warning")
def test_several_passes_bring_no_warning_of_retracing(tensorflow_says):
    """Each traces its own model, and TensorFlow counts those of all models together."""
    for _ in range(6):
        collect(None, (3,), np.ones((9, 3), "float32"), {"samples"})
    assert not [one for one in tensorflow_says if "retracing" in one]


def test_an_extractor_that_overflows_is_named(images):
    image = keras.Input((8, 8, 1))
    broken = keras.Model(image, keras.ops.log(keras.layers.Flatten()(image)))
    with pytest.raises(ValueError, match="extractor broken: its features are NaN"):
        collect(keras_gans.metrics.Extractor(broken, "broken"), (8, 8, 1), images, {"features"})


REPLICAS = """
import json, sys
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
import numpy as np
import keras_gans
from keras_gans.metrics import Evaluator, passes

passes.KEPT = int(sys.argv[1])
names, options = ["fid", "is", "coverage"][: 3 if passes.KEPT else 2], {"num_samples": 301}
data = keras_gans.data.load("digits", batch_size=64)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    gan = keras_gans.DCGAN(data.shape, 8, width=4, ema_decay=0.9, seed=0)
    gan.compile()
    callback = keras_gans.callbacks.GenerativeMetrics(data.validation, names, **options)
    gan.fit(data.train, epochs=1, callbacks=[callback], verbose=0)
    inside = Evaluator(data.validation, names, **options)(gan)
    floor = Evaluator(data.validation, names).score(data.scaled(data.train_samples))
outside = Evaluator(data.validation, names, **options)(gan)
gan.save(sys.argv[2])
alone = Evaluator(data.validation, names, **options)(keras_gans.load_model(sys.argv[2]))
assert strategy.num_replicas_in_sync == 2
during = {key: callback.history[-1][key] for key in inside}
print(json.dumps({"floor": floor, "all": [during, inside, outside, alone]}))
"""


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tf.distribute is TensorFlow's")
@pytest.mark.parametrize("kept", [2**25, 0], ids=["vectors", "moments"])
def test_replicas_together_score_as_one_device_does(kept, tmp_path):
    """Two replicas, an odd number of samples, an averaged generator; in the strategy's scope, in `fit` and without it."""
    command = [sys.executable, "-c", REPLICAS, str(kept), str(tmp_path / "gan.keras")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "KERAS_GANS_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    for scores in found["all"]:
        assert scores == pytest.approx(found["all"][-1], rel=1e-4)
    assert found["floor"]["fid[digits]"] < 6, "the reference, too, is what one device makes of it"
