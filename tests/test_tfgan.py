"""Our losses and scores against the real tensorflow-gan, and the door to it."""

import importlib.util
import pathlib
import re
import subprocess
import sys
import types

import keras
import numpy as np
import pytest

import keras_gans
from keras_gans import losses, metrics, tfgan

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
INSTALLED = importlib.util.find_spec("tensorflow_gan") is not None
needs_package = pytest.mark.skipif(not INSTALLED, reason="tensorflow-gan is not installed: pip install 'keras-gans[tfgan]'")
needs_tensorflow = pytest.mark.skipif(not ON_TENSORFLOW, reason="TF-GAN's losses are TensorFlow functions")
GUIDE = (pathlib.Path(__file__).parent.parent / "docs" / "coming_from_tf_gan.md").read_text()

# ours with the arguments that make it TF-GAN's with its defaults, and what TF-GAN's generator half has on top of ours.
# TF-GAN smooths the targets of real samples by 0.25 towards 0.5, that is to 0.875; ours smooths towards 0.
SAME = {
    "wasserstein": (losses.Wasserstein(), 0.0),
    "wasserstein_hinge": (losses.Hinge(), 0.0),
    "least_squares": (losses.LeastSquares(), 0.0),
    "modified": (losses.NonSaturating(label_smoothing=0.125), 0.0),
    # TF-GAN keeps the term of the real samples, with logits of 1 in their place: -softplus(-1), which has no gradient
    "minimax": (losses.Minimax(label_smoothing=0.125), -np.log1p(np.exp(-1.0))),
}


def logits(shape, count=2):
    return [3.0 * values for values in np.random.default_rng(0).standard_normal((count, *shape), dtype="float32")]


def with_gradients(function, *arrays):
    import tensorflow as tf

    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    return [np.asarray(part) for part in (value, *tape.gradient(value, tensors))]


def assert_same(mine, theirs, on_top=0.0):
    """Values and gradients, to rounding in float32."""
    theirs[0] = theirs[0] - on_top
    for one, other in zip(mine, theirs, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


@needs_package
@needs_tensorflow
@pytest.mark.parametrize("shape", [(7,), (64, 1), (3, 4, 4, 1)], ids=str)
@pytest.mark.parametrize("name", SAME)
def test_ours_are_tf_gans(name, shape):
    ours, on_top = SAME[name]
    door = losses.get(f"tfgan:{name}")
    real, fake = logits(shape)
    assert_same(with_gradients(ours.discriminator, real, fake), with_gradients(door.discriminator, real, fake))
    assert_same(with_gradients(ours.generator, fake), with_gradients(door.generator, fake), on_top)


@needs_package
@needs_tensorflow
@pytest.mark.parametrize("name", ["modified", "minimax"])
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_half_of_tf_gans_label_smoothing_is_ours(name, smoothing):
    ours = type(SAME[name][0])(label_smoothing=smoothing / 2)
    real, fake = logits((64, 1))

    def theirs(real, fake):
        pair = tfgan.pair(name)
        return pair.discriminator(discriminator_real_outputs=real, discriminator_gen_outputs=fake, label_smoothing=smoothing)

    assert_same(with_gradients(ours.discriminator, real, fake), with_gradients(theirs, real, fake))


@needs_package
@needs_tensorflow
def test_tf_gans_relativistic_loss_is_the_average_kind():
    """Each sample against the mean of the other batch, both ways; ours pairs samples. With one sample they differ by the 2."""
    ours, door = losses.Relativistic(), losses.get("tfgan:relativistic")
    assert door.pairs and ours.pairs
    real, fake = logits((1, 1))
    assert_same(
        [2 * part for part in with_gradients(ours.discriminator, real, fake)], with_gradients(door.discriminator, real, fake)
    )
    assert_same(
        [2 * part for part in with_gradients(ours.generator, fake, real)], with_gradients(door.generator, fake, real)
    )
    real, fake = logits((64, 1))

    def against_the_mean(one, other):
        return np.mean(np.log1p(np.exp(other.mean() - one))) + np.mean(np.log1p(np.exp(other - one.mean())))

    assert float(door.discriminator(real, fake)) == pytest.approx(against_the_mean(real, fake), rel=1e-5)
    assert float(door.generator(fake, real)) == pytest.approx(against_the_mean(fake, real), rel=1e-5)


@needs_package
@needs_tensorflow
def test_half_precision_logits_give_a_float32_loss():
    real, fake = (values.astype("float16") for values in logits((64, 1)))
    for name in tfgan.COUNTERPARTS:
        loss = losses.get(f"tfgan:{name}")
        g = loss.generator(fake, real) if loss.pairs else loss.generator(fake)
        for value in (loss.discriminator(real, fake), g):
            assert value.dtype == "float32" and value.shape == () and np.isfinite(float(value))


@needs_package
@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-9), ("float32", 1e-6)])
def test_scores_are_tf_gans(dtype, tolerance):
    """TF-GAN computes in float64 as ours does, and rounds its result to the dtype of what it was given."""
    import tensorflow as tf

    theirs, rng = tfgan.classifier_metrics(), np.random.default_rng(0)
    mix = rng.normal(size=(16, 16))
    real = (rng.normal(size=(300, 16)) @ mix + 1.0).astype(dtype)
    fake = (rng.normal(size=(200, 16)) * 1.3).astype(dtype)
    distance = theirs.frechet_classifier_distance_from_activations(tf.constant(real), tf.constant(fake))
    assert metrics.frechet_distance(real, fake) == pytest.approx(float(distance), rel=tolerance)
    assert float(distance) > 1.0
    said = (4.0 * rng.normal(size=(300, 10))).astype(dtype)
    score = theirs.classifier_score_from_logits(tf.constant(said))  # of all samples at once
    assert metrics.inception_score(said, splits=1, seed=None)[0] == pytest.approx(float(score), rel=tolerance)
    kernel = theirs.kernel_classifier_distance_and_std_from_activations(
        tf.constant(real), tf.constant(fake), max_block_size=80
    )
    found = metrics.kernel_distance_by_blocks(real, fake, 80)
    assert found == pytest.approx(tuple(map(float, kernel)), rel=max(tolerance, 1e-7) * 10)


