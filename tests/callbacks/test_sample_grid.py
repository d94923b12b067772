import numpy as np
import pytest
from PIL import Image

from keras_gans.callbacks import SampleGrid


def test_pictures_of_the_same_latents(small, images, tmp_path):
    small.fit(images, batch_size=10, epochs=5, callbacks=[SampleGrid(tmp_path / "grids", every=2, count=9)], verbose=0)
    assert sorted(path.name for path in (tmp_path / "grids").iterdir()) == [f"epoch_000{i}.png" for i in (1, 2, 4, 5)]
    last = np.asarray(Image.open(tmp_path / "grids" / "epoch_0005.png"))
    assert last.shape == ((3 * 9 + 1) * 22, (3 * 9 + 1) * 22)
    first = (np.rint((small.generate(9, seed=0)[0, ..., 0] + 1) * 127.5)).astype("uint8")
    np.testing.assert_array_equal(last[22 : 9 * 22 : 22, 22 : 9 * 22 : 22], first)


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="every=-1"):
        SampleGrid(tmp_path, every=-1)
