"""What `GAN.fit` puts around Keras's own loop: the order of the data, and a stop at the first NaN."""

import math
import warnings

import keras
import numpy as np
import tensorflow as tf

from keras_gans.data import checks
from keras_gans.data.pipelines import batches, without_autotuning
from keras_gans.errors import TrainingDiverged, whole_number

LOG_READERS = (keras.callbacks.CSVLogger, keras.callbacks.TensorBoard)


class Guard(keras.callbacks.Callback):
    """First of the callbacks of every fit.

    Sets which epoch's order the data come in, from the model's own step count: a resumed run then sees the batches that
    an uninterrupted one would have seen. Raises `TrainingDiverged` as soon as a loss, or at the end of an epoch a weight,
    is not finite, which ends the training before a callback behind it can save over a good checkpoint.
    """

    def __init__(self, order=None):
        super().__init__()
        self.order = order

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if self.order is not None:
            self.order.epoch = int(self.model.steps.numpy()) // len(self.order)

    def on_train_batch_end(self, batch, logs=None):
        self.check(logs, f", by batch {batch + 1}")

    def on_epoch_end(self, epoch, logs=None):
        self.check(logs, "")
        for weight in self.model.trainable_weights:
            if not bool(keras.ops.all(keras.ops.isfinite(weight))):
                self.stop(f"The weight {weight.path}", "")

    def check(self, logs, where):
        for name, value in (logs or {}).items():
            if name.endswith("_loss") and not math.isfinite(float(value)):
                self.stop(name, where)

    def stop(self, what, where):
        raise TrainingDiverged(
            f"{what} became NaN or infinite in epoch {self.epoch + 1}{where}. Training stopped and nothing was saved after "
            "that: a checkpoint of an earlier epoch is still good. Lower the learning rates, or look for NaN and for samples "
            "far outside the range of the others in the data (of a pipeline, fit looks at the first batch alone)."
        )


def check_callbacks(callbacks):
    """Raises when a callback would read a score before it is measured, or waits for one under a name nobody measures.

    A callback that measures says so in `produces`: {log key: "min" or "max"}. Keras cannot know which way such a key gets
    better, so readers whose mode is "auto" are told.
    """
    directions = {"d_loss": "min", "g_loss": "min", "val_d_loss": "min", "val_g_loss": "min"}
    for at, producer in enumerate(callbacks):
        produced = getattr(producer, "produces", {})
        directions.update(produced)
        for place, reader in enumerate(callbacks):
            key, who = getattr(reader, "monitor", None), type(reader).__name__
            for name in produced:
                if key is not None and key != name and name.startswith(f"{key}["):
                    raise ValueError(f"{who}(monitor={key!r}): scores name their extractor. Monitor {name!r}.")
                if "{" + name in str(getattr(reader, "filepath", "")):
                    raise ValueError(
                        f"{who}: a file name cannot hold {name!r}, whose brackets mean an index there. Use {{epoch}}."
                    )
            wants = key in produced or isinstance(reader, LOG_READERS) or getattr(reader, "reads_logs", False)
            if produced and wants and place < at:
                raise ValueError(
                    f"{who} stands before {type(producer).__name__}, which measures {next(iter(produced))!r} at the end of the "
                    f"epoch: it would never see it. Put {type(producer).__name__} first in callbacks=[...]."
                )
    for reader in callbacks:
        if getattr(reader, "mode", None) == "auto" and getattr(reader, "monitor", None) in directions:
            reader.mode = directions[reader.monitor]


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
    if sample_shape is None or fits(shape, sample_shape):
        return
    advice = "Build the model for these samples, or resize them."
    if unbatched is not None and fits(unbatched, sample_shape):
        advice = "The pipeline gives single samples: batch it, x.batch(64, drop_remainder=True)."
    elif len(shape) == len(sample_shape) - 1:
        advice = "Is the channel axis missing? Add it with x[..., None]."
    elif len(shape) == len(sample_shape) == 3 and shape[:2] == tuple(sample_shape[:2]):
        advice = f"The model was built for {sample_shape[2]} channels, the data have {shape[2]}."
    raise ValueError(f"x: samples of shape {tuple(shape)}; the discriminator takes {tuple(sample_shape)}. {advice}")


def fits(shape, expected):
    return len(shape) == len(expected) and all(None in pair or pair[0] == pair[1] for pair in zip(shape, expected))


def output_range(generator):
    """(low, high) that the generator's last activation can reach: tanh (-1, 1), sigmoid (0, 1), anything else None.

    Looks back only through layers that move values about without changing them.
    """
    movers = (keras.layers.Reshape, keras.layers.Cropping2D, keras.layers.Flatten, keras.layers.Permute)
    known = {keras.activations.tanh: (-1.0, 1.0), keras.activations.sigmoid: (0.0, 1.0)}
    for layer in reversed(generator.layers):
        if not isinstance(layer, movers):
            return known.get(getattr(layer, "activation", None))
    return None
