"""Layers whose plain versions are slow, or missing, where GANs need them."""

import keras
import numpy as np
from keras import ops

from keras_gans import backend


def _shifted(images, size):
    """All k*k shifts of zero-padded images: (c, batch, h, w) -> k*k tensors of the same shape, row by row."""
    h, w = images.shape[2:]
    pad = size // 2
    padded = ops.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return [padded[:, :, i : i + h, j : j + w] for i in range(size) for j in range(size)]


@ops.custom_gradient
def planes_convolution(x, kernel):
    """Stride-1 "same" convolution to a few channels, as one matrix product into k*k*filters contiguous planes.

    Library kernels for convolutions to 1 or 3 channels run at a tenth of a CPU's speed, because the innermost loop is
    over output channels. Here the innermost loop is over space: forward is planes = taps x pixels followed by a sum of
    shifted planes; the kernel's gradient is (shifted output gradients) x pixels.

    Args:
        x: (batch, height, width, channels).
        kernel: (k, k, channels, filters), k odd.

    Returns:
        (batch, height, width, filters), equal to `ops.conv(x, kernel, 1, "same")` up to rounding.
    """
    h, w, channels = x.shape[1:]
    size, filters = kernel.shape[0], kernel.shape[3]
    pad = size // 2
    pixels = ops.reshape(x, (-1, channels))  # (batch * h * w, channels)
    taps = ops.reshape(ops.transpose(kernel, (0, 1, 3, 2)), (-1, channels))  # (k * k * filters, channels)

    planes = ops.reshape(ops.matmul(taps, ops.transpose(pixels)), (size, size, filters, -1, h, w))
    planes = ops.pad(planes, ((0, 0), (0, 0), (0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = sum(planes[i, j, :, :, i : i + h, j : j + w] for i in range(size) for j in range(size))
    out = ops.transpose(out, (1, 2, 3, 0))

    def gradient(*args, upstream=None):
        upstream = args[0] if upstream is None else upstream
        shifts = _shifted(ops.transpose(upstream, (3, 0, 1, 2)), size)[::-1]
        stacked = ops.reshape(ops.stack(shifts), (size * size * filters, -1))  # (k * k * filters, batch * h * w)
        d_taps = ops.reshape(ops.matmul(stacked, pixels), (size, size, filters, channels))
        d_pixels = ops.matmul(ops.transpose(stacked), taps)
        return ops.reshape(d_pixels, ops.shape(x)), ops.transpose(d_taps, (0, 1, 3, 2))

    return out, gradient


@keras.saving.register_keras_serializable("keras_gans")
class Conv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` that is several times faster on a CPU where it leads to four channels or fewer.

    Same arguments, same weights, same result up to rounding: a drop-in replacement for the last layer of a generator.
    It takes the fast route (`planes_convolution`) for stride 1, "same" padding, one group, no dilation, an odd square
    kernel and channels last, on a CPU. Several groups, for which TensorFlow's CPU kernels take up to a hundred times as long,
    are computed there one after the other. In every other case it is the Keras layer.
    """

    def convolution_op(self, inputs, kernel):
        if self.groups > 1 and not backend.has_accelerator():
            axis = -1 if self.data_format == "channels_last" else 1
            parts = zip(ops.split(inputs, self.groups, axis), ops.split(ops.convert_to_tensor(kernel), self.groups, -1))
            more = {"strides": list(self.strides), "padding": self.padding, "data_format": self.data_format}
            return ops.concatenate([ops.conv(x, k, dilation_rate=self.dilation_rate, **more) for x, k in parts], axis)
        fast = (
            self.filters <= 4
            and self.kernel_size[0] == self.kernel_size[1]
            and self.kernel_size[0] % 2 == 1
            and self.kernel_size[0] > 1
            and tuple(self.strides) == (1, 1)
            and tuple(self.dilation_rate) == (1, 1)
            and self.padding == "same"
            and self.groups == 1
            and self.data_format == "channels_last"
            and None not in inputs.shape[1:]
            and not backend.has_accelerator()
        )
        if not fast:
            return super().convolution_op(inputs, kernel)
        return planes_convolution(ops.convert_to_tensor(inputs), ops.copy(kernel))  # a tensor, not the variable


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

    def build(self, input_shape=None):
        super().build(input_shape)
        self.vector = self.add_weight(
            shape=(self.layer.kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(seed=0),
            trainable=False,
            name="vector",
        )

    def call(self, inputs, training=False):
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

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)


def _unit(vector):
    return vector / (ops.norm(vector) + 1e-12)


@keras.saving.register_keras_serializable("keras_gans")
class MinibatchStdDev(keras.layers.Layer):
    """Appends one feature: how much the batch varies, the standard deviation over the batch averaged over all features.

    A discriminator that sees it punishes a generator that repeats itself (Karras et al. 2018, section 3; the group is the
    whole batch). (batch, ..., features) -> (batch, ..., features + 1).
    """

    def call(self, inputs):
        x = ops.cast(inputs, "float32")
        deviation = ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))
        extra = ops.ones_like(inputs[..., :1]) * ops.cast(deviation, inputs.dtype)
        return ops.concatenate([inputs, extra], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)


@keras.saving.register_keras_serializable("keras_gans")
class ClassAffine(keras.layers.Layer):
    """A scale and a shift for each channel that depend on the class: after a batch normalisation without its own, this is
    conditional batch normalisation (Dumoulin et al. 2017, equation 5; Miyato and Koyama 2018, section 4).

    Args:
        num_classes: how many classes.

    Takes [(batch, ..., channels), int (batch,)]; gives (batch, ..., channels).
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def build(self, input_shape):
        channels = input_shape[0][-1]
        self.gamma = self.add_weight(shape=(self.num_classes, channels), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(self.num_classes, channels), initializer="zeros", name="beta")

    def call(self, inputs):
        x, labels = inputs
        classes = ops.one_hot(labels, self.num_classes, dtype=x.dtype)  # a product beats a gather in the backward pass
        shape = (-1, *[1] * (len(x.shape) - 2), x.shape[-1])
        gamma = ops.reshape(ops.matmul(classes, ops.cast(self.gamma, x.dtype)), shape)
        return x * gamma + ops.reshape(ops.matmul(classes, ops.cast(self.beta, x.dtype)), shape)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}


@keras.saving.register_keras_serializable("keras_gans")
class OneHot(keras.layers.Layer):
    """Integer labels (batch,) -> float (batch, num_classes), zeros but for a one at the class."""

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def call(self, labels):
        return ops.one_hot(labels, self.num_classes, dtype=self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.num_classes)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}


@keras.saving.register_keras_serializable("keras_gans")
class FourierFeatures(keras.layers.Layer):
    """Appends sines and cosines of random projections (Tancik et al. 2020, section 4), so that a multilayer perceptron can tell
    points apart that lie close to each other.

    Args:
        scales: tuple of frequencies, in radians for one unit of input; each gives `directions` projections, whose entries are
            normal with that standard deviation.
        directions: see above.
        seed: integer, or None to draw one; the projections are fixed, and saved with the model.

    (batch, n) -> (batch, n + 2 * directions * len(scales)).
    """

    def __init__(self, scales, directions=4, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.scales, self.directions, self.seed = tuple(scales), directions, seed

    def build(self, input_shape):
        shape = (input_shape[-1], self.directions * len(self.scales))
        drawn = np.random.default_rng(self.seed).normal(size=shape) * np.repeat(self.scales, self.directions)
        self.projections = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="projections")
        self.projections.assign(drawn)

    def call(self, inputs):
        angles = ops.matmul(inputs, ops.cast(self.projections, inputs.dtype))
        return ops.concatenate([inputs, ops.sin(angles), ops.cos(angles)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 2 * self.directions * len(self.scales))

    def get_config(self):
        return {**super().get_config(), "scales": self.scales, "directions": self.directions, "seed": self.seed}
