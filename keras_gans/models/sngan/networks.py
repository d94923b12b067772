"""Residual networks (Miyato et al. 2018, figure 9 and table 4), for any image size from 8x8 on."""

import keras
from keras import layers, ops

from keras_gans.layers import Conv2D, DownConv2D, UpConv2D
from keras_gans.models.dcgan.networks import beside, crop, doublings, label_input
from keras_gans.models.style import Style


def up_block(x, labels, style, filters):
    """norm, activation, double the size, 3x3, norm, activation, 3x3; beside it the doubled input through 1x1."""
    shortcut = style.layer(layers.Conv2D, filters, 1, normalised=False)(x)  # 1x1 first: the same, at a quarter of the work
    shortcut = layers.UpSampling2D()(shortcut)
    x = style.layer(UpConv2D, filters)(style.hidden(x, labels))
    x = style.layer(layers.Conv2D, filters, 3, padding="same", normalised=False)(style.hidden(x, labels))
    return layers.Add()([x, shortcut])


def down_block(x, style, filters, first=False, down=True):
    """activation, 3x3, activation, 3x3, halve the size; beside it the halved input through 1x1. The first has no activation
    before its first convolution, the image being no feature map."""
    shortcut = layers.AveragePooling2D(2, padding="same")(x) if down else x
    if down or x.shape[-1] != filters:
        shortcut = style.layer(layers.Conv2D, filters, 1, normalised=False)(shortcut)
    x = x if first else style.hidden(x)
    x = style.layer(layers.Conv2D, filters, 3, padding="same")(x)
    x = style.hidden(x)
    if down:
        x = style.layer(DownConv2D, filters, normalised=False)(x)
    else:
        x = style.layer(layers.Conv2D, filters, 3, padding="same", normalised=False)(x)
    return layers.Add()([x, shortcut])


def generator(latent_dim, image_shape, *, width=256, output_activation="tanh", **styling):
    """(batch, latent_dim) -> (batch, height, width, channels): a block for each doubling, all with `width` channels."""
    height, wide, channels = image_shape
    n = doublings(image_shape)
    style = Style(**styling, depth=2 * n + 1)
    base_h, base_w = -(-height // 2**n), -(-wide // 2**n)
    latents, labels = layers.Input((latent_dim,), name="latents"), label_input(style.num_classes)
    x = style.layer(layers.Dense, base_h * base_w * width, normalised=False)(latents)
    x = layers.Reshape((base_h, base_w, width))(x)
    for _ in range(n):  # (batch, 2 h, 2 w, width) each time
        x = up_block(x, labels, style, width)
    x = style.hidden(x, labels)
    last = {"padding": "same", "activation": output_activation, "dtype": "float32", "normalised": False}
    x = crop(style.layer(Conv2D, channels, 3, **last)(x), height, wide)
    return keras.Model(beside(latents, labels), x, name="generator")


def discriminator(image_shape, *, width=128, minibatch_stddev=False, conditioning=None, **styling):
    """(batch, height, width, channels) -> (batch, 1) logits, float32: blocks that halve the size (two at 32x32), two that keep
    it, the sum over the map."""
    halvings = max(doublings(image_shape) - 1, 1)
    style = Style(**styling, depth=2 * halvings + 4)
    images = layers.Input(image_shape, name="images")
    labels = label_input(style.num_classes) if conditioning == "projection" else None
    x = down_block(images, style, width, first=True)
    for _ in range(halvings - 1):
        x = down_block(x, style, width)
    for _ in range(2):
        x = down_block(x, style, width, down=False)
    x = style.hidden(x)
    x = SumPooling()(x)  # (batch, width)
    x = style.logits(x, labels, conditioning, minibatch_stddev)
    return keras.Model(beside(images, labels), x, name="discriminator")


@keras.saving.register_keras_serializable("keras_gans")
class SumPooling(layers.Layer):
    """(batch, height, width, channels) -> (batch, channels): the sum over the map, float32."""

    def call(self, inputs):
        return ops.sum(ops.cast(inputs, "float32"), axis=(1, 2))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])
