"""A picture of the same latents every few epochs."""

import pathlib

import keras

from keras_gans import plots


class SampleGrid(keras.callbacks.Callback):
    """Writes a grid of samples, drawn from the same latents each time, every N epochs and after the last.

    Args:
        folder: where `epoch_0010.png` ... go; made when it is missing.
        every: epochs from one picture to the next.
        count: samples in the grid.
        seed: of the latents.
    """

    def __init__(self, folder, every=1, count=100, seed=0):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every={every!r}: expected a whole number of epochs, at least 1.")
        plots.require_pictures()
        self.folder, self.every, self.count, self.seed = pathlib.Path(folder), every, count, seed

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every and epoch + 1 != self.params.get("epochs"):
            return
        plots.save_grid(self.model.generate(self.count, seed=self.seed), self.folder / f"epoch_{epoch + 1:04d}.png")
