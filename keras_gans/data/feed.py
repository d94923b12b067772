"""What a caller hands to `fit` or `evaluate`, checked and turned into what Keras iterates."""

import warnings
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from keras_gans.data import checks
from keras_gans.data.pipelines import batches, without_autotuning
from keras_gans.errors import whole_number


class Wanted(NamedTuple):
    """What a GAN takes.

    Attributes:
        shape: of one sample, None for any size.
        range: (low, high) that the generator can reach, or None where that is not known.
        num_classes: of a conditional GAN, else None.
        pack: how many samples are judged as one: what each device's part of a training batch must be a multiple of.
        devices: how many share a batch in equal parts.
        held_out: whether the data are for evaluation, where a last batch may be filled up.
    """

    shape: tuple
    range: tuple | None = None
    num_classes: int | None = None
    pack: int = 1
    devices: int = 1
    held_out: bool = False


class Prepared(NamedTuple):
    """What Keras iterates, the pipeline's `EpochOrder` (None for a pipeline of the caller's own), and all samples as one array
    where they are known."""

    data: object
    order: object
    samples: np.ndarray | None


class Samples:
    """The samples of a pipeline alone, as arrays, as often as it is read."""

    def __init__(self, data):
        self.data = data

    @property
    def endless(self):
        if isinstance(self.data, keras.utils.PyDataset):
            return self.data.num_batches is None
        return int(self.data.cardinality()) == tf.data.INFINITE_CARDINALITY

    def __iter__(self):
        if self.endless:
            raise ValueError(
                "x never ends, so that its mean and range cannot be taken. Call gan.normaliser.fit([array]) on a part of it first."
            )
        batches = (
            (self.data[i] for i in range(self.data.num_batches))
            if isinstance(self.data, keras.utils.PyDataset)
            else self.data
        )
        yield from map(self.alone, batches)

    def first(self):
        """The first batch's."""
        return self.alone(self.data[0] if isinstance(self.data, keras.utils.PyDataset) else next(iter(self.data)))

    @staticmethod
    def alone(batch):
        return np.asarray(batch[0] if isinstance(batch, (tuple, list)) else batch)


def prepare(x, y, batch_size, shuffle, seed, wanted):
    """What the caller handed to `fit` or `evaluate`, checked, as something Keras iterates without stalling.

    Args:
        x: array, tf.data.Dataset or keras.utils.PyDataset, of samples or pairs (samples, labels).
        y: labels beside an array.
        batch_size, shuffle, seed: for arrays.
        wanted: `Wanted`.

    Returns:
        `Prepared`.
    """
    if isinstance(x, tuple) and len(x) == 2 and y is None and hasattr(x[0], "shape") and np.ndim(x[1]) == 1:
        x, y = x
    if isinstance(x, tf.data.Dataset):
        no_second(y)
        pair = isinstance(x.element_spec, tuple)
        specs = x.element_spec[0] if pair else x.element_spec
        if not isinstance(specs, tf.TensorSpec):
            raise TypeError(f"x gives {specs}; expected samples, or pairs (samples, labels). Map it to those first.")
        if specs.shape.rank is not None:
            check_shape(tuple(specs.shape[1:]), wanted.shape, unbatched=tuple(specs.shape))
        first: Any = next(iter(without_autotuning(x.take(1))), None)
        check_batch(first, wanted, scaled=hasattr(x, "fingerprint"))
        check_pack(len(first[0] if pair else first), wanted)
        if pair and not wanted.num_classes:
            warnings.warn("The labels beside the samples are ignored: this GAN does not take labels.", stacklevel=5)
        order, samples = order_of(x), getattr(x, "samples", None)
        if wanted.num_classes:
            x = with_checked_labels(x, wanted.num_classes)
        return Prepared(without_autotuning(x), order, samples)
    if isinstance(x, keras.utils.PyDataset):
        no_second(y)
        first = None if x.num_batches == 0 else x[0]
        check_batch(first, wanted)
        check_pack(len(first[0] if isinstance(first, (tuple, list)) else first), wanted)
        return Prepared(CheckedLabels(x, wanted) if wanted.num_classes else x, None, None)
    if hasattr(x, "train") and hasattr(x, "validation"):
        raise TypeError("x is a whole data set: pass its .train to fit, and validation_data=its .validation.")
    if isinstance(x, np.ndarray) and x.dtype == object:
        x = list(x)
    if isinstance(x, (list, tuple)) and x and all(hasattr(one, "shape") or isinstance(one, (list, tuple)) for one in x):
        lengths = sorted({len(one) for one in x})
        if len(lengths) > 1:
            raise ValueError(
                f"x holds sequences of {len(lengths)} lengths, {lengths[0]} to {lengths[-1]}. Cut them into windows of one length "
                "with keras_gans.data.windows(series, steps), or pad them with keras_gans.data.pad(sequences, steps, value)."
            )
        x = np.asarray(x)
    if not hasattr(x, "shape") or not hasattr(x, "__len__"):
        raise TypeError(
            f"x is {type(x).__name__}; expected an array of samples, a tf.data.Dataset, a keras.utils.PyDataset or the "
            "pipelines of keras_gans.data.load(...)."
        )
    batch_size = whole_number("batch_size", batch_size)
    check_pack(batch_size, wanted)
    if y is not None and not wanted.num_classes:
        warnings.warn("y is ignored: this GAN does not take labels.", stacklevel=5)
        y = None
    x = np.asarray(x)
    check_batch(x if y is None else (x, y), wanted)
    x = x.astype("float32")
    if (
        wanted.pack > 1 and wanted.held_out
    ):  # neighbours may be alike: what is judged together comes in one fixed random order
        order = np.random.default_rng(0).permutation(len(x))
        x, y = x[order], None if y is None else np.asarray(y)[order]
    data = batches(x if y is None else (x, np.asarray(y).astype("int32")), batch_size, shuffle=shuffle, seed=seed)
    return Prepared(data, data.order, x)


