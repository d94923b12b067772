import keras
import numpy as np
import pytest
from keras import ops

import keras_gans
from keras_gans.training import Task, self_supervision


def examples(task, x, length=None):
    changed, targets = task.examples(ops.convert_to_tensor(x), keras.random.SeedGenerator(0), length)
    return ops.convert_to_numpy(changed), ops.convert_to_numpy(targets)


def test_rotations_are_those_of_numpy_and_equally_likely():
    x = np.random.default_rng(0).normal(size=(400, 6, 6, 2)).astype("float32")
    changed, targets = examples(self_supervision.Rotation(), x)
    assert all(70 < count < 130 for count in np.bincount(targets))
    for before, after, turns in zip(x, changed, targets):
        np.testing.assert_array_equal(after, np.rot90(before, turns))


def test_reversal_and_order():
    x = np.arange(14, dtype="float32").reshape(1, 7, 2).repeat(100, 0)
    changed, targets = examples(self_supervision.Reversal(), x)
    np.testing.assert_array_equal(changed[targets == 1], x[: (targets == 1).sum(), ::-1])
    np.testing.assert_array_equal(changed[targets == 0], x[: (targets == 0).sum()])
    changed, targets = examples(self_supervision.Order(3), x)
    assert set(targets.tolist()) == {0, 1, 2, 3, 4, 5}
    orders = {tuple(one[:, 0]) for one in changed}
    assert len(orders) == 6  # of pieces of two steps; the seventh stays
    assert all(one[-1] == 12 and sorted(one) == [0, 2, 4, 6, 8, 10, 12] for one in orders)
    assert all(one[i + 1] == one[i] + 2 for one in orders for i in (0, 2, 4))


def test_few_examples_have_every_target_in_time():
    """A target that followed from the place in the batch would never be the last ones."""
    x, seed, seen = np.zeros((1, 8, 8, 1), "float32"), keras.random.SeedGenerator(0), set()
    for _ in range(40):
        seen |= set(ops.convert_to_numpy(self_supervision.Rotation().examples(x, seed)[1]).tolist())
    assert seen == {0, 1, 2, 3}


def test_of_short_sequences_only_the_steps_there_are_change_places():
    """The zeros after them would give the answer away."""
    x = np.zeros((60, 12, 1), "float32")
    x[:, :6, 0] = np.arange(1, 7)
    changed, targets = examples(self_supervision.Reversal(), x, length=6)
    assert not changed[:, 6:].any()
    np.testing.assert_array_equal(changed[targets == 1][0, :6, 0], [6, 5, 4, 3, 2, 1])
    changed, targets = examples(self_supervision.Order(3), x, length=6)
    assert not changed[:, 6:].any() and len({tuple(one[:6, 0]) for one in changed}) == 6, "six different orders"
    gan = keras_gans.RecurrentGAN((12, 1), 3, step_latent=2, units=4, widths=(8,), seed=0)
    with pytest.raises(ValueError, match="4 steps are too few"):
        gan.compile(self_supervision="order", curriculum=[{"epochs": 1, "length": 4}, {}])
    assert gan.curriculum is None, "what cannot be is not half there"


def test_a_tiny_share_is_one_sample():
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
    gan.compile(self_supervision=self_supervision.Rotation(share=0.0001))
    logs = gan.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0).history
    assert np.isfinite(logs["d_task_loss"]).all()


def test_masked_feature_hides_one_and_asks_for_it():
    x = np.random.default_rng(0).normal(size=(90, 3)).astype("float32")
    task = self_supervision.MaskedFeature()
    changed, (values, hidden) = task.examples(ops.convert_to_tensor(x), keras.random.SeedGenerator(0))
    changed, hidden = ops.convert_to_numpy(changed), ops.convert_to_numpy(hidden)
    assert hidden.sum(1).tolist() == [1] * 90 and all(15 < count < 45 for count in hidden.sum(0))
    np.testing.assert_array_equal(changed, x * (1 - hidden))
    targets = ops.stack([values, ops.convert_to_tensor(hidden)])
    assert (
        float(task.loss(ops.convert_to_tensor(x), targets)) == 0
        and float(task.accuracy(ops.convert_to_tensor(x), targets)) == 1
    )
    off = ops.convert_to_tensor(x + 0.6)  # of which only the hidden ones count
    assert float(task.loss(off, targets)) == pytest.approx(0.36, rel=1e-4) and float(task.accuracy(off, targets)) == 0