# ---- the door


@needs_package
@needs_tensorflow
def test_names():
    known = tfgan.pairs(tfgan.module("losses.losses_impl"))
    assert set(known) == set(tfgan.COUNTERPARTS) == {*SAME, "relativistic"}
    assert set(tfgan.COUNTERPARTS.values()) == set(losses.REGISTRY)
    for wrong in ("tfgan:wassertein", "tfgan:", "tfgan:acgan", "tfgan:combine_adversarial"):
        with pytest.raises(ValueError, match="Unknown TF-GAN loss .* Known: least_squares, minimax, modified"):
            losses.get(wrong)
    with pytest.raises(ValueError, match="Did you mean 'wasserstein'"):
        losses.get("tfgan:wassertein")


def test_the_package_is_missing(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=re.escape("pip install 'keras-gans[tfgan]'")):
        tfgan.classifier_metrics()
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    with pytest.raises(ImportError, match=re.escape("pip install 'keras-gans[tfgan]'")):
        losses.get("tfgan:wasserstein")


def test_on_another_backend(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="Keras runs on jax. Use loss='hinge'"):
        losses.get("tfgan:wasserstein_hinge")
    with pytest.raises(ValueError, match="Did you mean 'modified'"):
        losses.get("tfgan:modifed")


@needs_package
def test_sys_modules_is_left_as_it_was():
    def ours():
        return {name: module for name, module in sys.modules.items() if name.startswith("tensorflow_gan")}

    before = ours()
    tfgan.under_empty_packages.cache_clear()
    first = tfgan.module("losses.losses_impl")
    assert ours() == before and tfgan.module("losses.losses_impl") is first


def test_a_package_that_imported_is_used(monkeypatch):
    stand_in = types.ModuleType("losses_impl")
    monkeypatch.setitem(sys.modules, "tensorflow_gan", types.ModuleType("tensorflow_gan"))
    monkeypatch.setitem(sys.modules, "tensorflow_gan.python.losses.losses_impl", stand_in)
    assert tfgan.module("losses.losses_impl") is stand_in


def tiny():
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense
    generator = keras.Sequential([keras.Input((3,)), dense(8, "relu"), dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), dense(8, "relu"), dense(1)])
    return keras_gans.GAN(generator, discriminator, 3, seed=0)


SAMPLES = np.random.default_rng(0).normal(size=(32, 2)).astype("float32")


@needs_package
@needs_tensorflow
@pytest.mark.parametrize(
    "name, settings",
    [
        ("wasserstein", {}),
        ("wasserstein", {"run_eagerly": True}),
        ("wasserstein", {"jit_compile": True}),
        ("relativistic", {}),
    ],
    ids=str,
)
def test_a_gan_trains_as_with_our_loss(name, settings):
    """The same logs and weights for the Wasserstein loss; TF-GAN's relativistic loss is another one."""
    histories = []
    for loss in (f"tfgan:{name}", name):
        gan = tiny()
        gan.compile(loss=loss, **settings)
        logs = gan.fit(SAMPLES, batch_size=16, epochs=2, verbose=0).history
        histories.append([logs["d_loss"], logs["g_loss"], gan.generate(4, seed=0).ravel()])
    door, ours = (np.concatenate(history) for history in histories)
    assert np.isfinite(door).all() and np.allclose(door, ours, rtol=1e-5, atol=1e-6) == (name == "wasserstein")


def test_where_real_begins_is_that_of_our_loss():
    assert [losses.TFGAN(name).boundary for name in ("modified", "least_squares", "wasserstein")] == [0.0, 0.5, None]


@needs_package
@needs_tensorflow
def test_a_compiled_model_saves_and_loads(tmp_path):
    gan = tiny()
    gan.compile(loss="tfgan:wasserstein")
    gan.fit(SAMPLES, batch_size=16, verbose=0)
    gan.save(tmp_path / "gan.keras")
    back = keras_gans.load_model(tmp_path / "gan.keras")
    assert back.adversarial_loss.get_config() == {"name": "wasserstein"}
    more = [model.fit(SAMPLES, batch_size=16, initial_epoch=1, epochs=2, verbose=0).history for model in (gan, back)]
    assert more[0] == more[1]

    # a new process, where nothing has asked for TF-GAN yet: neither the import nor loading and drawing bring it
    code = (
        "import sys, keras_gans; gan = keras_gans.load_model(sys.argv[1]); gan.generate(2, seed=0);"
        "print(type(gan.adversarial_loss).__name__, [name for name in sys.modules if name.startswith('tensorflow_gan')])"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "gan.keras"], capture_output=True, text=True)
    assert done.stdout.strip() == "TFGAN []", done.stderr


# ---- the guide


def test_the_guide_lists_the_names():
    rows = re.findall(r"^\| `tfgan:(\w+)` \| `(\w+)`", GUIDE, re.MULTILINE)
    assert dict(rows) == tfgan.COUNTERPARTS and len(rows) == len(tfgan.COUNTERPARTS)


def test_the_guide_runs():
    after = [
        block for block in re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE) if "keras_gans" in block
    ]
    names = {}
    exec(after[0], names)
    assert names["images"].shape == (64, 8, 8, 1)
