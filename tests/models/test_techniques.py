import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.training import Augmentation, Stage


def images(count=16):
    return np.random.default_rng(0).uniform(-1, 1, (count, 8, 8, 1)).astype("float32")


def test_every_technique_is_off_by_default(small):
    assert small.augmentation is small.curriculum is small.task is None
    assert small.players.generator is small.generator and small.players.discriminator is small.discriminator
    assert "augment_probability" not in small.fit(images(), batch_size=8, verbose=0).history


def test_real_and_fake_are_both_augmented(small):
    """A policy that makes everything one value leaves nothing to tell them apart by."""
    from keras_gans.training import Policy

    class Blank(Policy):
        def __call__(self, samples, seed):
            return samples * 0.0

    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, norm=None, seed=0)
    gan.compile(augment=Blank())
    before = gan.generator.get_weights()
    logs = gan.fit(images(), batch_size=8, epochs=3, validation_data=images(), verbose=0).history
    for name in ("d_loss", "val_d_loss"):
        assert logs[name][-1] == pytest.approx(2 * np.log(2), abs=1e-2)
    for old, new in zip(before, gan.generator.get_weights()):
        np.testing.assert_array_equal(old, new)  # no gradient comes through


def test_samples_and_data_stay_as_they_are(small):
    """The augmentation is for the discriminator alone: what is drawn, scored and measured is the generator's own."""
    drawn = small.generate(4, seed=0)
    small.compile(augment="color,translation,cutout")
    np.testing.assert_array_equal(small.generate(4, seed=0), drawn)


def test_compiling_again_starts_anew_and_without_takes_them_off(small):
    small.compile(
        augment=Augmentation("flip", target=-0.9, span=50), curriculum=[Stage(1), Stage()], self_supervision="rotation"
    )
    small.fit(images(), batch_size=8, epochs=2, verbose=0)
    assert small.curriculum.stage == 1
    small.compile(curriculum=[Stage(1), Stage()])
    assert small.curriculum.stage == 0 and small.augmentation is None and small.task_head is None
    small.compile()
    assert small.players.discriminator is small.discriminator
    small.fit(images(), batch_size=8, verbose=0)


def test_the_optimizer_moves_the_head_too(small):
    small.compile(self_supervision="rotation")
    assert any(weight is small.task_head.kernel for weight in small.d_optimizer._trainable_variables)
    assert all(weight is not small.task_head.kernel for weight in small.g_optimizer._trainable_variables)


def test_scores_are_seen_by_what_counts_the_stages(small):
    """Behind the callback that measures, before the one that saves."""
    order = []

    class Measures(keras.callbacks.Callback):
        produces = {"val_fid[x]": "min"}

        def on_epoch_end(self, epoch, logs=None):
            logs["val_fid[x]"] = 30.0 - 10 * epoch

    class Saves(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            order.append((self.model.curriculum.stage, logs["curriculum_stage"]))

    small.compile(curriculum=[Stage(until="val_fid[x] < 25"), Stage()])
    small.fit(images(), batch_size=8, epochs=3, callbacks=[Measures(), Saves()], verbose=0)
    assert order == [(0, 0.0), (1, 0.0), (1, 1.0)]


def test_gradient_norms_are_logged_where_a_callback_reads_them(small):
    class Reads(keras.callbacks.Callback):
        reads_gradient_norms = True

    held = small.fit(images(), batch_size=8, validation_data=images(), callbacks=[Reads()], verbose=0).history
    assert held["d_gradient_norm"][0] > 0 and held["g_gradient_norm"][0] > 0 and "val_d_gradient_norm" not in held
    assert "d_gradient_norm" not in small.fit(images(), batch_size=8, verbose=0).history


def test_packing_and_a_critic_with_penalty_take_them_all():
    gan = keras_gans.WGANGP((8, 8, 1), 4, width=4, pack=2, ema_decay=0.9, seed=0)
    gan.compile(
        n_critic=2,
        augment="auto",
        self_supervision="rotation",
        curriculum=[Stage(1, resolution=4, noise=(0.1, 0)), Stage()],
    )
    logs = gan.fit(images(32), batch_size=8, epochs=3, validation_data=images(), verbose=0).history
    assert all(np.isfinite(values).all() for values in logs.values())


def test_mixed_precision_and_a_discriminator_with_classes(tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, num_classes=3, conditioning="auxiliary", seed=0)
    finally:
        keras.config.set_dtype_policy("float32")
    gan.compile(augment="auto", self_supervision="rotation", curriculum=[Stage(1, blur=(1, 0), resolution=4), Stage()])
    logs = gan.fit(images(), np.arange(16) % 3, batch_size=8, epochs=2, verbose=0).history
    assert all(np.isfinite(values).all() for values in logs.values())
    gan.save(tmp_path / "half.keras")
    keras.models.load_model(tmp_path / "half.keras").fit(images(), np.arange(16) % 3, batch_size=8, verbose=0)
