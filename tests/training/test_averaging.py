import keras
import numpy as np

from keras_gans.training import averaging


def test_the_average_follows_the_formula():
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.BatchNormalization()])
    average = averaging.averaged_copy(generator)
    assert not average.trainable_weights
    expected = generator.trainable_weights[0].numpy()
    np.testing.assert_array_equal(average.layers[0].kernel.numpy(), expected)
    for step in range(1, 60):
        kernel = np.full((2, 3), float(step), "float32")
        generator.layers[0].kernel.assign(kernel)
        generator.layers[1].moving_mean.assign([step] * 3)
        averaging.update(average, generator, 0.8, step)
        decay = min(0.8, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * kernel
    np.testing.assert_allclose(average.layers[0].kernel.numpy(), expected, rtol=1e-5)
    np.testing.assert_array_equal(average.layers[1].moving_mean.numpy(), [59] * 3)  # statistics are copied


def test_the_copy_shares_nothing():
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    average = averaging.averaged_copy(generator)
    generator.layers[0].kernel.assign(np.zeros((2, 3)))
    assert np.abs(average.layers[0].kernel.numpy()).max() > 0
