"""What every architecture must do."""

import inspect
import math
import subprocess
import sys

import keras
import numpy as np
import pytest
from rows import ROWS

import keras_gans
from keras_gans.models import ARCHITECTURES

ids = [row.cls.__name__ for row in ROWS]
each = pytest.mark.parametrize("row", ROWS, ids=ids)
LONG = ("SNGAN", "R3GAN")  # whose graphs TensorFlow traces for a minute where every technique is on: with --slow
each_with_techniques = pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=[pytest.mark.slow] if row.cls.__name__ in LONG else [], id=row.cls.__name__) for row in ROWS],
)


def state(gan):
    """Everything that decides what comes next, as one vector."""
    seeds = [v for v in gan.variables if "seed" in v.name]
    values = [*gan.weights, *seeds, *gan.optimizer.variables]
    return np.concatenate([np.ravel(keras.ops.convert_to_numpy(value)).astype("float64") for value in values])


def fitted(gan, data):
    """The GAN with its normaliser, where it has one, fitted on the data."""
    if gan.normaliser is not None:
        gan.normaliser.fit([data])
    return gan


def samples(row, count=20):
    return np.random.default_rng(3).uniform(-1, 1, (count, *row.sample_shape)).astype("float32")


def test_every_architecture_has_a_row():
    assert {row.cls for row in ROWS} == set(ARCHITECTURES.values())
    assert {row.cls for row in ROWS} == set(keras_gans.GAN.__subclasses__())


@each
def test_every_weight_moves(row):
    """After two steps of the generator, because the last layer of a residual block may begin at zero. Exempt are a bias on the
    logits, which cancels in losses that compare real with fake, and normalisations' moving averages."""
    gan = row.make()
    before = [[w.numpy() for w in network.trainable_weights] for network in (gan.generator, gan.discriminator)]
    logs = gan.fit(samples(row, 8 * gan.n_critic), batch_size=4, verbose=0).history
    for network, old in zip((gan.generator, gan.discriminator), before):
        still = [w for w, o in zip(network.trainable_weights, old) if np.abs(w.numpy() - o).max() == 0]
        assert [w.path for w in still if w.shape != (1,)] == []
    assert all(math.isfinite(value) for values in logs.values() for value in values)
    assert int(gan.steps.numpy()) == 2 * gan.n_critic and int(gan.g_optimizer.iterations.numpy()) == 2


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
@each
def test_mixed_precision(row, policy, tmp_path):
    """Layers compute in half precision; weights, losses, penalties and scores are float32 and close to a float32 GAN's."""
    whole, real = row.make(), samples(row, 16)
    keras.config.set_dtype_policy(policy)
    try:
        half = row.make()
    finally:
        keras.config.set_dtype_policy("float32")
    half.set_weights(whole.get_weights())
    wide, narrow = (
        gan.fit(real, batch_size=8, epochs=gan.n_critic, shuffle=False, verbose=0).history for gan in (whole, half)
    )
    for name in wide:
        assert np.isfinite(narrow[name]).all(), name
        assert narrow[name][0] == pytest.approx(wide[name][0], rel=0.1, abs=0.1), name
    scaled = policy == "mixed_float16"
    for network, optimizer in ((half.discriminator, half.d_optimizer), (half.generator, half.g_optimizer)):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer) == scaled
        assert {keras.backend.standardize_dtype(w.dtype) for w in network.trainable_weights} == {"float32"}
        assert policy.removeprefix("mixed_") in {layer.compute_dtype for layer in network.layers}
        if not scaled:
            assert int(optimizer.iterations.numpy()) == (2 * half.n_critic if network is half.discriminator else 2)
    half.fit(
        real, batch_size=8, epochs=6 * half.n_critic, verbose=0
    )  # steps that overflow are left out until the scale fits
    assert int(half.d_optimizer.iterations.numpy()) > 2 and int(half.g_optimizer.iterations.numpy()) > 2
    assert not scaled or 1 <= float(half.d_optimizer.dynamic_scale.numpy()) <= 2**15
    said, _ = half._judge_both(*[keras.ops.convert_to_tensor(real)] * 2, None, half.test_seed)
    assert {keras.backend.standardize_dtype(said[name].dtype) for name in said} == {"float32"}
    half.save(tmp_path / "half.keras")
    back = keras.models.load_model(tmp_path / "half.keras")
    np.testing.assert_array_equal(back.generate(4, seed=0), half.generate(4, seed=0))
    np.testing.assert_array_equal(state(half), state(back))


