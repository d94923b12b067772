"""The averaged generator takes the generator's place, again and again."""

from typing import Any

import keras

from keras_gans.errors import named


class AverageRestart(keras.callbacks.Callback):
    """At the end of each epoch between two shares of the run, the generator goes on from its own average (`ema_decay`).

    The two players circle around their equilibrium; the average lies nearer to it than the last weights. Going back to it damps
    the circling, as lookahead does (Chavdarova et al. 2021, "Taming GANs with Lookahead-Minmax", which goes back to slow weights
    of both players every k steps). benchmarks/modes.py uses it. It keeps no state: a run resumed with the
    same `epochs` and its `initial_epoch` does what the whole one would have done.

    Args:
        start, stop: shares of the run's epochs, 0 <= start < stop <= 1. Before `start` the average is too young, after `stop` the
            weights settle.

    Raises:
        ValueError: shares that are no such pair, a GAN without an average.
    """

    @named
    def __init__(self, start: float = 0.2, stop: float = 0.9) -> None:
        super().__init__()
        if not (isinstance(start, (int, float)) and isinstance(stop, (int, float)) and 0 <= start < stop <= 1):
            raise ValueError(f"start={start!r}, stop={stop!r}: expected shares of the run with 0 <= start < stop <= 1.")
        self.start, self.stop = start, stop

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        if self.model.average is None:
            raise ValueError("AverageRestart needs an averaged generator. Build the GAN with ema_decay=, for example 0.98.")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.start <= (epoch + 1) / self.params["epochs"] <= self.stop:
            self.model.players.generator.set_weights(self.model.players.average.get_weights())
