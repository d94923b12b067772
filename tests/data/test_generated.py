import numpy as np
import pytest

from keras_gans.data import generated


@pytest.mark.parametrize("draw,centres,deviation", [(generated.ring, 8, 0.01), (generated.grid, 25, 0.05)])
def test_mixtures(draw, centres, deviation):
    points = draw(20_000, seed=3)
    means = generated.RING if centres == 8 else generated.GRID
    assert len(np.unique(means.round(9), axis=0)) == centres
    distance = np.linalg.norm(points[:, None] - means, axis=-1)
    shares = np.bincount(distance.argmin(1), minlength=centres) / len(points)
    assert np.abs(shares - 1 / centres).max() < 0.01
    assert (distance.min(1) < 3 * deviation).mean() == pytest.approx(1 - np.exp(-4.5), abs=3e-3)
    assert np.array_equal(points, draw(20_000, seed=3)) and not np.array_equal(points, draw(20_000, seed=4))


def test_ring_and_grid_are_the_papers():
    np.testing.assert_allclose(np.linalg.norm(generated.RING, axis=1), 1)
    assert set(map(tuple, generated.GRID)) == {(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)}


def test_sines_of_the_code_are_half_arches():
    found = generated.sines(500)
    assert found.shape == (500, 24, 5) and found.dtype == np.float32
    assert found.min() >= 0.5 and found.max() <= 1.0 and (found[:, 0] < 0.551).all()


def test_sines_of_the_paper_oscillate():
    found = generated.sines(500, steps=30, features=2, version="paper")
    assert found.min() < 0.01 and found.max() > 0.99
    turns = (np.diff(np.sign(np.diff(found[..., 0], axis=1)), axis=1) != 0).sum(1)
    assert turns.max() > 10
    with pytest.raises(ValueError, match="expected 'code' or 'paper'"):
        generated.sines(version="papers")
