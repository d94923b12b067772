import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.models.algorithm import class_accuracy, class_loss, judges_each_alone


def networks(pack=1):
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    return generator, keras.Sequential([keras.Input((2 * pack,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(40, 2)).astype("float32")


class Seen(keras.callbacks.Callback):
    """Copies both networks' first kernels after every batch."""

    def on_train_begin(self, logs=None):
        self.kernels = [self.now()]

    def on_train_batch_end(self, batch, logs=None):
        self.kernels.append(self.now())

    def now(self):
        return [network.weights[0].numpy() for network in (self.model.discriminator, self.model.generator)]


def test_the_generator_moves_at_every_n_critic_th_step(points):
    gan, seen = keras_gans.GAN(*networks(), 3, seed=0), Seen()
    gan.compile(n_critic=3, steps_per_execution=1)
    history = gan.fit(points, batch_size=5, callbacks=[seen], verbose=0).history
    moved = [[bool((a != b).any()) for a, b in zip(old, new)] for old, new in zip(seen.kernels, seen.kernels[1:])]
    assert moved == [[True, step % 3 == 0] for step in range(1, 9)]
    assert int(gan.g_optimizer.iterations.numpy()) == 2 and int(gan.d_optimizer.iterations.numpy()) == 8
    assert np.isfinite(history["g_loss"]).all() and abs(history["g_loss"][0]) > 0.1  # a mean over its own steps alone


def test_n_critic_goes_on_where_it_was(points, tmp_path):
    """A stop between two steps of the generator does not shift them."""
    whole, half = (keras_gans.GAN(*clone(networks()), 3, seed=0) for _ in range(2))
    half.set_weights(whole.get_weights())
    for gan in (whole, half):
        gan.compile(n_critic=3)
    whole.fit(points, batch_size=10, epochs=4, verbose=0)
    half.fit(points, batch_size=10, epochs=1, verbose=0)  # 4 steps
    half.save(tmp_path / "half.keras")
    back = keras.models.load_model(tmp_path / "half.keras")
    back.fit(points, batch_size=10, epochs=4, initial_epoch=1, verbose=0)
    np.testing.assert_array_equal(back.generate(4, seed=0), whole.generate(4, seed=0))


def clone(pair):
    return [keras.models.clone_model(network) for network in pair]


def test_each_discriminator_step_sees_a_fresh_batch(points):
    """Eight steps of five samples are one epoch of forty: none comes twice."""
    gan, batches = keras_gans.GAN(*networks(), 3, seed=0), []
    gan.compile(n_critic=4, run_eagerly=True)
    inner = gan._batch
    gan._batch = lambda data: batches.append(keras.ops.convert_to_numpy(inner(data)[0])) or inner(data)
    gan.fit(points, batch_size=5, verbose=0)
    seen = np.concatenate(batches)
    assert len(seen) == 40 and len(np.unique(seen, axis=0)) == 40


def test_packing_joins_along_the_last_axis():
    gan = keras_gans.GAN(*networks(pack=2), 3, pack=2, seed=0)
    samples = np.arange(8, dtype="float32").reshape(4, 2)
    np.testing.assert_array_equal(gan._packed(keras.ops.convert_to_tensor(samples)), [[0, 1, 2, 3], [4, 5, 6, 7]])
    filled = gan._packed(keras.ops.convert_to_tensor(samples[:3]))
    np.testing.assert_array_equal(filled, [[0, 1, 2, 3], [4, 5, 0, 1]])
    image = keras_gans.DCGAN((8, 8, 1), 3, width=4, pack=2, seed=0)
    images = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    packed = np.asarray(image._packed(keras.ops.convert_to_tensor(images)))
    np.testing.assert_array_equal(packed[1, ..., 1], images[3, ..., 0])
    with pytest.raises(ValueError, match=r"pack is 3, the discriminator takes \(None, 4\); expected \(None, 6\)"):
        keras_gans.GAN(*networks(pack=2), 3, pack=3)


def test_the_average_draws_and_the_generator_trains(points):
    gan = keras_gans.GAN(*networks(), 3, ema_decay=0.5, seed=0)
    gan.fit(points, batch_size=5, epochs=3, verbose=0)
    latents = gan.latents(4, seed=0)
    trained, averaged = (np.asarray(network(latents)) for network in (gan.generator, gan.average))
    assert np.abs(trained - averaged).max() > 1e-6
    np.testing.assert_allclose(gan.generate(4, seed=0), averaged, atol=1e-6)
    np.testing.assert_allclose(np.asarray(gan(latents, training=True)), trained, atol=1e-6)
    assert not set(map(id, gan.average.variables)) & set(map(id, gan.trainable_variables))


def test_penalties_are_in_the_logs_and_hold_the_critic(points):
    norms = {}
    for weight in (0.0, 100.0):
        keras.utils.set_random_seed(0)
        gan = keras_gans.GAN(*networks(), 3, seed=0)
        gan.compile(
            *(keras.optimizers.Adam(1e-2) for _ in range(2)),
            "wasserstein",
            penalty=keras_gans.penalties.GradientPenalty(weight, target=0.0),
        )
        history = gan.fit(points, batch_size=8, epochs=20, verbose=0).history
        norms[weight] = sum(float((w.numpy() ** 2).sum()) for w in gan.discriminator.trainable_weights)
        assert ("gradient_penalty" in history) and np.isfinite(history["gradient_penalty"]).all()
    assert norms[100.0] < 0.9 * norms[0.0]


def test_batch_norm_in_a_penalised_discriminator(points):
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4)
    for penalty in ("gradient_penalty", "r1", "dragan"):
        with pytest.raises(ValueError, match="batch normalisation .*and a gradient penalty.*norm="):
            gan.compile(penalty=penalty)
    gan.compile(penalty=[])
    keras_gans.DCGAN((8, 8, 1), 4, width=4, norm=("batch", "layer")).compile(penalty="r1")


def test_class_loss_by_hand():
    logits, labels = np.array([[2.0, 0.0], [0.0, 1.0]], "float32"), np.array([0, 0], "int32")
    expected = np.mean([np.log1p(np.exp(-2.0)), np.log1p(np.exp(1.0))])
    assert float(class_loss(logits, labels)) == pytest.approx(expected, rel=1e-5)
    assert float(class_accuracy(logits, labels)) == 0.5


def test_an_auxiliary_classifier_learns_the_classes():
    """Black or white images: the discriminator's class accuracy rises to 1, the generator draws the class it is asked for."""
    labels = np.arange(256) % 2
    noise = np.random.default_rng(0).uniform(-0.2, 0.2, (256, 8, 8, 1))
    images = (noise + np.where(labels, 0.7, -0.7)[:, None, None, None]).astype("float32")
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=8, norm=None, num_classes=2, conditioning="auxiliary", seed=0)
    gan.compile(*(keras.optimizers.Adam(2e-3, beta_1=0.5) for _ in range(2)))
    history = gan.fit(images, labels, batch_size=32, epochs=12, verbose=0).history
    assert history["d_class_accuracy"][-1] == 1.0
    assert gan.generate(32, labels=1, seed=0).mean() > gan.generate(32, labels=0, seed=0).mean() + 0.3


def test_relativistic_compares_with_the_same_batch(points):
    gan = keras_gans.GAN(*networks(), 3, seed=0)
    gan.compile(loss="relativistic", penalty=["r1", "r2"])
    logs = gan.fit(points, batch_size=8, epochs=2, verbose=0).history
    assert {"d_loss", "g_loss", "gradient_penalty"} <= set(logs) and np.isfinite(logs["g_loss"]).all()


def test_labels_beside_samples_without_classes_are_ignored(points):
    gan = keras_gans.GAN(*networks(), 3, seed=0)
    with pytest.warns(UserWarning, match="does not take labels"):
        gan.fit(points, np.zeros(40, int), batch_size=8, verbose=0)


def judge_of(*parts):
    x = inputs = keras.Input((4,))
    for part in parts:
        x = part(x)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


@pytest.mark.parametrize(
    "part,alone",
    [
        (keras.layers.Dense(3), True),
        (keras.layers.Dropout(0.5), True),
        (keras.layers.LayerNormalization(), True),
        (keras.layers.BatchNormalization(), False),
        (keras_gans.layers.MinibatchStdDev(), False),
        (keras_gans.layers.SpectralNormalization(keras.layers.Dense(3)), True),
        (keras.layers.Lambda(lambda x: x - keras.ops.mean(x, axis=0), output_shape=(4,)), False),
        (lambda x: x / keras.ops.std(x, axis=0), False),
        (keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization()]), False),
    ],
)
def test_who_looks_at_the_batch(part, alone):
    """Only where it is sure are real and fake samples judged as one batch."""
    assert judges_each_alone(judge_of(part)) is alone

    class Own(keras.Model):
        def call(self, x):
            return x - keras.ops.mean(x, axis=0)

    assert not judges_each_alone(Own())


