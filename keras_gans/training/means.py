"""What the logs of an epoch are made of."""

import keras
from keras import ops


class EpochMeans(keras.metrics.Metric):
    """The means of several named scalars in a few variables: one update a step instead of one for each scalar. A name that no
    step of an epoch had keeps the last value it had."""

    def __init__(self, names, name=None):
        super().__init__(name=name)
        self.names = tuple(names)
        self.total = self.add_variable((len(self.names),), "zeros", name="total")
        self.count = self.add_variable((len(self.names),), "zeros", name="count")
        self.last = self.add_variable((len(self.names),), "zeros", aggregation="mean", name="last")

    def update_state(self, values, samples, present=None):
        """Adds a value for each name, the mean over so many samples.

        Args:
            values: dict of scalars, one for each name.
            samples: how many.
            present: {name: 0 or 1}: 0 leaves that name out this time.
        """
        samples, present = ops.cast(samples, self.dtype), present or {}
        given = ops.stack([ops.cast(values[name], self.dtype) for name in self.names])
        there = ops.stack([ops.cast(present.get(name, 1.0), self.dtype) for name in self.names])
        self.total.assign_add(ops.where(there * samples > 0, given * there * samples, 0.0))  # a replica may have none: NaN
        self.count.assign_add(there * samples)
        if present:
            self.last.assign(ops.where(there > 0, given, ops.convert_to_tensor(self.last)))

    def reset_state(self):
        """Starts a new epoch."""
        self.total.assign(ops.zeros(self.total.shape))
        self.count.assign(ops.zeros(self.count.shape))

    def result(self):
        total, count, last = (ops.convert_to_tensor(variable) for variable in (self.total, self.count, self.last))
        means = ops.where(count > 0, ops.divide_no_nan(total, count), last)
        return {name: means[i] for i, name in enumerate(self.names)}
