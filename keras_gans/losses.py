"""Adversarial losses: one object, two halves, found by name with `get`.

`loss.discriminator(real_logits, fake_logits)` is what the discriminator minimises, `loss.generator(fake_logits)`
(of a loss with `pairs = True`: `loss.generator(fake_logits, real_logits)`) what the generator minimises; both return one
float32 scalar, the mean over the batch. Logits are raw (no sigmoid),
of any shape whose first axis is the batch; a larger logit means "more real".
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import keras
from keras import ops

from keras_gans.errors import unknown
from keras_gans.types import Config, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self


def binary_cross_entropy(logits: Tensor, target: float) -> Tensor:
    """-target log s(x) - (1 - target) log(1 - s(x)), mean over the batch, from logits without overflow."""
    logits = ops.cast(logits, "float32")
    return ops.mean(ops.softplus(logits) - target * logits)


class AdversarialLoss:
    """Base class. Subclasses write the two halves; constructor arguments are kept under their own names.

    Attributes:
        pairs: whether the generator's half compares fakes with real samples and so takes the logits of both.
        boundary: the logit between "real" and "fake", for the accuracies in the logs; None where the logits have no origin.
    """

    pairs: bool = False
    boundary: float | None = 0.0

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        raise NotImplementedError

    def generator(self, fake_logits: Tensor) -> Tensor:
        raise NotImplementedError

    def get_config(self) -> Config:
        return {}

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        return cls(**config)


class _CrossEntropy(AdversarialLoss):
    def __init__(self, label_smoothing: float = 0.0) -> None:
        if not 0.0 <= label_smoothing < 0.5:
            raise ValueError(
                f"label_smoothing={label_smoothing}: must be at least 0 and below 0.5, because the target of real "
                "samples becomes 1 - label_smoothing. Try 0.1."
            )
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return binary_cross_entropy(real_logits, 1.0 - self.label_smoothing) + binary_cross_entropy(fake_logits, 0.0)

    def get_config(self) -> Config:
        return {"label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable("keras_gans")
class NonSaturating(_CrossEntropy):
    """The generator maximises log D(G(z)) (Goodfellow et al. 2014, section 3, last paragraph).

    Args:
        label_smoothing: in [0, 0.5). One-sided: the discriminator's target for real samples is
            1 - label_smoothing, for fakes it stays 0 (Salimans et al. 2016, section 3.4).
    """

    def generator(self, fake_logits: Tensor) -> Tensor:
        return binary_cross_entropy(fake_logits, 1.0)


@keras.saving.register_keras_serializable("keras_gans")
class Minimax(_CrossEntropy):
    """The generator minimises log(1 - D(G(z))) (Goodfellow et al. 2014, equation 1).

    Its gradient vanishes where the discriminator wins; `NonSaturating` is what people train with.

    Args:
        label_smoothing: as in `NonSaturating`.
    """

    def generator(self, fake_logits: Tensor) -> Tensor:
        return -binary_cross_entropy(fake_logits, 0.0)


@keras.saving.register_keras_serializable("keras_gans")
class LeastSquares(AdversarialLoss):
    """Squared distance of the logits from 1 for real and 0 for fake samples, halved (Mao et al. 2017, equation 9)."""

    boundary = 0.5

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        real, fake = ops.cast(real_logits, "float32"), ops.cast(fake_logits, "float32")
        return 0.5 * (ops.mean(ops.square(real - 1.0)) + ops.mean(ops.square(fake)))

    def generator(self, fake_logits: Tensor) -> Tensor:
        return 0.5 * ops.mean(ops.square(ops.cast(fake_logits, "float32") - 1.0))


@keras.saving.register_keras_serializable("keras_gans")
class Wasserstein(AdversarialLoss):
    """Difference of the critic's means (Arjovsky et al. 2017, algorithm 1; Gulrajani et al. 2017, algorithm 1).

    The critic has to be kept smooth: compile with penalty="gradient_penalty", or give it spectral norm.
    """

    boundary = None

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return ops.mean(ops.cast(fake_logits, "float32")) - ops.mean(ops.cast(real_logits, "float32"))

    def generator(self, fake_logits: Tensor) -> Tensor:
        return -ops.mean(ops.cast(fake_logits, "float32"))


@keras.saving.register_keras_serializable("keras_gans")
class Hinge(AdversarialLoss):
    """The discriminator stops caring about logits beyond the margin of 1 (Lim and Ye 2017; Miyato et al. 2018, equations 16
    and 17)."""

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        real, fake = ops.cast(real_logits, "float32"), ops.cast(fake_logits, "float32")
        return ops.mean(ops.relu(1.0 - real)) + ops.mean(ops.relu(1.0 + fake))

    def generator(self, fake_logits: Tensor) -> Tensor:
        return -ops.mean(ops.cast(fake_logits, "float32"))


@keras.saving.register_keras_serializable("keras_gans")
class Relativistic(AdversarialLoss):
    """Each fake is compared with a real sample of the same batch: the pairing loss (Jolicoeur-Martineau 2019, section 3.3,
    RSGAN; Huang et al. 2024, equation 2).

    With R1 and R2 penalties it is the loss of R3GAN. Real and fake logits must have one shape.
    """

    pairs, boundary = True, None

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return ops.mean(ops.softplus(ops.cast(fake_logits, "float32") - ops.cast(real_logits, "float32")))

    def generator(self, fake_logits: Tensor, real_logits: Tensor) -> Tensor:  # type: ignore[override]  # as `pairs` says
        return ops.mean(ops.softplus(ops.cast(real_logits, "float32") - ops.cast(fake_logits, "float32")))


@keras.saving.register_keras_serializable("keras_gans")
class TFGAN(AdversarialLoss):
    """A loss pair of the tensorflow-gan package with TF-GAN's defaults, on the TensorFlow backend (see `keras_gans.tfgan`).

    A model compiled with it loads, and draws samples, where the package is not installed; training asks for it.

    Args:
        name: TF-GAN's, without _generator_loss: "wasserstein", "modified" ...
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def pairs(self) -> bool:  # type: ignore[override]
        return _tfgan_pair(self.name).pairs

    @property
    def boundary(self) -> float | None:  # type: ignore[override]
        """That of our loss of the same kind."""
        from keras_gans import tfgan

        return REGISTRY[tfgan.COUNTERPARTS[self.name]].boundary

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return _tfgan_pair(self.name).discriminator(**_as_tfgan(fake_logits, real_logits))

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return _tfgan_pair(self.name).generator(**_as_tfgan(fake_logits, real_logits))

    def get_config(self) -> Config:
        return {"name": self.name}


