import keras
import numpy as np
import pytest
from keras import ops

import keras_gans
from keras_gans.training import Stage, growth

SIZES = {keras_gans.DCGAN: [2, 4], keras_gans.WGANGP: [2, 4], keras_gans.SNGAN: [4], keras_gans.R3GAN: [2, 4]}
SMALL = {"latent_dim": 4, "width": 4, "seed": 0}


def make(cls, **changes):
    return cls(**{"image_shape": (8, 8, 1), **SMALL, **({"groups": 2} if cls is keras_gans.R3GAN else {}), **changes})


@pytest.mark.parametrize("cls", SIZES)
def test_every_image_network_grows(cls):
    """At the smallest resolution an image has flat blocks; open, it is the generator's own, and the discriminator's word is its own."""
    gan = make(cls, ema_decay=0.9)
    gan.compile(curriculum=[*[Stage(2, resolution=size) for size in SIZES[cls]], Stage(2), Stage()])
    least, state = SIZES[cls][0], gan.curriculum.progress
    image = gan.generate(3, seed=0)
    factor = 8 // least
    np.testing.assert_array_equal(image, image[:, ::factor, ::factor].repeat(factor, 1).repeat(factor, 2))
    x = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 1)).astype("float32")
    small = ops.convert_to_numpy(growth.pixelated(ops.convert_to_tensor(x), state.resolutions, state))
    np.testing.assert_allclose(small[:, ::factor, ::factor].mean((1, 2)), x.mean((1, 2)), atol=1e-5)
    flat = np.abs(gan.players.judge.predict(x, verbose=0) - gan.players.judge.predict(small, verbose=0)).max()
    assert flat < 1e-5  # it does not see what lies above the resolution
    state.stage.assign(len(SIZES[cls]) + 1)
    np.testing.assert_allclose(gan.generate(3, seed=0), gan.average.predict(gan.latents(3, 0), verbose=0), atol=1e-6)
    np.testing.assert_allclose(gan.players.judge.predict(x, verbose=0), gan.discriminator.predict(x, verbose=0), atol=1e-5)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(growth.pixelated(ops.convert_to_tensor(x), state.resolutions, state)), x
    )


@pytest.mark.filterwarnings("ignore:curriculum.*begins after epoch")
def test_heads_and_layers_learn_when_it_is_their_turn():
    gan = make(keras_gans.DCGAN, norm=None)
    gan.compile(curriculum=[Stage(1, resolution=2), Stage(1, resolution=4), Stage()])
    x = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1)).astype("float32")
    last, heads = gan.generator.layers[-1], gan.curriculum.image_heads
    before = last.get_weights()[0], heads[0].get_weights()[0]
    gan.fit(x, batch_size=8, epochs=1, verbose=0)
    np.testing.assert_array_equal(last.get_weights()[0], before[0])
    assert np.abs(heads[0].get_weights()[0] - before[1]).max() > 0
    gan.fit(x, batch_size=8, epochs=4, initial_epoch=1, verbose=0)
    assert np.abs(last.get_weights()[0] - before[0]).max() > 0


def test_labels_and_packs_grow_too():
    gan = make(keras_gans.DCGAN, num_classes=3)
    gan.compile(curriculum=[Stage(1, resolution=4), Stage()])
    gan.fit(np.zeros((8, 8, 8, 1)), np.arange(8) % 3, batch_size=4, epochs=2, verbose=0)
    packed = make(keras_gans.DCGAN, pack=2)
    packed.compile(curriculum=[Stage(1, resolution=4), Stage()], self_supervision="rotation")
    packed.fit(np.zeros((8, 8, 8, 1)), batch_size=4, epochs=2, verbose=0)


def test_networks_of_ones_own_grow_where_their_maps_divide_the_image():
    x = inputs = keras.Input((4,))
    x = keras.layers.Reshape((3, 3, 4))(keras.layers.Dense(36)(x))
    for filters in (4, 3):
        x = keras.layers.Conv2DTranspose(filters, 4, 2, "same", activation="tanh")(x)
    generator = keras.Model(inputs, x)
    discriminator = keras.Sequential(
        [keras.Input((12, 12, 3)), keras.layers.Conv2D(4, 4, 2, "same"), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    gan = keras_gans.GAN(generator, discriminator, 4)
    gan.compile(curriculum=[Stage(1, resolution=6), Stage()])
    gan.fit(np.zeros((8, 12, 12, 3)), batch_size=4, epochs=2, verbose=0)
    with pytest.raises(ValueError, match="resolution=3, .* can grow to 6, 12"):
        gan.compile(curriculum=[Stage(1, resolution=3), Stage()])
    flat = keras.Sequential([keras.Input((12, 12, 3)), keras.layers.Flatten(), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="cannot grow"):
        keras_gans.GAN(generator, flat, 4).compile(curriculum=[Stage(1, resolution=6), Stage()])


def test_a_growing_generator_is_exported(tmp_path):
    import tensorflow as tf

    gan = make(keras_gans.DCGAN)
    gan.compile(curriculum=[Stage(1, resolution=4), Stage()])
    gan.export(tmp_path / "generator", verbose=False)
    latents = gan.latents(3, seed=0)
    served = tf.saved_model.load(str(tmp_path / "generator"))
    np.testing.assert_allclose(served.serve(latents), gan.predict(latents, verbose=0), atol=1e-4)


def test_what_is_put_on_a_spectrally_normalised_discriminator_is_so_too():
    gan = keras_gans.SNGAN((8, 8, 1), 4, width=4, seed=0)
    gan.compile(curriculum=[{"epochs": 1, "resolution": 4}, {}], self_supervision="rotation")
    assert {type(one).__name__ for one in (gan.task_head, *gan.curriculum.map_heads)} == {"SpectralNormalization"}
    plain = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
    plain.compile(curriculum=[{"epochs": 1, "resolution": 4}, {}], self_supervision="rotation")
    assert [type(one).__name__ for one in (plain.task_head, *plain.curriculum.map_heads)] == ["Dense", "Conv2D"]
