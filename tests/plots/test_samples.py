import importlib.util

import numpy as np
import pytest
from PIL import Image

from keras_gans import plots


def test_grid_places_every_sample():
    samples = np.linspace(-1, 1, 5)[:, None, None, None] * np.ones((1, 2, 3, 1))
    canvas = plots.grid(samples, columns=3)
    assert canvas.shape == (2 * 3 + 1, 3 * 4 + 1, 1)
    assert canvas[1, [1, 5, 9], 0].tolist() == [0, 64, 128] and canvas[4, [1, 5, 9], 0].tolist() == [191, 255, 0]
    assert (
        canvas[0].max() == canvas[-1].max() == 0
        and plots.grid(samples).shape == (7, 13, 1)
        and plots.grid(samples.repeat(3, -1)).shape[-1] == 3
    )
    assert plots.grid(samples.repeat(5, -1)).shape[-1] == 1
    with pytest.raises(ValueError, match="a grid shows images"):
        plots.grid(samples[0])


def test_save_grid_magnifies_without_smoothing(tmp_path):
    path = plots.save_grid(np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 3)), tmp_path / "new" / "grid.png", pixels=190)
    picture = np.asarray(Image.open(path))
    assert picture.shape == (190, 190, 3)
    np.testing.assert_array_equal(picture[::10, ::10].repeat(10, 0).repeat(10, 1), picture)
    assert [p.name for p in path.parent.iterdir()] == ["grid.png"]


def test_curves_have_a_panel_for_each_score(tmp_path):
    rows = [{"epoch": i, "d_loss": 1.0, "g_loss": 2.0, "val_d_loss": 1.5, "d_real_accuracy": 0.5} for i in (1, 2, 3)]
    rows[2].update({"val_fid[x]": 3.0, "val_is[x]": 2.0})
    with_scores = np.asarray(Image.open(plots.save_curves(rows, tmp_path / "a.png", "run", {"val_fid[x]": 1.0})))
    without = np.asarray(Image.open(plots.save_curves(rows[:2], tmp_path / "b.png")))
    assert with_scores.shape == (2 * len(without), *without.shape[1:]) and with_scores.std() > 10


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'keras-gans\[plots\]'"):
        plots.require_pictures()


@pytest.mark.parametrize("shape", [(5, 8, 8, 1), (40, 3), (40, 1), (3, 24, 5), (30, 24, 1)])
def test_samples_of_every_kind_are_drawn(shape, tmp_path):
    from PIL import Image

    path = plots.save_samples(np.random.default_rng(0).uniform(-1, 1, shape), tmp_path / "samples.png")
    assert len(np.unique(np.asarray(Image.open(path)))) > 2
    with pytest.raises(ValueError, match="expected images, vectors"):
        plots.save_samples(np.zeros(3), tmp_path / "none.png")
