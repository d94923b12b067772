import keras
import pytest

from keras_gans.callbacks import GANLearningRateScheduler


def test_each_player_has_its_own(small, images):
    rates = GANLearningRateScheduler(lambda epoch, rate: rate * 0.5, lambda epoch, rate: 1e-3 / (epoch + 1))
    history = small.fit(images, batch_size=10, epochs=3, callbacks=[rates], verbose=0).history
    assert history["d_learning_rate"] == pytest.approx([1e-4, 5e-5, 2.5e-5])
    assert history["g_learning_rate"] == pytest.approx([1e-3, 5e-4, 1e-3 / 3])


def test_one_player_alone(small, images):
    small.fit(images, batch_size=10, epochs=2, callbacks=[GANLearningRateScheduler(g_schedule=lambda e, r: 1e-5)], verbose=0)
    assert float(small.d_optimizer.learning_rate) == pytest.approx(2e-4)
    assert float(small.g_optimizer.learning_rate) == pytest.approx(1e-5)


def test_keras_callbacks_drive_both(small, images):
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    small.d_optimizer.learning_rate = 4e-4
    small.fit(images, batch_size=10, epochs=2, callbacks=[halve], verbose=0)
    assert float(small.d_optimizer.learning_rate) == pytest.approx(1e-4)
    assert float(small.g_optimizer.learning_rate) == pytest.approx(5e-5)


def test_schedules_of_the_optimizers_are_saved(small, images, tmp_path):
    falling = [keras.optimizers.schedules.ExponentialDecay(rate, 2, 0.5) for rate in (1e-3, 4e-3)]
    small.compile(*(keras.optimizers.AdamW(schedule) for schedule in falling))
    small.fit(images, batch_size=10, verbose=0)
    small.save(tmp_path / "gan.keras")
    back = keras.models.load_model(tmp_path / "gan.keras")
    assert float(back.d_optimizer.learning_rate) == pytest.approx(5e-4)
    assert float(back.g_optimizer.learning_rate) == pytest.approx(2e-3)
    with pytest.raises(TypeError, match="follows a schedule of its own"):
        small.fit(images, batch_size=10, callbacks=[GANLearningRateScheduler(lambda e, r: r)], verbose=0)


def test_nonsense(small, images):
    with pytest.raises(TypeError, match="needs d_schedule="):
        GANLearningRateScheduler()
    with pytest.raises(TypeError, match="expected a function"):
        GANLearningRateScheduler(1e-3)
    with pytest.raises(ValueError, match="gave 0.0 for epoch 0"):
        small.fit(images, batch_size=10, callbacks=[GANLearningRateScheduler(lambda e, r: 0)], verbose=0)
