import keras
import numpy as np
import pytest

import keras_gans


def test_each_block_begins_as_the_identity():
    gan = keras_gans.R3GAN((8, 8, 1), 4, width=4, blocks=2, groups=2, seed=0)
    adds = [layer for layer in gan.generator.layers if isinstance(layer, keras.layers.Add)]
    assert len(adds) == 6
    probe = keras.Model(gan.generator.input, [adds[0].input[0], adds[0].output])
    before, after = probe(gan.latents(3, seed=0))
    np.testing.assert_array_equal(before, after)


def test_no_normalisation_and_the_papers_losses():
    gan = keras_gans.R3GAN((8, 8, 1), width=4, groups=2)
    gan.compile()
    for network in (gan.generator, gan.discriminator):
        assert not any("Normalization" in type(layer).__name__ for layer in network.layers)
    assert isinstance(gan.adversarial_loss, keras_gans.losses.Relativistic)
    assert [type(one).__name__ for one in gan.penalties] == ["R1", "R2"]


def test_convolutions_are_grouped():
    gan = keras_gans.R3GAN((8, 8, 1), width=8, groups=4, expansion=2)
    grouped = [layer for layer in gan.discriminator.layers if getattr(layer, "groups", 1) == 4]
    assert grouped and all(layer.kernel.shape == (3, 3, 4, 16) for layer in grouped)
    with pytest.raises(ValueError, match="groups=5 does not divide the 16 channels.*Try groups=4"):
        keras_gans.R3GAN((8, 8, 1), width=8, groups=5)
    with pytest.raises(ValueError, match="cannot have batch normalisation"):
        keras_gans.R3GAN((8, 8, 1), width=8, norm="batch")


@pytest.mark.parametrize("shape", [(9, 11, 2), (28, 28, 1)])
def test_any_size(shape):
    gan = keras_gans.R3GAN(shape, 4, width=4, groups=2, seed=0)
    assert gan.generate(2).shape == (2, *shape)


def test_classes_begin_as_quietly_as_the_logits():
    gan = keras_gans.R3GAN((28, 28, 1), width=8, num_classes=10, seed=0)
    images = np.random.default_rng(0).uniform(-1, 1, (64, 28, 28, 1)).astype("float32")
    logits = np.asarray(gan.discriminator([images, np.arange(64) % 10]))
    plain = np.asarray(keras_gans.R3GAN((28, 28, 1), width=8, seed=0).discriminator(images))
    assert logits.std() < 10 * plain.std() + 0.5