def test_the_head_sits_on_the_features_before_the_logits():
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
    gan.compile(self_supervision="rotation")
    assert gan.task_head.kernel.shape == (gan.discriminator.layers[-1].kernel.shape[0], 4)
    logits, answers = gan.players.discriminator(np.ones((2, 8, 8, 1), "float32"))
    assert logits.shape == (2, 1) and answers.shape == (2, 4)
    own = gan.discriminator(np.ones((2, 8, 8, 1), "float32"))
    np.testing.assert_allclose(ops.convert_to_numpy(logits), ops.convert_to_numpy(own), atol=1e-6)
    with_labels = keras_gans.DCGAN((8, 8, 1), 4, width=4, num_classes=3)
    with_labels.compile(self_supervision="rotation")  # behind the sum of a projection too
    assert with_labels.task_head.kernel.shape == gan.task_head.kernel.shape


def test_it_is_learnt_and_its_weights_count():
    """Rotations of a ramp are easy; with weight 0 the head alone cannot move."""
    ramp = np.linspace(-0.9, 0.9, 64, dtype="float32").reshape(1, 8, 8, 1)
    x = np.clip(ramp + np.random.default_rng(0).normal(0, 0.05, (64, 8, 8, 1)), -1, 1).astype("float32")
    accuracy = {}
    for weight in (0.0, 1.0):
        gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, norm=None, seed=0)
        gan.compile(keras.optimizers.Adam(2e-3), self_supervision=self_supervision.Rotation(d_weight=weight, share=1.0))
        before = gan.task_head.kernel.numpy()
        logs = gan.fit(x, batch_size=16, epochs=20, validation_data=x, verbose=0).history
        accuracy[weight] = logs["val_d_task_accuracy"][-1]
        assert (np.abs(gan.task_head.kernel.numpy() - before).max() > 0) == (weight > 0)
        assert {"d_task_loss", "g_task_loss", "d_task_accuracy"} <= set(logs)
    assert accuracy[1.0] > 0.95 and accuracy[0.0] < 0.7


def test_a_task_of_ones_own(tmp_path):
    @keras.saving.register_keras_serializable("tests")
    class Sign(Task):
        """Has the vector been turned round?"""

        def outputs(self, shape):
            return 2

        def examples(self, samples, seed, length=None):
            targets = keras.random.randint((ops.shape(samples)[0],), 0, 2, seed=seed)
            return samples * (1.0 - 2.0 * ops.cast(targets, samples.dtype)[:, None]), ops.cast(targets, "int32")

    gan = keras_gans.DenseGAN(3, 4, widths=(8,), seed=0)
    gan.compile(self_supervision=Sign(d_weight=2.0, share=0.5))
    x = np.random.default_rng(0).normal(3, 1, (64, 3))
    assert gan.fit(x, batch_size=16, epochs=2, verbose=0).history["d_task_loss"][-1] > 0
    gan.save(tmp_path / "own.keras")
    back = keras.models.load_model(tmp_path / "own.keras")
    assert back.task.d_weight == 2.0 and back.task.share == 0.5 and isinstance(back.task, Sign)


def test_bad_input():
    with pytest.raises(ValueError, match="square images, and these are 12x9.*resize them to 9x9"):
        keras_gans.DCGAN((12, 9, 1), 4, width=4).compile(self_supervision="rotation")
    with pytest.raises(ValueError, match="Unknown task 'rotate'. Did you mean 'rotation'"):
        keras_gans.DCGAN((8, 8, 1), 4, width=4).compile(self_supervision="rotate")
    with pytest.raises(ValueError, match="Rotation is for images, and the samples are vectors.*Use masked_feature"):
        keras_gans.DenseGAN(3).compile(self_supervision="rotation")
    with pytest.raises(TypeError, match="expected a name"):
        keras_gans.DenseGAN(3).compile(self_supervision=3.0)
    for more in ({"d_weight": -1}, {"share": 0}, {"share": 1.5}):
        with pytest.raises(ValueError):
            self_supervision.Rotation(**more)
    with pytest.raises(ValueError, match="pieces=9"):
        self_supervision.Order(9)
    with pytest.raises(ValueError, match="5 steps are too few"):
        self_supervision.Order(3).check((5, 2))

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    discriminator = Own()
    discriminator(np.zeros((1, 2), "float32"))
    discriminator.input_shape, discriminator.output_shape = (None, 2), (None, 1)
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    gan = keras_gans.GAN(generator, discriminator, 3)
    with pytest.raises(ValueError, match="a call of its own"):
        gan.compile(self_supervision="masked_feature")
