import importlib.util

import numpy as np
import pytest
from PIL import Image

from keras_gans import plots
from keras_gans.plots import samples


def test_grid_places_every_sample():
    levels = np.linspace(-1, 1, 5)[:, None, None, None] * np.ones((1, 2, 3, 1))
    canvas = plots.grid(levels, columns=3)
    assert canvas.shape == (2 * 3 + 1, 3 * 4 + 1, 1)
    assert canvas[1, [1, 5, 9], 0].tolist() == [0, 64, 128] and canvas[4, [1, 5, 9], 0].tolist() == [191, 255, 0]
    assert (
        canvas[0].max() == canvas[-1].max() == 0
        and plots.grid(levels).shape == (7, 13, 1)
        and plots.grid(levels.repeat(3, -1)).shape[-1] == 3
    )
    assert plots.grid(levels.repeat(5, -1)).shape[-1] == 1
    with pytest.raises(ValueError, match="a grid shows images"):
        plots.grid(levels[0])


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


def test_features_have_their_names_and_an_axis_each():
    names = ["price", "volume"]
    figure = samples.lines(np.random.default_rng(0).uniform(0, 1, (9, 12, 2)) * [1, 1e6], names)
    axes = np.array(figure.axes).reshape(2, 6)
    assert [row[0].get_ylabel() for row in axes] == names
    assert axes[0, 0].get_ylim()[1] < 2 < 1e5 < axes[1, 0].get_ylim()[1], "one scale would flatten the price"
    assert samples.lines(np.zeros((9, 12, 1)), ["price"]).get_supylabel() == "price"
    assert [samples.count_shown(shape) for shape in ((9, 12, 2), (9, 12, 1), (99, 12, 1), (99, 2), (99, 8, 8, 1))] == [
        6,
        9,
        16,
        99,
        99,
    ]
    panel = samples.points(np.zeros((9, 3)), ["height", "weight", "age"]).axes[0]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("height", "weight")


@pytest.mark.parametrize("shape", [(9, 3), (9, 12, 3)])
def test_names_that_are_not_one_for_each_feature(shape, tmp_path):
    for draw in (plots.save_samples, lambda values, *rest: plots.save_comparison(values, values, *rest)):
        with pytest.raises(ValueError, match="feature_names: a, b of 3 features"):
            draw(np.random.default_rng(0).uniform(size=shape), tmp_path / "a.png", ["a", "b"])
