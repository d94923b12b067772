"""The class."""

from collections.abc import Sequence

import keras

from keras_gans.errors import whole_number
from keras_gans.models import images
from keras_gans.models.base import GAN
from keras_gans.models.dcgan import networks


@keras.saving.register_keras_serializable("keras_gans")
class DCGAN(GAN):
    """Deep convolutional GAN (Radford, Metz, Chintala 2015, section 3).

    Compiled default: non-saturating loss, Adam with rate 2e-4 and beta_1 0.5 for both players.

    Where an argument is said to be a pair it is (generator, discriminator), and one value means both.

    Args:
        image_shape: (height, width, channels); height and width at least 8, any number of channels.
        latent_dim: size of the latent vector, standard normal.
        width: channels next to the image; they double towards the smallest map. (The paper's 64x64 networks have 128.)
        kernel_size: of every convolution.
        norm: "batch" or "sync_batch" (not on the generator's output and the discriminator's input), "layer", "spectral" or None; or a pair.
        activation: of hidden layers, Keras names; or a pair.
        output_activation: of the generator, a Keras name. Data are in [-1, 1]; one that cannot reach them is refused by `fit`.
        dropout: rate after hidden layers in [0, 1); or a pair.
        dropout_layers: after "all" hidden layers or the "later" half; or a pair.
        weight_decay: L2 penalty on the weights of every layer; or a pair.
        minibatch_stddev: let the discriminator see how much the batch varies (`layers.MinibatchStdDev`).
        num_classes: makes it conditional: `fit` takes labels, `generate(n, labels=...)` draws of classes.
        conditioning: how the discriminator uses labels: "projection" (Miyato and Koyama 2018) or "auxiliary" (it classifies;
            Odena et al. 2017). The generator has a scale and shift for each class after every norm.
        pack, ema_decay: as in `GAN`.
        seed: for initial weights, latents and dropout; None draws them.

    Raises:
        ValueError: an image the networks cannot build, or an argument outside its range.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int = 100,
        *,
        width: int = 64,
        kernel_size: int = 4,
        norm: str | None | Sequence[str | None] = "batch",
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
        latent_dim = whole_number("latent_dim", latent_dim)
        sizes = {"width": whole_number("width", width), "kernel_size": whole_number("kernel_size", kernel_size)}
        super().__init__(
            networks.generator(latent_dim, image_shape, **sizes, **g),
            networks.discriminator(**sizes, **d),
            latent_dim,
            **whole,
        )
        self.image_shape = image_shape
