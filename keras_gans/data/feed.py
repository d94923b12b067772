"""What a caller hands to `fit` or `evaluate`, checked and turned into what Keras iterates."""

import warnings

import keras
import numpy as np
import tensorflow as tf

from keras_gans.data import checks
from keras_gans.data.pipelines import batches, without_autotuning
from keras_gans.errors import whole_number


def prepare(x, batch_size, shuffle, seed, sample_shape, output_range):
    """What the caller handed to `fit` or `evaluate`, checked, as something Keras iterates without stalling.

    Args:
        x: array, tf.data.Dataset or keras.utils.PyDataset, of samples or pairs (samples, labels).
        batch_size: for arrays.
        shuffle: for arrays.
        seed: for arrays.
        sample_shape: shape of one sample that the discriminator takes; None where it takes any.
        output_range: (low, high) that the generator can reach, or None where that is not known.

    Returns:
        (data, order): `order` is the pipeline's `EpochOrder`, or None for a pipeline of the caller's own.
    """
    if isinstance(x, tf.data.Dataset):
        specs = x.element_spec[0] if isinstance(x.element_spec, tuple) else x.element_spec
        if not isinstance(specs, tf.TensorSpec):
            raise TypeError(f"x gives {specs}; expected samples, or pairs (samples, labels). Map it to those first.")
        if specs.shape.rank is not None:
            check_shape(tuple(specs.shape[1:]), sample_shape, unbatched=tuple(specs.shape))
        check_batch(next(iter(without_autotuning(x.take(1))), None), sample_shape, output_range)
        return without_autotuning(x), order_of(x)
    if isinstance(x, keras.utils.PyDataset):
        check_batch(None if x.num_batches == 0 else x[0], sample_shape, output_range)
        return x, None
    if hasattr(x, "train") and hasattr(x, "validation"):
        raise TypeError("x is a whole data set: pass its .train to fit, and validation_data=its .validation.")
    if not hasattr(x, "shape") or not hasattr(x, "__len__"):
        raise TypeError(
            f"x is {type(x).__name__}; expected an array of samples, a tf.data.Dataset, a keras.utils.PyDataset or the "
            "pipelines of keras_gans.data.load(...)."
        )
    batch_size = whole_number("batch_size", batch_size)
    x = np.asarray(x)
    check_batch(x, sample_shape, output_range)
    data = batches(x.astype("float32"), batch_size, shuffle=shuffle, seed=seed)
    return data, data.order


def order_of(dataset):
    """The `EpochOrder` at the root of a pipeline, also where it was mapped or prefetched since; None without one."""
    if hasattr(dataset, "order"):
        return dataset.order
    inputs = dataset._inputs() if hasattr(dataset, "_inputs") else []
    return order_of(inputs[0]) if len(inputs) == 1 else None


def check_batch(batch, sample_shape, output_range):
    """Raises unless the first axis counts samples and the samples are what the networks are made for."""
    if isinstance(batch, (tuple, list)):
        batch = batch[0]
    if batch is None or len(batch) == 0:
        raise ValueError("x is empty. Bring at least one batch of samples.")
    batch = np.asarray(batch)
    if not (np.issubdtype(batch.dtype, np.integer) or np.issubdtype(batch.dtype, np.floating)):
        raise ValueError(f"x has dtype {batch.dtype}; samples are numbers.")
    check_shape(batch.shape[1:], sample_shape)
    checks.values(batch, None, "x")
    if output_range is None:
        return
    (low, high), least, most = output_range, float(batch.min()), float(batch.max())
    slack = (high - low) / 510
    if least < low - slack or most > high + slack:
        raise ValueError(
            f"x has values from {least:g} to {most:g}, and the generator gives values in [{low:g}, {high:g}]. Scale the samples "
            "(pixels of 0 to 255 by x / 127.5 - 1), or let keras_gans.data.from_arrays(x, value_range=...) do it."
        )
    if low < 0 <= least and most > 0:
        warnings.warn(
            f"x has values from {least:g} to {most:g} alone, and the generator gives values in [{low:g}, {high:g}]. If black is "
            "0 in your data, scale them to that range: x * 2 - 1.",
            stacklevel=5,
        )


def check_shape(shape, sample_shape, unbatched=None):
    """Raises unless samples of `shape` fit what the discriminator takes (None where it takes any size)."""
    if sample_shape is None or checks.same_shape(shape, sample_shape):
        return
    advice = "Build the model for these samples, or resize them."
    if unbatched is not None and checks.same_shape(unbatched, sample_shape):
        advice = "The pipeline gives single samples: batch it, x.batch(64, drop_remainder=True)."
    elif len(shape) == len(sample_shape) - 1:
        advice = "Is the channel axis missing? Add it with x[..., None]."
    elif len(shape) == len(sample_shape) == 3 and shape[:2] == tuple(sample_shape[:2]):
        advice = f"The model was built for {sample_shape[2]} channels, the data have {shape[2]}."
    raise ValueError(f"x: samples of shape {tuple(shape)}; the discriminator takes {tuple(sample_shape)}. {advice}")