def labels_for(gan, count):
    return np.arange(count) % gan.num_classes if gan.num_classes else None


def test_every_argument_of_every_architecture_is_tried():
    for row in ROWS:
        arguments = inspect.signature(row.cls.__init__).parameters
        for name, parameter in list(arguments.items())[1:]:
            values = [other[name] for other in row.others if name in other]
            assert any(value != parameter.default for value in values), f"{row.cls.__name__}: {name} is at its default"


@pytest.mark.parametrize(
    "row,other", [(row, other) for row in ROWS for other in row.others], ids=lambda part: getattr(part, "cls", type).__name__
)
def test_every_argument_survives_saving_and_trains_on(row, other, tmp_path):
    gan = row.cls(**other)
    gan.compile(keras.optimizers.RMSprop(3e-3), keras.optimizers.Adam(7e-4, beta_1=0.2), keras_gans.losses.Minimax(0.2))
    shape = gan.sample_shape
    real = np.random.default_rng(3).uniform(-0.9, 0.9, (8, *shape)).astype("float32")
    history = gan.fit(real, labels_for(gan, 8), batch_size=4, verbose=0).history
    assert all(math.isfinite(value) for values in history.values() for value in values)
    gan.save(tmp_path / "gan.keras")
    back = keras.models.load_model(tmp_path / "gan.keras")
    for name, value in other.items():
        assert getattr(back, name) == value, name
        assert type(getattr(back, name)) is type(value), name
    assert isinstance(back.d_optimizer, keras.optimizers.RMSprop) and isinstance(
        back.adversarial_loss, keras_gans.losses.Minimax
    )
    assert back.adversarial_loss.label_smoothing == 0.2 and back.g_optimizer.beta_1 == 0.2
    np.testing.assert_array_equal(state(gan), state(back))
    np.testing.assert_array_equal(gan.generate(3, seed=0), back.generate(3, seed=0))
    assert gan.generate(3).shape == (3, *shape)


@each
def test_the_compiled_recipe_survives_saving(row, tmp_path):
    gan = row.make()
    gan.save(tmp_path / "gan.keras")
    back = keras.models.load_model(tmp_path / "gan.keras")
    assert plain(back.get_compile_config()) == plain(gan.get_compile_config())
    assert back.n_critic == gan.n_critic and len(back.penalties) == len(gan.penalties)


def plain(config):
    """Without the names that Keras numbers anew."""
    if isinstance(config, dict):
        return {key: plain(value) for key, value in config.items() if key != "name"}
    return [plain(value) for value in config] if isinstance(config, (list, tuple)) else config


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_image], ids=lambda row: row.cls.__name__)
def test_classes(row, tmp_path):
    """Labels are taken, checked, needed; they change the sample."""
    real, labels = samples(row, 12), np.arange(12) % 3
    gan = row.make(num_classes=3)
    logs = gan.fit(real, labels, batch_size=4, epochs=2, validation_data=(real, labels), verbose=0).history
    assert all(math.isfinite(value) for values in logs.values() for value in values)
    drawn = gan.generate(4, labels=[0, 1, 2, 2], seed=0)
    np.testing.assert_allclose(gan.generate(4, labels=[0, 1, 2, 2], seed=0, batch_size=3), drawn, atol=1e-6)
    assert np.abs(gan.generate(4, labels=0, seed=0) - drawn)[1:].max() > 0
    gan.save(tmp_path / "classes.keras")
    np.testing.assert_array_equal(
        keras.models.load_model(tmp_path / "classes.keras").generate(4, seed=5), gan.generate(4, seed=5)
    )
    with pytest.raises(ValueError, match="without labels. Pass y="):
        gan.fit(real, verbose=0)
    with pytest.raises(ValueError, match="up to 3, and num_classes=3: classes are numbered 0 to 2"):
        gan.fit(real, labels + 1, verbose=0)
    with pytest.raises(ValueError, match="num_classes=4"):
        gan.generate(2, labels=[0, 3])
    with pytest.raises(ValueError, match="labels of shape"):
        gan.generate(3, labels=[0, 1])
    with pytest.raises(ValueError, match="Build it with num_classes"):
        row.make().generate(2, labels=1)


