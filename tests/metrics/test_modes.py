import numpy as np
import pytest

from keras_gans.data import generated
from keras_gans.metrics import mode_coverage


def test_perfect_samples_reach_the_ceiling():
    found = mode_coverage(generated.grid(200_000, seed=1), generated.GRID, 0.05)
    assert found["modes"] == 25 and found["reverse_kl"] < 1e-3
    assert found["high_quality"] == pytest.approx(1 - np.exp(-4.5), abs=1e-3)
    # variance of a Gaussian in two dimensions cut off at radius 3: 1 - 4.5 exp(-4.5) / (1 - exp(-4.5))
    assert found["deviation_ratio"] == pytest.approx(np.sqrt(1 - 4.5 * np.exp(-4.5) / (1 - np.exp(-4.5))), abs=3e-3)


def test_by_hand():
    centres = np.array([[0.0, 0.0], [10.0, 0.0]])
    samples = np.array([[0.0, 1.0], [0.0, -1.0], [10.0, 2.0], [5.0, 0.0]])
    found = mode_coverage(samples, centres, 1.0)
    assert found["modes"] == 2 and found["high_quality"] == 0.75
    assert found["reverse_kl"] == pytest.approx(np.log(2) + 2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
    assert found["deviation_ratio"] == pytest.approx(np.sqrt((1 + 1 + 4) / 3 / 2))


def test_it_gets_worse():
    ring = generated.ring(10_000, seed=0)
    one = mode_coverage(ring[np.linalg.norm(ring - [1, 0], axis=1) < 0.1], generated.RING, 0.01)
    assert one["modes"] == 1 and one["reverse_kl"] == pytest.approx(np.log(8))
    wide = mode_coverage(generated.mixture(generated.RING, 0.02, 10_000, 0), generated.RING, 0.01)
    assert wide["high_quality"] < 0.8 and wide["deviation_ratio"] > 1.1
    tight = mode_coverage(generated.mixture(generated.RING, 0.005, 10_000, 0), generated.RING, 0.01)
    assert tight["high_quality"] > 0.999 and tight["deviation_ratio"] == pytest.approx(0.5, rel=0.05)
    lost = mode_coverage(ring + 5, generated.RING, 0.01)
    assert lost["modes"] == 0 and lost["reverse_kl"] == np.inf and np.isnan(lost["deviation_ratio"])


def test_bad_input():
    with pytest.raises(ValueError, match="expected"):
        mode_coverage(np.zeros((3, 2)), np.zeros((3, 3)), 1.0)
    with pytest.raises(ValueError, match="NaN"):
        mode_coverage(np.full((3, 2), np.nan), np.zeros((3, 2)), 1.0)
    with pytest.raises(ValueError, match="deviation=0"):
        mode_coverage(np.zeros((3, 2)), np.zeros((3, 2)), 0)
