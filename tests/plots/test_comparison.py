import numpy as np
import pytest
from PIL import Image

from keras_gans import plots
from keras_gans.plots import comparison


@pytest.mark.parametrize("shape", [(50, 24, 5), (50, 24, 1), (60, 1), (60, 2), (60, 13)])
def test_vectors_and_sequences(shape, tmp_path):
    rng = np.random.default_rng(0)
    path = plots.save_comparison(rng.normal(size=shape), rng.normal(1, 1, shape), tmp_path / "comparison.png")
    assert len(np.unique(np.asarray(Image.open(path).convert("L")))) > 20


def test_windows_in_the_order_of_time_are_drawn_from_all_of_it():
    assert comparison.spread(np.arange(100), 4).tolist() == [0, 33, 66, 99]
    assert comparison.spread(np.arange(3), 4).tolist() == [0, 1, 2]


def test_shapes_that_differ(tmp_path):
    with pytest.raises(ValueError, match=r"\(5, 3\) and generated ones of \(5, 2\)"):
        plots.save_comparison(np.zeros((5, 3)), np.zeros((5, 2)), tmp_path / "a.png")