@each
def test_two_and_two_epochs_are_four_bitwise(row, tmp_path):
    """With everything on that draws numbers or keeps state."""
    changes = {"dropout": 0.3, "ema_decay": 0.9, "norm": "spectral", "minibatch_stddev": True}
    data, more = samples(row), dict(batch_size=8, verbose=0)
    whole = row.make(**changes)
    whole.fit(data, epochs=4, **more)
    half = row.make(**changes)
    half.fit(data, epochs=2, **more)
    half.save(tmp_path / "half.keras")
    half.save_weights(tmp_path / "half.weights.h5")
    from_model = keras.models.load_model(tmp_path / "half.keras")
    from_weights = row.make(**changes)
    from_weights.load_weights(tmp_path / "half.weights.h5")
    for gan in (half, from_model, from_weights):
        gan.fit(data, epochs=4, initial_epoch=2, **more)
        np.testing.assert_array_equal(state(gan), state(whole))


@each_with_techniques
@pytest.mark.filterwarnings("ignore:curriculum.*begins after epoch")
def test_two_and_two_epochs_are_four_with_every_technique(row, tmp_path):
    """Through a change of stage, with a probability that adapts and a task's head."""
    data, more = samples(row), dict(batch_size=8, verbose=0)

    def make():
        gan = row.cls(**{**row.small, "ema_decay": 0.9})
        gan.compile(**row.techniques())
        return gan

    whole = make()
    logs = whole.fit(data, epochs=4, **more).history
    assert logs["curriculum_stage"] == [0, 0, 1, 2] and 0 < logs["augment_probability"][-1] != 0.3
    assert all(math.isfinite(value) for values in logs.values() for value in values)
    half = make()
    half.fit(data, epochs=2, **more)
    half.save(tmp_path / "half.keras")
    half.save_weights(tmp_path / "half.weights.h5")
    from_model, from_weights = keras.models.load_model(tmp_path / "half.keras"), make()
    from_weights.load_weights(tmp_path / "half.weights.h5")
    assert plain(from_model.get_compile_config()) == plain(half.get_compile_config())
    for gan in (from_model, from_weights):
        gan.fit(data, epochs=4, initial_epoch=2, **more)
        np.testing.assert_array_equal(state(gan), state(whole))
        np.testing.assert_array_equal(gan.generate(3, seed=0), whole.generate(3, seed=0))
    bare = keras.models.load_model(tmp_path / "half.keras", compile=False)  # which knows the networks alone
    np.testing.assert_array_equal(bare.generator.get_weights()[0], half.generator.get_weights()[0])


@each
def test_backup_and_restore_goes_on_exactly(row, tmp_path):
    backup_and_restore(row, False, tmp_path)


@each_with_techniques
def test_backup_and_restore_goes_on_exactly_with_every_technique(row, tmp_path):
    backup_and_restore(row, True, tmp_path)


