"""From the data's own units to those the networks work in, and back."""

import keras
import numpy as np
from keras import ops

from keras_gans.errors import unknown

MODES = ("standard", "minmax")


@keras.saving.register_keras_serializable("keras_gans")
class Normaliser(keras.layers.Layer):
    """A scale and a shift for each feature (the last axis), fitted on the training data and saved with the model.

    Args:
        features: how many.
        mode: "standard" gives mean 0 and standard deviation 1, "minmax" the range [-1, 1].

    `normaliser(x)` normalises, `normaliser(x, inverse=True)` goes back; (..., features) both.
    """

    def __init__(self, features, mode="standard", **kwargs):
        super().__init__(trainable=False, **{**kwargs, "dtype": "float32"})  # half precision would cut the data to pieces
        if mode not in MODES:
            raise ValueError(unknown("normalise", mode, MODES))
        self.features, self.mode = features, mode
        self.shift = self.add_weight(shape=(features,), initializer="zeros", trainable=False, name="shift")
        self.scale = self.add_weight(shape=(features,), initializer="ones", trainable=False, name="scale")
        self.fitted = self.add_weight(shape=(), initializer="zeros", trainable=False, name="fitted")
        self.built = True

    @property
    def is_fitted(self):
        return bool(self.fitted.numpy() > 0)

    def fit(self, batches):
        """Sets scale and shift from an iterable of arrays (n, ..., features): two passes in float64.

        Raises:
            ValueError: NaN, or a feature that is the same everywhere.
        """
        count, total = 0, np.zeros(self.features)
        low, high = np.full(self.features, np.inf), np.full(self.features, -np.inf)
        for batch in batches:
            flat = np.asarray(batch, "float64").reshape(-1, self.features)
            count, total = count + len(flat), total + flat.sum(0)
            low, high = np.minimum(low, flat.min(0)), np.maximum(high, flat.max(0))
        if not (np.isfinite(low) & np.isfinite(high)).all():
            raise ValueError("x: values are NaN or infinite. Remove or repair those samples.")
        if (high <= low).any():
            which = np.flatnonzero(high <= low).tolist()
            raise ValueError(
                f"x: feature {', '.join(map(str, which))} (of 0 to {self.features - 1}) has one value everywhere, "
                f"{low[which[0]]:g}: there is nothing to learn and nothing to scale by. Drop it, and put it back into the "
                "samples."
            )
        shift, scale = (low + high) / 2, (high - low) / 2
        if self.mode == "standard":
            shift = total / count
            squares = sum(((np.asarray(b, "float64").reshape(-1, self.features) - shift) ** 2).sum(0) for b in batches)
            scale = np.sqrt(squares / count)
        lost = np.flatnonzero(scale < 1e-5 * np.abs(shift))
        if len(lost):
            raise ValueError(
                f"x: feature {', '.join(map(str, lost))} varies by {scale[lost[0]]:.3g} around {shift[lost[0]]:.6g}, which float32 "
                "cannot tell apart. Subtract a constant from it first, and add it to the samples."
            )
        self.shift.assign(shift)
        self.scale.assign(scale)
        self.fitted.assign(1.0)

    def is_strange(self, batch):
        """Whether a batch (n, ..., features) lies far from the data that were fitted: its mean over 10 deviations (of "minmax" half
        ranges) from theirs, or its deviation over 10 times as large, in some feature."""
        flat = (np.asarray(batch, "float64").reshape(-1, self.features) - self.shift.numpy()) / self.scale.numpy()
        return bool((np.abs(flat.mean(0)) > 10).any() or (flat.std(0) > 10).any())

    def call(self, inputs, inverse=False):
        inputs = ops.cast(inputs, "float32")
        return inputs * self.scale + self.shift if inverse else (inputs - self.shift) / self.scale

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "features": self.features, "mode": self.mode}