def test_accuracy_by_the_losss_own_boundary(points):
    """Least squares aims at 0 and 1; of a critic only differences mean something."""
    gan = keras_gans.GAN(*networks(), 3, seed=0)
    for loss, boundary in (("least_squares", 0.5), ("wasserstein", None), ("relativistic", None), ("hinge", 0.0)):
        gan.compile(loss=loss)
        assert gan.adversarial_loss.boundary == boundary
    gan.compile(loss="wasserstein")
    gan.discriminator.layers[-1].bias.assign([1000.0])  # moves every logit by the same
    logs = gan.evaluate(points, verbose=0)
    assert 0 < logs["d_real_accuracy"] < 1 and 0 < logs["d_fake_accuracy"] < 1


def test_a_penaltys_schedule_runs_in_validation_too(points):
    gan = keras_gans.GAN(*networks(), 3, seed=0)
    falling = keras.optimizers.schedules.PolynomialDecay(1000.0, 5, 0.0)
    gan.compile(penalty=keras_gans.penalties.R1(falling))
    logs = gan.fit(points, batch_size=8, epochs=3, validation_data=points, verbose=0).history
    assert logs["gradient_penalty"][0] > 0 and logs["val_gradient_penalty"][-1] == 0.0


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
def test_pipelines_of_any_number_type(dtype):
    import tensorflow as tf

    values = np.random.default_rng(0).integers(0, 9, (40, 2)).astype(dtype)
    pipeline = tf.data.Dataset.from_tensor_slices(values).batch(8)
    for recipe in ("wgan_gp", "r3gan"):
        gan = keras_gans.DenseGAN(2, widths=(8,), seed=0)
        gan.compile(recipe=recipe)
        assert np.isfinite(gan.fit(pipeline, verbose=0).history["d_loss"]).all()


@pytest.mark.filterwarnings("ignore:Your input ran out of data")  # of a length that Keras does not know beforehand
def test_a_pipeline_that_pack_does_not_divide():
    import tensorflow as tf

    pipeline = tf.data.Dataset.from_tensor_slices(np.random.default_rng(0).normal(size=(126, 2))).batch(63)
    gan = keras_gans.DenseGAN(2, widths=(8,), pack=4)
    with pytest.raises(ValueError, match="Batches of 63 samples, and pack=4"):
        gan.fit(pipeline, verbose=0)
    gan.fit(pipeline.unbatch().batch(64, drop_remainder=True), validation_data=pipeline, verbose=0)  # held-out data may
