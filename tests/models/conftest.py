import keras
import numpy as np
import pytest


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(64, 2)).astype("float32")


@pytest.fixture
def networks():
    """A function that makes a generator and a discriminator of vectors."""

    def made(latent=3, out=2, end="linear"):
        generator = keras.Sequential([keras.Input((latent,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(out, end)])
        discriminator = keras.Sequential([keras.Input((out,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
        return generator, discriminator

    return made
