"""Samples made easier, by an amount that is a tensor."""

from keras import ops


def blurred(images, deviation):
    """Images under a Gaussian blur, (batch, height, width, channels).

    Args:
        deviation: of the Gaussian in pixels, scalar; 0 leaves the images as they are. At the border its weights are those inside.
    """
    for axis in (1, 2):
        places = ops.arange(images.shape[axis], dtype="float32")
        squares = ops.square(places[:, None] - places[None, :])
        weights = ops.exp(-squares / (2.0 * ops.square(deviation) + 1e-6))
        weights = weights / ops.sum(weights, axis=1, keepdims=True)
        images = ops.moveaxis(ops.tensordot(images, ops.cast(weights, images.dtype), [[axis], [1]]), -1, axis)
    return images


def first_steps(sequences, length):
    """Sequences (batch, steps, features) whose steps from `length` on, a scalar, are zero."""
    there = ops.cast(ops.arange(sequences.shape[1], dtype="float32") < ops.cast(length, "float32"), sequences.dtype)
    return sequences * there[None, :, None]
