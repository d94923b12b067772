import keras
import numpy as np
import pytest
from keras import ops

from keras_gans import backend, penalties

RNG = np.random.default_rng(0)
REAL, FAKE = (RNG.normal(size=(50, 3)).astype("float32") for _ in range(2))
SLOPE = np.array([[1.0], [2.0], [2.0]], "float32")  # norm 3


def seed():
    return keras.random.SeedGenerator(0)


def linear(x, batches=1):
    return (ops.matmul(x, SLOPE),)


def square(x, batches=1):
    """D(x) = |x|^2 / 2, whose gradient at x is x."""
    return (0.5 * ops.sum(ops.square(x), axis=-1, keepdims=True),)


def value(penalty, judge, real=REAL, fake=FAKE, step=0):
    return float(
        penalties.judged(judge, ops.convert_to_tensor(real), ops.convert_to_tensor(fake), [penalty], step, seed())[2]
    )


@pytest.mark.parametrize(
    "penalty,expected",
    [
        (penalties.GradientPenalty(), 10 * (3 - 1) ** 2),
        (penalties.GradientPenalty(2.0, target=5.0), 2 * (3 - 5) ** 2),
        (penalties.GradientPenalty(2.0, target=5.0, one_sided=True), 0.0),
        (penalties.GradientPenalty(1.0, target=0.0), 9.0),
        (penalties.R1(0.5), 0.5 * 9 / 2),
        (penalties.R2(4.0), 4 * 9 / 2),
        (penalties.DRAGAN(), 10 * (3 - 1) ** 2),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_linear_critic_has_a_known_penalty(penalty, expected):
    assert value(penalty, linear) == pytest.approx(expected, rel=1e-5)


def test_each_is_taken_where_it_should_be():
    assert value(penalties.R1(1.0), square) == pytest.approx(0.5 * (REAL**2).sum(1).mean(), rel=1e-5)
    assert value(penalties.R2(1.0), square) == pytest.approx(0.5 * (FAKE**2).sum(1).mean(), rel=1e-5)


def test_interpolation_is_uniform_and_one_draw_for_each_sample():
    zeros, ones = np.zeros((20_000, 4), "float32"), np.ones((20_000, 4), "float32")
    drawn = ops.convert_to_numpy(penalties.GradientPenalty().points(ops.convert_to_tensor(zeros), ones, seed()))
    assert (drawn == drawn[:, :1]).all(), "one share for all entries of a sample"
    share = np.sort(drawn[:, 0])
    assert np.abs(share - np.linspace(0, 1, len(share))).max() < 0.02, "uniform in (0, 1)"
    images = penalties.GradientPenalty().points(ops.convert_to_tensor(np.zeros((5, 4, 4, 2), "float32")), 1.0, seed())
    assert np.ptp(ops.convert_to_numpy(images).reshape(5, -1), axis=1).max() == 0


def test_dragan_stays_near_the_real_samples():
    points = ops.convert_to_numpy(penalties.DRAGAN(noise=0.5).points(ops.convert_to_tensor(REAL), FAKE, seed()))
    moved = (points - REAL) / REAL.std()
    assert 0 <= moved.min() < 0.05 and 0.35 < moved.max() <= 0.5001
    assert np.median(moved) < 0.2, "a share of the noise, drawn for each sample"


def test_a_flat_critic_has_no_nan():
    """The square root has no derivative at 0: its gradient with respect to the weights must stay finite there."""
    flat = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])

    def objective():
        judge = lambda x, batches: (flat(x, training=True),)  # noqa: E731
        found = penalties.judged(judge, ops.convert_to_tensor(REAL), ops.convert_to_tensor(FAKE), PENALTY, 0, seed())
        return found[2], None

    PENALTY = [penalties.GradientPenalty()]
    total, _, gradients = backend.gradient(objective, flat)
    assert float(total) == pytest.approx(10.0, rel=1e-4)
    assert all(np.isfinite(ops.convert_to_numpy(gradient)).all() for gradient in gradients if gradient is not None)


