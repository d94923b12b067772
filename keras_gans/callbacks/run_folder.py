"""A run on disk that can be killed at any moment and goes on exactly."""

import csv
import io
import math
import pathlib
import time
from typing import Any

import keras

from keras_gans import files
from keras_gans.errors import named, whole_number
from keras_gans.types import Path


class RunFolder(keras.callbacks.Callback):
    """Keeps `history.csv` (a row an epoch) and `model.keras` (everything: weights, both optimizers, seeds, steps).

    Every file is replaced in one rename. The model is the truth: rows of epochs that it has not seen, left by a process that
    was killed between two writes, are dropped by `resume`.

    Args:
        folder: where they go; made when it is missing.
        every: epochs from one saved model to the next; the last epoch is always saved. `saved` is the last one saved.
        monitor: log key whose best epoch is kept as `best.keras`, or None.
        better: "min" or "max": which way that key gets better.

    Put it last: it writes down what callbacks before it add to the logs.
    """

    reads_logs = True

    @named
    def __init__(self, folder: Path, every: int = 1, monitor: str | None = None, better: str = "min") -> None:
        super().__init__()
        if better not in ("min", "max"):
            raise ValueError(f"better={better!r}: expected 'min' or 'max'.")
        every = whole_number("every", every)
        self.folder, self.every, self.monitor = pathlib.Path(folder), every, monitor
        self.rows: list[dict[str, float]] = []
        self.sign = 1 if better == "min" else -1
        self.best = math.inf  # times the sign
        self.saved = 0

    def resume(self, epoch: int) -> None:
        """Takes up the rows of a run that goes on after `epoch`."""
        self.saved = epoch
        self.rows = [row for row in read_history(self.folder / "history.csv") if row["epoch"] <= epoch]
        found = [self.sign * row[self.monitor] for row in self.rows if self.monitor in row]
        self.best = min(filter(math.isfinite, found), default=math.inf)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {name: float(value) for name, value in (logs or {}).items()}
        self.rows.append({"epoch": epoch + 1, **logs, "seconds": round(time.perf_counter() - self._start, 4)})
        files.write_text(self.folder / "history.csv", history_text(self.rows))
        score = self.sign * logs[self.monitor] if self.monitor in logs else math.inf
        if score < self.best:
            self.best = score
            self.model.save(self.folder / "best.keras")
        if (epoch + 1) % self.every == 0 or epoch + 1 == self.params.get("epochs") or self.model.stop_training:
            self.model.save(self.folder / "model.keras")
            self.saved = epoch + 1


def history_text(rows):
    """Rows as CSV, one column for every key that any row has, empty where a row has none."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_history(path):
    """The rows of a history.csv as dicts of numbers, without its empty cells; [] when there is none.

    Raises:
        ValueError: damaged.
    """
    if not path.exists():
        return []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
        return [{**row, "epoch": int(row["epoch"])} for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path}: damaged: not a table of numbers with a column epoch. Move it away.") from error
