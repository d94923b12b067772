import numpy as np
import pytest

from keras_gans.metrics import diversity
from keras_gans.metrics.diversity import MSSSIMDiversity, ms_ssim_diversity
from keras_gans.metrics.similarity import ms_ssim


def images_of(count, size):
    """Smooth images in [0, 1]."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:size, :size][:, None, ..., None]
    turns, phases = rng.uniform(0.1, 0.6, (2, count, 1, 1, 1)), rng.uniform(0, 6, (count, 1, 1, 1))
    return (0.5 + 0.4 * np.sin(turns[0] * x + turns[1] * y + phases)).astype("float32")


def test_diversity_of_collapse_and_of_noise():
    image = images_of(1, 12)
    assert ms_ssim_diversity(np.repeat(image, 21, 0), 1) == pytest.approx((1, 0), abs=1e-6)
    mean, error = ms_ssim_diversity(np.random.default_rng(0).uniform(size=(21, 12, 12, 1)), 1)
    assert mean < 0.2 and 0 < error < 0.1


def test_diversity_is_the_mean_of_its_pairs():
    images = images_of(21, 12)
    drawn = diversity.draw_pairs(21, None, None, 5)
    assert drawn.shape == (10, 2) and len(np.unique(drawn)) == 20
    values = ms_ssim(images[drawn[:, 0]], images[drawn[:, 1]], 1)
    mean, error = ms_ssim_diversity(images, 1, seed=5)
    assert mean == pytest.approx(values.mean(), rel=1e-6)
    assert error == pytest.approx(values.std(ddof=1) / 10**0.5, rel=1e-4)
    assert ms_ssim_diversity(images, 1, seed=5) == (mean, error) != ms_ssim_diversity(images, 1, seed=6)
    assert np.isnan(ms_ssim_diversity(images, 1, pairs=1)[1])


def test_diversity_within_classes():
    labels = np.tile([0, 1, 1], 12)
    drawn = diversity.draw_pairs(36, None, labels, 0)
    assert len(drawn) == 6 + 12 and (labels[drawn[:, 0]] == labels[drawn[:, 1]]).all()
    assert np.bincount(labels[diversity.draw_pairs(36, 3, labels, 0)[:, 0]]).tolist() == [3, 3]
    collapsed = images_of(2, 12)[labels]  # one image a class
    assert ms_ssim_diversity(collapsed, 1, pairs=5, labels=labels)[0] == pytest.approx(1, abs=1e-6)
    assert ms_ssim_diversity(collapsed, 1, pairs=10)[0] < 0.98


def test_diversity_bad_input():
    images = images_of(6, 8)
    for message, arguments in {
        "pairs=4": {"pairs": 4},
        "pairs=0": {"pairs": 0},
        "pairs=2: a group of 3": {"pairs": 2, "labels": [0, 1] * 3},
        r"labels of shape \(5,\)": {"labels": np.zeros(5)},
        "make no pair": {"labels": np.arange(6)},
        "seed=-1": {"seed": -1},
    }.items():
        with pytest.raises(ValueError, match=message):
            ms_ssim_diversity(images, 1, **arguments)
    with pytest.raises(ValueError, match="make no pair"):
        ms_ssim_diversity(images[:1], 1)
    with pytest.raises(ValueError, match="data_range=None"):
        ms_ssim_diversity(images)


def test_diversity_as_a_metric():
    with pytest.raises(ValueError, match="at least one"):
        MSSSIMDiversity(1, (12, 12, 1)).result()
    with pytest.raises(ValueError, match="shape=8"):
        MSSSIMDiversity(1, 8)
