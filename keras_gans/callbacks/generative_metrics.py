"""Scores of the samples, in the logs, while `fit` runs."""

import time

import keras

from keras_gans.errors import named, whole_number
from keras_gans.metrics.evaluator import BETTER, Evaluator


class GenerativeMetrics(keras.callbacks.Callback):
    """Scores the generator after the first epoch, every N epochs and after the last, and writes the scores into the logs.

    The keys name the extractor: `val_fid[digits]`, `val_is[digits]`. EarlyStopping, ModelCheckpoint and other readers can
    monitor them when this callback stands before them in the list; `GAN.fit` raises when it does not. Epochs that are not
    measured have no such key. Where another callback ends the training, the last state is measured too, for `history` alone.

    Args:
        reference, metrics, extractor, num_samples, seed: as in `keras_gans.metrics.Evaluator`.
        every: epochs from one measurement to the next.
        prefix: of the keys.

    `history` has one record a measurement: the scores, epoch, seconds, n_real, n_fake, extractor and its hash, split,
    seed, and how many samples the extractor's classifier gave to each class.
    """

    @named
    def __init__(
        self, reference, metrics=tuple(BETTER), *, extractor="auto", num_samples=2000, every=1, prefix="val_", seed=0
    ):
        super().__init__()
        every = whole_number("every", every)
        self.evaluator = Evaluator(reference, metrics, extractor=extractor, num_samples=num_samples, seed=seed)
        self.every, self.prefix = every, prefix
        self.history = []

    def __deepcopy__(self, memo):
        """A fresh one with the same settings: tuners copy callbacks for each trial, and pipelines cannot be copied."""
        old = self.evaluator
        options = {"extractor": old.extractor, "num_samples": old.num_samples, "seed": old.seed}
        return type(self)(old.reference, old.names, every=self.every, prefix=self.prefix, **options)

    @property
    def produces(self):
        """The keys it writes into the logs, and which way each gets better: "min" or "max"."""
        return {self.prefix + key: BETTER[name] for name, key in zip(self.evaluator.names, self.evaluator.keys())}

    def on_train_begin(self, logs=None):
        self._measured = self._epoch = None
        self.evaluator.check(self.model)  # now, not after an epoch of training

    def on_epoch_end(self, epoch, logs=None):
        self._epoch = epoch
        if due(epoch, self.every, self.params):
            scores = self.measure(epoch)
            if logs is not None:
                logs.update({self.prefix + key: value for key, value in scores.items()})

    def on_train_end(self, logs=None):
        if self._epoch != self._measured:
            self.measure(self._epoch)

    def measure(self, epoch):
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
