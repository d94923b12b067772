"""The class."""

from collections.abc import Sequence

import keras

from keras_gans.errors import whole_number
from keras_gans.models import recipes, units
from keras_gans.models.base import GAN
from keras_gans.models.dense_gan import networks
from keras_gans.types import Config


@keras.saving.register_keras_serializable("keras_gans")
class DenseGAN(GAN):
    """GAN of two multilayer perceptrons, for vectors and tables of numeric columns.

    Compiled default: `recipe="r3gan"`, relativistic pairing loss with R1 and R2. `recipe="dcgan"` is the plain GAN.

    Where an argument is said to be a pair it is (generator, discriminator), and one value means both.

    Args:
        features: columns; samples are (n, features).
        latent_dim: size of the latent vector, standard normal.
        widths: units of the hidden layers, a tuple; or a pair of tuples.
        fourier: scales of the random sines and cosines that the discriminator sees beside its input, in radians for one unit of
            the networks' input (`layers.FourierFeatures`); () for none. They let it see fine structure.
        bias_range: hidden biases start uniform in [-bias_range, bias_range], which spreads the kinks of ReLUs over the data.
        normalise: "standard" (mean 0, deviation 1 for each column), "minmax" ([-1, 1]) or None; fitted by the first `fit`, saved
            with the model. `generate` gives the data's own units.
        norm: "batch", "sync_batch", "layer", "spectral" or None; or a pair. No batch norm in the discriminator with a penalty.
        activation: of hidden layers, Keras names; or a pair.
        output_activation: of the generator, a Keras name that reaches the normalised data.
        dropout, dropout_layers, weight_decay, minibatch_stddev: as in `DCGAN`.
        pack, ema_decay: as in `GAN`.
        seed: for initial weights, latents and dropout; None draws them.

    Raises:
        ValueError: an argument outside its range, an output activation that cannot reach the normalised data.
    """

    features_vary = True

    def __init__(
        self,
        features: int,
        latent_dim: int = 8,
        *,
        widths: Sequence[int] | Sequence[Sequence[int]] = (128, 128, 128),
        fourier: Sequence[float] = (),
        bias_range: float = 0.0,
        normalise: str | None = "standard",
        norm: str | None | Sequence[str | None] = None,
        activation: str | Sequence[str] = ("relu", "leaky_relu"),
        output_activation: str = "linear",
        dropout: float | Sequence[float] = 0.0,
        dropout_layers: str | Sequence[str] = "all",
        weight_decay: float | Sequence[float] = 0.0,
        minibatch_stddev: bool = False,
        pack: int = 1,
        ema_decay: float | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        features, latent_dim = whole_number("features", features), whole_number("latent_dim", latent_dim)
        g, d, whole = units.prepare(self._given)
        g_widths, d_widths = units.widths(widths)
        super().__init__(
            networks.generator(latent_dim, features, widths=g_widths, **g),
            networks.discriminator(features * whole["pack"], widths=d_widths, fourier=units.frequencies(fourier), **d),
            latent_dim,
            **whole,
        )

    def recipe(self) -> Config:
        return recipes.r3gan()
