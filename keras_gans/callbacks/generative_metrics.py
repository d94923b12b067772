"""Scores of the samples, in the logs, while `fit` runs."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy.typing as npt

from keras_gans.errors import named, whole_number
from keras_gans.metrics import Extractor
from keras_gans.metrics.evaluator import Evaluator
from keras_gans.types import Dataset, Path


class GenerativeMetrics(keras.callbacks.Callback):
    """Scores the generator after the first epoch, every N epochs and after the last, and writes the scores into the logs.

    Any set of scores comes from one pass of generation and one of extraction on the device. The keys name the extractor:
    `val_fid[digits]`, `val_coverage[digits]`. EarlyStopping, ModelCheckpoint and other readers can
    monitor them when this callback stands before them in the list; `GAN.fit` raises when it does not. Epochs that are not
    measured have no such key. Where another callback ends the training, the last state is measured too, for `history` alone.

    Args:
        reference, metrics, extractor, num_samples, seed, train, options: as in `keras_gans.metrics.Evaluator`.
        every: epochs from one measurement to the next.
        prefix: of the keys.

    `history` has one record a measurement: the scores with their deviations or standard errors, epoch, seconds, n_real, n_fake,
    extractor with its hash and mode, split, seed, and how many samples the extractor's classifier gave to each class.
    """

    @named
    def __init__(
        self,
        reference: npt.ArrayLike | Dataset | Path,
        metrics: str | Sequence[str] = ("fid", "is"),
        *,
        extractor: Path | keras.Model | Extractor = "auto",
        num_samples: int = 2000,
        every: int = 1,
        prefix: str = "val_",
        seed: int = 0,
        train: npt.ArrayLike | Dataset | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__()
        self.every, self.prefix = whole_number("every", every), prefix
        self._settings: dict[str, Any] = {"num_samples": num_samples, "seed": seed, "train": train, "options": options}
        self._reference, self._metrics = reference, metrics
        self.evaluator = Evaluator(reference, metrics, extractor=extractor, **self._settings)
        self.history: list[dict[str, Any]] = []

    def __deepcopy__(self, memo):
        """A fresh one with the same settings: tuners copy callbacks for each trial, and pipelines cannot be copied."""
        own: dict[str, Any] = {"extractor": self.evaluator.extractor or "auto", "every": self.every, "prefix": self.prefix}
        return type(self)(self._reference, self._metrics, **own, **self._settings)

    @property
    def produces(self) -> dict[str, str]:
        """The keys it writes into the logs, and which way each gets better: "min" or "max"."""
        return {self.prefix + key: better for key, better in self.evaluator.better.items()}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._measured: Any = None
        self._epoch: Any = None
        self.evaluator.check(self.model)  # now, not after an epoch of training

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch
        if due(epoch, self.every, self.params):
            scores = self.measure(epoch)
            if logs is not None:
                logs.update({self.prefix + key: value for key, value in scores.items()})

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._epoch != self._measured:
            self.measure(self._epoch)

    def measure(self, epoch: int) -> dict[str, Any]:
        """Scores the model as it is and keeps the record."""
        self._measured = epoch
        start = time.perf_counter()
        scores = self.evaluator(self.model)
        record = {"epoch": epoch + 1, **self.evaluator.record, "seconds": time.perf_counter() - start}
        self.history.append(record)
        return scores


def due(epoch, every, params):
    """Whether something happens after this epoch (from 0): the first, every N-th and the last."""
    return epoch == 0 or (epoch + 1) % every == 0 or epoch + 1 == params.get("epochs")
