import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gans.metrics import Evaluator, frechet_distance, inception_score
from keras_gans.metrics.inception import InceptionFeatures, checkpoints, network, weights

STEM = [
    ("Conv2d_1a_3x3", 2, "VALID"),
    ("Conv2d_2a_3x3", 1, "VALID"),
    ("Conv2d_2b_3x3", 1, "SAME"),
    "pool",
    ("Conv2d_3b_1x1", 1, "SAME"),
    ("Conv2d_4a_3x3", 1, "VALID"),
    "pool",
]


def random_tensors():
    """A checkpoint whose activations neither vanish nor grow, the same at every call."""
    rng = np.random.default_rng(0)
    found = {}
    for name, shape in network.shapes().items():
        if name.endswith("running_var"):
            values = rng.uniform(0.5, 1.5, shape)
        elif name.endswith("bn.weight"):
            values = rng.uniform(0.8, 1.2, shape)
        else:
            deviation = 0.1 if len(shape) == 1 else np.sqrt(1.6 / np.prod(shape[1:]))
            values = rng.standard_normal(shape, "float32") * deviation
        found[name] = values.astype("float32")
    return found


def reference(tensors, x):
    """The network of 2015 step by step, written without the table: nothing folded, nothing moved."""

    def conv(x, name, strides=1, padding="SAME"):
        x = tf.nn.conv2d(x, tensors[f"{name}.conv.weight"].transpose(2, 3, 1, 0), strides, padding)
        gamma, beta, mean, var = (tensors[f"{name}.bn.{p}"] for p in ("weight", "bias", "running_mean", "running_var"))
        return tf.nn.relu((x - mean) / np.sqrt(var + np.float32(1e-3)) * gamma + beta)

    def chain(x, name, count, last_strides=1):
        for i in range(1, count + 1):
            last = i == count and last_strides == 2
            x = conv(x, f"{name}_{i}", 2 if last else 1, "VALID" if last else "SAME")
        return x

    def fork(x, name):
        return [conv(x, f"{name}a"), conv(x, f"{name}b")]

    def halve(x):
        return tf.nn.max_pool2d(x, 3, 2, "VALID")

    for step in STEM:
        x = halve(x) if step == "pool" else conv(x, *step)
    for n in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
        ends = [conv(x, f"{n}.branch1x1"), chain(x, f"{n}.branch5x5", 2), chain(x, f"{n}.branch3x3dbl", 3)]
        x = tf.concat([*ends, conv(tf.nn.avg_pool2d(x, 3, 1, "SAME"), f"{n}.branch_pool")], -1)
    n = "Mixed_6a"
    x = tf.concat([conv(x, f"{n}.branch3x3", 2, "VALID"), chain(x, f"{n}.branch3x3dbl", 3, 2), halve(x)], -1)
    for n in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
        ends = [conv(x, f"{n}.branch1x1"), chain(x, f"{n}.branch7x7", 3), chain(x, f"{n}.branch7x7dbl", 5)]
        x = tf.concat([*ends, conv(tf.nn.avg_pool2d(x, 3, 1, "SAME"), f"{n}.branch_pool")], -1)
    n = "Mixed_7a"
    x = tf.concat([chain(x, f"{n}.branch3x3", 2, 2), chain(x, f"{n}.branch7x7x3", 4, 2), halve(x)], -1)
    for n, pool in (("Mixed_7b", tf.nn.avg_pool2d), ("Mixed_7c", tf.nn.max_pool2d)):
        ends = [conv(x, f"{n}.branch1x1"), *fork(conv(x, f"{n}.branch3x3_1"), f"{n}.branch3x3_2")]
        ends += fork(chain(x, f"{n}.branch3x3dbl", 2), f"{n}.branch3x3dbl_3")
        x = tf.concat([*ends, conv(pool(x, 3, 1, "SAME"), f"{n}.branch_pool")], -1)
    features = tf.reduce_mean(x, (1, 2)).numpy()
    return features, features @ tensors["fc.weight"].T


def tf1(images):
    resized = tf.compat.v1.image.resize_bilinear(tf.cast(images, "float32"), (299, 299))
    return (resized - 128.0) / 128.0


@pytest.fixture(scope="session")
def tensors():
    return random_tensors()


@pytest.fixture(scope="session")
def checkpoint(tensors, tmp_path_factory):
    path = tmp_path_factory.mktemp("inception") / "random.h5"
    checkpoints.save(tensors, path)
    return path


@pytest.fixture(scope="session")
def extractor(checkpoint):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")  # the features below are those of float32 all the same
    try:
        return InceptionFeatures(checkpoint)
    finally:
        keras.config.set_dtype_policy(policy)


def picture(height, width, channels=3):
    return np.random.default_rng(height).integers(0, 256, (1, height, width, channels), "uint8")


@pytest.mark.parametrize("size", [(8, 8), (32, 32), (299, 299), (40, 64), (350, 300)])
def test_as_the_network_step_by_step(extractor, tensors, size):
    images = picture(*size)
    found = extractor.outputs(images)
    features, logits = reference(tensors, tf1(images))
    assert found["features"].shape == (1, 2048) and found["features"].dtype == np.float32
    assert found["logits_unbiased"].shape == (1, 1008)
    np.testing.assert_allclose(found["features"], features, atol=1e-4)
    np.testing.assert_allclose(found["logits_unbiased"], logits, atol=1e-4)
    assert features.std() > 0.05  # otherwise anything would agree


