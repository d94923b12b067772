"""The class."""

import keras

from keras_gans.errors import whole_number
from keras_gans.models import images, recipes
from keras_gans.models.base import GAN
from keras_gans.models.sngan import networks
from keras_gans.models.style import pair


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
        image_shape,
        latent_dim=128,
        *,
        width=(256, 128),
        norm=("batch", "spectral"),
        activation="relu",
        output_activation="tanh",
        dropout=0.0,
        dropout_layers="all",
        weight_decay=0.0,
        minibatch_stddev=False,
        num_classes=None,
        conditioning="projection",
        pack=1,
        ema_decay=None,
        seed=None,
        name=None,
    ):
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

    def recipe(self):
        return recipes.sngan()
