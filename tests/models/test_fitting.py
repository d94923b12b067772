import numpy as np
import pytest

import keras_gans


def test_steps_per_execution_fits_the_epoch(networks, points):
    gan, many = keras_gans.GAN(*networks(), 3, seed=0), keras_gans.backend.MANY_STEPS
    gan.fit(points, batch_size=16, verbose=0)
    assert gan.steps_per_execution == min(4, many)
    gan.fit(points, batch_size=8, verbose=0)
    assert gan.steps_per_execution == min(8, many) and int(gan.steps.numpy()) == 12
    gan.compile(steps_per_execution=2)
    gan.fit(points, batch_size=8, verbose=0)
    assert gan.steps_per_execution == 2
    image = keras_gans.DCGAN((8, 8, 1), width=4)
    image.compile()
    assert image.steps_per_execution == 1
    image.compile(recipe="wgan_gp", penalty=[])  # one turn of both players
    image.fit(np.zeros((14, 8, 8, 1), "float32"), batch_size=2, verbose=0)
    assert image.steps_per_execution == min(5, many) and int(image.steps.numpy()) == 7
    with pytest.raises(ValueError, match="steps_per_execution=0"):
        gan.compile(steps_per_execution=0)


def test_flat_images_may_have_constant_pixels(networks):
    flat = np.random.default_rng(0).uniform(-1, 1, (16, 6)).astype("float32")
    flat[:, 0] = -1.0  # a corner
    gan = keras_gans.GAN(*networks(3, 6, "tanh"), latent_dim=3)
    assert np.isfinite(gan.fit(flat, batch_size=8, verbose=0).history["d_loss"][0])