def with_checked_labels(dataset, num_classes):
    """The same pipeline, which ends with an error at a label outside the classes: a network would take it for no class at all."""

    def check(samples, labels, *more):
        numbers = tf.cast(labels, tf.int64)
        least, most = tf.reduce_min(numbers), tf.reduce_max(numbers)
        message = (
            f"x: a label lies outside the classes, which are numbered 0 to {num_classes - 1}. Number them so, or build the GAN with "
            "more num_classes. Smallest and largest label of the batch:"
        )
        with tf.control_dependencies([tf.debugging.Assert((least >= 0) & (most < num_classes), [message, least, most])]):
            return tf.identity(samples), labels, *more

    return dataset.map(check)


class CheckedLabels(keras.utils.PyDataset):
    """The same PyDataset, which raises at a label outside the classes."""

    def __init__(self, inner, wanted):
        super().__init__(inner.workers, inner.use_multiprocessing, inner.max_queue_size)
        self.inner, self.wanted = inner, wanted

    def __getitem__(self, index):
        batch = self.inner[index]
        check_labels(np.asarray(batch[1]), len(batch[0]), self.wanted)
        return batch

    @property
    def num_batches(self):
        return self.inner.num_batches

    def on_epoch_begin(self):
        self.inner.on_epoch_begin()

    def on_epoch_end(self):
        self.inner.on_epoch_end()


def check_end(data, name, steps):
    """Raises where a pipeline never ends and the argument `name` does not say how many steps to take."""
    if Samples(data).endless and not steps:
        raise ValueError(f"The pipeline never ends. Pass {name}=, the batches to take of it.")


def no_second(y):
    if y is not None:
        raise ValueError("y stands beside a pipeline. Let the pipeline give pairs (samples, labels) instead.")


def check_pack(size, wanted):
    """Raises unless a training batch has equal parts for all devices, each of whole packs."""
    pack, devices = wanted.pack, wanted.devices
    if wanted.held_out or not size % (pack * devices):
        return
    advice = f"Try batch_size={max(size // (pack * devices), 1) * pack * devices}."
    if size % pack:
        raise ValueError(
            f"Batches of {size} samples, and pack={pack}: the discriminator judges {pack} samples at once, so the batch must be "
            f"a multiple of {pack}. {advice}"
        )
    whole = f" of whole packs of {pack}" if pack > 1 else ""
    raise ValueError(f"Batches of {size} samples, and {devices} devices: each takes an equal part{whole}. {advice}")


