import keras
import numpy as np
import pytest
from keras import ops

from keras_gans.metrics import judges


@pytest.fixture
def sets():
    """Real and fake windows (60, 5, 4) and (50, 5, 4) in [0, 1]."""
    rng = np.random.default_rng(0)
    waves = np.sin(rng.uniform(0, 3, (110, 1, 4)) + np.arange(5)[:, None]) / 2 + 0.5
    return waves[:60].astype("float32"), (waves[60:] ** 2).astype("float32")


@pytest.mark.parametrize("units", [1, 3])
def test_a_judge_is_the_gru_of_keras(units):
    model = judges.SideBySide([7, 8], 4, units)
    rng = np.random.default_rng(0)
    model.bias.assign(rng.normal(size=(2, 2, 3 * units)))  # zeros at first
    x = rng.normal(size=(2, 9, 6, 4)).astype("float32")
    states = ops.convert_to_numpy(model.states(x))  # (steps, seeds, units, batch)
    for seed in range(2):
        gru = keras.layers.GRU(units, return_sequences=True)
        gru.build((None, 6, 4))
        gru.set_weights([ops.convert_to_numpy(weight)[seed] for weight in (model.kernel, model.recurrent, model.bias)])
        np.testing.assert_allclose(states[:, seed].transpose(2, 0, 1), gru(x[seed]), atol=1e-6)


def test_initial_weights_are_those_of_keras():
    kernel, recurrent, bias, out, out_bias = judges.initial_weights(3, inputs=5, units=4)
    gru, dense = keras.layers.GRU(4), keras.layers.Dense(1)
    gru.build((None, 6, 5))
    dense.build((None, 4))
    assert [kernel.shape, recurrent.shape, bias.shape] == [weight.shape for weight in gru.get_weights()]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(4), atol=1e-12)
    assert 0 < np.abs(kernel).max() <= np.sqrt(6 / (5 + 12)) and 0 < np.abs(out).max() <= np.sqrt(6 / (4 + 1))
    assert not bias.any() and not out_bias


def test_draws_are_made_a_hundred_at_a_time():
    mine, expected = np.random.default_rng(0), np.random.default_rng(0)
    found = judges.draws(130, [lambda size: mine.integers(9, size=size), lambda size: mine.choice([3, 5], size)])
    parts = [(expected.integers(9, size=(n, 128)), expected.choice([3, 5], (n, 128))) for n in (100, 30)]
    assert found.shape == (130, 2, 128) and found.dtype == "int32"
    np.testing.assert_array_equal(found, np.concatenate([np.stack(pair, 1) for pair in parts]))


def test_split():
    train, test = judges.split(23, np.random.default_rng(0))
    assert len(train) == 18 and sorted([*train, *test]) == list(range(23))


def weights_after(model, places):
    model.train(places)
    return [ops.convert_to_numpy(weight) for weight in model.weights]


def test_seeds_side_by_side_train_as_each_alone(sets):
    """60 steps, more than one call's 50: the weights of two seeds together are those of each by itself."""
    places = np.random.default_rng(1).integers(50, size=(60, 2, 2, judges.BATCH)).astype("int32")
    together = weights_after(judges.Discriminators([4, 5], *sets), places)
    before = judges.Discriminators([4, 5], *sets).weights
    for seed in range(2):
        alone = weights_after(judges.Discriminators([4 + seed], *sets), places[:, seed : seed + 1])
        for joint, single, start in zip(together, alone, before):
            np.testing.assert_allclose(joint[seed], single[0], atol=1e-5)
            assert np.abs(joint[seed] - ops.convert_to_numpy(start)[seed]).max() > 1e-3


def test_one_step_is_adam_on_the_loss(sets):
    """Adam's first step is the rate times the gradient's sign: against central differences of the loss."""
    model = judges.Predictors([2], sets[1])
    places = np.arange(judges.BATCH, dtype="int32").reshape(1, 1, 1, -1) % 50
    start = ops.convert_to_numpy(model.out).copy()
    slopes = []
    for unit in range(start.shape[1]):
        losses = []
        for change in (0.05, -0.05):
            model.out.assign(start + change * np.eye(start.shape[1])[unit])
            losses.append(float(model(places)[0]))
        slopes.append(losses[0] - losses[1])
    model.out.assign(start)
    model.train(places)
    np.testing.assert_allclose(ops.convert_to_numpy(model.out) - start, -judges.RATE * np.sign([slopes]), rtol=1e-2)


def test_losses_by_hand(sets):
    real, fake = sets
    places = np.random.default_rng(2).integers(50, size=(1, 2, 2, judges.BATCH))
    model = judges.Discriminators([0, 1], real, fake)
    about_real, about_fake = (ops.convert_to_numpy(model.logits(x[places[0, :, side]])) for side, x in enumerate(sets))
    expected = np.log1p(np.exp(-about_real)).mean(1) + np.log1p(np.exp(about_fake)).mean(1)
    np.testing.assert_allclose(model(places), expected, rtol=1e-5)
    predictors = judges.Predictors([0, 1], fake)
    windows = fake[places[0, :, 0]]
    logits = ops.convert_to_numpy(predictors.output_units(predictors.states(windows[:, :, :-1, :-1])))
    expected = np.abs(1 / (1 + np.exp(-logits)) - windows[:, :, 1:, -1].transpose(2, 0, 1)).mean((0, 2))
    np.testing.assert_allclose(predictors(places[:, :, :1]), expected, rtol=1e-5)


def test_windows_judged_in_parts_give_the_same(sets, monkeypatch):
    monkeypatch.setattr(judges.SideBySide, "train", lambda self, places: None)
    whole = judges.discriminate(*sets, [0, 1], 3), judges.predict(*sets, [0, 1], 3)
    monkeypatch.setattr(judges, "EVALUATED", 7)
    np.testing.assert_allclose(judges.discriminate(*sets, [0, 1], 3), whole[0])
    np.testing.assert_allclose(judges.predict(*sets, [0, 1], 3), whole[1], rtol=1e-6)
