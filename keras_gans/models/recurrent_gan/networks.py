"""A recurrent generator; flat, convolutional and recurrent discriminators."""

import keras
from keras import layers, ops

from keras_gans.models.recurrent_gan.cells import GRU, LSTM
from keras_gans.models.style import Style

CELLS: dict[str, type[layers.RNN]] = {"gru": GRU, "lstm": LSTM}
STATES = {"gru": 1, "lstm": 2}
UNROLLED = 64  # cells at most; longer ones run in a loop, whose graph does not grow


@keras.saving.register_keras_serializable("keras_gans")
class StepLatents(layers.Layer):
    """Latents (batch, whole + cells * each) -> (batch, cells, whole + each): the first `whole` repeated beside each cell's own.

    Args:
        cells, whole, each: see above.
    """

    def __init__(self, cells, whole, each, **kwargs):
        super().__init__(**kwargs)
        self.cells, self.whole, self.each = cells, whole, each

    def call(self, latents):
        own = ops.reshape(latents[:, self.whole :], (-1, self.cells, self.each))
        same = ops.repeat(latents[:, None, : self.whole], self.cells, axis=1)
        return ops.concatenate([same, own], axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.cells, self.whole + self.each)

    def get_config(self):
        return {**super().get_config(), "cells": self.cells, "whole": self.whole, "each": self.each}


@keras.saving.register_keras_serializable("keras_gans")
class StepDifferences(layers.Layer):
    """Appends the change since the step before, 0 at the first: (batch, steps, features) -> (batch, steps, 2 * features)."""

    def call(self, sequences):
        changes = ops.pad(sequences[:, 1:] - sequences[:, :-1], ((0, 0), (1, 0), (0, 0)))
        return ops.concatenate([sequences, changes], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2 * input_shape[-1])


def recurrent(x, style, cell, units, depth, last_only=False, start=None):
    """`depth` recurrent layers, which begin in states made from `start` (batch, n) where it is given. Not the cuDNN kernels,
    which have no second derivative: a gradient penalty needs one."""
    for i in range(depth):
        states = None
        if start is not None:
            states = [
                style.layer(layers.Dense, units, normalised=False, activation="tanh")(start) for _ in range(STATES[cell])
            ]
        options = {
            "return_sequences": not (last_only and i == depth - 1),
            "unroll": x.shape[1] <= UNROLLED,
            "use_cudnn": False,
        }
        options["kernel_initializer"] = keras.initializers.GlorotUniform(seed=style.seed())
        options["seed"] = style.seed()  # also where it has no dropout: Keras's own is drawn anew in every process
        options["recurrent_initializer"] = keras.initializers.Orthogonal(seed=style.seed())
        if style.weight_decay:
            options["kernel_regularizer"] = options["recurrent_regularizer"] = keras.regularizers.L2(style.weight_decay)
        x = style.drop(style.normalise(CELLS[cell](units, **options)(x, initial_state=states)))
    return x


def generator(
    sequence_shape,
    global_latent,
    *,
    step_latent=5,
    steps_per_cell=4,
    cell="gru",
    units=100,
    recurrent_layers=1,
    output_activation="linear",
    **styling,
):
    """(batch, global_latent + cells * step_latent) -> (batch, steps, features), float32."""
    steps, features = sequence_shape
    cells = -(-steps // steps_per_cell)
    style = Style(**styling, depth=recurrent_layers)
    latents = layers.Input((global_latent + cells * step_latent,), name="latents")
    x = StepLatents(cells, global_latent, step_latent)(latents)  # (batch, cells, global_latent + step_latent)
    x = recurrent(x, style, cell, units, recurrent_layers, start=x[:, 0] if global_latent else None)  # (batch, cells, units)
    last = {"normalised": False, "activation": output_activation, "dtype": "float32"}
    x = style.layer(layers.Dense, steps_per_cell * features, **last)(x)
    x = layers.Reshape((cells * steps_per_cell, features), dtype="float32")(x)
    if cells * steps_per_cell > steps:
        x = layers.Cropping1D((0, cells * steps_per_cell - steps), dtype="float32")(x)
    return keras.Model(latents, x, name="generator")


def discriminator(
    sequence_shape,
    *,
    kind="flat",
    widths=(200, 200, 200),
    cell="gru",
    units=100,
    recurrent_layers=1,
    step_logits=False,
    differences=False,
    minibatch_stddev=False,
    **styling,
):
    """(batch, steps, features) -> logits, float32: (batch, 1), or (batch, steps, 1) with `step_logits`.

    Kinds: "flat", a multilayer perceptron on all values; "conv", strided convolutions along time; "recurrent".
    """
    depth = recurrent_layers if kind == "recurrent" else len(widths)
    style = Style(**styling, initializer=keras.initializers.HeNormal, depth=depth)
    x = sequences = layers.Input(sequence_shape, name="sequences")
    if differences:
        x = StepDifferences()(x)
    if kind == "flat":
        x = layers.Flatten()(x)
        for i, width in enumerate(widths):
            x = style.hidden(style.layer(layers.Dense, width, normalised=i > 0)(x), normalised=i > 0)
    elif kind == "conv":
        for i, width in enumerate(widths):  # (batch, steps / 2, width) each time
            x = style.layer(layers.Conv1D, width, 5, 2, padding="same", normalised=i > 0)(x)
            x = style.hidden(x, normalised=i > 0)
        x = layers.Flatten()(x)
    else:
        x = recurrent(x, style, cell, units, recurrent_layers, last_only=not step_logits)
    return keras.Model(sequences, style.logits(x, minibatch_stddev=minibatch_stddev), name="discriminator")