def check_labels(labels, count, wanted):
    """Labels as int32 (count,); raises unless they are classes of a GAN (anything with `num_classes`)."""
    if not wanted.num_classes:
        raise ValueError("labels: this GAN was built without classes. Build it with num_classes=.")
    labels = checks.label_array(labels, count, "labels")
    if labels.max() >= wanted.num_classes:
        raise ValueError(
            f"labels: up to {labels.max()}, and num_classes={wanted.num_classes}: classes are numbered 0 to "
            f"{wanted.num_classes - 1}. Number them so, or build the GAN with num_classes={labels.max() + 1}."
        )
    return labels


def order_of(dataset):
    """The `EpochOrder` at the root of a pipeline, also where it was mapped or prefetched since; None without one."""
    if hasattr(dataset, "order"):
        return dataset.order
    inputs = dataset._inputs() if hasattr(dataset, "_inputs") else []
    return order_of(inputs[0]) if len(inputs) == 1 else None


def check_batch(batch, wanted, scaled=False):
    """Raises unless the first axis counts samples and the samples (and labels) are what the networks are made for. Of the pipelines of a
    `Data`, which are `scaled`, a batch without dark pixels is no sign that black is 0."""
    labels = None
    if isinstance(batch, (tuple, list)):
        batch, labels = batch[0], (batch[1] if len(batch) > 1 else None)
    if batch is None or len(batch) == 0:
        raise ValueError("x is empty. Bring at least one batch of samples.")
    batch = np.asarray(batch)
    if not (np.issubdtype(batch.dtype, np.integer) or np.issubdtype(batch.dtype, np.floating)):
        raise ValueError(f"x has dtype {batch.dtype}; samples are numbers.")
    check_shape(batch.shape[1:], wanted.shape)
    checks.values(batch, None, "x")
    if wanted.num_classes:
        if labels is None:
            raise ValueError(
                f"This GAN has num_classes={wanted.num_classes} and was given samples without labels. Pass y=labels beside an "
                "array, a pipeline of pairs (samples, labels), or data.load(..., labels=True)."
            )
        check_labels(np.asarray(labels), len(batch), wanted)
    if wanted.range is None:
        return
    (low, high), least, most = wanted.range, float(batch.min()), float(batch.max())
    slack = (high - low) / 510 if np.isfinite(high - low) else 0.0
    if least < low - slack or most > high + slack:
        raise ValueError(
            f"x has values from {least:g} to {most:g}, and the generator gives values in [{low:g}, {high:g}]. Scale the samples "
            "(pixels of 0 to 255 by x / 127.5 - 1), let keras_gans.data.from_arrays(x, value_range=...) do it, or give the "
            "generator an output activation that reaches them."
        )
    if np.isfinite(high - low) and low < 0 <= least and most > 0 and not scaled:
        warnings.warn(
            f"x has values from {least:g} to {most:g} alone, and the generator gives values in [{low:g}, {high:g}]. If black is "
            "0 in your data, scale them to that range: x * 2 - 1.",
            stacklevel=6,
        )


def check_shape(shape, sample_shape, unbatched=None):
    """Raises unless samples of `shape` fit what the discriminator takes (None where it takes any size)."""
    if sample_shape is None or checks.same_shape(shape, sample_shape):
        return
    advice = "Build the model for these samples, or resize them."
    kinds = {1: "vectors (DenseGAN)", 2: "sequences (RecurrentGAN)", 3: "images (DCGAN and others)"}
    if unbatched is not None and checks.same_shape(unbatched, sample_shape):
        advice = "The pipeline gives single samples: batch it, x.batch(64, drop_remainder=True)."
    elif len(shape) == 2 and len(sample_shape) == 3:
        advice = "Is the channel axis missing? Add it with x[..., None]."
    elif len(shape) == len(sample_shape) - 1:
        advice = "Is the last axis missing? Add it with x[..., None]."
    elif len(shape) != len(sample_shape) and len(shape) in kinds and len(sample_shape) in kinds:
        advice = f"These are {kinds[len(shape)]}, and this GAN is for {kinds[len(sample_shape)]}."
    elif len(shape) == len(sample_shape) == 3 and shape[:2] == tuple(sample_shape[:2]):
        advice = f"The model was built for {sample_shape[2]} channels, the data have {shape[2]}."
    raise ValueError(f"x: samples of shape {tuple(shape)}; the discriminator takes {tuple(sample_shape)}. {advice}")
