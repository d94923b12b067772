"""Convolutions that libraries compute slowly, or that are two operations where one is enough."""

import keras
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


class Resampling(keras.layers.Conv2D):
    """A 3x3 "same" convolution and a change of size as one convolution with a 4x4 kernel and stride 2, the 3x3 kernel's taps summed
    where they meet the same pixel (the fused scale of Karras et al. 2019, StyleGAN's code). The kernel that trains, and is saved,
    is the 3x3 one.

    An output takes four multiplications for each input channel where the two operations one after the other take nine; the
    result is the same up to rounding.

    Args:
        filters: channels of the output.
        **options: of `keras.layers.Conv2D`, but for kernel size, strides, padding, data format, dilation and groups.
    """

    def __init__(self, filters, **options):
        super().__init__(filters, 3, padding="same", data_format="channels_last", **options)

    def get_config(self):
        fixed = ("kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups")
        return {name: value for name, value in super().get_config().items() if name not in fixed}


@keras.saving.register_keras_serializable("keras_gans")
class UpConv2D(Resampling):
    """Doubles height and width by repeating pixels, then convolves (see `Resampling`).

    (batch, height, width, channels) -> (batch, 2 height, 2 width, filters).
    """

    def convolution_op(self, inputs, kernel):
        fused = summed_neighbours(ops.flip(ops.convert_to_tensor(kernel), (0, 1)))
        return ops.conv_transpose(inputs, ops.transpose(fused, (0, 1, 3, 2)), 2, "same", data_format="channels_last")

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *(None if size is None else 2 * size for size in input_shape[1:3]), self.filters)


@keras.saving.register_keras_serializable("keras_gans")
class DownConv2D(Resampling):
    """Convolves, then halves height and width by the mean of 2x2 pixels (see `Resampling`). Where a side is odd, whose last mean
    is over fewer pixels, the two are done one after the other.

    (batch, height, width, channels) -> (batch, height / 2, width / 2, filters), rounded up.
    """

    def convolution_op(self, inputs, kernel):
        if any(size is None or size % 2 for size in inputs.shape[1:3]):
            full = ops.conv(inputs, kernel, 1, "same", data_format="channels_last")
            return ops.average_pool(full, 2, 2, "same", data_format="channels_last")
        fused = summed_neighbours(ops.convert_to_tensor(kernel)) / 4
        return ops.conv(inputs, fused, 2, "same", data_format="channels_last")

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *(None if size is None else (size + 1) // 2 for size in input_shape[1:3]), self.filters)


def summed_neighbours(kernel):
    """(k, k, in, out) -> (k + 1, k + 1, in, out): the kernel on each of 2x2 neighbouring pixels, added up."""
    rows = ops.pad(kernel, ((1, 0), (0, 0), (0, 0), (0, 0))) + ops.pad(kernel, ((0, 1), (0, 0), (0, 0), (0, 0)))
    return ops.pad(rows, ((0, 0), (1, 0), (0, 0), (0, 0))) + ops.pad(rows, ((0, 0), (0, 1), (0, 0), (0, 0)))
