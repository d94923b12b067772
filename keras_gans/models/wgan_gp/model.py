"""The class."""

from collections.abc import Sequence

import keras

from keras_gans.errors import whole_number
from keras_gans.models import images, recipes
from keras_gans.models.base import GAN
from keras_gans.models.dcgan import networks
from keras_gans.models.style import BATCH
from keras_gans.types import Config


@keras.saving.register_keras_serializable("keras_gans")
class WGANGP(GAN):
    """Wasserstein GAN with gradient penalty (Gulrajani et al. 2017, algorithm 1) on convolutional networks.

    Compiled default: Wasserstein loss, gradient penalty of weight 10, five critic steps on fresh batches for one of the
    generator, Adam with rate 1e-4 and betas 0 and 0.9. `steps` counts critic steps.

    Where an argument is said to be a pair it is (generator, critic), and one value means both.

    Args:
        image_shape: (height, width, channels); height and width at least 8, any number of channels.
        latent_dim: size of the latent vector, standard normal.
        width: channels next to the image; they double towards the smallest map.
        kernel_size: of every convolution.
        norm: "batch" or "sync_batch" (of the generator alone), "layer", "spectral" or None; or a pair.
        activation, output_activation, dropout, dropout_layers, weight_decay, minibatch_stddev: as in `DCGAN`.
        num_classes, conditioning, pack, ema_decay, seed: as in `DCGAN`.

    Raises:
        ValueError: batch normalisation in the critic, whose penalty is defined for each sample alone (section 4); an image the
            networks cannot build, or an argument outside its range.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int = 100,
        *,
        width: int = 64,
        kernel_size: int = 4,
        norm: str | None | Sequence[str | None] = ("batch", None),
        activation: str | Sequence[str] = ("relu", "leaky_relu"),
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
        if d["norm"] in BATCH:
            raise ValueError(
                f"norm={norm!r}: the critic cannot have batch normalisation, because the gradient penalty is defined for each "
                'sample alone (Gulrajani et al. 2017, section 4). Try norm=("batch", "layer") or ("batch", None).'
            )
        latent_dim = whole_number("latent_dim", latent_dim)
        sizes = {"width": whole_number("width", width), "kernel_size": whole_number("kernel_size", kernel_size)}
        super().__init__(
            networks.generator(latent_dim, image_shape, **sizes, **g),
            networks.discriminator(**sizes, **d),
            latent_dim,
            **whole,
        )
        self.image_shape = image_shape

    def recipe(self) -> Config:
        return recipes.wgan_gp()
