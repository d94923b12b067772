"""One line an epoch: how far, the losses, the scores where they were measured, and the time left."""

import sys
import time
from typing import Any

import keras


class ProgressLine(keras.callbacks.Callback):
    """Prints a line of under 80 characters an epoch; on a terminal it moves as a bar while the epoch runs.

    Put it after the callbacks whose scores it shows, and pass `verbose=0` to fit.
    """

    reads_logs = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._begun = time.perf_counter()
        self._first: Any = None
        self._drawn = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch
        if self._first is None:
            self._first = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        steps, now = self.params.get("steps"), time.perf_counter()
        if sys.stdout.isatty() and steps and now - self._drawn > 0.1:
            self._drawn = now
            done = min(int(20 * (batch + 1) / steps), 20)
            sys.stdout.write(f"\r{self.place()} [{'=' * done}{' ' * (20 - done)}] {losses(logs)}\033[K")
            sys.stdout.flush()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = logs or {}
        measured = [(name.removeprefix("val_").split("[")[0], value) for name, value in logs.items() if "[" in name]
        scores = "".join(f"  {name} {value:.2f}" for name, value in measured[:2])
        scores += f"  stage {logs['curriculum_stage']:.0f}" if "curriculum_stage" in logs else ""
        done, now = epoch + 1 - self._first, time.perf_counter()
        each = (now - self._begun) / done
        if done == 1:
            self._warm = now
        else:
            each = (now - self._warm) / (done - 1)  # without the first epoch, in which functions are traced
        left = each * (self.params["epochs"] - epoch - 1)
        start, end = ("\r", "\033[K\n") if sys.stdout.isatty() else ("", "\n")
        sys.stdout.write(f"{start}{self.place()}  {losses(logs)}{scores}  {duration(left)} left{end}")
        sys.stdout.flush()

    def place(self) -> str:
        epochs = self.params["epochs"]
        return f"epoch {self._epoch + 1:{len(str(epochs))}d}/{epochs}"


def duration(seconds):
    """Seconds, minutes or hours: two or three digits of whichever."""
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 36000 else f"{seconds / 3600:.0f} h"


def losses(logs):
    return "  ".join(f"{name} {float(logs[name]):.3f}" for name in ("d_loss", "g_loss") if name in (logs or {}))
