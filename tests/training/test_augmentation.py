import keras
import numpy as np
import pytest
from keras import ops

import keras_gans
from keras_gans.training import Augmentation, Policy, augmentation, policies

SHAPES = {1: (6,), 2: (12, 3), 3: (8, 10, 3)}


def samples(rank, count=400):
    return np.random.default_rng(0).uniform(-1, 1, (count, *SHAPES[rank])).astype("float32")


def test_a_probability_is_the_share_of_changed_samples():
    layer = Augmentation("flip", probability=0.3)
    x = samples(3, 4000)
    layer.check(x.shape[1:])
    changed = ops.convert_to_numpy(layer(x, seed=keras.random.SeedGenerator(0)))
    assert (changed != x).any((1, 2, 3)).mean() == pytest.approx(0.15, abs=0.03)  # of which a flip leaves half
    none = Augmentation("color,cutout", probability=0.0)
    np.testing.assert_array_equal(ops.convert_to_numpy(none(x, seed=keras.random.SeedGenerator(0))), x)


def test_the_probability_follows_the_sign_of_the_logits():
    """By hand: an accuracy of 1 is a sign of 1, averaged with weights 3/4 and 1/4; the step is batch over span."""
    layer = Augmentation("flip", target=0.6, span=1000)
    for _ in range(20):
        layer.adapt(1.0, 50)
    signs = 1 - 0.75 ** np.arange(1, 21)
    expected = 0.0
    for sign in signs:
        expected = min(max(expected + np.sign(sign - 0.6) * 0.05, 0.0), 1.0)
    assert float(layer.probability.numpy()) == pytest.approx(expected, abs=1e-5)
    for _ in range(60):
        layer.adapt(0.5, 50)  # a coin's accuracy
    assert float(layer.probability.numpy()) == 0.0


def test_names_and_what_auto_means():
    for rank, names in augmentation.USUAL.items():
        layer = Augmentation()
        layer.check(SHAPES[rank])
        assert [type(one) for one in layer.policies] == [policies.POLICIES[name] for name in names]
    assert [type(one).__name__ for one in Augmentation("color, translation").policies] == ["Color", "Translation"]
    again = Augmentation.from_config(Augmentation(["flip", policies.Cutout(0.3)], 0.4, target=0.5).get_config())
    assert again.policies[1].share == 0.3 and again.start == 0.4 and again.target == 0.5


def test_bad_input():
    with pytest.raises(ValueError, match="Unknown policy 'colour'. Did you mean 'color'"):
        Augmentation("colour")
    with pytest.raises(
        ValueError, match=r"Cutout is for images, and the samples are sequences of shape \(12, 3\). Use jitter"
    ):
        Augmentation("cutout").check((12, 3))
    with pytest.raises(ValueError, match="share=1.5; expected a number of at least 0 and below 1"):
        policies.Cutout(1.5)
    for more in ({"probability": 1.1}, {"target": 1.0}, {"span": 0}, {"policies": []}, {"policies": [3]}):
        with pytest.raises(ValueError):
            Augmentation(**more)
    with pytest.raises(ValueError, match="Flip is for images, and the samples are vectors"):
        keras_gans.DenseGAN(3).compile(augment="flip")


def test_a_policy_of_ones_own(small):
    @keras.saving.register_keras_serializable("tests")
    class Darker(Policy):
        def __init__(self, by=0.5):
            super().__init__(by=by)

        def __call__(self, samples, seed):
            return samples - self.by * policies.draws(samples, seed)

    small.compile(augment=[Darker(0.2), "translation"])
    x = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1)).astype("float32")
    assert small.fit(x, batch_size=8, verbose=0).history["augment_probability"] == [1.0]
    assert small.augmentation.policies[0].by == 0.2


def test_a_subclass_stays_one_and_numbers_of_any_kind_are_numbers():
    @keras.saving.register_keras_serializable("tests")
    class Mine(Augmentation):
        pass

    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4)
    gan.compile(augment=Mine("flip", 0.5))
    assert type(gan.augmentation) is Mine and gan.augmentation.start == 0.5
    assert policies.Noise(np.float32(0.5)).get_config() == {"deviation": 0.5}
    for changes, message in (
        ({"probability": "1"}, "probability='1'"),
        ({"target": "a"}, "target='a'"),
        ({"span": "b"}, "span='b'"),
        ({"policies": "auto,flip"}, "'auto' stands alone"),
    ):
        with pytest.raises(ValueError, match=message):
            Augmentation(**changes)
    with pytest.raises(ValueError):
        gan.compile(augment="color", curriculum=[{"epochs": 1, "length": 3}, {}])
    assert type(gan.augmentation) is Mine, "a compile that raises changes no technique"
