"""The two networks of DCGAN (Radford et al. 2015, section 3 and figure 1), for any image size from 8x8 on."""

import keras
from keras import layers


def doublings(image_shape):
    """How often the smallest map doubles on the way to the image: it has 4 to 7 pixels on its short side, as in the
    paper, and 2 or 3 for images under 16 pixels, which would otherwise have no depth."""
    return max((min(image_shape[:2]) // 4).bit_length() - 1, 2)


def normalise(x, norm):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x) if norm == "batch" else x


def drop(x, rate, seeds):
    return layers.Dropout(rate, seed=seeds())(x) if rate else x


class Seeds:
    """A different seed for each layer, all drawn from one; None stays None."""

    def __init__(self, seed):
        self.seed = seed

    def __call__(self):
        if self.seed is not None:
            self.seed += 1
        return self.seed


def settings(seeds, norm, weight_decay, normalised=True):
    """What all convolutions share: weights from N(0, 0.02), no bias before a normalisation, weight decay as L2."""
    return {
        "padding": "same",
        "use_bias": not (normalised and norm),
        "kernel_initializer": keras.initializers.RandomNormal(stddev=0.02, seed=seeds()),
        "kernel_regularizer": keras.regularizers.L2(weight_decay) if weight_decay else None,
    }


def generator(latent_dim, image_shape, *, width=64, kernel_size=4, norm="batch", dropout=0.0, weight_decay=0.0, seed=None):
    """(batch, latent_dim) -> (batch, height, width, channels) in [-1, 1].

    The smallest map has width * 2^(doublings - 1) channels; every doubling of the size halves them, the last one leads to
    the image. Sizes that are no multiple are built larger and cropped in the middle.
    """
    height, wide, channels = image_shape
    n, seeds = doublings(image_shape), Seeds(seed)
    base_h, base_w = -(-height // 2**n), -(-wide // 2**n)
    filters = width * 2 ** (n - 1)
    shared = settings(seeds, norm, weight_decay)
    del shared["padding"]

    latents = layers.Input((latent_dim,), name="latents")
    x = layers.Dense(base_h * base_w * filters, **shared)(latents)
    x = layers.Reshape((base_h, base_w, filters))(x)  # (batch, base_h, base_w, filters)
    x = drop(layers.ReLU()(normalise(x, norm)), dropout, seeds)
    for i in range(1, n):  # (batch, 2 h, 2 w, filters / 2) each time
        x = layers.Conv2DTranspose(filters >> i, kernel_size, 2, **settings(seeds, norm, weight_decay))(x)
        x = drop(layers.ReLU()(normalise(x, norm)), dropout, seeds)
    last = settings(seeds, norm, weight_decay, normalised=False)  # the paper: no normalisation on the output
    x = layers.Conv2DTranspose(channels, kernel_size, 2, activation="tanh", dtype="float32", **last)(x)
    spare_h, spare_w = base_h * 2**n - height, base_w * 2**n - wide
    if spare_h or spare_w:
        x = layers.Cropping2D(((spare_h // 2, -(-spare_h // 2)), (spare_w // 2, -(-spare_w // 2))))(x)
    return keras.Model(latents, x, name="generator")


def discriminator(image_shape, *, width=64, kernel_size=4, norm="batch", dropout=0.0, weight_decay=0.0, seed=None):
    """(batch, height, width, channels) in [-1, 1] -> (batch, 1) logits, float32: larger is more real.

    One strided convolution per doubling of the generator, its channels doubling from `width`.
    """
    seeds = Seeds(seed)
    images = layers.Input(image_shape, name="images")
    x = images
    for i in range(doublings(image_shape)):  # (batch, h / 2, w / 2, width * 2^i) each time
        first = i == 0  # the paper: no normalisation on the input layer
        x = layers.Conv2D(width << i, kernel_size, 2, **settings(seeds, norm, weight_decay, normalised=not first))(x)
        x = x if first else normalise(x, norm)
        x = drop(layers.LeakyReLU(negative_slope=0.2)(x), dropout, seeds)
    last = settings(seeds, norm, weight_decay, normalised=False)
    del last["padding"]
    x = layers.Dense(1, dtype="float32", **last)(layers.Flatten()(x))
    return keras.Model(images, x, name="discriminator")
