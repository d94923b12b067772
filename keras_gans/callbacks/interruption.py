"""Ctrl-C ends a training at the end of its epoch."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import keras

NOTE = b"\nStopping after this epoch, to keep its state. Ctrl-C again stops at once, with the state that was saved last.\n"


class Interruption(keras.callbacks.Callback):
    """Lets the epoch in which Ctrl-C is pressed be the last one; a second Ctrl-C raises KeyboardInterrupt at once.

    with Interruption() as stop:
        gan.fit(data, callbacks=[..., stop, RunFolder(...)])  # before what saves
    stop.asked

    It listens in the main thread alone, and where nobody else does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self._before: Callable[[int, FrameType | None], Any] | int | None = None

    def __enter__(self):
        mine = threading.current_thread() is threading.main_thread()
        if mine and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self.hear)
        return self

    def __exit__(self, *error):
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        os.write(2, NOTE)  # print might have been interrupted itself

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self.asked:
            self.model.stop_training = True
