import keras
import numpy as np
import pytest
from keras import ops

from keras_gans.training import policies

SHAPES = {1: (6,), 2: (12, 3), 3: (8, 10, 3)}
each = pytest.mark.parametrize("name", policies.POLICIES)


def samples(rank, count=400):
    return np.random.default_rng(0).uniform(-1, 1, (count, *SHAPES[rank])).astype("float32")


def applied(policy, x, seed=0):
    return ops.convert_to_numpy(policy(ops.convert_to_tensor(x), keras.random.SeedGenerator(seed)))


@each
def test_every_policy_changes_each_sample_by_a_draw_of_its_own(name):
    policy = policies.policy(name)
    x = np.repeat(samples(policy.ranks[0], 1), 400, 0)
    changed = applied(policy, x)
    assert changed.shape == x.shape and np.isfinite(changed).all()
    assert len(np.unique(changed.reshape(len(x), -1), axis=0)) >= 2
    np.testing.assert_array_equal(changed, applied(policy, x))  # of the same seed
    assert type(policy).from_config(policy.get_config()).get_config() == policy.get_config()


@each
def test_every_policy_is_differentiable(name):
    from keras_gans import backend

    policy = policies.policy(name)
    x = ops.convert_to_tensor(samples(policy.ranks[0], 4))
    seed = keras.random.SeedGenerator(0)
    _, _, gradient = backend.input_gradient(lambda x: (ops.sum(policy(x, seed)), ()), x)
    gradient = ops.convert_to_numpy(gradient)
    assert gradient.shape == x.shape and np.isfinite(gradient).all() and np.abs(gradient).max() > 0


def test_translation_moves_whole_pixels_and_fills_with_zeros():
    x = np.zeros((500, 8, 8, 1), "float32")
    x[:, 4, 3] = 1
    moved = applied(policies.Translation(0.125), x)
    places = {tuple(place) for place in np.argwhere(moved[..., 0])[:, 1:]}
    assert places == {(4 + i, 3 + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    full = applied(policies.Translation(0.125), np.ones((500, 8, 8, 1), "float32"))
    assert set(np.unique(full.sum((1, 2, 3)))) == {49.0, 56.0, 64.0}  # a row, a column, both or none went out


def test_cutout_has_its_size_and_lies_everywhere():
    left = applied(policies.Cutout(0.5), np.ones((2000, 8, 8, 1), "float32"))[..., 0]
    holes = 1 - left
    assert holes.sum((1, 2)).max() == 16 and 4 <= holes.sum((1, 2)).min()  # at the border less of it is inside
    assert (holes.mean(0) > 0).all()
    assert holes.mean(0)[3:5, 3:5].min() > holes.mean(0)[0, 0]


def test_color_on_one_channel_keeps_relations_and_bounds():
    x = samples(3, 300)[..., :1]
    changed = applied(policies.Color(), x)
    slope = changed.reshape(300, -1).std(1) / x.reshape(300, -1).std(1)
    assert 0.5 <= slope.min() and slope.max() <= 1.5 and slope.std() > 0.2
    shift = changed.mean((1, 2, 3)) - x.mean((1, 2, 3))
    assert np.abs(shift).max() <= 0.5 + 1e-5 and shift.std() > 0.2


def test_flip_mirrors_half():
    x = samples(3)
    changed = applied(policies.Flip(), x)
    mirrored = (changed == x[:, :, ::-1]).all((1, 2, 3))
    assert (mirrored | (changed == x).all((1, 2, 3))).all() and 0.4 < mirrored.mean() < 0.6


def test_sequence_policies():
    x = np.ones((400, 10, 2), "float32")
    masked = applied(policies.TimeMask(0.2), x)
    lengths = (masked == 0).all(2).sum(1)
    assert lengths.max() == 2 and (masked.min(2) == masked.max(2)).all()
    scaled = applied(policies.Scaling(0.1), x)
    np.testing.assert_allclose(scaled, scaled[:, :1] * x, rtol=1e-6)  # one factor for all steps
    assert scaled.std() == pytest.approx(0.1, rel=0.15) and np.abs(scaled[:, 0, 0] - scaled[:, 0, 1]).mean() > 0.05
    assert applied(policies.Noise(0.3), x).std() == pytest.approx(0.3, rel=0.05)
