import numpy as np
import pytest
from PIL import Image

from keras_gans import plots


def test_frames_in_order_the_last_held(tmp_path):
    for epoch in range(1, 101):
        plots.save_grid(np.full((4, 8, 8, 1), epoch / 50 - 1), tmp_path / f"epoch_{epoch:04d}.png", pixels=40)
    path = plots.save_animation(sorted(tmp_path.glob("epoch_*.png")), tmp_path / "samples.gif")
    with Image.open(path) as animation:
        levels, times = [], []
        for frame in range(animation.n_frames):
            animation.seek(frame)
            levels.append(int(np.asarray(animation.convert("L"))[3, 3]))
            times.append(animation.info["duration"])
    assert len(levels) == 60 and levels == sorted(levels) and levels[-1] == 255 and times[-1] == 2500 > times[0]


def test_no_pictures(tmp_path):
    with pytest.raises(ValueError, match="no pictures"):
        plots.save_animation([], tmp_path / "a.gif")
