import keras
import numpy as np

import keras_gans


def test_any_two_networks_train_save_and_resume(networks, points, tmp_path):
    gan = keras_gans.GAN(*networks(), latent_dim=3, seed=5)
    gan.fit(points, batch_size=16, epochs=2, verbose=0)  # compiled by its own recipe
    gan.save(tmp_path / "mine.keras")
    back = keras.models.load_model(tmp_path / "mine.keras")
    histories = [g.fit(points, batch_size=16, epochs=2, verbose=0).history for g in (gan, back)]
    assert histories[0] == histories[1]
    np.testing.assert_array_equal(gan.generate(5, seed=0), back.generate(5, seed=0))


def test_it_learns_a_distribution():
    """A shifted, stretched Gaussian: the samples' mean and deviation arrive there; an untrained generator's are far."""
    rng = np.random.default_rng(0)
    real = (rng.normal(size=(4096, 2)) * [0.5, 1.5] + [3.0, -2.0]).astype("float32")
    keras.utils.set_random_seed(0)
    generator = keras.Sequential([keras.Input((4,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(2)])
    hidden = [layer for _ in range(2) for layer in (keras.layers.Dense(64), keras.layers.LeakyReLU(negative_slope=0.2))]
    discriminator = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])
    gan = keras_gans.GAN(generator, discriminator, 4, seed=0)
    gan.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5))
    before = keras_gans.metrics.frechet_distance(real, gan.generate(4096, seed=1))
    gan.fit(real, batch_size=128, epochs=40, verbose=0)
    after = keras_gans.metrics.frechet_distance(real, gan.generate(4096, seed=1))
    assert before > 10 and after < 0.5, (before, after)


def test_every_argument_is_kept_under_its_own_name(networks):
    class Own(keras_gans.GAN):
        def __init__(self, size, sizes=(1, 2), seed=None, name=None):
            super().__init__(*networks(out=size), 3, seed=seed, name=name)

    try:
        assert Own(2, [3, [4]], name="x").get_config() == {"size": 2, "sizes": (3, (4,)), "seed": None, "name": "x"}
    finally:
        del Own
        import gc

        gc.collect()  # the contract looks at GAN's subclasses


def test_weight_decay_pulls_weights_to_zero(images):
    """With a loss that has no gradient, weight decay alone moves both networks, towards smaller weights."""

    class Nothing(keras_gans.losses.AdversarialLoss):
        def discriminator(self, real_logits, fake_logits):
            return 0.0 * keras.ops.mean(real_logits)

        def generator(self, fake_logits):
            return 0.0 * keras.ops.mean(fake_logits)

    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, weight_decay=(0.5, 0.25), seed=0)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), Nothing())
    kernels = [[w for w in n.trainable_weights if w.name == "kernel"] for n in (gan.generator, gan.discriminator)]
    before = [[w.numpy() for w in ws] for ws in kernels]
    gan.fit(images, batch_size=20, verbose=0)
    for decay, weights, old in zip((0.5, 0.25), kernels, before):
        for w, o in zip(weights, old):  # d/dw (decay * w^2) = 2 decay w
            np.testing.assert_allclose(w.numpy(), o * (1 - 0.1 * 2 * decay), rtol=1e-4, atol=1e-7)