def backup_and_restore(row, techniques, tmp_path):
    data, more = samples(row), dict(batch_size=8, verbose=0)

    def make():
        gan = row.cls(**row.small)
        gan.compile(**(row.techniques() if techniques else {}))
        return gan

    whole = make()
    whole.fit(data, epochs=4, **more)

    class Dies(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.steps.numpy()) >= 5:  # the first step of the third epoch
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make().fit(data, epochs=4, callbacks=[keras.callbacks.BackupAndRestore(tmp_path), Dies()], **more)
    again = make()
    again.fit(data, epochs=4, callbacks=[keras.callbacks.BackupAndRestore(tmp_path)], **more)
    np.testing.assert_array_equal(state(again), state(whole))


@each
@pytest.mark.parametrize("weights_only", [False, True])
def test_model_checkpoint(row, tmp_path, weights_only):
    path = tmp_path / ("best.weights.h5" if weights_only else "best.keras")
    gan = row.make()
    checkpoint = keras.callbacks.ModelCheckpoint(path, monitor="val_d_loss", save_weights_only=weights_only)
    gan.fit(samples(row), batch_size=8, validation_data=samples(row), callbacks=[checkpoint], verbose=0)
    if weights_only:
        back = row.make(seed=99)
        back.load_weights(path)
    else:
        back = keras.models.load_model(path)
    np.testing.assert_array_equal(state(gan), state(back))


@each
def test_same_seed_same_losses(row):
    runs = [row.make().fit(samples(row), batch_size=8, epochs=2, verbose=0).history for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != row.make(seed=8).fit(samples(row), batch_size=8, epochs=2, verbose=0).history


@each
def test_batch_of_one_and_short_last_batch(row):
    import tensorflow as tf

    gan = row.make()
    logs = gan.fit(samples(row, 2), batch_size=1, verbose=0).history
    short = tf.data.Dataset.from_tensor_slices(samples(row, 7)).batch(4)
    logs = [logs, gan.fit(short, verbose=0).history]
    assert all(math.isfinite(value) for log in logs for values in log.values() for value in values)
    assert int(gan.steps.numpy()) == 4


@each
def test_evaluation_changes_nothing_and_repeats(row):
    gan = fitted(row.make(), samples(row))
    before = [w.numpy() for w in gan.weights]
    first = gan.evaluate(samples(row), batch_size=8, verbose=0)
    second = gan.evaluate(samples(row), batch_size=8, verbose=0)
    extra = {"gradient_penalty"} if gan.penalties else set()
    assert first == second and set(first) == {"d_loss", "g_loss", "d_real_accuracy", "d_fake_accuracy"} | extra
    for old, new in zip(before, gan.weights):
        np.testing.assert_array_equal(old, new.numpy())


@each
def test_samples(row):
    gan = fitted(row.make(), samples(row))
    drawn = gan.generate(5, seed=1)
    assert drawn.shape == (5, *row.sample_shape) and drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn, gan.generate(5, seed=1))
    np.testing.assert_allclose(drawn, gan.generate(5, seed=1, batch_size=2), atol=1e-6)
    assert not np.array_equal(gan.generate(5), gan.generate(5))
    latents = gan.latents(5, seed=1)
    np.testing.assert_allclose(gan.predict(latents, verbose=0), drawn, atol=1e-6)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(gan(latents)), drawn, atol=1e-6)


