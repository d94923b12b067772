"""State that grows batch by batch on the device: moments in O(d^2) memory, or the vectors themselves."""

import keras
import numpy as np
from keras import ops

from keras_gans.metrics.frechet import Gaussian


@keras.saving.register_keras_serializable("keras_gans")
class Moments(keras.metrics.Metric):
    """Running count, mean and covariance of features.

    Sums are taken around a fixed shift near the mean, in float64 where the backend has it: raw float32 sums would cost up
    to 2e-3 of a Fréchet distance where the mean is large beside the deviation. All state is sums, so that replicas add up.

    Args:
        dimension: number of features d.
        shift: (d,), any vector near the mean; None for zeros.
    """

    def __init__(self, dimension, shift=None, name="moments"):
        precise = (
            "float64"
            if keras.backend.standardize_dtype(ops.convert_to_tensor(np.float64(0)).dtype) == "float64"
            else "float32"
        )
        super().__init__(name=name, dtype=precise)
        self.dimension = dimension
        self.shift = np.zeros(dimension) if shift is None else np.asarray(shift, "float64")
        self.count = self.add_variable((), "zeros", dtype=precise, name="count")
        self.total = self.add_variable((dimension,), "zeros", dtype=precise, name="total")
        self.products = self.add_variable((dimension, dimension), "zeros", dtype=precise, name="products")

    def update_state(self, features):
        """Adds features (batch, d)."""
        centred = ops.cast(features, self.dtype) - ops.convert_to_tensor(self.shift, self.dtype)
        self.count.assign_add(ops.cast(ops.shape(features)[0], self.dtype))
        self.total.assign_add(ops.sum(centred, axis=0))
        self.products.assign_add(ops.matmul(ops.transpose(centred), centred))

    def result(self):
        """The mean, (d,); `gaussian()` has everything."""
        return ops.convert_to_tensor(self.shift, self.dtype) + ops.divide_no_nan(self.total, self.count)

    def gaussian(self):
        """The `Gaussian` of everything seen since `reset_state`."""
        n, total = float(self.count.numpy()), np.asarray(self.total.numpy(), "float64")
        if n < 2:
            raise ValueError(f"{int(n)} samples: a covariance needs at least 2.")
        products = np.asarray(self.products.numpy(), "float64")
        covariance = (products - np.outer(total, total) / n) / (n - 1)
        return Gaussian(self.shift + total / n, covariance, int(n))

    def get_config(self):
        return {"dimension": self.dimension, "shift": self.shift.tolist(), "name": self.name}


@keras.saving.register_keras_serializable("keras_gans")
class Buffer(keras.metrics.Metric):
    """The first `size` vectors seen, (size, dimension) float32, kept on the device."""

    def __init__(self, size, dimension, name="buffer"):
        super().__init__(name=name)
        self.size, self.dimension = size, dimension
        self.filled = self.add_variable((), "zeros", dtype="int32", name="filled")
        self.rows = self.add_variable((size, dimension), "zeros", dtype="float32", name="rows")

    def update_state(self, vectors):
        """Adds vectors (batch, d). More than `size` in all are an error of the caller's."""
        count = ops.shape(vectors)[0]
        places = ops.expand_dims(self.filled + ops.arange(count, dtype="int32"), 1)
        self.rows.assign(ops.scatter_update(ops.convert_to_tensor(self.rows), places, ops.cast(vectors, "float32")))
        self.filled.assign_add(count)

    def result(self):
        return self.rows

    def numpy(self):
        return self.rows.numpy()[: int(self.filled.numpy())]

    def get_config(self):
        return {"size": self.size, "dimension": self.dimension, "name": self.name}
