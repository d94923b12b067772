import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.models.dcgan import networks


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 48, 3), (9, 11, 2), (65, 30, 3)])
def test_any_size_trains_a_step(shape):
    gan = keras_gans.DCGAN(shape, 6, width=4, seed=0)
    gan.compile()
    x = np.random.default_rng(0).uniform(-1, 1, (4, *shape)).astype("float32")
    history = gan.fit(x, batch_size=2, validation_data=x, verbose=0).history
    assert all(np.isfinite(values).all() for values in history.values())
    drawn = gan.generate(3, seed=0)
    assert drawn.shape == (3, *shape) and np.abs(drawn).max() <= 1


def kinds(network):
    return [type(layer).__name__ for layer in network.layers]


def test_networks_are_the_papers():
    """Figure 1 and section 3 at 64x64: 4x4 to 64x64 in four doublings, normalisation everywhere but at the ends."""
    generator = networks.generator(100, (64, 64, 3), width=128, norm="batch")
    shapes = [layer.output.shape[1:] for layer in generator.layers if isinstance(layer, keras.layers.Conv2DTranspose)]
    assert shapes == [(8, 8, 512), (16, 16, 256), (32, 32, 128), (64, 64, 3)]
    assert kinds(generator).count("BatchNormalization") == 4 and kinds(generator)[-2:] == ["Activation", "Conv2DTranspose"]
    assert generator.layers[-1].activation is keras.activations.tanh

    discriminator = networks.discriminator((64, 64, 3), width=64, norm="batch", activation="leaky_relu")
    assert kinds(discriminator).count("BatchNormalization") == 3
    assert kinds(discriminator)[:4] == ["InputLayer", "Conv2D", "Activation", "Conv2D"]
    assert float(discriminator.layers[2](np.float32(-1.0))) == pytest.approx(-0.2)
    assert discriminator.output.shape == (None, 1)
    assert "BatchNormalization" not in kinds(networks.generator(9, (8, 8, 1), norm=None))


def test_dropout_is_behind_every_hidden_layer():
    generator = networks.generator(9, (32, 32, 1), width=4, dropout=0.5)
    assert kinds(generator).count("Dropout") == kinds(generator).count("Activation") == 3
    discriminator = networks.discriminator((32, 32, 1), width=4, dropout=0.5)
    assert kinds(discriminator).count("Dropout") == kinds(discriminator).count("Activation") == 3


def test_recipe_is_the_papers():
    gan = keras_gans.DCGAN((8, 8, 1), width=4)
    gan.compile()
    for optimizer in (gan.d_optimizer, gan.g_optimizer):
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(2e-4) and optimizer.beta_1 == 0.5
    assert isinstance(gan.adversarial_loss, keras_gans.losses.NonSaturating)
    weights = networks.generator(100, (32, 32, 1), seed=0).get_layer(index=1).kernel.numpy()
    assert weights.std() == pytest.approx(0.02, rel=0.02)


def test_seed_decides_the_first_weights():
    first, same, other = (keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, same))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other))
    kernels = [w for w in first if w.ndim == 4]
    assert len({w.ravel()[:4].tobytes() for w in kernels}) == len(kernels), "every layer has weights of its own"


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({"image_shape": (7, 28, 1)}, r"at least 8.*Try \(8, 28, 1\)"),
        ({"image_shape": (28, 28)}, "expected \\(height, width, channels\\)"),
        ({"image_shape": (28, 28, 0)}, "channels at least 1"),
        ({"image_shape": (28.7, 28, 1)}, "expected \\(height, width, channels\\)"),
        ({"image_shape": "888"}, "expected \\(height, width, channels\\)"),
        ({"width": True}, "width=True: expected a whole number"),
        ({"width": 0}, "width=0: expected a whole number"),
        ({"latent_dim": 2.5}, "latent_dim=2.5"),
        ({"norm": "bach"}, "expected one of 'batch'"),
        ({"dropout": 1.0}, "below 1"),
        ({"dropout": (0.1, 0.2, 0.3)}, "or a pair"),
        ({"weight_decay": -1}, "at least 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_gans.DCGAN(**{"image_shape": (28, 28, 1), **arguments})
