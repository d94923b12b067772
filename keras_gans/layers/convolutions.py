"""Convolutions that libraries compute slowly, or that are two operations where one is enough."""

from typing import Any

import keras
from keras import ops

from keras_gans import backend
from keras_gans.types import Config, Shape, Tensor


def planes_conv_transpose(x, kernel, stride=1):
    """Transposed "same" convolution to a few channels, as one matrix product into k*k*filters contiguous planes.

    Library kernels for convolutions to 1 or 3 channels run at a tenth of a CPU's speed, because the innermost loop is
    over output channels. Here the innermost loop is over space: forward is planes = taps x pixels followed by a sum of
    shifted planes for each of the stride * stride places that an output can have beside its pixel; the kernel's gradient is
    (shifted output gradients) x pixels.

    Args:
        x: (batch, height, width, channels).
        kernel: (k, k, filters, channels), k at least `stride`.
        stride: whole number.

    Returns:
        (batch, stride * height, stride * width, filters), equal to `ops.conv_transpose(x, kernel, stride, "same")` up to rounding.
    """
    h, w, channels = x.shape[1:]
    size, filters = kernel.shape[0], kernel.shape[2]
    # an output is at stride * pixel + tap - before = stride * (pixel + shift) + place
    shifts, places = zip(*(divmod(tap - (size - stride) // 2, stride) for tap in range(size)))
    reach = max(map(abs, shifts))

    def shifted(planes, i, j):
        """Of (..., h, w) planes with `reach` zeros around, those whose pixels lie i rows and j columns further."""
        return planes[..., reach + i : reach + i + h, reach + j : reach + j + w]

    def padded(planes):
        return ops.pad(planes, [(0, 0)] * (len(planes.shape) - 2) + [(reach, reach)] * 2)

    @ops.custom_gradient
    def run(x, kernel):
        pixels = ops.reshape(x, (-1, channels))  # (batch * h * w, channels)
        taps = ops.reshape(kernel, (-1, channels))  # (k * k * filters, channels)
        planes = padded(ops.reshape(ops.matmul(taps, ops.transpose(pixels)), (size, size, filters, -1, h, w)))
        sums: dict[tuple[int, int], Any] = {}
        for i in range(size):
            for j in range(size):
                place = (places[i], places[j])
                sums[place] = sums.get(place, 0.0) + shifted(planes[i, j], -shifts[i], -shifts[j])
        out = ops.stack([sums[i, j] for i in range(stride) for j in range(stride)])
        out = ops.transpose(ops.reshape(out, (stride, stride, filters, -1, h, w)), (3, 4, 0, 5, 1, 2))
        out = ops.reshape(out, (-1, stride * h, stride * w, filters))

        def gradient(*args, upstream=None):
            upstream = args[0] if upstream is None else upstream
            own = ops.transpose(ops.reshape(upstream, (-1, h, stride, w, stride, filters)), (2, 4, 5, 0, 1, 3))
            own = padded(own)  # (stride, stride, filters, batch, h, w)
            both = [(i, j) for i in range(size) for j in range(size)]
            stacked = ops.stack([shifted(own[places[i], places[j]], shifts[i], shifts[j]) for i, j in both])
            stacked = ops.reshape(stacked, (size * size * filters, -1))  # (k * k * filters, batch * h * w)
            d_pixels = ops.matmul(ops.transpose(stacked), taps)
            return ops.reshape(d_pixels, ops.shape(x)), ops.reshape(ops.matmul(stacked, pixels), ops.shape(kernel))

        return out, gradient

    return run(x, kernel)


def few_channels(layer, inputs):
    """Whether `planes_conv_transpose` is the faster way for a convolutional layer."""
    size, stride = layer.kernel_size[0], layer.strides[0]
    return (
        layer.filters <= 4
        and layer.kernel_size == (size, size)
        and size > 1
        and tuple(layer.strides) == (stride, stride)
        and size >= stride
        and tuple(layer.dilation_rate) == (1, 1)
        and layer.padding == "same"
        and layer.data_format == "channels_last"
        and None not in inputs.shape[1:]
        and not backend.has_accelerator()
    )


@keras.saving.register_keras_serializable("keras_gans")
class Conv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` that is several times faster on a CPU where it leads to four channels or fewer.

    Same arguments, same weights, same result up to rounding: a drop-in replacement for the last layer of a generator.
    It takes the fast route (`planes_conv_transpose`) for stride 1, "same" padding, one group, no dilation, an odd square
    kernel and channels last, on a CPU. Several groups, for which TensorFlow's CPU kernels take up to a hundred times as long,
    are computed there one after the other. In every other case it is the Keras layer.
    """

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        if self.groups > 1 and not backend.has_accelerator():
            axis = -1 if self.data_format == "channels_last" else 1
            parts = zip(ops.split(inputs, self.groups, axis), ops.split(ops.convert_to_tensor(kernel), self.groups, -1))
            more = {"strides": list(self.strides), "padding": self.padding, "data_format": self.data_format}
            return ops.concatenate([ops.conv(x, k, dilation_rate=self.dilation_rate, **more) for x, k in parts], axis)
        alike = (
            tuple(self.strides) == (1, 1) and self.kernel_size[0] % 2 == 1
        )  # a convolution is a transposed one, turned round
        if self.groups > 1 or not alike or not few_channels(self, inputs):
            return super().convolution_op(inputs, kernel)
        # turned by slices: `ops.flip` of Keras 3.10 takes one axis
        turned = ops.transpose(ops.convert_to_tensor(kernel)[::-1, ::-1], (0, 1, 3, 2))
        return planes_conv_transpose(ops.convert_to_tensor(inputs), turned)


@keras.saving.register_keras_serializable("keras_gans")
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose` that is several times faster on a CPU where it leads to four channels or fewer, with "same"
    padding and a square kernel of at least the stride (see `Conv2D`)."""

    def call(self, inputs: Tensor) -> Tensor:
        if self.output_padding is not None or not few_channels(self, inputs):
            return super().call(inputs)
        kernel = ops.copy(self.kernel)  # a tensor, not the variable
        outputs = planes_conv_transpose(ops.convert_to_tensor(inputs), kernel, self.strides[0])
        return self.activation(outputs + self.bias if self.use_bias else outputs)


class Resampling(keras.layers.Conv2D):
    """A 3x3 "same" convolution and a change of size as one convolution with a 4x4 kernel and stride 2, the 3x3 kernel's taps summed
    where they meet the same pixel (the fused scale of Karras et al. 2019, StyleGAN's code). The kernel that trains, and is saved,
    is the 3x3 one.

    It takes four multiplications where the two operations one after the other take nine; the result is the same up to rounding.
    An activation comes last.

    Args:
        filters: channels of the output.
        **options: of `keras.layers.Conv2D`, but for kernel size, strides, padding, data format, dilation and groups.
    """

    def __init__(self, filters: int, **options: Any) -> None:
        super().__init__(filters, 3, padding="same", data_format="channels_last", **options)

    def get_config(self) -> Config:
        fixed = ("kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups")
        return {name: value for name, value in super().get_config().items() if name not in fixed}


@keras.saving.register_keras_serializable("keras_gans")
class UpConv2D(Resampling):
    """Doubles height and width by repeating pixels, then convolves (see `Resampling`).

    (batch, height, width, channels) -> (batch, 2 height, 2 width, filters).
    """

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        fused = summed_neighbours(ops.convert_to_tensor(kernel)[::-1, ::-1])
        return ops.conv_transpose(inputs, ops.transpose(fused, (0, 1, 3, 2)), 2, "same", data_format="channels_last")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *(None if size is None else 2 * size for size in input_shape[1:3]), self.filters)


@keras.saving.register_keras_serializable("keras_gans")
class DownConv2D(Resampling):
    """Convolves, then halves height and width by the mean of 2x2 pixels (see `Resampling`). Where a side is odd, whose last mean
    is over fewer pixels, the two are done one after the other.

    (batch, height, width, channels) -> (batch, height / 2, width / 2, filters), rounded up.
    """

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        if any(size is None or size % 2 for size in inputs.shape[1:3]):
            full = ops.conv(inputs, kernel, 1, "same", data_format="channels_last")
            return ops.average_pool(full, 2, 2, "same", data_format="channels_last")
        fused = summed_neighbours(ops.convert_to_tensor(kernel)) / 4
        return ops.conv(inputs, fused, 2, "same", data_format="channels_last")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *(None if size is None else (size + 1) // 2 for size in input_shape[1:3]), self.filters)


def summed_neighbours(kernel):
    """(k, k, in, out) -> (k + 1, k + 1, in, out): the kernel on each of 2x2 neighbouring pixels, added up."""
    rows = ops.pad(kernel, ((1, 0), (0, 0), (0, 0), (0, 0))) + ops.pad(kernel, ((0, 1), (0, 0), (0, 0), (0, 0)))
    return ops.pad(rows, ((0, 0), (1, 0), (0, 0), (0, 0))) + ops.pad(rows, ((0, 0), (0, 1), (0, 0), (0, 0)))
