"""Differentiable augmentation: what the discriminator sees is changed, real and fake samples alike, so that it cannot learn few real
samples by heart and the generator does not learn the changes (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN
Training", section 3.2); with a `target`, as often as its overfitting asks for (Karras et al. 2020, "Training GANs with Limited
Data", section 3).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from keras_gans.training.policies import POLICIES, Policy, draws, is_number, named_policies
from keras_gans.types import Config, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self

KINDS = {1: "vectors", 2: "sequences", 3: "images"}  # by the rank of one sample
USUAL = {1: ["noise"], 2: ["jitter", "scaling", "time_mask"], 3: ["color", "translation", "cutout"]}  # what "auto" means


@keras.saving.register_keras_serializable("keras_gans")
class Augmentation(keras.layers.Layer):
    """Policies, each applied to each sample with one probability, fixed or adaptive.

    Args:
        policies: "auto" (of images color, translation and cutout; of sequences jitter, scaling and time_mask; of vectors noise), names
            in a list or a string with commas, `Policy` objects, or a list of both.
        probability: of each policy for each sample, in [0, 1]; where it adapts, what it starts with: 1, adaptive 0.
        target: None for a fixed probability; else the mean sign of the logits on real samples, in (-1, 1), above which the
            probability rises and below which it falls (Karras et al. 2020, equation 1, r_t: 0.6). An accuracy of 80 % on real
            samples is a sign of 0.6.
        span: with a target: images in which the probability can go from 0 to 1. The paper's 500,000 are for runs of millions.

    The probability is a weight: saved and resumed with the model. In the logs it is `augment_probability`.

    Raises:
        ValueError: an unknown policy, a number outside its range; by `check`, a policy that does not fit the data.
    """

    def __init__(
        self,
        policies: str | Policy | Sequence[str | Policy] = "auto",
        probability: float | None = None,
        target: float | None = None,
        span: float = 500_000,
        name: str = "augmentation",
    ) -> None:
        super().__init__(name=name, trainable=False, dtype="float32")
        self.policies: Any = policies if policies == "auto" else named_policies(policies)
        if probability is None:
            probability = 1.0 if target is None else 0.0
        if not is_number(probability) or not 0 <= probability <= 1:
            raise ValueError(f"probability={probability!r}: expected a number in [0, 1].")
        if target is not None and not (is_number(target) and -1 < target < 1):
            raise ValueError(f"target={target!r}: expected a mean sign in (-1, 1), for example 0.6, or None.")
        if not is_number(span) or not span > 0:
            raise ValueError(f"span={span!r}: expected a number of images above 0.")
        self.start, self.target, self.span = float(probability), target, span
        self.probability = self.add_weight(shape=(), initializer="zeros", trainable=False, name="probability")
        self.probability.assign(self.start)
        self.sign = self.add_weight(shape=(), initializer="zeros", trainable=False, name="sign")
        self.built, self.everywhere = True, target is None and probability == 1

    @property
    def adapts(self) -> bool:
        return self.target is not None

    def check(self, shape: Sequence[int]) -> None:
        """Settles what "auto" means for samples of a shape; raises ValueError where a policy is not for them."""
        if self.policies == "auto":
            self.policies = named_policies(USUAL[len(shape)])
        for policy in self.policies:
            if len(shape) not in policy.ranks:
                fitting = [name for name, cls in POLICIES.items() if len(shape) in cls.ranks]
                raise ValueError(
                    f"augment: {type(policy).__name__} is for {' and '.join(KINDS[rank] for rank in policy.ranks)}, and the samples "
                    f"are {KINDS[len(shape)]} of shape {tuple(shape)}. Use {', '.join(fitting)}."
                )

    def call(self, samples: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        """(batch, ...) in the networks' units -> the same, changed."""
        for policy in self.policies:
            changed = policy(samples, seed)
            chosen = None if self.everywhere else draws(samples, seed) < self.probability
            samples = changed if chosen is None else ops.where(chosen, changed, samples)
        return samples

    def adapt(self, accuracy: Tensor, count: int | Tensor) -> None:
        """Moves the probability by one batch: up where the discriminator is surer of real samples than the target, else down.

        Args:
            accuracy: share of real samples it calls real (of losses whose logits have no origin: which it puts above the middle
                between real ones and fakes), scalar; its sign is averaged over about four batches, as in the paper.
            count: samples in the batch.
        """
        self.sign.assign(0.75 * self.sign + 0.25 * (2.0 * accuracy - 1.0))
        step = ops.sign(self.sign - self.target) * ops.cast(count, "float32") / self.span
        self.probability.assign(ops.clip(self.probability + step, 0.0, 1.0))

    def raise_probability(self, by: float = 0.1) -> float:
        """Raises it by hand, up to 1; returns the new value."""
        self.probability.assign(min(float(self.probability.numpy()) + by, 1.0))
        return float(self.probability.numpy())

    def get_config(self) -> Config:
        policies = (
            self.policies if self.policies == "auto" else [keras.saving.serialize_keras_object(p) for p in self.policies]
        )
        return {"policies": policies, "probability": self.start, "target": self.target, "span": self.span}

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        policies = config["policies"]
        if policies != "auto":
            policies = [keras.saving.deserialize_keras_object(policy) for policy in policies]
        return cls(**{**config, "policies": policies})


def get(identifier):
    """A new `Augmentation`, whose state nobody shares, from what `GAN.compile(augment=)` takes; None for None."""
    if identifier is None:
        return None
    if isinstance(identifier, Augmentation):
        return type(identifier).from_config(identifier.get_config())
    return Augmentation("auto" if identifier is True else identifier)
