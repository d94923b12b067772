import numpy as np
import pytest

from keras_gans import plots
from keras_gans.plots.nearest import nearest_images, summary


def test_nearest_are_found_and_a_copy_is_at_zero(tmp_path):
    real = np.random.default_rng(0).uniform(-1, 1, (40, 4, 4, 1)).astype("float32")
    indices, distances = nearest_images(real[[7, 3]], real, 3)
    assert indices[:, 0].tolist() == [7, 3] and distances[:, 0].tolist() == [0, 0]
    by_hand = np.sort(np.sqrt(((real[7] - real) ** 2).mean((1, 2, 3))))[:3]
    np.testing.assert_allclose(distances[0], by_hand, rtol=1e-5)
    assert plots.save_nearest(real[:5], real[5:], tmp_path / "nearest.png", real[:3]).stat().st_size > 1000
    assert "median distance 0.00" in summary(distances[:, 0], real, None)
    with pytest.raises(ValueError, match="expected"):
        plots.save_nearest(real[..., 0], real, tmp_path / "a.png")
