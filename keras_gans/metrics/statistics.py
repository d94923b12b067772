"""State that grows batch by batch on the device: moments in O(d^2) memory, or the vectors themselves."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gans.metrics.gaussian import Gaussian
from keras_gans.types import Config, Tensor


def precision():
    """float64 where the backend has it: variances are small differences of large squares."""
    found = keras.backend.standardize_dtype(ops.convert_to_tensor(np.float64(0)).dtype)
    return "float64" if found == "float64" else "float32"


def two_sets(real: npt.ArrayLike, fake: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Features of two sets as float64 (n, d) and (m, d); raises ValueError unless they fit, are finite and at least 2 each."""
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"real {real.shape} and fake {fake.shape}; expected features (n, d) and (m, d), made by one extractor."
        )
    for name, features in (("real", real), ("fake", fake)):
        if len(features) < 2:
            raise ValueError(f"{name}: {len(features)} samples; at least 2 are needed.")
        if not np.isfinite(features).all():
            raise ValueError(f"{name}: features are NaN or infinite. Does the extractor overflow?")
    return real, fake


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
        precise = precision()
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
    """The vectors (or images, sequences ...) seen, float32, up to `size` of them, kept on the device.

    Args:
        size: the most there can be.
        shape: of one of them: a number d for vectors (d,), or a tuple.
    """

    def __init__(self, size, shape, name="buffer"):
        super().__init__(name=name)
        self.size = size
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.filled = self.add_variable((), "zeros", dtype="int32", name="filled")
        self.rows = self.add_variable((size + 1, *self.shape), "zeros", dtype="float32", name="rows")  # the last: overflow

    def update_state(self, vectors, places=None):
        """Adds vectors (batch, ...): after those that are there, or at rows `places` (batch,)."""
        vectors = ops.cast(vectors, "float32")
        count = ops.shape(vectors)[0]
        if places is None:
            if len(getattr(self.filled.value, "values", ())) > 1:  # each replica would begin at row 0
                raise ValueError(
                    f"{self.name}: made under a distribution strategy of several replicas. Make it outside of the strategy's scope."
                )
            places = self.filled + ops.arange(count, dtype="int32")
        places = ops.expand_dims(ops.minimum(ops.cast(places, "int32"), self.size), 1)
        self.rows.assign(ops.scatter_update(ops.convert_to_tensor(self.rows), places, vectors))
        self.filled.assign_add(count)

    def result(self):
        """The rows (size, ...), those that are not filled zero; `numpy()` has the filled ones."""
        return self.rows[:-1]

    def numpy(self):
        """What was seen since `reset_state`, (n, ...). Raises ValueError when it was more than `size`."""
        filled = int(self.filled.numpy())
        if filled > self.size:
            raise ValueError(f"{self.name}: {filled} samples, and room for {self.size}. Pass a larger size.")
        return np.array(self.rows.numpy()[:filled])  # its own memory: the backend's may be written to again

    def get_config(self):
        return {"size": self.size, "shape": self.shape, "name": self.name}


class TwoSets(keras.metrics.Metric):
    """Base of the scores that compare two sets: keeps up to `size` samples of each and scores them all with `score(real, fake)`,
    which a subclass defines with its plain function.

    Args:
        shape: of one sample: a number d for features (d,), or a tuple.
        size: the most samples of each set.
    """

    def __init__(self, shape: int | Sequence[int], size: int = 10_000, name: str | None = None) -> None:
        super().__init__(name=name)
        self.shape, self.size = shape, size
        self.real, self.fake = Buffer(size, shape, name="real"), Buffer(size, shape, name="fake")

    def update_state(self, real: Tensor | None = None, fake: Tensor | None = None) -> None:
        """Adds a batch of real samples, of fakes, or of both; the two sets need not be of one size."""
        for buffer, samples in ((self.real, real), (self.fake, fake)):
            if samples is not None:
                buffer.update_state(samples)

    def result(self) -> Any:
        """The score of everything since `reset_state`; computed on the host, so not inside a compiled function."""
        return self.score(self.real.numpy(), self.fake.numpy())

    def get_config(self) -> Config:
        return {"shape": self.shape, "size": self.size, "name": self.name}
