import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.callbacks import AverageRestart


class Distance(keras.callbacks.Callback):
    """How far the generator is from its average at the end of each epoch."""

    def on_train_begin(self, logs=None):
        self.found = []

    def on_epoch_end(self, epoch, logs=None):
        pairs = zip(self.model.generator.get_weights(), self.model.average.get_weights())
        self.found.append(max(float(np.abs(a - b).max()) for a, b in pairs))


def test_it_goes_on_from_the_average_between_the_shares(images):
    gan, seen = keras_gans.DCGAN((8, 8, 1), 4, width=4, ema_decay=0.5, seed=0), Distance()
    gan.fit(images, batch_size=10, epochs=10, callbacks=[AverageRestart(0.3, 0.8), seen], verbose=0)
    assert [distance == 0 for distance in seen.found] == [epoch in range(3, 9) for epoch in range(1, 11)]


def test_it_needs_an_average(small, images):
    with pytest.raises(ValueError, match="Build the GAN with ema_decay="):
        small.fit(images, batch_size=10, callbacks=[AverageRestart()], verbose=0)
    for start, stop in ((0.5, 0.5), (-0.1, 0.5), (0.2, 1.5), ("a", 1)):
        with pytest.raises(ValueError, match="expected shares"):
            AverageRestart(start, stop)
