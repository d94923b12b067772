"""Runs that are made to fail, each in its own way, and healthy ones."""

import copy
import json

import keras
import numpy as np
import pytest
from keras.optimizers import Adam

import keras_gans
from keras_gans.callbacks import Monitor
from keras_gans.errors import TrainingDiverged


def digits_gan(cls=keras_gans.DCGAN, **changes):
    return cls((8, 8, 1), 16, width=8, seed=0, **changes)


def watched(gan, x, epochs, monitor=None, held=None, **more):
    monitor = monitor or Monitor()
    logs = gan.fit(x, epochs=epochs, validation_data=held, callbacks=[monitor], verbose=0, **more).history
    return monitor, logs


def kinds(monitor):
    return {alarm.kind for alarm in monitor.alarms}


def images(count=32):
    return np.random.default_rng(0).uniform(-1, 1, (count, 8, 8, 1)).astype("float32")


@pytest.fixture(scope="module")
def digits():
    return keras_gans.data.load("digits")


# ---- runs that fail


def test_a_collapsed_generator(digits, capsys):
    """Learning rates far apart."""
    gan = digits_gan()
    gan.compile(Adam(1e-5, beta_1=0.5), Adam(0.05, beta_1=0.5))
    monitor, logs = watched(gan, digits.train, 20, Monitor({"collapse": "stop"}, warmup=100), held=digits.validation)
    (alarm,) = monitor.alarms
    assert alarm.kind == "collapse" and alarm.action == "stop" and "the training stops" in alarm.message
    assert len(logs["d_loss"]) == alarm.epoch < 20
    assert logs["alarms"] == [0.0] * (alarm.epoch - 1) + [1.0] and logs["sample_diversity"][-1] < 0.05
    assert f"epoch {alarm.epoch}: collapse: fakes are 0.0" in capsys.readouterr().out


def test_an_overfitted_discriminator(digits):
    """200 images, seen again and again."""
    gan = keras_gans.DCGAN((8, 8, 1), 32, width=16, seed=0)
    gan.compile(Adam(1e-3, beta_1=0.5), Adam(5e-4, beta_1=0.5), augment=keras_gans.training.Augmentation("color", 0.2))
    few = np.tile(digits.scaled(digits.train_samples[:200]), (6, 1, 1, 1))
    monitor = Monitor({"overfitting": "augment"})
    watched(gan, few, 25, monitor, held=digits.validation, batch_size=24)
    found = [alarm for alarm in monitor.alarms if alarm.kind == "overfitting"]
    assert found and "the augmentation's probability is now 0.30" in found[0].message
    assert float(gan.augmentation.probability.numpy()) == pytest.approx(0.2 + 0.1 * len(found), abs=1e-5)


def test_a_diverging_critic(digits):
    """A Wasserstein critic that nothing holds smooth."""
    gan = digits_gan(keras_gans.WGANGP)
    gan.compile(Adam(1e-3), Adam(1e-4), penalty=[])
    monitor, _ = watched(gan, digits.train, 16, Monitor({"divergence": "lower_rate"}, warmup=20))
    found = [alarm for alarm in monitor.alarms if alarm.kind == "divergence"]
    assert found and found[0].action == "lower_rate"
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(1e-3 / 2 ** len(found)), [a.message for a in found]


# ---- runs that do not


def test_quiet_on_a_healthy_dcgan(digits):
    gan = digits_gan()
    gan.compile()
    monitor, logs = watched(gan, digits.train, 40, held=digits.validation)
    assert monitor.alarms == [] and logs["alarms"] == [0.0] * 40


def test_quiet_on_a_healthy_dense_gan():
    ring = keras_gans.data.load("ring", count=4000)
    gan = keras_gans.DenseGAN(2, widths=(64, 64), seed=0)
    monitor, _ = watched(gan, ring.train, 20, held=ring.validation)
    assert monitor.alarms == []


def test_quiet_on_a_healthy_recurrent_gan():
    sines = keras_gans.data.load("sines", count=1000)
    gan = keras_gans.RecurrentGAN(sines.shape, units=24, widths=(64, 64), seed=0)
    monitor, _ = watched(gan, sines.train, 30, held=sines.validation)
    assert monitor.alarms == []


