import pytest
from PIL import Image

from keras_gans import plots
from keras_gans.plots import search

TRIALS = [
    {"values": {"rate": 1e-4, "norm": "batch", "batch": 32}, "score": 90.0},
    {"values": {"rate": 1e-2, "norm": None, "batch": 64}},
    {"values": {"rate": 1e-3, "norm": ["batch", "layer"], "batch": 32}, "score": 4.0},
]


@pytest.mark.parametrize("better", ["min", "max"])
def test_a_search_is_drawn(tmp_path, better):
    path = plots.save_search(TRIALS, tmp_path / "a.png", "fid", better, logarithmic=("rate",), floor=50.0)
    with Image.open(path) as image:
        assert image.size[0] > 1000 and len(image.convert("L").getcolors()) > 50
    assert path.read_bytes() != plots.save_search(TRIALS[:1], tmp_path / "b.png", "fid", better).read_bytes()


def test_no_trial_yet(tmp_path):
    assert plots.save_search([], tmp_path / "a.png").stat().st_size > 1000


def test_the_best_so_far_goes_the_right_way():
    from matplotlib.figure import Figure

    for better, wanted in (("min", [90.0, 90.0, 4.0]), ("max", [90.0, 90.0, 90.0])):
        axis = Figure().subplots()
        search.progress(axis, TRIALS, "fid", better, None)
        line = next(line for line in axis.lines if line.get_label() == "best so far")
        assert list(line.get_ydata()) == wanted and axis.get_yscale() == "log"


def test_places():
    assert search.places([1e-4, 1e-2, 1e-3], True) == pytest.approx({"0.0001": 0.0, "0.01": 1.0, "0.001": 0.5})
    assert search.places([None, "b", "a"], False) == {"None": 0.0, "a": 0.5, "b": 1.0}
    assert search.places([3, 3], False) == {"3": 0.5}
