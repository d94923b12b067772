"""Layers whose plain versions are slow, or missing, where GANs need them."""

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
    kernel and channels last, on a CPU; in every other case it is the Keras layer.
    """

    def convolution_op(self, inputs, kernel):
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
