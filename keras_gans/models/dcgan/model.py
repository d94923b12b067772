"""The class."""

import keras

from keras_gans.errors import check_seed, unknown, whole_number
from keras_gans.models.base import GAN
from keras_gans.models.dcgan import networks


@keras.saving.register_keras_serializable("keras_gans")
class DCGAN(GAN):
    """Deep convolutional GAN (Radford, Metz, Chintala 2015, section 3).

    Compiled default: non-saturating loss, Adam with rate 2e-4 and beta_1 0.5 for both players.

    Args:
        image_shape: (height, width, channels); height and width at least 8, any number of channels.
        latent_dim: size of the latent vector, standard normal.
        width: channels next to the image; they double towards the smallest map. (The paper's 64x64 networks have 128.)
        kernel_size: of every convolution.
        norm: "batch" in both networks except on the generator's output and the discriminator's input, or None.
        dropout: rate after every hidden layer in [0, 1); one number for both networks, or a pair (generator,
            discriminator).
        weight_decay: L2 penalty on the weights of every layer; one number, or a pair (generator, discriminator).
        seed: integer for initial weights, latents and dropout; None draws them.

    Raises:
        ValueError: an image the networks cannot build, or an argument outside its range.
    """

    def __init__(
        self,
        image_shape,
        latent_dim=100,
        *,
        width=64,
        kernel_size=4,
        norm="batch",
        dropout=0.0,
        weight_decay=0.0,
        seed=None,
        name=None,
    ):
        image_shape = check_image_shape(image_shape)
        latent_dim, seed = whole_number("latent_dim", latent_dim), check_seed(seed)
        width, kernel_size = whole_number("width", width), whole_number("kernel_size", kernel_size)
        if norm not in ("batch", None):
            raise ValueError(unknown("norm", norm, ["batch", None]))
        sizes = {"width": width, "kernel_size": kernel_size, "norm": norm}
        g, d = (
            {"dropout": rate, "weight_decay": decay, **sizes}
            for rate, decay in zip(pair("dropout", dropout, below=1.0), pair("weight_decay", weight_decay))
        )
        super().__init__(
            networks.generator(latent_dim, image_shape, seed=seed, **g),
            networks.discriminator(image_shape, seed=None if seed is None else seed + 1000, **d),
            latent_dim,
            seed=seed,
            name=name,
        )
        self.image_shape = image_shape
        self.width = width
        self.kernel_size = kernel_size
        self.norm = norm
        self.dropout = dropout
        self.weight_decay = weight_decay


def check_image_shape(image_shape):
    """(height, width, channels) as ints; raises unless the networks can build it."""
    try:
        height, width, channels = (size.__index__() for size in image_shape)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            f"image_shape={image_shape!r}: expected (height, width, channels), for example (28, 28, 1)."
        ) from None
    if min(height, width) < 8 or channels < 1:
        raise ValueError(
            f"image_shape={image_shape!r}: height and width must be at least 8 and channels at least 1, because the "
            f"generator starts from 4 pixels and doubles. Try {(max(height, 8), max(width, 8), max(channels, 1))}."
        )
    return (height, width, channels)


def pair(name, value, below=float("inf")):
    """One number for both networks, or (generator, discriminator); each at least 0 and under `below`."""
    both = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(both) != 2 or any(not isinstance(one, (int, float)) or not 0 <= one < below for one in both):
        limit = "" if below == float("inf") else f" and below {below:g}"
        raise ValueError(f"{name}={value!r}: expected a number of at least 0{limit}, or a pair (generator, discriminator).")
    return both
