"""Residual networks without normalisation (Huang et al. 2024, section 4, configuration E)."""

import functools

import keras
from keras import layers

from keras_gans.layers import Conv2D
from keras_gans.models.dcgan.networks import beside, crop, doublings, label_input
from keras_gans.models.style import Style


def scaled(blocks):
    """Initializer of a block's convolutions: He's, times blocks^(-1/4), so that the sum of all blocks keeps its size (Zhang et al.
    2019, Fixup, for three layers a block)."""
    return functools.partial(keras.initializers.VarianceScaling, 2.0 * blocks**-0.5, "fan_in", "untruncated_normal")


def block(x, labels, style, groups, expansion, initializer):
    """x + 1x1(activation(grouped 3x3(activation(1x1(x))))); the last begins at zero, so that the block begins as identity."""
    channels = x.shape[-1]
    hidden = channels * expansion
    weights = [initializer(seed=style.seed()) for _ in range(2)]
    y = style.hidden(style.layer(layers.Conv2D, hidden, 1, kernel_initializer=weights[0])(x), labels)
    y = style.layer(Conv2D, hidden, 3, padding="same", groups=groups, kernel_initializer=weights[1])(y)
    y = style.hidden(y, labels)
    zero = {} if style.norm == "spectral" else {"kernel_initializer": "zeros"}  # a zero kernel cannot be divided by its norm
    return layers.Add()([x, style.layer(layers.Conv2D, channels, 1, normalised=False, use_bias=False, **zero)(y)])


def generator(latent_dim, image_shape, *, width=64, blocks=1, groups=4, expansion=2, output_activation="tanh", **styling):
    """(batch, latent_dim) -> (batch, height, width, channels): `blocks` at each size, which doubles between."""
    height, wide, channels = image_shape
    n = doublings(image_shape)
    style, weights = Style(**styling, depth=2 * blocks * (n + 1)), scaled(blocks * (n + 1))
    base_h, base_w = -(-height // 2**n), -(-wide // 2**n)
    latents, labels = layers.Input((latent_dim,), name="latents"), label_input(style.num_classes)
    x = style.layer(layers.Dense, base_h * base_w * width, normalised=False)(latents)
    x = layers.Reshape((base_h, base_w, width))(x)
    for stage in range(n + 1):  # (batch, 2 h, 2 w, width) each time but the first
        if stage:
            x = layers.UpSampling2D(interpolation="bilinear")(x)
        for _ in range(blocks):
            x = block(x, labels, style, groups, expansion, weights)
    last = {"activation": output_activation, "dtype": "float32", "normalised": False}
    x = crop(style.layer(layers.Conv2D, channels, 1, **last)(x), height, wide)
    return keras.Model(beside(latents, labels), x, name="generator")


def discriminator(
    image_shape, *, width=64, blocks=1, groups=4, expansion=2, minibatch_stddev=False, conditioning=None, **styling
):
    """(batch, height, width, channels) -> (batch, 1) logits, float32: the generator's stages in reverse."""
    n = doublings(image_shape)
    style, weights = Style(**styling, depth=2 * blocks * (n + 1)), scaled(blocks * (n + 1))
    images = layers.Input(image_shape, name="images")
    labels = label_input(style.num_classes) if conditioning == "projection" else None
    x = style.layer(layers.Conv2D, width, 1, normalised=False)(images)
    for stage in range(n + 1):  # (batch, h / 2, w / 2, width) each time but the first
        if stage:
            x = layers.AveragePooling2D(2, padding="same")(x)
        for _ in range(blocks):
            x = block(x, None, style, groups, expansion, weights)
    x = style.logits(layers.Flatten()(x), labels, conditioning, minibatch_stddev)
    return keras.Model(beside(images, labels), x, name="discriminator")
