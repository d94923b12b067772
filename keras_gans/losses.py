"""Adversarial losses: one object, two halves, found by name with `get`.

`loss.discriminator(real_logits, fake_logits)` is what the discriminator minimises, `loss.generator(fake_logits)`
what the generator minimises; both return one float32 scalar, the mean over the batch. Logits are raw (no sigmoid),
of any shape whose first axis is the batch; a larger logit means "more real".
"""

import keras
from keras import ops

from keras_gans.errors import unknown


def binary_cross_entropy(logits, target):
    """-target log s(x) - (1 - target) log(1 - s(x)), mean over the batch, from logits without overflow."""
    logits = ops.cast(logits, "float32")
    return ops.mean(ops.softplus(logits) - target * logits)


class AdversarialLoss:
    """Base class. Subclasses write the two halves; constructor arguments are kept under their own names."""

    def discriminator(self, real_logits, fake_logits):
        raise NotImplementedError

    def generator(self, fake_logits):
        raise NotImplementedError

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class _CrossEntropy(AdversarialLoss):
    def __init__(self, label_smoothing=0.0):
        if not 0.0 <= label_smoothing < 0.5:
            raise ValueError(
                f"label_smoothing={label_smoothing}: must be at least 0 and below 0.5, because the target of real "
                "samples becomes 1 - label_smoothing. Try 0.1."
            )
        self.label_smoothing = label_smoothing

    def discriminator(self, real_logits, fake_logits):
        return binary_cross_entropy(real_logits, 1.0 - self.label_smoothing) + binary_cross_entropy(fake_logits, 0.0)

    def get_config(self):
        return {"label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable("keras_gans")
class NonSaturating(_CrossEntropy):
    """The generator maximises log D(G(z)) (Goodfellow et al. 2014, section 3, last paragraph).

    Args:
        label_smoothing: float in [0, 0.5). One-sided: the discriminator's target for real samples is
            1 - label_smoothing, for fakes it stays 0 (Salimans et al. 2016, section 3.4).
    """

    def generator(self, fake_logits):
        return binary_cross_entropy(fake_logits, 1.0)


@keras.saving.register_keras_serializable("keras_gans")
class Minimax(_CrossEntropy):
    """The generator minimises log(1 - D(G(z))) (Goodfellow et al. 2014, equation 1).

    Its gradient vanishes where the discriminator wins; `NonSaturating` is what people train with.

    Args:
        label_smoothing: as in `NonSaturating`.
    """

    def generator(self, fake_logits):
        return -binary_cross_entropy(fake_logits, 0.0)


class CallableLoss(AdversarialLoss):
    """A pair of functions with TF-GAN's signatures as one loss. Functions have no config, so that a model compiled with it
    is saved without its compile settings.

    Args:
        generator_loss: function of `(fake_logits)`.
        discriminator_loss: function of `(real_logits, fake_logits)`.
    """

    def __init__(self, generator_loss, discriminator_loss):
        self.generator = generator_loss
        self.discriminator = discriminator_loss


REGISTRY = {"non_saturating": NonSaturating, "minimax": Minimax}


def get(identifier):
    """The loss for a name, an `AdversarialLoss`, or a pair of callables `(generator_loss, discriminator_loss)`.

    Raises:
        ValueError: an unknown name (the message has the closest one).
        TypeError: anything else that is not a loss.
    """
    if isinstance(identifier, AdversarialLoss):
        return identifier
    if isinstance(identifier, str):
        if identifier not in REGISTRY:
            raise ValueError(unknown("loss", identifier, REGISTRY))
        return REGISTRY[identifier]()
    if isinstance(identifier, (tuple, list)) and len(identifier) == 2 and all(map(callable, identifier)):
        return CallableLoss(*identifier)
    raise TypeError(
        f"loss={identifier!r}: expected a name ({', '.join(REGISTRY)}), an object with the two halves of "
        "keras_gans.losses.AdversarialLoss, or a pair of functions (generator_loss, discriminator_loss)."
    )
