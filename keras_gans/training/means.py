"""What the logs of an epoch are made of."""

import keras
from keras import ops


class EpochMeans(keras.metrics.Metric):
    """The means of several named scalars in two variables: one update a step instead of one for each scalar."""

    def __init__(self, names, name=None):
        super().__init__(name=name)
        self.names = tuple(names)
        self.total = self.add_variable((len(self.names),), "zeros", name="total")
        self.count = self.add_variable((len(self.names),), "zeros", name="count")

    def update_state(self, values, samples, present=None):
        """Adds a value for each name, the mean over so many samples.

        Args:
            values: dict of scalars, one for each name.
            samples: how many.
            present: {name: 0 or 1}: 0 leaves that name out this time.
        """
        samples, present = ops.cast(samples, self.dtype), present or {}
        weights = samples * ops.stack([ops.cast(present.get(name, 1.0), self.dtype) for name in self.names])
        self.total.assign_add(ops.stack([ops.cast(values[name], self.dtype) for name in self.names]) * weights)
        self.count.assign_add(weights)

    def result(self):
        means = ops.divide_no_nan(self.total, self.count)
        return {name: means[i] for i, name in enumerate(self.names)}
