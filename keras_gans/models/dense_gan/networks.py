"""Two multilayer perceptrons."""

import keras
from keras import layers

from keras_gans.layers import FourierFeatures
from keras_gans.models.style import Style


def generator(latent_dim, features, *, widths=(128, 128, 128), output_activation="linear", **styling):
    """(batch, latent_dim) -> (batch, features), float32."""
    style = Style(**styling, initializer=keras.initializers.HeNormal, depth=len(widths))
    x = latents = layers.Input((latent_dim,), name="latents")
    for width in widths:
        x = style.hidden(style.layer(layers.Dense, width)(x))
    x = style.layer(layers.Dense, features, normalised=False, activation=output_activation, dtype="float32")(x)
    return keras.Model(latents, x, name="generator")


def discriminator(features, *, widths=(128, 128, 128), fourier=(), minibatch_stddev=False, **styling):
    """(batch, features) -> (batch, 1) logits, float32: larger is more real."""
    style = Style(**styling, initializer=keras.initializers.HeNormal, depth=len(widths))
    x = samples = layers.Input((features,), name="samples")
    if fourier:
        x = FourierFeatures(fourier, seed=style.seed())(x)
    for width in widths:
        x = style.hidden(style.layer(layers.Dense, width)(x))
    return keras.Model(samples, style.logits(x, minibatch_stddev=minibatch_stddev), name="discriminator")