@each
def test_bad_input_raises_before_training(row):
    gan, good = row.make(), samples(row)
    with pytest.raises(ValueError, match="NaN"):
        gan.fit(np.where(good > 0.9, np.nan, good), verbose=0)
    with pytest.raises(ValueError, match="samples of shape"):
        gan.fit(good[..., 0], verbose=0)
    if row.is_image:
        with pytest.raises(ValueError, match=r"the generator gives values in \[-1, 1\]. Scale"):
            gan.fit(good * 255, verbose=0)
    else:
        with pytest.raises(ValueError, match="images .*and this GAN is for"):
            gan.fit(np.zeros((20, 8, 8, 1)), verbose=0)
        with pytest.raises(ValueError, match="scale is not known yet"):
            gan.evaluate(good, verbose=0)
        with pytest.raises(ValueError, match="feature 0 .*one value everywhere"):
            gan.fit(good * ([0.0] + [1.0] * (good.shape[-1] - 1)), batch_size=4, verbose=0)
    for batch_size in (0, -1, 2.5, "a", True):
        with pytest.raises(ValueError, match="batch_size=.*whole number"):
            gan.fit(good, batch_size=batch_size, verbose=0)
    with pytest.raises(TypeError, match="Did you mean 'epochs'"):
        gan.fit(good, epoch=3)
    with pytest.raises(ValueError, match="do not fill one batch"):
        gan.fit(good[:3], batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="empty"):
        gan.fit(good[:0], verbose=0)
    assert int(gan.steps.numpy()) == 0
    packed = row.cls(**{**row.small, "pack": 3})
    with pytest.raises(ValueError, match="pack=3.*Try batch_size=3"):
        packed.fit(good, batch_size=4, verbose=0)
    with pytest.raises(TypeError, match="Did you mean 'seed'"):
        row.cls(**{**row.small, "seeed": 1})
    for seed in (-1, "a", 1.5):
        with pytest.raises(ValueError, match="seed="):
            row.cls(**{**row.small, "seed": seed})


@each
def test_held_out_means_count_every_sample_once(row):
    """One more sample than the batches hold must not weigh as much as a batch. (Without batch statistics, whose values
    depend on the batch.)"""
    held = samples(row, 13)
    gan = fitted(row.make(norm=None), held)
    gan.compile(loss="non_saturating", penalty=[])  # whose accuracy has a fixed boundary
    whole = gan.evaluate(held, batch_size=13, verbose=0)
    for name in ("d_real_accuracy",):
        assert gan.evaluate(held, batch_size=8, verbose=0)[name] == pytest.approx(whole[name], abs=1e-6)
    import tensorflow as tf

    uneven = tf.data.Dataset.from_tensor_slices(held).batch(6)  # 6, 6 and 1
    assert gan.evaluate(uneven, verbose=0)["d_real_accuracy"] == pytest.approx(whole["d_real_accuracy"], abs=1e-6)


@each
@pytest.mark.filterwarnings("ignore:Nothing is fitted yet")
def test_an_uncompiled_model_saves_and_clones(row, tmp_path):
    gan = row.cls(**row.small)
    gan.save(tmp_path / "raw.keras")
    back = keras.models.load_model(tmp_path / "raw.keras")
    assert not back.compiled
    np.testing.assert_array_equal(back.generate(2, seed=0), gan.generate(2, seed=0))
    compiled = row.make()
    compiled.save(tmp_path / "compiled.keras")
    keras.models.load_model(tmp_path / "compiled.keras", compile=False).save(tmp_path / "again.keras")
    assert type(keras.models.clone_model(gan)) is row.cls


@pytest.mark.filterwarnings("ignore:Nothing is fitted yet")
def test_a_fresh_process_loads_them(tmp_path):
    sums = []
    for row in ROWS:
        gan = row.make()
        gan.save(tmp_path / f"{row.cls.__name__}.keras")
        sums.append(float(gan.generate(2, seed=0).sum()))
    paths = [str(tmp_path / f"{row.cls.__name__}.keras") for row in ROWS]
    code = f"import keras, keras_gans; print(*[keras.models.load_model(p).generate(2, seed=0).sum() for p in {paths}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert [float(word) for word in done.stdout.split()] == pytest.approx(sums, abs=1e-4), done.stderr


@each
def test_the_generator_is_exported(row, tmp_path):
    import tensorflow as tf

    gan = fitted(row.make(norm="layer" if row.cls is keras_gans.R3GAN else "spectral", ema_decay=0.9), samples(row))
    gan.fit(samples(row), batch_size=10, epochs=gan.n_critic, verbose=0)
    gan.export(tmp_path / "generator", verbose=False)
    latents = gan.latents(3, seed=0)
    served = tf.saved_model.load(str(tmp_path / "generator"))
    np.testing.assert_allclose(served.serve(latents), gan.predict(latents, verbose=0), atol=1e-4)
