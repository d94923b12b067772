import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gans
from keras_gans.data import feed


def test_any_kind_of_data_trains(small, images):
    class Pieces(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return images[index * 8 : index * 8 + 8]

    for x in (images, tf.constant(images), tf.data.Dataset.from_tensor_slices(images).batch(5), Pieces()):
        small.fit(x, batch_size=5, validation_data=images, verbose=0)
    assert int(small.steps.numpy()) == 4 + 4 + 4 + 2
    with pytest.warns(UserWarning, match="labels beside the samples are ignored"):
        small.fit(tf.data.Dataset.from_tensor_slices((images, np.arange(20))).batch(5), verbose=0)
    with pytest.raises(TypeError, match="expected an array"):
        small.fit("digits", verbose=0)


def test_bad_data_sets_raise(small, images):
    with pytest.raises(ValueError, match="built for 1 channels, the data have 3"):
        small.fit(tf.data.Dataset.from_tensor_slices(images.repeat(3, -1)).batch(4), verbose=0)
    with pytest.raises(ValueError, match="channel axis"):
        small.fit(images[..., 0], verbose=0)
    with pytest.raises(ValueError, match=r"values from .* the generator gives values in \[-1, 1\]"):
        small.fit(tf.data.Dataset.from_tensor_slices(images * 200).batch(4), verbose=0)
    with pytest.raises(ValueError, match="empty"):
        small.fit(tf.data.Dataset.from_tensor_slices(images).take(0).batch(4), verbose=0)
    with pytest.raises(ValueError, match="gives single samples: batch it"):
        small.fit(tf.data.Dataset.from_tensor_slices(images), verbose=0)
    with pytest.raises(TypeError, match="expected samples, or pairs"):
        small.fit(tf.data.Dataset.from_tensor_slices({"image": images}).batch(4), verbose=0)
    with pytest.raises(TypeError, match="pass its .train"):
        small.fit(keras_gans.data.from_arrays(images, value_range=(-1, 1), batch_size=4), verbose=0)
    with pytest.raises(ValueError, match="dtype complex"):
        small.fit(images.astype(complex), batch_size=4, verbose=0)
    with pytest.warns(UserWarning, match="If black is 0 in your data"):
        small.fit((images + 1) / 2, batch_size=4, verbose=0)


def test_a_bright_batch_of_scaled_data_is_no_sign_of_another_range(small):
    bright = np.random.default_rng(0).integers(150, 256, (16, 8, 8, 1), "uint8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        small.fit(keras_gans.data.from_arrays(bright, batch_size=4, validation=0.5).train, verbose=0)


def test_order_is_found_behind_maps(images):
    data = keras_gans.data.batches(images, 4, shuffle=True)
    assert feed.order_of(data.map(lambda x: x).prefetch(1)) is data.order
    assert feed.order_of(tf.data.Dataset.range(3)) is None


def test_endless_pydataset(small, images):
    class Endless(keras.utils.PyDataset):
        num_batches = None

        def __getitem__(self, index):
            return images[:4]

    small.fit(Endless(), steps_per_epoch=3, shuffle=False, verbose=0)
    assert int(small.steps.numpy()) == 3
    for endless in (Endless(), tf.data.Dataset.from_tensor_slices(images).batch(8).repeat()):
        with pytest.raises(ValueError, match="never ends. Pass steps_per_epoch="):
            small.fit(endless, verbose=0)
        with pytest.raises(ValueError, match="never ends. Pass validation_steps="):
            small.fit(images, batch_size=10, validation_data=endless, verbose=0)
        with pytest.raises(ValueError, match="never ends. Pass steps="):
            small.evaluate(endless, verbose=0)
        assert np.isfinite(small.evaluate(endless, steps=2, verbose=0)["d_loss"])


def test_a_pipeline_ends_at_a_label_outside_the_classes(images):
    labels = np.arange(len(images)) % 3
    labels[15] = 7  # in the second batch
    gan = keras_gans.DCGAN(images.shape[1:], width=2, num_classes=3, seed=0)
    pipeline = tf.data.Dataset.from_tensor_slices((images, labels)).batch(8)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="outside the classes, which are numbered 0 to 2. Number them so"
    ):
        gan.fit(pipeline, verbose=0)

    class Numbered(keras.utils.PyDataset):
        num_batches = len(images) // 8

        def __getitem__(self, index):
            return images[index * 8 : index * 8 + 8], labels[index * 8 : index * 8 + 8]

    with pytest.raises(ValueError, match="labels: up to 7, and num_classes=3.*num_classes=8"):
        gan.fit(Numbered(), verbose=0)
    labels[15] = 2
    before = int(gan.steps.numpy())
    gan.fit(Numbered(), verbose=0)
    assert int(gan.steps.numpy()) == before + len(images) // 8
