"""What an activation can reach, and whether that is enough."""

import functools
import math

import keras
import numpy as np

FAR = 50.0  # an activation that goes beyond this on the grid goes anywhere


@functools.cache
def reach(name):
    """(low, high) that a Keras activation can give, by name, measured on a grid of inputs up to a million."""
    if name in ("softmax", "sparsemax"):
        return (0.0, 1.0)
    if name == "log_softmax":
        return (-math.inf, 0.0)
    if name in ("glu", "threshold"):  # one mixes inputs, one needs arguments
        return (-math.inf, math.inf)
    side = np.geomspace(1e-3, 1e6, 400)
    values = keras.ops.convert_to_numpy(
        keras.activations.get(name)(np.concatenate([-side[::-1], [0.0], side]).astype("float32"))
    )
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (-math.inf if low < -FAR else round(low, 4), math.inf if high > FAR else round(high, 4))


def output_range(generator):
    """(low, high) that the generator's last activation can reach: tanh (-1, 1), sigmoid (0, 1) ...; None where it is not
    known or everything.

    Looks back only through layers that move values about without changing them.
    """
    movers = (
        keras.layers.Reshape,
        keras.layers.Cropping2D,
        keras.layers.Cropping1D,
        keras.layers.Flatten,
        keras.layers.Permute,
    )
    for layer in reversed(generator.layers):
        if isinstance(layer, movers):
            continue
        layer = getattr(layer, "layer", layer)  # of a wrapper
        name = getattr(getattr(layer, "activation", None), "__name__", None)
        if name is None:
            name = {"ReLU": "relu", "Softmax": "softmax"}.get(type(layer).__name__)
        known = name is not None and hasattr(keras.activations, name)
        found = reach(name) if known else (-math.inf, math.inf)
        return None if found == (-math.inf, math.inf) else found
    return None


def check_reach(found, normalise, what="The generator"):
    """Raises unless (low, high), or None for everything, covers what the normaliser makes of data."""
    needs = {"standard": (-math.inf, math.inf), "minmax": (-1.0, 1.0)}.get(normalise)
    if found is None or needs is None or (found[0] <= needs[0] + 1e-3 and found[1] >= needs[1] - 1e-3):
        return
    better = '"linear", or normalise="minmax" with "tanh"' if normalise == "standard" else '"tanh" or "linear"'
    raise ValueError(
        f"{what} gives values in [{found[0]:g}, {found[1]:g}], and normalise={normalise!r} makes data in "
        f"[{needs[0]:g}, {needs[1]:g}]: some could never be generated. Use {better}."
    )
