import signal

import keras
import pytest

from keras_gans.callbacks import Interruption

pytestmark = pytest.mark.usefixtures("listening")


class Press(keras.callbacks.Callback):
    """Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch, times=1):
        super().__init__()
        self.epoch, self.times = epoch, times

    def on_epoch_begin(self, epoch, logs=None):
        for _ in range(self.times if epoch == self.epoch else 0):
            signal.raise_signal(signal.SIGINT)


def test_the_epoch_ends(small, images, capfd):
    with Interruption() as stop:
        history = small.fit(images, batch_size=10, epochs=5, callbacks=[Press(1), stop], verbose=0)
    assert stop.asked and len(history.epoch) == 2 and "Stopping after this epoch" in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_second_one_is_at_once(small, images):
    with pytest.raises(KeyboardInterrupt), Interruption() as stop:
        small.fit(images, batch_size=10, epochs=5, callbacks=[Press(1, times=2), stop], verbose=0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_somebody_elses_handler_stays():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        with Interruption() as stop:
            signal.raise_signal(signal.SIGINT)
        assert heard == [1] and not stop.asked
    finally:
        signal.signal(signal.SIGINT, before)
