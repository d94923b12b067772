"""The two networks of DCGAN (Radford et al. 2015, section 3 and figure 1), for any image size from 8x8 on."""

import functools

import keras
from keras import layers

from keras_gans.layers import Conv2DTranspose
from keras_gans.models.style import Style

initializer = functools.partial(keras.initializers.RandomNormal, 0.0, 0.02)


def doublings(image_shape):
    """How often the smallest map doubles on the way to the image: it has 4 to 7 pixels on its short side, as in the
    paper, and 2 or 3 for images under 16 pixels, which would otherwise have no depth."""
    return max((min(image_shape[:2]) // 4).bit_length() - 1, 2)


def label_input(num_classes):
    """The second input of a conditional network, int32 (batch,); None without classes."""
    return layers.Input((), dtype="int32", name="labels") if num_classes else None


def beside(inputs, labels):
    """What a network takes: its input, and the labels beside it where there are any."""
    return inputs if labels is None else [inputs, labels]


def crop(x, height, width):
    """(batch, at least height, at least width, channels) -> its middle of that size."""
    spare_h, spare_w = x.shape[1] - height, x.shape[2] - width
    if spare_h or spare_w:
        around = ((spare_h // 2, -(-spare_h // 2)), (spare_w // 2, -(-spare_w // 2)))
        x = layers.Cropping2D(around, dtype="float32")(x)
    return x


def generator(latent_dim, image_shape, *, width=64, kernel_size=4, output_activation="tanh", **styling):
    """(batch, latent_dim) -> (batch, height, width, channels).

    The smallest map has width * 2^(doublings - 1) channels; every doubling of the size halves them, the last one leads to
    the image. Sizes that are no multiple are built larger and cropped in the middle.
    """
    height, wide, channels = image_shape
    n = doublings(image_shape)
    style = Style(**styling, initializer=initializer, depth=n)
    base_h, base_w = -(-height // 2**n), -(-wide // 2**n)
    filters = width * 2 ** (n - 1)

    latents, labels = layers.Input((latent_dim,), name="latents"), label_input(style.num_classes)
    x = style.layer(layers.Dense, base_h * base_w * filters)(latents)
    x = layers.Reshape((base_h, base_w, filters))(x)  # (batch, base_h, base_w, filters)
    x = style.hidden(x, labels)
    for i in range(1, n):  # (batch, 2 h, 2 w, filters / 2) each time
        x = style.layer(layers.Conv2DTranspose, filters >> i, kernel_size, 2, padding="same")(x)
        x = style.hidden(x, labels)
    last = {"padding": "same", "activation": output_activation, "dtype": "float32", "normalised": False}
    x = style.layer(Conv2DTranspose, channels, kernel_size, 2, **last)(x)  # the paper: no normalisation on the output
    x = crop(x, height, wide)
    return keras.Model(beside(latents, labels), x, name="generator")


def discriminator(image_shape, *, width=64, kernel_size=4, minibatch_stddev=False, conditioning=None, **styling):
    """(batch, height, width, channels) -> (batch, 1) logits, float32: larger is more real.

    One strided convolution per doubling of the generator, its channels doubling from `width`.
    """
    n = doublings(image_shape)
    style = Style(**styling, initializer=initializer, depth=n)
    images = layers.Input(image_shape, name="images")
    labels = label_input(style.num_classes) if conditioning == "projection" else None
    x = images
    for i in range(n):  # (batch, h / 2, w / 2, width * 2^i) each time
        first = i == 0  # the paper: no normalisation on the input layer
        x = style.layer(layers.Conv2D, width << i, kernel_size, 2, padding="same", normalised=not first)(x)
        x = style.hidden(x, normalised=not first)
    x = style.logits(layers.Flatten()(x), labels, conditioning, minibatch_stddev)
    return keras.Model(beside(images, labels), x, name="discriminator")
