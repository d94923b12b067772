"""ReLU and LeakyReLU for networks under a gradient penalty."""

import keras

from keras_gans import backend
from keras_gans.types import Tensor

SLOPES = {keras.activations.relu: 0.0, keras.activations.leaky_relu: 0.2}  # below zero, Keras's own defaults


@keras.saving.register_keras_serializable("keras_gans")
class Activation(keras.layers.Activation):
    """`keras.layers.Activation` whose "relu" and "leaky_relu" cost a gradient penalty nothing twice.

    Their second derivative is zero wherever they have one. TensorFlow hands those zeros back through all that came before, a whole
    backward pass of a penalised discriminator that adds nothing; here it ends at once. Everything else is as in Keras.
    """

    def call(self, inputs: Tensor) -> Tensor:
        slope = SLOPES.get(self.activation)
        return super().call(inputs) if slope is None else backend.kinked(inputs, slope)
