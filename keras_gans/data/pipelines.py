"""Arrays in memory -> batches whose order is a pure function of (seed, epoch)."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf


class EpochOrder:
    """The order of the samples: for each epoch a permutation drawn from (seed, epoch), so that a run that was stopped after
    any batch and goes on in another process sees exactly the batches it would have seen.

    Each reading of the pipeline goes on where the last one ended, for as many batches as an epoch has. `GAN.fit` sets `position`,
    in batches, from the model's own step count.

    Attributes:
        labels: int (count,) of the samples, where they are known; `choose` needs them.
    """

    def __init__(self, count, batch_size, shuffle, seed, labels=None):
        self.count, self.batch_size, self.shuffle, self.seed = count, batch_size, shuffle, seed
        self.position, self.labels, self.chosen = 0, labels, None

    def __len__(self):
        return self.count // self.batch_size

    def __call__(self):
        epoch, inside = divmod(self.position, len(self))
        self.position += len(self)
        rows = self.rows(epoch)
        return np.concatenate([rows[inside:], self.rows(epoch + 1)[:inside]]) if inside else rows

    def rows(self, epoch):
        """Which samples each batch of an epoch has, (batches, batch_size)."""
        return self.drawn(epoch, len(self) * self.batch_size).reshape(len(self), self.batch_size)

    def tail(self):
        """Which samples the short last batch of data in order has."""
        return self.drawn(0, self.count)[len(self) * self.batch_size :]

    def drawn(self, epoch, needed):
        """Which samples come in an epoch, (needed,)."""
        there = np.arange(self.count) if self.chosen is None else self.chosen
        rng = np.random.default_rng([self.seed, epoch])
        times = -(-needed // len(there))  # chosen samples come as often as it takes to fill an epoch
        return np.concatenate([rng.permutation(there) if self.shuffle else there for _ in range(times)])[:needed]

    def choose(self, classes):
        """From the next epoch on, only samples of these classes, as many batches as before; None for all.

        Raises:
            ValueError: no sample is of these classes.
        """
        self.chosen = None
        if classes is not None and self.labels is not None:
            self.chosen = np.flatnonzero(np.isin(self.labels, classes))
            if not len(self.chosen):
                raise ValueError(f"No sample is of the classes {tuple(classes)}; the labels are 0 to {self.labels.max()}.")


def even_batch(count, batch_size):
    """The largest batch size up to `batch_size` that divides `count`."""
    return next(size for size in range(min(count, batch_size), 0, -1) if count % size == 0)


def without_autotuning(dataset):
    """The same tf.data pipeline without its autotuner, whose sleeping thread can stall the end of every epoch by
    some seconds (benchmarks/train_step.py has a row with it and one without). Pipelines over memory have nothing to tune."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def to_range(values, value_range):
    """Values of any dtype in `value_range` -> float32 in [-1, 1]; with `value_range=None` only the cast."""
    values = tf.cast(values, tf.float32)
    if value_range is None:
        return values
    low, high = value_range
    return (values - low) * (2.0 / (high - low)) - 1.0


def batches(
    arrays: Any,
    batch_size: int,
    *,
    shuffle: bool = False,
    seed: int = 0,
    value_range: tuple[float, float] | None = None,
    augment: Callable[..., Any] | None = None,
) -> tf.data.Dataset:
    """A tf.data pipeline over arrays in memory, with static batch shapes.

    Args:
        arrays: array (n, ...), or a pair (samples, labels).
        batch_size: samples per batch. With `shuffle` the n % batch_size samples that fill no batch are left out, other
            ones each epoch. Without it every sample comes once, in order: the batch is then the largest size up to
            `batch_size` that divides n, or, where no such size is at least half, nearly equal batches of which the last is
            shorter by a few.
        shuffle: draw a new order each epoch from (seed, epoch).
        seed: integer >= 0.
        value_range: (low, high) of the samples as stored, to be mapped to [-1, 1]; None leaves values as they are.
        augment: function of (samples, seed pair) -> samples; the seeds follow from `seed` and the samples that a batch has.

    Returns:
        tf.data.Dataset of float32 samples, or of pairs (samples, labels). It has `order`, its `EpochOrder`, and with `shuffle`
        also `in_order(batch_size)`, a new pipeline over every sample in order, and `with_batches(batch_size, seed=)`, one like it.

    Raises:
        ValueError: fewer samples than one batch.
    """
    pair = isinstance(arrays, (tuple, list))
    samples = arrays[0] if pair else arrays
    count = len(samples)
    if count < batch_size and shuffle:
        raise ValueError(
            f"{count} training samples do not fill one batch of {batch_size}. Pass batch_size={max(count, 1)} or fewer."
        )
    tail = 0
    if not shuffle:
        even = even_batch(count, batch_size)
        if 2 * even < min(batch_size, count):
            even = -(-count // -(-count // batch_size))  # as many batches as `batch_size` gives, nearly equal
        batch_size, tail = even, count % even
    order = EpochOrder(count, batch_size, shuffle, seed, np.asarray(arrays[1]) if pair else None)
    stored = tuple(tf.constant(array) for array in arrays) if pair else tf.constant(arrays)

    def take(rows):
        found = tf.nest.map_structure(lambda array: tf.gather(array, rows), stored)
        samples = to_range(found[0] if pair else found, value_range)
        if augment is not None:
            drawn = tf.random.experimental.stateless_fold_in([seed, 0], rows[0])
            samples = augment(samples, tf.random.experimental.stateless_fold_in(drawn, rows[-1]))
        return (samples, found[1]) if pair else samples

    def epoch(_):
        rows = tf.numpy_function(order, [], tf.int64)
        return tf.data.Dataset.from_tensor_slices(tf.ensure_shape(rows, (len(order), batch_size)))

    dataset = tf.data.Dataset.from_tensors(0).flat_map(epoch)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(len(order))).map(take)
    if tail:
        last = tf.data.Dataset.from_tensors(0).map(
            lambda _: take(tf.ensure_shape(tf.numpy_function(order.tail, [], tf.int64), (tail,)))
        )
        dataset = dataset.concatenate(last)
    dataset = without_autotuning(dataset.prefetch(2))
    dataset.order = order
    if shuffle:
        dataset.in_order = functools.partial(
            batches, arrays, value_range=value_range
        )  # all of it, once: does not move `order`
        dataset.with_batches = functools.partial(batches, arrays, shuffle=True, value_range=value_range, augment=augment)
    if value_range is None:
        dataset.samples = samples  # all of them, for statistics: an epoch of batches leaves some out
    return dataset


def streamed(draw, count):
    """A pipeline of `count` batches, arrays or pairs of arrays, from the iterator that `draw()` gives at each reading."""
    like = tf.nest.map_structure(lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), next(draw()))
    dataset = tf.data.Dataset.from_generator(draw, output_signature=like)
    return without_autotuning(dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2))


def numbered(dataset):
    """A pipeline of batches -> ((places, batch),), places (n,) being how many samples came before each."""

    def count(before, batch):
        size = tf.shape(tf.nest.flatten(batch)[0])[0]
        return before + size, ((before + tf.range(size), batch),)

    return dataset.scan(tf.constant(0), count)
