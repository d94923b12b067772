import keras
import numpy as np
import pytest
from PIL import Image

from keras_gans import plots
from keras_gans.plots import curves
from keras_gans.plots.curves import groups, merged, stages


def rows():
    found = [
        {"epoch": i, "d_loss": 1.0, "g_loss": 2.0, "val_d_loss": 1.5, "curriculum_stage": float(i > 3)} for i in range(1, 7)
    ]
    found[5].update({"val_fid[x]": 3.0, "my_number": 7.0, "augment_probability": 0.3, "alarms": 1.0})
    return found


def test_everything_logged_is_in_a_panel():
    shown = groups(rows())
    assert [panel.title for panel in shown] == ["loss", "augmentation's probability", "fid[x]", "my_number"]
    assert {key for panel in shown for key in panel.keys} == {
        "d_loss",
        "g_loss",
        "val_d_loss",
        "augment_probability",
        "val_fid[x]",
        "my_number",
    }


def test_stages_and_alarms():
    assert stages(rows()) == [(0, 1, 3), (1, 4, 6)]
    alarms = [
        {"epoch": 5, "kind": "spike"},
        {"epoch": 2, "kind": "pinned"},
        {"epoch": 5, "kind": "spike"},
        {"epoch": 5, "kind": "nan"},
    ]
    assert merged(alarms) == [(2, "pinned"), (5, "spike, nan")]


def test_alarms_are_drawn(tmp_path):
    plain = Image.open(plots.save_curves(rows(), tmp_path / "a.png", "run"))
    marked = Image.open(plots.save_curves(rows(), tmp_path / "b.png", "run", alarms=[{"epoch": 5, "kind": "spike"}]))
    red = [
        int(((p[..., 0] > 180) & (p[..., 1] < 90) & (p[..., 2] < 90)).sum())
        for p in (np.asarray(i.convert("RGB")) for i in (plain, marked))
    ]
    assert red[1] > red[0] + 50


def test_panels_below_each_other(tmp_path):
    rows = [{"epoch": 1, "d_loss": 1.0, "d_real_accuracy": 0.5, "mine": 2.0}]
    pictures = [plots.save_curves(rows, tmp_path / f"{n}.png", columns=n) for n in (None, 1)]
    beside, below = (np.asarray(Image.open(path)).shape for path in pictures)  # (height, width, channels)
    assert below[:2] == (3 * beside[0], beside[1] // 3)


def test_what_fit_returns(tmp_path):
    history = keras.callbacks.History()
    history.epoch, history.history = [0, 1, 2], {"d_loss": [3.0, 2.0, 1.0]}
    rows = [{"epoch": epoch, "d_loss": 4.0 - epoch} for epoch in (1, 2, 3)]
    assert curves.rows_of(history) == rows
    plots.save_curves(history, tmp_path / "a.png")
    plots.save_curves(rows, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    history.history["val_fid[x]"] = [1.0]
    with pytest.warns(UserWarning, match=r"val_fid\[x\]: 1 values for 3 epochs.*not drawn"):
        assert curves.rows_of(history) == rows
