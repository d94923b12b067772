import keras
import numpy as np
import pytest

import keras_gans


def test_one_optimizer_cannot_serve_both(small):
    shared = keras.optimizers.Adam(1e-3)
    with pytest.raises(ValueError, match="same object"):
        small.compile(shared, shared)
    small.compile(shared, "sgd")
    with pytest.raises(ValueError, match="already been built for other weights"):
        small.compile("sgd", shared)


def test_learning_rate_callbacks_drive_both(small, images):
    small.compile(keras.optimizers.Adam(4e-4), keras.optimizers.Adam(1e-4))
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    small.fit(images, batch_size=10, epochs=2, callbacks=[schedule], verbose=0)
    assert float(small.g_optimizer.learning_rate) == pytest.approx(2.5e-5)
    assert float(small.d_optimizer.learning_rate) == pytest.approx(1e-4)
    assert float(small.optimizer.learning_rate) == pytest.approx(2.5e-5)


def test_the_proportion_is_the_one_there_is(small):
    small.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(4e-3))
    small.d_optimizer.learning_rate = 5e-4
    small.optimizer.learning_rate = 2e-3
    assert float(small.d_optimizer.learning_rate) == pytest.approx(2.5e-4)
    small.optimizer.learning_rate = 0.0
    small.optimizer.learning_rate = 4e-3
    assert float(small.d_optimizer.learning_rate) == pytest.approx(5e-4)


def test_schedules_are_left_alone(small, images):
    small.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10)), keras.optimizers.Adam(1e-4))
    with pytest.raises(TypeError, match="an optimizer follows a schedule"):
        small.optimizer.learning_rate = 1e-3
    small.fit(images, batch_size=10, verbose=0)


def test_moments_are_those_of_two_optimizers(small, images):
    small.fit(images, batch_size=10, epochs=2, verbose=0)
    assert int(small.d_optimizer.iterations.numpy()) == int(small.g_optimizer.iterations.numpy()) == 4
    names = {id(v) for v in small.optimizer.variables}
    assert {id(v) for v in [*small.d_optimizer.variables, *small.g_optimizer.variables]} <= names


def test_mixed_precision_scales_both_losses(images):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
        gan.compile()
    finally:
        keras.config.set_dtype_policy("float32")
    assert all(isinstance(o, keras.optimizers.LossScaleOptimizer) for o in (gan.d_optimizer, gan.g_optimizer))
    before = [w.numpy() for w in gan.trainable_weights]
    history = gan.fit(images, batch_size=4, epochs=2, verbose=0).history
    assert np.isfinite(history["d_loss"]).all() and gan.generate(3, seed=0).dtype == np.float32
    assert all(np.abs(w.numpy() - old).max() > 0 for w, old in zip(gan.trainable_weights, before))


def test_ema_of_an_optimizer_is_finalised_for_its_own_network(small, images):
    with pytest.warns(UserWarning, match="two and two epochs are not four"):
        small.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3, use_ema=True, ema_momentum=0.5))
    small.fit(images, batch_size=10, epochs=2, verbose=0)
    averages = small.g_optimizer._model_variables_moving_average
    for weight, average in zip(small.generator.trainable_weights, averages):
        np.testing.assert_array_equal(weight.numpy(), average.numpy())
