"""What `GAN.fit` puts around Keras's own loop: the order of the data, and a stop at the first NaN."""

import math

import keras
import numpy as np
import tensorflow as tf

from keras_gans.data import checks
from keras_gans.data.pipelines import batches, without_autotuning
from keras_gans.errors import TrainingDiverged

LOG_READERS = (keras.callbacks.CSVLogger, keras.callbacks.TensorBoard)


class Guard(keras.callbacks.Callback):
    """First of the callbacks of every fit.

    Sets which epoch's order the data come in, from the model's own step count: a resumed run then sees the batches that
    an uninterrupted one would have seen. Raises `TrainingDiverged` as soon as a loss is not finite, which ends the
    training before a callback behind it can save over a good checkpoint.
    """

    def __init__(self, order=None):
        super().__init__()
        self.order = order

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if self.order is not None:
            self.order.epoch = int(self.model.steps.numpy()) // len(self.order)

    def on_train_batch_end(self, batch, logs=None):
        for name, value in (logs or {}).items():
            if name.endswith("_loss") and not math.isfinite(float(value)):
                raise TrainingDiverged(
                    f"{name} became {float(value)} in epoch {self.epoch + 1}, batch {batch + 1}. Training stopped, and "
                    "nothing was saved after that: the last checkpoint is still good. Lower the learning rates, or look "
                    "for samples far outside the range of the others."
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
        order = getattr(x, "order", None)
        spec = x.element_spec
        check_shape((spec[0] if isinstance(spec, tuple) else spec).shape[1:], sample_shape, "x")
        first = next(iter(without_autotuning(x.take(1))), None)
        check_batch(first, sample_shape, output_range)
        return without_autotuning(x), order
    if isinstance(x, keras.utils.PyDataset):
        check_batch(x[0] if x.num_batches else None, sample_shape, output_range)
        return x, None
    if x is None or not hasattr(x, "shape") or not hasattr(x, "__len__"):
        raise TypeError(
            f"x is {type(x).__name__}; expected an array of samples, a tf.data.Dataset, a keras.utils.PyDataset or the "
            "pipelines of keras_gans.data.load(...)."
        )
    x = np.asarray(x)
    check_batch(x, sample_shape, output_range)
    data = batches(x.astype("float32"), batch_size, shuffle=shuffle, seed=seed)
    return data, data.order


def check_batch(batch, sample_shape, output_range):
    """Raises unless the first axis counts samples and the samples are what the networks are made for."""
    if isinstance(batch, (tuple, list)):
        batch = batch[0]
    if batch is None or len(batch) == 0:
        raise ValueError("x is empty. Bring at least one batch of samples.")
    batch = np.asarray(batch)
    check_shape(batch.shape[1:], sample_shape, "x")
    checks.values(batch, output_range, "x")


def check_shape(shape, sample_shape, where):
    if sample_shape is None or shape.rank is None if hasattr(shape, "rank") else sample_shape is None:
        return
    shape = tuple(shape)
    fits = len(shape) == len(sample_shape) and all(None in pair or pair[0] == pair[1] for pair in zip(shape, sample_shape))
    if fits:
        return
    advice = "Build the model for these samples, or resize them."
    if len(shape) == len(sample_shape) - 1:
        advice = "Is the channel axis missing? Add it with x[..., None]."
    elif len(shape) == len(sample_shape) == 3 and shape[:2] == tuple(sample_shape[:2]):
        advice = f"The model was built for {sample_shape[2]} channels, the data have {shape[2]}."
    raise ValueError(f"{where}: samples of shape {shape}; the discriminator takes {tuple(sample_shape)}. {advice}")


def output_range(generator):
    """(low, high) that the generator's last activation can reach: tanh (-1, 1), sigmoid (0, 1), anything else None."""
    for layer in reversed(generator.layers):
        activation = getattr(layer, "activation", None)
        if activation is not None:
            return {keras.activations.tanh: (-1.0, 1.0), keras.activations.sigmoid: (0.0, 1.0)}.get(activation)
        if layer.weights:
            return None
    return None
