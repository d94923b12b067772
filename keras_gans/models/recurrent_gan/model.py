"""The class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras

from keras_gans.errors import unknown, whole_number
from keras_gans.models import recipes
from keras_gans.models.base import GAN
from keras_gans.models.recurrent_gan import networks
from keras_gans.models.style import pair
from keras_gans.models.units import good_widths, prepare
from keras_gans.types import Config

if TYPE_CHECKING:
    from typing_extensions import Self

KINDS = ("flat", "conv", "recurrent")


@keras.saving.register_keras_serializable("keras_gans")
class RecurrentGAN(GAN):
    """GAN for sequences of one length, with a recurrent generator (Lin et al. 2020, section 4).

    Compiled default: Wasserstein loss with gradient penalty of weight 10, Adam with rate 1e-3 and beta_1 0.5, one step of each
    player in turn.

    Where an argument is said to be a pair it is (generator, discriminator), and one value means both.

    Args:
        sequence_shape: (steps, features); samples are (n, steps, features).
        global_latent: size of the latent vector that the whole sequence shares; 0 for none.
        step_latent: size of the one that each cell has for itself.
        steps_per_cell: steps that the generator emits at each cell. The last cell's surplus is cut off.
        cell: "gru" or "lstm", of the generator and a recurrent discriminator.
        units: of a recurrent layer; or a pair.
        recurrent_layers: how many; or a pair.
        discriminator_type: "flat" (a multilayer perceptron on all values: with few steps of training the best), "conv" or
            "recurrent".
        widths: units, or filters, of the hidden layers of the first two types.
        differences: let the discriminator see each step's change beside its value, without which a flat one overlooks how rough a
            sequence is.
        step_logits: a recurrent discriminator judges every step instead of the whole.
        normalise: "standard", "minmax" or None for each feature; fitted by the first `fit`, saved with the model. `generate`
            gives the data's own units.
        norm: "batch", "sync_batch", "layer", "spectral" or None, after recurrent and hidden layers ("spectral": of dense and convolutional
            kernels alone); or a pair. No batch norm in a penalised discriminator.
        activation: of dense and convolutional hidden layers; or a pair.
        output_activation: of the generator, a Keras name that reaches the normalised data.
        dropout, dropout_layers, weight_decay, minibatch_stddev: as in `DCGAN`.
        pack, ema_decay: as in `GAN`.
        seed: for initial weights, latents and dropout; None draws them.

    `latent_dim` is what `generate` draws for a sequence: global_latent + cells * step_latent.

    Raises:
        ValueError: an argument outside its range, an output activation that cannot reach the normalised data.
    """

    features_vary = True

    def __init__(
        self,
        sequence_shape: Sequence[int],
        global_latent: int = 16,
        *,
        step_latent: int = 8,
        steps_per_cell: int = 4,
        cell: str = "gru",
        units: int | Sequence[int] = 100,
        recurrent_layers: int | Sequence[int] = 1,
        discriminator_type: str = "flat",
        widths: Sequence[int] = (200, 200, 200),
        step_logits: bool = False,
        differences: bool = False,
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
        steps, features = sequence_shape = check_sequence_shape(sequence_shape)
        if cell not in networks.CELLS:
            raise ValueError(unknown("cell", cell, networks.CELLS))
        if discriminator_type not in KINDS:
            raise ValueError(unknown("discriminator_type", discriminator_type, KINDS))
        if step_logits and discriminator_type != "recurrent":
            raise ValueError(
                f'step_logits=True with discriminator_type={discriminator_type!r}: only a "recurrent" one judges every step.'
            )
        g, d, whole = prepare(self._given)
        steps_per_cell = whole_number("steps_per_cell", steps_per_cell)
        latents = {"global_latent": whole_number("global_latent", global_latent, least=0)}
        latents["step_latent"] = whole_number("step_latent", step_latent, least=1)
        sizes = [
            {"cell": cell, "units": a, "recurrent_layers": b}
            for a, b in zip(whole_pair("units", units), whole_pair("recurrent_layers", recurrent_layers))
        ]
        if not good_widths(widths):
            raise ValueError(f"widths={widths!r}: expected a tuple of whole numbers of at least 1, for example (200, 200).")
        judged = {
            "sequence_shape": (steps, features * whole["pack"]),
            "step_logits": step_logits,
            "differences": bool(differences),
        }
        super().__init__(
            networks.generator(sequence_shape, **latents, steps_per_cell=steps_per_cell, **sizes[0], **g),
            networks.discriminator(**judged, kind=discriminator_type, widths=tuple(widths), **sizes[1], **d),
            latents["global_latent"] + -(-steps // steps_per_cell) * latents["step_latent"],
            **whole,
        )
        self.sequence_shape = sequence_shape

    @classmethod
    def rgan(cls, sequence_shape: Sequence[int], **changes: Any) -> "Self":
        """The recurrent GAN of Esteban et al. 2017, compiled with its own recipe: LSTM with 100 units against LSTM with 100 units,
        a latent of 5 at every step, a logit at every step. Kept as the historical baseline.

        Args:
            sequence_shape: (steps, features).
            **changes: other arguments of `RecurrentGAN`.
        """
        then = {
            "global_latent": 0,
            "step_latent": 5,
            "steps_per_cell": 1,
            "cell": "lstm",
            "discriminator_type": "recurrent",
            "step_logits": True,
            "normalise": "minmax",
            "output_activation": "tanh",
        }
        gan = cls(sequence_shape, **{**then, **changes})
        gan.compile(recipe="rgan")
        return gan

    def recipe(self) -> Config:
        return recipes.doppelganger()


def whole_pair(name, value):
    """A whole number for both networks, or (generator's, discriminator's)."""
    return [whole_number(name, one) for one in pair(name, value, bool, "a whole number of at least 1")]


def check_sequence_shape(sequence_shape):
    """(steps, features) as ints."""
    try:
        steps, features = (size.__index__() for size in sequence_shape)
    except (AttributeError, TypeError, ValueError):
        image = isinstance(sequence_shape, (tuple, list)) and len(sequence_shape) == 3
        kind = " (an image's: use DCGAN, WGANGP, SNGAN or R3GAN)" if image else ""
        raise ValueError(
            f"sequence_shape={sequence_shape!r}{kind}: expected (steps, features), for example (24, 5)."
        ) from None
    if steps < 1 or features < 1:
        raise ValueError(f"sequence_shape={sequence_shape!r}: steps and features must be at least 1. Try (24, 5).")
    return (steps, features)
