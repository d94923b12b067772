import keras

from keras_gans.callbacks import ProgressLine
from keras_gans.callbacks.progress_line import duration


class Scores(keras.callbacks.Callback):
    produces = {"val_fid[toy]": "min"}

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            logs["val_fid[toy]"] = 12.345


def test_one_short_line_an_epoch(small, images, capsys):
    small.fit(images, batch_size=10, epochs=3, callbacks=[Scores(), ProgressLine()], verbose=0)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert all("d_loss" in line and "g_loss" in line and "s left" in line and len(line) < 80 for line in lines)
    assert "fid 12.35" in lines[1] and "fid" not in lines[0]


def test_a_terminal_sees_it_move(small, images, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    small.fit(images, batch_size=1, epochs=1, callbacks=[ProgressLine()], verbose=0)
    out = capsys.readouterr().out
    assert "\r" in out and "[" in out and out.count("\n") == 1


def test_time_left_in_what_fits_it():
    assert [duration(seconds) for seconds in (7.4, 599, 600, 7200, 40000)] == ["7 s", "599 s", "10 min", "120 min", "11 h"]
