"""The class."""

from collections.abc import Sequence

import keras

from keras_gans.errors import whole_number
from keras_gans.models import images, recipes
from keras_gans.models.base import GAN
from keras_gans.models.sngan import networks
from keras_gans.models.style import pair
from keras_gans.types import Config


@keras.saving.register_keras_serializable("keras_gans")
class SNGAN(GAN):
    """Spectrally normalised GAN on residual networks (Miyato et al. 2018, appendix B.4), for 32x32 and up; it builds from 8x8.

    Compiled default: hinge loss, five discriminator steps for one of the generator, Adam with rate 2e-4 and betas 0 and 0.9.

    Where an argument is said to be a pair it is (generator, discriminator), and one value means both.

    Args:
        image_shape: (height, width, channels); height and width at least 8, any number of channels.
        latent_dim: size of the latent vector, standard normal.
        width: channels of every block; a pair. The paper's is (256, 128), which is made for an accelerator.
        norm: "batch", "sync_batch", "layer", "spectral" or None; or a pair.
        activation, output_activation, dropout, dropout_layers, weight_decay, minibatch_stddev: as in `DCGAN`.
        num_classes, conditioning, pack, ema_decay, seed: as in `DCGAN`.

    Raises:
        ValueError: an image the networks cannot build, or an argument outside its range.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int = 128,
        *,
        width: int | Sequence[int] = (256, 128),
        norm: str | None | Sequence[str | None] = ("batch", "spectral"),
        activation: str | Sequence[str] = "relu",
        output_activation: str = "tanh",
        dropout: float | Sequence[float] = 0.0,
        dropout_layers: str | Sequence[str] = "all",
        weight_decay: float | Sequence[float] = 0.0,
        minibatch_stddev: bool = False,
        num_classes: int | None = None,
        conditioning: str = "projection",
        pack: int = 1,
        ema_decay: float | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        image_shape, g, d, whole = images.prepare(self._given)
        latent_dim = whole_number("latent_dim", latent_dim)
        g_width, d_width = (whole_number("width", one) for one in pair("width", width, bool, "a whole number of at least 1"))
        super().__init__(
            networks.generator(latent_dim, image_shape, width=g_width, **g),
            networks.discriminator(width=d_width, **d),
            latent_dim,
            **whole,
        )
        self.image_shape = image_shape

    def recipe(self) -> Config:
        return recipes.sngan()