def test_gray_images_are_tiled_and_batches_put_together(extractor, tensors):
    images = np.concatenate([picture(16, 16, 1), 255 - picture(16, 16, 1)])
    found = extractor.logits(images, batch_size=1)
    np.testing.assert_allclose(found[1:], extractor.logits(np.repeat(images[1:], 3, -1)), atol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 1e-3
    unbiased = extractor.logits_unbiased(images[:1])
    np.testing.assert_allclose(found[:1] - unbiased, tensors["fc.bias"][None], atol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="compiles once more; on JAX the next test only traces")
def test_inside_a_compiled_pass_it_gives_the_same(extractor):
    images = picture(12, 10, 1)
    samples = tf.constant(images / 127.5 - 1, "float32")
    features, logits = tf.function(lambda x: extractor(x))(samples)
    np.testing.assert_allclose(features, extractor.features(images), atol=1e-5)
    np.testing.assert_allclose(logits, extractor.logits_unbiased(images), atol=1e-5)


def test_it_can_be_traced(extractor):
    if keras.backend.backend() == "tensorflow":
        spec = tf.TensorSpec((None, None, None, 1))  # sizes unknown to the graph
        traced = tf.function(lambda x: extractor(x), input_signature=[spec]).get_concrete_function().structured_outputs
    else:
        jax = pytest.importorskip("jax")
        traced = jax.eval_shape(lambda x: extractor(x), np.zeros((2, 12, 10, 1), "float32"))
    assert [part.shape[1] for part in traced] == [2048, 1008]


def test_attributes_of_an_extractor(extractor, tensors):
    assert not extractor.public and extractor.name == f"inception-{extractor.sha256[:8]}" and len(extractor.sha256) == 64
    assert (extractor.dimension, extractor.classes, extractor.accuracy) == (2048, 1008, None)
    assert extractor.sample_shape == (None, None, None) and extractor.mode == "tensorflow"
    assert all(layer.compute_dtype == "float32" for layer in extractor.model.layers)


def test_name_and_hash_follow_weights_and_mode(monkeypatch, tensors, extractor):
    monkeypatch.setattr("keras_gans.metrics.inception.features.network", lambda tensors: extractor.model)
    monkeypatch.setattr("keras_gans.metrics.inception.features.load", lambda path: (tensors, True))
    public, clean = InceptionFeatures(), InceptionFeatures(mode="clean")
    assert public.public and clean.public and public.name == "inception" and clean.name == "inception-clean"
    assert public.sha256 == extractor.sha256 != clean.sha256
    changed = {**tensors, "fc.bias": tensors["fc.bias"] + 1}
    monkeypatch.setattr("keras_gans.metrics.inception.features.load", lambda path: (changed, False))
    assert InceptionFeatures().sha256 != extractor.sha256
    images = picture(24, 24)
    assert np.abs(clean.features(images) - public.features(images)).max() > 1e-3


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 16, 16, 3), "float32"), r"float32.*0\.\.255"),
        ([[1]], "list"),
        (np.zeros((16, 16, 3), "uint8"), r"expected \(n, height, width"),
        (np.zeros((2, 3, 16, 16), "uint8"), "channels last"),
        (np.zeros((0, 16, 16, 3), "uint8"), "there are none"),
        (np.zeros((2, 7, 16, 3), "uint8"), "at least 8"),
    ],
)
def test_wrong_images(extractor, images, message):
    for method in (extractor.features, extractor.logits, extractor.logits_unbiased):
        with pytest.raises(ValueError, match=message):
            method(images)


def test_wrong_arguments(extractor, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="Did you mean 'clean'"):
        InceptionFeatures(tmp_path / "none", mode="cleen")
    with pytest.raises(FileNotFoundError, match="no such file"):
        InceptionFeatures(tmp_path / "none.pth")
    with pytest.raises(ValueError, match="batch_size=0"):
        extractor.features(picture(8, 8), batch_size=0)
    with pytest.raises(TypeError, match="weights"):
        InceptionFeatures(weight="x")
    assert weights.VARIABLE == "KERAS_GANS_INCEPTION"


def test_scores_of_an_evaluator(extractor, monkeypatch, tmp_path):
    """Plain `fid` and `is` of the public weights in the original mode alone; statistics of another mode are refused."""
    images = np.random.default_rng(0).integers(0, 256, (12, 9, 11, 3), "uint8")
    score = Evaluator(images, ["fid", "is"], extractor=extractor, options={"is": {"splits": 2}})
    assert score.keys() == [f"fid[{extractor.name}]", f"is[{extractor.name}]"]
    with pytest.warns(UserWarning, match="fewer samples than features"):
        found = score.score(images[::-1] // 2)
        found_by_hand = frechet_distance(extractor.features(images), extractor.features(images // 2))
    assert found[f"fid[{extractor.name}]"] == pytest.approx(found_by_hand, rel=1e-4)
    by_hand = inception_score(extractor.logits_unbiased(images[::-1] // 2), splits=2, seed=0)
    assert found[f"is[{extractor.name}]"] == pytest.approx(by_hand[0], rel=1e-5)
    assert score.record["extractor_mode"] == "tensorflow" and score.record["extractor_sha256"] == extractor.sha256
    for shape in ((12, 9, 9, 4), (12, 7, 9, 3), (12, 9), (12, 4, 3)):
        with pytest.raises(ValueError, match=r"takes images \(height, width, 3 or 1\) of 8 pixels or more"):
            Evaluator(np.zeros(shape, "float32"), "fid", extractor=extractor)
    score.save_statistics(tmp_path / "real.npz")
    monkeypatch.setattr(extractor, "name", "inception")
    assert score.keys() == ["fid", "is"]
    monkeypatch.setattr(extractor, "mode", "clean")
    with pytest.raises(ValueError, match="made with mode='tensorflow', and asked for mode='clean'"):
        _ = Evaluator(tmp_path / "real.npz", "fid", extractor=extractor).real
