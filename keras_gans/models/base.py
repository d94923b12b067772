"""`GAN`: two networks as one Keras model that trains with `fit`, and saves and resumes exactly."""

import inspect
from typing import TYPE_CHECKING, Any

import keras

from keras_gans import backend
from keras_gans.errors import check_arguments, check_seed, unknown, whole_number
from keras_gans.models.algorithm import Algorithm, judges_each_alone
from keras_gans.models.compiling import Compiling
from keras_gans.models.fitting import Fitting
from keras_gans.models.networks import check_networks, is_small, under_policy
from keras_gans.models.sampling import Sampling
from keras_gans.models.saving import Saving
from keras_gans.models.techniques import Players, Techniques
from keras_gans.training import averaging
from keras_gans.training.normaliser import MODES, Normaliser
from keras_gans.training.ranges import check_reach, output_range
from keras_gans.types import Config

if TYPE_CHECKING:
    from typing_extensions import Self


@keras.saving.register_keras_serializable("keras_gans")
class GAN(backend.Steps, Compiling, Fitting, Algorithm, Techniques, Sampling, Saving, keras.Model):  # type: ignore[misc, valid-type]
    """A generative adversarial network (Goodfellow et al. 2014) made of any two Keras models.

    Each step trains the discriminator on a batch of real samples and a batch of fakes, then (at every n_critic-th step) the
    generator against the updated discriminator.

    Subclasses build the two networks from plain arguments. Each argument is kept as an attribute of its own name, where
    `get_config` finds it. Layers compute in the dtype policy that Keras has when the model is made
    (`keras.config.set_dtype_policy("mixed_bfloat16")`), and again when it is loaded.

    Args:
        generator: (batch, latent_dim) -> (batch, ...) samples. With `num_classes` it takes [latents, int32
            labels (batch,)].
        discriminator: (batch, ...) samples -> logits, (batch, 1) or any shape with the batch first. With
            `num_classes` it takes [samples, labels], or it takes samples and gives [logits, class logits (batch,
            num_classes)]: then it is an auxiliary classifier (Odena et al. 2017). With `pack` it takes samples whose last
            axis is `pack` times as long.
        latent_dim: size of the latent vector; its entries are standard normal.
        num_classes: makes the GAN conditional on labels 0 to num_classes - 1.
        pack: how many samples the discriminator judges at once, joined along the last axis (Lin et al. 2018, PacGAN). The
            batch must be a multiple.
        ema_decay: in (0, 1): keep an exponential moving average of the generator's weights, one update for each of the
            generator's steps, and let `generate`, `call` and the scores use it. None: no average.
        normalise: "standard" (mean 0, deviation 1) or "minmax" (range [-1, 1]) for each entry of the last axis: the networks
            work in those units, `fit` takes and `generate` gives the data's own. Fitted by the first `fit`, saved with the
            model. None: the networks work in the data's units.
        seed: for the latents of the training; None draws one.

    Raises:
        ValueError: networks that do not fit each other or the latent size, an argument outside its range.
    """

    features_vary = False  # whether a feature with one value everywhere is an error; of pixels it is not

    def __new__(cls, *args: Any, **kwargs: Any) -> "Self":
        check_arguments(cls.__init__, kwargs, cls.__name__)
        gan = super().__new__(cls, *args, **kwargs)
        given = inspect.signature(cls.__init__).bind_partial(gan, *args, **kwargs)
        given.apply_defaults()
        object.__setattr__(gan, "_given", dict(list(given.arguments.items())[1:]))
        return gan

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        latent_dim: int,
        *,
        num_classes: int | None = None,
        pack: int = 1,
        ema_decay: float | None = None,
        normalise: str | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        latent_dim, seed, pack = whole_number("latent_dim", latent_dim), check_seed(seed), whole_number("pack", pack)
        if num_classes is not None:
            num_classes = whole_number("num_classes", num_classes, least=2)
            if pack > 1:
                raise ValueError(
                    f"pack={pack} with num_classes={num_classes}: samples of different classes cannot be judged as one. "
                    "Leave one of them out."
                )
        if ema_decay is not None and not (isinstance(ema_decay, float) and 0.0 < ema_decay < 1.0):
            raise ValueError(f"ema_decay={ema_decay!r}: expected a number in (0, 1), for example 0.999, or None.")
        check_networks(generator, discriminator, latent_dim, num_classes, pack)
        if normalise is not None and normalise not in MODES:
            raise ValueError(unknown("normalise", normalise, [*MODES, None]))
        check_reach(output_range(generator), normalise)
        for argument, value in self._given.items():  # of the subclass: what it was called with
            if argument not in ("name", "generator", "discriminator"):
                setattr(self, argument, tuples(value))
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim, self.seed, self.pack, self.num_classes = latent_dim, seed, pack, num_classes
        self.ema_decay = ema_decay
        self.takes_labels = isinstance(discriminator.input_shape, list)
        # real and fake as one batch: half the operations, which count in small networks on a CPU and everywhere on an accelerator
        cheaper = is_small(discriminator) or backend.has_accelerator()
        self.judges_together = cheaper and judges_each_alone(discriminator)
        self.average = averaging.averaged_copy(generator) if ema_decay is not None else None
        self.players = Players(self.generator, self.discriminator, self.average)
        self.normaliser = Normaliser(generator.output_shape[-1], normalise) if normalise is not None else None
        self.latent_seed = keras.random.SeedGenerator(seed)
        self.test_seed = keras.random.SeedGenerator(0)
        self.steps = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False, name="steps")
        self.built = True

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self.generator.output_shape[1:])

    def get_config(self) -> Config:
        config = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in self._given}
        return config if self.dtype_policy.name == "float32" else {**config, "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        values = {name: keras.saving.deserialize_keras_object(value) for name, value in config.items()}
        with under_policy(values.pop("dtype", "float32")):
            return cls(**{name: tuples(value) for name, value in values.items()})  # JSON has lists alone

    def build(self, input_shape: Any = None) -> None:
        """Everything is built in the constructor."""


def tuples(value):
    """The value with every list in it as a tuple."""
    return tuple(tuples(one) for one in value) if isinstance(value, (list, tuple)) else value