def test_the_second_derivative_is_right():
    """d/dw of the penalty of D(x) = tanh(x w), against central differences."""
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="tanh", use_bias=False)])
    network.set_weights([SLOPE / 4])
    judge = lambda x, batches: (network(x, training=True),)  # noqa: E731

    def total():
        return penalties.judged(
            judge, ops.convert_to_tensor(REAL), ops.convert_to_tensor(FAKE), [penalties.R1(1.0)], 0, seed()
        )[2]

    _, _, (gradient,) = backend.gradient(lambda: (total(), None), network)
    for i in range(3):
        values = []
        for step in (1e-2, -1e-2):
            moved = SLOPE / 4
            moved[i] += step
            network.set_weights([moved])
            values.append(float(total()))
        assert float(gradient[i, 0]) == pytest.approx((values[0] - values[1]) / 2e-2, rel=2e-2, abs=1e-4)


def test_several_logits_count_by_their_mean():
    """A critic of 24 steps, D_t(x) = x_t: the mean over steps, which is what a loss takes, has gradient norm 1 / sqrt(24)."""
    x = np.random.default_rng(0).normal(size=(5, 24, 1)).astype("float32")
    assert value(penalties.R1(2.0), lambda x, batches: (x,), real=x, fake=x) == pytest.approx(1 / 24, rel=1e-5)


def test_a_schedule_as_weight():
    decay = keras.optimizers.schedules.PolynomialDecay(1.0, 10, 0.0)
    penalty = penalties.R1(decay)
    assert value(penalty, linear, step=0) == pytest.approx(4.5, rel=1e-5)
    assert value(penalty, linear, step=5) == pytest.approx(2.25, rel=1e-5)
    back = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(penalty))
    assert float(back.weight_at(5)) == pytest.approx(0.5)


def test_logits_come_from_the_same_pass():
    calls = []

    def judge(x, batches):
        calls.append(1)
        return square(x)

    real, fake, _ = penalties.judged(
        judge, ops.convert_to_tensor(REAL), ops.convert_to_tensor(FAKE), [penalties.R1(), penalties.R2()], 0, seed()
    )
    assert len(calls) == 2
    np.testing.assert_allclose(real[0], square(REAL)[0], rtol=1e-6)
    np.testing.assert_allclose(fake[0], square(FAKE)[0], rtol=1e-6)


@pytest.mark.parametrize("names", [[], ["r1"], ["r1", "r2"], ["gradient_penalty"]])
def test_one_pass_for_both_gives_the_same(names):
    batches = ops.convert_to_tensor(REAL), ops.convert_to_tensor(FAKE)
    apart, together = (penalties.judged(square, *batches, penalties.get(names), 0, seed(), flag) for flag in (False, True))
    for a, b in zip(apart[:2], together[:2]):
        np.testing.assert_allclose(a[0], b[0], rtol=1e-6)
    assert float(apart[2]) == pytest.approx(float(together[2]), rel=1e-6)


def test_get():
    assert penalties.get(None) == [] and penalties.get([]) == []
    assert [type(one) for one in penalties.get(["r1", penalties.R2(3.0)])] == [penalties.R1, penalties.R2]
    with pytest.raises(ValueError, match="Did you mean 'gradient_penalty'"):
        penalties.get("gradient_penality")
    with pytest.raises(TypeError, match="expected a name"):
        penalties.get(10)
    with pytest.raises(ValueError, match="weight=-1"):
        penalties.R1(-1)


def test_every_penalty_saves():
    for cls in penalties.REGISTRY.values():
        changed = {name: 0.25 for name in cls().get_config()}
        if "one_sided" in changed:
            changed["one_sided"] = True
        back = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(cls(**changed)))
        assert type(back) is cls and back.get_config() == changed
