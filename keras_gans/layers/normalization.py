"""Batch and spectral normalisation, and the affine half of a conditional normalisation."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_gans import backend
from keras_gans.types import Config, Shape, Tensor


@keras.saving.register_keras_serializable("keras_gans")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` that trains on images (batch, height, width, channels) with one kernel where Keras takes a
    dozen operations: same arguments, weights and results up to rounding. `synchronized` is taken on every backend; on JAX a batch is
    whole on several devices as it is."""

    def __init__(self, *args: Any, synchronized: bool = False, **options: Any) -> None:
        super().__init__(*args, synchronized=synchronized and keras.backend.backend() == "tensorflow", **options)
        self.whole = synchronized

    def get_config(self) -> Config:
        return {**super().get_config(), "synchronized": self.whole}

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        images = len(inputs.shape) == 4 and self.axis in (-1, 3) and mask is None and self.compute_dtype != "float64"
        special = self.synchronized or getattr(self, "renorm", False)
        if special or not (training and self.trainable and images):
            return super().call(inputs, training=training, mask=mask)
        channels = (inputs.shape[-1],)
        gamma = ops.cast(self.gamma, "float32") if self.scale else ops.ones(channels, "float32")
        beta = ops.cast(self.beta, "float32") if self.center else ops.zeros(channels, "float32")
        outputs, mean, variance = backend.batch_normalise(ops.cast(inputs, "float32"), gamma, beta, self.epsilon)
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moved = ops.cast(moving, "float32") * self.momentum + new * (1.0 - self.momentum)
            moving.assign(ops.cast(moved, moving.dtype))
        return ops.cast(outputs, self.compute_dtype)


@keras.saving.register_keras_serializable("keras_gans")
class SpectralNormalization(keras.layers.Wrapper):
    """A dense or convolutional layer whose kernel W is used as W / sigma(W), sigma its largest singular value.

    sigma is tracked by one power iteration for each forward pass in training (Miyato et al. 2018, section 2.1 and algorithm
    1); the gradient goes through it. (`keras.layers.SpectralNormalization` overwrites the kernel with the quotient instead,
    which changes the method: its gradient ignores sigma.) The kernel is taken as a matrix (everything else, outputs).

    Args:
        layer: keras layer with a `kernel` whose last axis is its outputs (Dense, Conv2D ...; of Conv2DTranspose, whose last
            axis is its inputs, the matrix is the transposed one, which has the same sigma).
    """

    def build(self, input_shape: Shape | None = None) -> None:
        super().build(input_shape)
        self.vector = self.add_weight(
            shape=(self.layer.kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(seed=0),
            trainable=False,
            name="vector",
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        kernel = self.layer.kernel
        divided = kernel / ops.cast(self._sigma(ops.cast(kernel, "float32"), training), kernel.dtype)

        def values(variables):
            return [divided if variable is kernel else ops.convert_to_tensor(variable) for variable in variables]

        # trainable or, in an averaged generator, frozen: the kernel is in one of the two
        trained, frozen = values(self.layer.trainable_variables), values(self.layer.non_trainable_variables)
        return self.layer.stateless_call(trained, frozen, inputs)[0]

    def _sigma(self, kernel, training):
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))  # (rest, outputs)
        frozen, right = ops.stop_gradient(matrix), ops.convert_to_tensor(self.vector)
        if training:
            right = _unit(ops.matmul(_unit(ops.matmul(frozen, right)), frozen))
            self.vector.assign(right)
        left = _unit(ops.matmul(frozen, right))
        return ops.sum(left * ops.matmul(matrix, right)) / ops.norm(right)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return self.layer.compute_output_shape(input_shape)


def _unit(vector):
    return vector / (ops.norm(vector) + 1e-12)


@keras.saving.register_keras_serializable("keras_gans")
class ClassAffine(keras.layers.Layer):
    """A scale and a shift for each channel that depend on the class: after a batch normalisation without its own, this is
    conditional batch normalisation (Dumoulin et al. 2017, equation 5; Miyato and Koyama 2018, section 4).

    Args:
        num_classes: how many classes.

    Takes [(batch, ..., channels), int (batch,)]; gives (batch, ..., channels).
    """

    def __init__(self, num_classes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def build(self, input_shape: Any) -> None:
        channels = input_shape[0][-1]
        self.gamma = self.add_weight(shape=(self.num_classes, channels), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(self.num_classes, channels), initializer="zeros", name="beta")

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        x, labels = inputs
        classes = ops.one_hot(labels, self.num_classes, dtype=x.dtype)  # a product beats a gather in the backward pass
        shape = (-1, *[1] * (len(x.shape) - 2), x.shape[-1])
        gamma = ops.reshape(ops.matmul(classes, ops.cast(self.gamma, x.dtype)), shape)
        return x * gamma + ops.reshape(ops.matmul(classes, ops.cast(self.beta, x.dtype)), shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return input_shape[0]

    def get_config(self) -> Config:
        return {**super().get_config(), "num_classes": self.num_classes}
