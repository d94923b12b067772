"""The class."""

from collections.abc import Sequence

import keras

from keras_gans.errors import whole_number
from keras_gans.models import images, recipes
from keras_gans.models.base import GAN
from keras_gans.models.r3gan import networks
from keras_gans.models.style import BATCH
from keras_gans.types import Config


@keras.saving.register_keras_serializable("keras_gans")
class R3GAN(GAN):
    """The modern baseline of Huang et al. 2024 in a small configuration: residual networks without normalisation.

    Compiled default: relativistic pairing loss, R1 and R2 with gamma 1, Adam with rate 2e-4 and betas 0 and 0.99.

    Where an argument is said to be a pair it is (generator, discriminator), and one value means both.

    Args:
        image_shape: (height, width, channels); height and width at least 8, any number of channels.
        latent_dim: size of the latent vector, standard normal.
        width: channels at every size; inside a block `expansion` times as many.
        blocks: residual blocks at each size.
        groups: of the 3x3 convolutions (the paper's cardinality); width * expansion must be a multiple.
        expansion: see `width`.
        norm: None, as in the paper, "layer", "spectral", or "batch" or "sync_batch" (of the generator alone); or a pair.
        activation, output_activation, dropout, dropout_layers, weight_decay, minibatch_stddev: as in `DCGAN`.
        num_classes, conditioning, pack, ema_decay, seed: as in `DCGAN`.

    Raises:
        ValueError: an image the networks cannot build, batch normalisation in the discriminator, or an argument outside its range.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int = 64,
        *,
        width: int = 64,
        blocks: int = 1,
        groups: int = 4,
        expansion: int = 2,
        norm: str | None | Sequence[str | None] = None,
        activation: str | Sequence[str] = "leaky_relu",
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
        if d["norm"] in BATCH:
            raise ValueError(
                f"norm={norm!r}: the discriminator cannot have batch normalisation, because R1 and R2 look at each sample alone. "
                'Try None, or ("batch", None).'
            )
        sizes = {"width": width, "blocks": blocks, "groups": groups, "expansion": expansion}
        sizes = {name: whole_number(name, size) for name, size in sizes.items()}
        if width * expansion % groups:
            raise ValueError(
                f"groups={groups} does not divide the {width * expansion} channels inside a block (width * expansion). Try "
                f"groups={next(size for size in range(groups, 0, -1) if width * expansion % size == 0)}."
            )
        super().__init__(
            networks.generator(latent_dim, image_shape, **sizes, **g),
            networks.discriminator(**sizes, **d),
            latent_dim,
            **whole,
        )
        self.image_shape = image_shape

    def recipe(self) -> Config:
        return recipes.r3gan()