# ---- NaN, and the way back


class Breaks(keras.callbacks.Callback):
    """Sets a weight to NaN in the middle of an epoch."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.at:
            weight = self.model.discriminator.trainable_weights[0]
            weight.assign(weight * np.nan)


def test_nan_is_an_alarm_and_still_an_error(tmp_path):
    gan = digits_gan()
    gan.compile()
    monitor = Monitor(path=tmp_path / "alarms.json")
    with pytest.raises(TrainingDiverged, match="epoch 2"):
        gan.fit(images(), batch_size=8, epochs=4, callbacks=[monitor, Breaks(1)], verbose=0)
    (alarm,) = json.loads((tmp_path / "alarms.json").read_text())
    assert alarm["kind"] == "nan" and alarm["epoch"] == 2 and alarm["action"] == "stop"


def test_nan_brings_the_best_state_back():
    gan = digits_gan(ema_decay=0.9)
    gan.compile()
    monitor = Monitor({"nan": "restore"}, monitor="val_g_loss")
    options = {"validation_data": images(), "callbacks": [monitor, Breaks(2)], "verbose": 0}
    logs = gan.fit(images(), batch_size=8, epochs=5, **options).history
    assert len(logs["d_loss"]) == 5 and np.isfinite(logs["d_loss"][3:]).all()
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())
    (alarm,) = monitor.alarms
    assert "the state of epoch" in alarm.message and "learning rate is now 0.0001" in alarm.message
    assert float(gan.d_optimizer.learning_rate) == float(gan.g_optimizer.learning_rate) == pytest.approx(1e-4)


def test_restore_puts_back_networks_average_and_moments():
    gan = digits_gan(ema_decay=0.9)
    gan.compile()
    monitor = Monitor({"spike": "restore"}, monitor="d_loss")
    gan.fit(images(), batch_size=8, epochs=2, callbacks=[monitor], verbose=0)
    from keras_gans.callbacks.monitor import state

    best, values = monitor._kept
    kept = [np.array(value) for value in values]
    gan.fit(images(), batch_size=8, epochs=1, verbose=0)
    steps = int(gan.steps.numpy())
    monitor._restore("d")
    for value, variable in zip(kept, state(gan)):
        np.testing.assert_array_equal(value, variable.numpy())
    assert int(gan.steps.numpy()) == steps  # the data go on


# ---- what it is told


def test_actions_that_cannot_be_done_are_said_before_training(small):
    x = images()
    for monitor, message in (
        (Monitor({"collapse": "restore"}), "needs a measured score in monitor=, and monitor=None.*GenerativeMetrics"),
        (Monitor({"collapse": "restore"}, monitor="val_fid[digits]"), r"monitor='val_fid\[digits\]'"),
        (Monitor({"overfitting": "augment"}), "there is no augmentation to raise. Compile with augment="),
        (Monitor({"overfitting": "stop"}), "seen on held-out samples. Pass validation_data="),
    ):
        with pytest.raises(ValueError, match=message):
            small.fit(x, batch_size=8, callbacks=[monitor], verbose=0)
    small.compile(d_optimizer=Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10)))
    with pytest.raises(ValueError, match="follows a schedule"):
        small.fit(x, batch_size=8, callbacks=[Monitor({"spike": "lower_rate"})], verbose=0)
    assert int(small.steps.numpy()) == 0
    for more, message in (
        ({"actions": "stopp"}, "Unknown action 'stopp'. Did you mean 'stop'"),
        ({"actions": {"colapse": "stop"}}, "Unknown alarm 'colapse'. Did you mean 'collapse'"),
        ({"thresholds": {"gapp": 1}}, "Unknown threshold"),
        ({"patience": {"pinned": 0}}, "expected a whole number of at least 1"),
        ({"patience": {"pined": 2}}, "Unknown alarm in patience"),
    ):
        with pytest.raises(ValueError, match=message):
            Monitor(**more)


def test_what_it_decides_follows_from_the_rows(small):
    """A monitor that takes up the rows of a killed run goes on as the one that watched it."""
    held = images(16)
    whole = Monitor(warmup=0, thresholds={"pinned": 0.0}, patience={"pinned": 3})
    rows = []

    class Rows(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            rows.append({"epoch": epoch + 1, **logs})

    small.fit(images(), batch_size=8, epochs=5, validation_data=held, callbacks=[whole, Rows()], verbose=0)
    assert [alarm.epoch for alarm in whole.alarms if alarm.kind == "pinned"] == [3]
    again = Monitor(warmup=0, thresholds={"pinned": 0.0}, patience={"pinned": 3})
    again.resume(rows[:2], small)
    small.fit(images(), batch_size=8, epochs=5, initial_epoch=2, validation_data=held, callbacks=[again], verbose=0)
    assert [alarm.epoch for alarm in again.alarms if alarm.kind == "pinned"] == [
        3
    ]  # counted from the rows of epochs 1 and 2
    later = Monitor(warmup=0, thresholds={"pinned": 0.0}, patience={"pinned": 3})
    later.resume(rows, small, [vars(alarm) for alarm in whole.alarms])
    assert later.alarms == whole.alarms and later._lasting == whole._lasting


def test_a_copy_is_fresh():
    monitor = Monitor({"spike": "stop"}, warmup=7)
    monitor.rows.append({})
    fresh = copy.deepcopy(monitor)
    assert fresh.rows == [] and fresh.actions == monitor.actions and fresh.warmup == 7


def test_epochs_that_did_not_look_are_not_health(small, digits):
    """A generator always under the threshold, seen every other epoch; held-out samples, measured every other epoch."""
    options = {"thresholds": {"diversity": 1e9, "gap": -2.0}, "patience": {"collapse": 3, "overfitting": 3}, "warmup": 0}
    monitor = Monitor("warn", every=2, **options)
    watched(small, images(), 8, monitor, held=images(), validation_freq=2, batch_size=8)
    found = {alarm.kind: alarm.epoch for alarm in monitor.alarms}
    assert found["collapse"] == 4 and found["overfitting"] == 6  # epochs 1, 2, 4 and 2, 4, 6


def test_a_coverage_that_is_measured_now_and_then_is_counted_where_it_is(small):
    monitor = Monitor("warn", patience={"collapse": 2}, warmup=0)
    monitor.set_model(small)
    for epoch in range(1, 8):
        row = {"d_real_accuracy": 0.5, "d_fake_accuracy": 0.5, "d_loss": 1.0, "g_loss": 1.0, "sample_diversity": 1.0}
        monitor.rows.append({**row, "epoch": epoch, "g_steps": 9.0, **({"val_coverage[x]": 0.0} if epoch % 3 == 1 else {})})
        assert [kind for kind, _ in monitor._new()] == (["collapse"] if epoch == 4 else [])


def test_another_gan_begins_anew(small):
    monitor = Monitor({"collapse": "restore"}, monitor="g_loss")
    watched(small, images(), 2, monitor, batch_size=8)
    assert len(monitor.rows) == 2 and monitor._kept is not None
    other = digits_gan()
    other.compile()
    monitor._best = -1e9
    watched(other, images(), 1, monitor, batch_size=8)
    assert len(monitor.rows) == 1 and monitor._kept[0] == 1 and monitor._best > -1e9
    watched(other, images(), 3, monitor, batch_size=8, initial_epoch=2)
    assert len(monitor.rows) == 2, "the same one goes on"


def test_actions_need_what_they_act_on(small):
    with pytest.raises(ValueError, match="monitor='val_g_loss'"):
        watched(small, images(), 1, Monitor({"collapse": "restore"}, monitor="val_g_loss"), batch_size=8)
    small.compile(augment="flip")
    with pytest.raises(ValueError, match="probability is 1 already"):
        watched(small, images(), 1, Monitor({"collapse": "augment"}), batch_size=8)
    with pytest.raises(TypeError, match="expected one action, or a dict"):
        Monitor(["stop"])


def test_quiet_prints_nothing(small, capsys):
    monitor = Monitor("warn", thresholds={"diversity": 1e9}, patience={"collapse": 1}, warmup=0, quiet=True)
    watched(small, images(), 1, monitor, batch_size=8)
    assert len(monitor.alarms) == 1 and capsys.readouterr().out == "" and copy.deepcopy(monitor).quiet
