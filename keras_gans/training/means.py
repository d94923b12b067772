"""What the logs of an epoch are made of."""

import keras
from keras import ops


class EpochMeans(keras.metrics.Metric):
    """The means of several named scalars in two variables: one update a step instead of one for each scalar."""

    def __init__(self, names, name=None):
        super().__init__(name=name)
        self.names = tuple(names)
        self.total = self.add_variable((len(self.names),), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values, samples):
        """Adds one value for each name, the mean over so many samples."""
        samples = ops.cast(samples, self.dtype)
        self.total.assign_add(values * samples)
        self.count.assign_add(samples)

    def result(self):
        means = ops.divide_no_nan(self.total, self.count)
        return {name: means[i] for i, name in enumerate(self.names)}