def _tfgan_pair(name):
    from keras_gans import tfgan

    return tfgan.pair(name)


def _as_tfgan(fake_logits, real_logits=None):
    """Float32 logits under the names of TF-GAN's arguments, whose order differs from loss to loss."""
    logits = {"discriminator_gen_outputs": fake_logits, "discriminator_real_outputs": real_logits}
    return {name: ops.cast(value, "float32") for name, value in logits.items() if value is not None}


class CallableLoss(AdversarialLoss):
    """A pair of functions with TF-GAN's signatures as one loss. Functions have no config, so that a model compiled with it
    is saved without its compile settings.

    Args:
        generator_loss: function of `(fake_logits)`.
        discriminator_loss: function of `(real_logits, fake_logits)`.

    Raises:
        ValueError, in the first step: a function that gives anything but a scalar.
    """

    def __init__(self, generator_loss: Callable[..., Tensor], discriminator_loss: Callable[..., Tensor]) -> None:
        self.generator_loss, self.discriminator_loss = generator_loss, discriminator_loss

    def generator(self, *logits: Tensor) -> Tensor:
        return scalar("generator_loss", self.generator_loss(*logits))

    def discriminator(self, *logits: Tensor) -> Tensor:
        return scalar("discriminator_loss", self.discriminator_loss(*logits))


def scalar(name: str, value: Tensor) -> Tensor:
    """`value` where it is one number, else ValueError."""
    shape = getattr(value, "shape", ())
    if getattr(shape, "rank", 0) is not None and tuple(shape):  # of a tensor whose shape is not known yet the rank is None
        raise ValueError(
            f"{name} gave shape {tuple(shape)}; expected one number for the batch. End it with keras.ops.mean(...)."
        )
    return value


REGISTRY: dict[str, type[AdversarialLoss]] = {
    "non_saturating": NonSaturating,
    "minimax": Minimax,
    "least_squares": LeastSquares,
    "wasserstein": Wasserstein,
    "hinge": Hinge,
    "relativistic": Relativistic,
}


def get(identifier: str | AdversarialLoss | Sequence[Callable[..., Tensor]]) -> AdversarialLoss:
    """The loss for a name, "tfgan:NAME" for a loss of the tensorflow-gan package (docs/coming_from_tf_gan.md lists them), an
    `AdversarialLoss`, or a pair of callables `(generator_loss, discriminator_loss)`.

    Raises:
        ValueError: an unknown name (the message has the closest one).
        TypeError: anything else that is not a loss.
        ImportError, RuntimeError: "tfgan:NAME" without the package, or on another backend than TensorFlow.
    """
    if isinstance(identifier, AdversarialLoss):
        return identifier
    if isinstance(identifier, str):
        if identifier.startswith("tfgan:"):
            name = identifier.removeprefix("tfgan:")
            _tfgan_pair(name)  # so that a wrong name is an error now and not in the first step
            return TFGAN(name)
        if identifier not in REGISTRY:
            raise ValueError(unknown("loss", identifier, REGISTRY))
        return REGISTRY[identifier]()
    if isinstance(identifier, (tuple, list)) and len(identifier) == 2 and all(map(callable, identifier)):
        return CallableLoss(*identifier)
    raise TypeError(
        f"loss={identifier!r}: expected a name ({', '.join(REGISTRY)}, or tfgan:NAME), an object with the two halves "
        "of keras_gans.losses.AdversarialLoss, or a pair of functions (generator_loss, discriminator_loss)."
    )
