"""What a network is told beside its input: how much a batch varies, labels, fine structure."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_gans.types import Config, Shape, Tensor


@keras.saving.register_keras_serializable("keras_gans")
class MinibatchStdDev(keras.layers.Layer):
    """Appends one feature: how much the batch varies, the standard deviation over the batch averaged over all features.

    A discriminator that sees it punishes a generator that repeats itself (Karras et al. 2018, section 3; the group is the
    whole batch). (batch, ..., features) -> (batch, ..., features + 1).
    """

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, "float32")
        deviation = ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))
        extra = ops.ones_like(inputs[..., :1]) * ops.cast(deviation, inputs.dtype)
        return ops.concatenate([inputs, extra], axis=-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], input_shape[-1] + 1)


@keras.saving.register_keras_serializable("keras_gans")
class OneHot(keras.layers.Layer):
    """Integer labels (batch,) -> float (batch, num_classes), zeros but for a one at the class."""

    def __init__(self, num_classes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def call(self, labels: Tensor) -> Tensor:
        return ops.one_hot(labels, self.num_classes, dtype=self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.num_classes)

    def get_config(self) -> Config:
        return {**super().get_config(), "num_classes": self.num_classes}


@keras.saving.register_keras_serializable("keras_gans")
class FourierFeatures(keras.layers.Layer):
    """Appends sines and cosines of random projections (Tancik et al. 2020, section 4), so that a multilayer perceptron can tell
    points apart that lie close to each other.

    Args:
        scales: frequencies, in radians for one unit of input; each gives `directions` projections, whose entries are
            normal with that standard deviation.
        directions: see above.
        seed: None draws one; the projections are fixed, and saved with the model.

    (batch, n) -> (batch, n + 2 * directions * len(scales)).
    """

    def __init__(self, scales: Sequence[float], directions: int = 4, seed: int | None = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scales, self.directions, self.seed = tuple(scales), directions, seed

    def build(self, input_shape: Shape) -> None:
        shape = (input_shape[-1], self.directions * len(self.scales))
        drawn = np.random.default_rng(self.seed).normal(size=shape) * np.repeat(self.scales, self.directions)
        self.projections = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="projections")
        self.projections.assign(drawn)

    def call(self, inputs: Tensor) -> Tensor:
        angles = ops.matmul(inputs, ops.cast(self.projections, inputs.dtype))
        return ops.concatenate([inputs, ops.sin(angles), ops.cos(angles)], axis=-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], input_shape[-1] + 2 * self.directions * len(self.scales))

    def get_config(self) -> Config:
        return {**super().get_config(), "scales": self.scales, "directions": self.directions, "seed": self.seed}
