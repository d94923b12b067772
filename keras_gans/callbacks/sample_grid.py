"""A picture of the same latents every few epochs."""

import pathlib
from collections.abc import Sequence
from typing import Any

import keras

from keras_gans import plots
from keras_gans.callbacks.generative_metrics import due
from keras_gans.callbacks.image_summaries import ImageSummaries, log_folder
from keras_gans.errors import check_seed, named, whole_number
from keras_gans.types import Path


class SampleGrid(keras.callbacks.Callback):
    """Writes a picture of samples (`plots.save_samples`), drawn from the same latents each time, after the first epoch, every N epochs
    and after the last. A `keras.callbacks.TensorBoard` in the same fit gets them too, in its `log_dir` as the run `samples`, counted from
    epoch 0 as its scalars are.

    Args:
        folder: where `epoch_0010.png` ... go; made when it is missing.
        every: epochs from one picture to the next.
        count: samples in the picture.
        seed: of the latents.
        feature_names: of vectors and sequences, one for each feature, on the axes; by default numbers.
    """

    @named
    def __init__(
        self, folder: Path, every: int = 1, count: int = 100, seed: int = 0, feature_names: Sequence[str] | None = None
    ) -> None:
        super().__init__()
        every, count, seed = whole_number("every", every), whole_number("count", count), check_seed(seed, optional=False)
        plots.require_pictures()
        self.folder, self.every, self.count, self.seed = pathlib.Path(folder), every, count, seed
        self.feature_names = feature_names
        self.summaries: ImageSummaries | None = None

    def meet(self, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        """Called by `GAN.fit` with all its callbacks. ImportError: TensorBoard without its package."""
        boards = [callback for callback in callbacks if isinstance(callback, keras.callbacks.TensorBoard)]
        self.summaries = ImageSummaries(log_folder(boards[0].log_dir)) if boards else None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not due(epoch, self.every, self.params):
            return
        samples = self.model.generate(self.count, seed=self.seed)
        path = plots.save_samples(samples, self.folder / f"epoch_{epoch + 1:04d}.png", self.feature_names)
        if self.summaries is not None:
            self.summaries.add(path, step=epoch)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self.summaries is not None:
            self.summaries.close()
