"""`GAN`: two networks as one Keras model that trains with `fit`, and saves and resumes exactly."""

import contextlib
import inspect
import math
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans import backend, losses, penalties
from keras_gans.data import feed
from keras_gans.data.checks import same_shape, varying
from keras_gans.errors import WorkerLost, check_arguments, check_seed, named, unknown, whole_number
from keras_gans.layers import FourierFeatures
from keras_gans.models import recipes
from keras_gans.models.algorithm import NORMS, Algorithm, judges_each_alone
from keras_gans.models.sampling import Sampling
from keras_gans.models.saving import Saving
from keras_gans.models.techniques import Players, Techniques
from keras_gans.training import Augmentation, Curriculum, Policy, Stage, Task, averaging, loop
from keras_gans.training.means import EpochMeans
from keras_gans.training.normaliser import MODES, Normaliser
from keras_gans.training.optimizers import PlayerOptimizers, player_optimizer
from keras_gans.training.ranges import check_reach, output_range
from keras_gans.types import Config

if TYPE_CHECKING:
    from typing_extensions import Self


@contextlib.contextmanager
def naming_the_lost():
    """What fails in this context because another worker is gone raises WorkerLost."""
    try:
        yield
    except Exception as error:
        if isinstance(error, WorkerLost) or not backend.is_loss(error):
            raise
        raise WorkerLost(
            "Another worker of this training is gone, and no step can be taken without it. Start all of them again; a run in a folder "
            f"goes on from its last saved state. ({str(error).splitlines()[0][:200]})"
        ) from error


@contextlib.contextmanager
def under_policy(policy):
    """Layers that are made in this context have this dtype policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@keras.saving.register_keras_serializable("keras_gans")
class GAN(backend.Steps, Algorithm, Techniques, Sampling, Saving, keras.Model):  # type: ignore[misc, valid-type]
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

    # ---- configuration

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

    def recipe(self) -> Config:
        """What `compile` uses where the caller says nothing: the published settings of the architecture."""
        return recipes.dcgan()

    def compile(
        self,
        d_optimizer: str | keras.Optimizer | None = None,
        g_optimizer: str | keras.Optimizer | None = None,
        loss: str | losses.AdversarialLoss | Sequence[Callable[..., Any]] | None = None,
        *,
        penalty: str | penalties.Penalty | Sequence[str | penalties.Penalty] | None = None,
        n_critic: int | None = None,
        recipe: str | None = None,
        augment: str | Sequence[str | Policy] | Policy | Augmentation | None = None,
        curriculum: Curriculum | Stage | Sequence[Stage | dict[str, Any]] | None = None,
        self_supervision: str | Task | None = None,
        steps_per_execution: int | str = "auto",
        jit_compile: bool | str = "auto",
        run_eagerly: bool = False,
        **others: Any,
    ) -> None:
        """Sets how the two players train. Whatever is left out is the architecture's published recipe.

        Args:
            d_optimizer, g_optimizer: two Keras optimizers, or names; never one object for both.
            loss: name, `keras_gans.losses.AdversarialLoss`, or pair of functions (see `keras_gans.losses.get`).
            penalty: name, `keras_gans.penalties.Penalty` or list of those, on the discriminator's gradient; [] for none.
            n_critic: steps of the discriminator, each on a fresh batch, for one of the generator.
            recipe: name of another architecture's settings (`keras_gans.models.recipes`: "dcgan", "wgan_gp", "sngan", "r3gan",
                "doppelganger", "rgan") to take the place of this one's where nothing else is said.
            augment: what the discriminator sees is changed, real and fake alike: "auto", names ("color,translation,cutout"), or a
                `training.Augmentation`, which may adapt.
            curriculum: `training.Curriculum`, or a list of `training.Stage`: the training goes through stages.
            self_supervision: "auto", "rotation" (square images), "order", "reversal" (sequences), "masked_feature" (vectors) or a
                `training.Task`: an auxiliary task for the discriminator.
            steps_per_execution: steps in one compiled call; "auto" takes, on TensorFlow, up to 64 for small dense and recurrent
                networks, where the calls cost more than the arithmetic, and n_critic (64 at most) for others: one turn of both
                players. On JAX 1.
            jit_compile: XLA; "auto" takes it on JAX and not on TensorFlow, where it was slower on a CPU for every network measured
                (benchmarks/train_step.py).
            run_eagerly: for debugging.

        Raises:
            TypeError: an unknown argument. ValueError: an unknown name, one optimizer for both players, a penalty on a
                discriminator with batch normalisation, a technique that does not fit the samples or the networks.

        `augment` and `curriculum` are copied: `gan.augmentation`, `gan.curriculum` and `gan.task` are what trains. Their state (the
        probability, the stage, the task's head) is saved and resumed with the model, and compiling again starts it anew.
        """
        if others:
            raise TypeError(unknown_setting(next(iter(others))))
        self.check_scope()
        if d_optimizer is not None and d_optimizer is g_optimizer and not isinstance(d_optimizer, str):
            raise ValueError(
                "d_optimizer and g_optimizer are the same object: its moments would mix two networks. Make two."
            )
        given = {
            "d_optimizer": d_optimizer,
            "g_optimizer": g_optimizer,
            "loss": loss,
            "penalty": penalty,
            "n_critic": n_critic,
        }
        basis = {"penalty": [], "n_critic": 1, **(self.recipe() if recipe is None else recipes.get(recipe))}
        chosen = {**basis, **{name: value for name, value in given.items() if value is not None}}
        self.adversarial_loss = losses.get(chosen["loss"])
        self.penalties = tuple(penalties.get(chosen["penalty"]))
        self.n_critic = whole_number("n_critic", chosen["n_critic"])
        if self.penalties:
            check_penalised(self.discriminator)
        with backend.scope_of(self):
            with under_policy(self.dtype_policy):
                self._prepare_techniques(augment, curriculum, self_supervision)
            self.log_norms, self._drawing = False, None
            self.means = EpochMeans(self._log_names(), name="means")
            self.d_optimizer = player_optimizer(chosen["d_optimizer"], self.players.discriminator)
            self.g_optimizer = player_optimizer(chosen["g_optimizer"], self.players.generator)
        for optimizer in (self.d_optimizer, self.g_optimizer):
            self.check_optimizer(optimizer)
        self._settings = {"steps_per_execution": steps_per_execution, "jit_compile": jit_compile, "run_eagerly": run_eagerly}
        self._auto_steps = None
        if self.device_count > 1:
            if steps_per_execution not in ("auto", 1):
                raise ValueError(
                    f"steps_per_execution={steps_per_execution}: several devices meet in each step, which they cannot inside of a loop of "
                    "the graph. Leave it out."
                )
            steps_per_execution = 1
        if steps_per_execution == "auto":
            small = is_small(self.generator) and is_small(self.discriminator)
            steps_per_execution = self._auto_steps = backend.MANY_STEPS if small else min(self.n_critic, backend.MANY_STEPS)
        super().compile(
            optimizer=PlayerOptimizers(self.d_optimizer, self.g_optimizer),
            steps_per_execution=whole_number("steps_per_execution", steps_per_execution),
            jit_compile=backend.COMPILE and not run_eagerly if jit_compile == "auto" else jit_compile,
            run_eagerly=run_eagerly,
            auto_scale_loss=False,
        )

    def _log_names(self):
        names = ["d_loss", "g_loss", "d_real_accuracy", "d_fake_accuracy"]
        if self.penalties:
            names.append("gradient_penalty")
        if len(keras.tree.flatten(self.discriminator.outputs)) > 1:
            names += ["d_class_loss", "g_class_loss", "d_class_accuracy"]
        if self.task is not None:
            names += ["d_task_loss", "g_task_loss", "d_task_accuracy"]
        return names + (list(NORMS) if self.log_norms else [])

    def get_compile_config(self) -> Config:
        if not self.compiled:
            return {}
        if isinstance(self.adversarial_loss, losses.CallableLoss):
            warnings.warn(
                "Saved without its compile settings: its loss is a pair of functions, which have no config. Compile it again "
                "after loading; to keep them, write a subclass of keras_gans.losses.AdversarialLoss.",
                stacklevel=2,
            )
            return {}
        parts = {
            "d_optimizer": self.d_optimizer,
            "g_optimizer": self.g_optimizer,
            "loss": self.adversarial_loss,
            "penalty": list(self.penalties),
            "n_critic": self.n_critic,
            "augment": self.augmentation,
            "curriculum": self.curriculum,
            "self_supervision": self.task,
        }
        return {**{name: keras.saving.serialize_keras_object(part) for name, part in parts.items()}, **self._settings}

    def compile_from_config(self, config: Config) -> None:
        self.compile(**{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()})

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return [self.means] if self.compiled else []

    # ---- Keras's loop

    @named
    def fit(
        self,
        x: Any = None,
        y: npt.ArrayLike | None = None,
        batch_size: int = 64,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_data: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> keras.callbacks.History:
        """Trains. As `keras.Model.fit`, for samples instead of inputs and targets.

        Args:
            x: samples: the pipelines of `keras_gans.data.load`, an array (n, ...), a tf.data.Dataset or a PyDataset;
                with `num_classes` pairs (samples, labels), or an array beside `y`. Labels that a GAN without classes does not
                take are ignored, with a warning. Arrays are checked whole; of pipelines the first batch and every label. Those of `load` and arrays come in an order that depends on seed and epoch alone; what order a pipeline
                of the caller's own has in a new process is up to it (of a PyDataset, pass shuffle=False).
            y: int labels (n,) of an array x, 0 to num_classes - 1.
            batch_size: for arrays; the n % batch_size samples that fill no batch are other ones each epoch.
            epochs, initial_epoch, steps_per_epoch, verbose, callbacks: as in Keras.
            validation_data: held-out samples, for `val_d_loss`, `val_d_real_accuracy` ...; as `x`, or a pair (x, y).
            shuffle: for arrays: a new order each epoch.
            validation_steps, validation_freq: as in Keras.

        Returns:
            keras History with d_loss, g_loss, d_real_accuracy, d_fake_accuracy, of a penalised discriminator
            gradient_penalty, of an auxiliary classifier d_class_loss, g_class_loss and d_class_accuracy (means over the epoch),
            and what callbacks add.

        Raises:
            ValueError: samples of another shape, outside the generator's range, NaN, constant features, too few for a batch, a
                pipeline that never ends without steps_per_epoch, labels missing or outside the classes, a batch that `pack`
                does not divide.
            TrainingDiverged: a loss became NaN or infinite.
            WorkerLost: another process of a training on several machines is gone.
            tf.errors.InvalidArgumentError: a label outside the classes in a later batch of a tf.data.Dataset (of a PyDataset a
                ValueError).
        """
        self.check_scope()
        if not self.compiled:
            self.compile()
        data, order, samples = self._prepare(x, y, batch_size, shuffle)
        feed.check_end(data, "steps_per_epoch", steps_per_epoch)
        batches: Any = feed.Samples(data) if samples is None else [samples]
        if self.normaliser is not None and not self.normaliser.is_fitted:
            self.normaliser.fit(batches)
        elif self.normaliser is not None and self.normaliser.is_strange(feed.Samples(data).first()):
            warnings.warn(
                "x lies far from the data that this model's scale was taken of by its first fit. Bring it to the same units, or "
                "call gan.normaliser.fit([x]) to take the scale anew.",
                stacklevel=3,
            )
        elif self.normaliser is None and self.features_vary and (samples is not None or not batches.endless):
            varying(batches, "x")
        if order is not None and steps_per_epoch not in (None, len(order)):
            data = data.repeat()  # Keras would cut the epoch in which the data end
        self._fit_steps_per_execution(data, steps_per_epoch)
        held = held_order = None
        if validation_data is not None:
            pair = validation_data if isinstance(validation_data, (tuple, list)) else (validation_data,)
            labels = pair[1] if len(pair) > 1 else None
            held, held_order, _ = self._prepare(pair[0], labels if self.num_classes else None, batch_size, None)
            if labels is not None and held_order is not None and held_order.labels is None:
                held_order.labels = np.asarray(labels)  # for stages with classes
            feed.check_end(held, "validation_steps", validation_steps)
        if isinstance(callbacks, keras.callbacks.CallbackList):
            raise TypeError("callbacks: pass a list of callbacks; fit puts its own in front of them.")
        callbacks = keras.tree.flatten(callbacks or [])
        loop.check_callbacks(callbacks, stages=self.curriculum is not None)
        callbacks = self._with_own(callbacks, feed.Samples(data), (order, held_order), held is not None)
        try:
            with naming_the_lost(), backend.untold_retracing():
                return super().fit(
                    self.own_part(data),
                    epochs=epochs,
                    verbose=verbose,
                    callbacks=callbacks,
                    validation_data=held,
                    shuffle=shuffle and isinstance(data, keras.utils.PyDataset),
                    initial_epoch=initial_epoch,
                    steps_per_epoch=steps_per_epoch,
                    validation_steps=validation_steps,
                    validation_freq=validation_freq,
                )
        finally:
            for one in (
                order,
                held_order,
            ):  # whose classes a stage may have chosen; Keras ends no callback of a fit that raises
                if one is not None:
                    one.choose(None)

    def evaluate(
        self,
        x: Any = None,
        y: npt.ArrayLike | None = None,
        batch_size: int = 64,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        return_dict: bool = True,
        **inner: Any,
    ) -> Any:
        """d_loss, g_loss and the discriminator's accuracies on held-out samples (see `held_out_step`), weighted by batch size.

        The fakes are the same at every call. Returns a dict, or a list in the order of the logs with
        `return_dict=False`.
        """
        if not self.compiled:
            self.compile()
        self.test_seed.state.assign([0, 0])
        if not inner.get("_use_cached_eval_dataset"):
            if self.normaliser is not None and not self.normaliser.is_fitted:
                raise ValueError(
                    "evaluate: the data's scale is not known yet. Fit first, or call gan.normaliser.fit([samples])."
                )
            x = self._prepare(x, y, batch_size, None).data
            feed.check_end(x, "steps", steps)
        elif x is None:
            raise ValueError("evaluate needs samples.")
        with backend.whole_batches():
            logs = super().evaluate(x, verbose=verbose, steps=steps, callbacks=callbacks, return_dict=True, **inner)
        logs = {name: value for name, value in logs.items() if name not in NORMS}  # which only training has
        return logs if return_dict else list(logs.values())

    def _fit_steps_per_execution(self, data, steps_per_epoch):
        """Where "auto" takes many steps a call, no more than an epoch has."""
        if not self._auto_steps:
            return
        count = data.num_batches if isinstance(data, keras.utils.PyDataset) else int(data.cardinality())
        there = steps_per_epoch or count
        steps = min(self._auto_steps, there) if there and there > 0 else self._auto_steps  # unknown and endless ones too
        if steps != self.steps_per_execution:
            self.steps_per_execution = steps
            self.train_function = self.test_function = self.predict_function = None

    def _prepare(self, x, y, batch_size, shuffle):
        """Checked data; `shuffle=None` means held-out data, every sample once."""
        wanted = feed.Wanted(
            shape=self.sample_shape,
            range=None if self.normaliser is not None else output_range(self.generator),
            num_classes=self.num_classes,
            pack=self.pack,
            devices=self.device_count,
            held_out=shuffle is None,
        )
        return feed.prepare(x, y, batch_size, bool(shuffle), self.seed or 0, wanted)


def tuples(value):
    """The value with every list in it as a tuple."""
    return tuple(tuples(one) for one in value) if isinstance(value, (list, tuple)) else value


def unknown_setting(name):
    """The message for an argument that `GAN.compile` does not take."""
    if name == "optimizer":
        return "GAN.compile has no optimizer=: each player has its own. Pass d_optimizer= and g_optimizer=."
    if name in ("metrics", "weighted_metrics"):
        return f"GAN.compile has no {name}=: scores of samples come from callbacks.GenerativeMetrics."
    return f"GAN.compile: {unknown('argument', name, list(inspect.signature(GAN.compile).parameters)[1:-1])}"


def is_small(network):
    """Whether calling a network's operations costs more than their arithmetic: of dense, normalisation and unrolled recurrent
    layers, with about a million multiplications for a sample at most."""
    normalisations = (keras.layers.BatchNormalization, keras.layers.LayerNormalization, keras.layers.GroupNormalization)

    def work(layer):
        if isinstance(layer, keras.Model):
            return sum(map(work, layer.layers))
        if isinstance(layer, keras.layers.Wrapper):
            return work(layer.layer)
        if not layer.weights:
            return 0
        light = isinstance(layer, (keras.layers.Dense, *normalisations, FourierFeatures))
        recurrent = isinstance(layer, (keras.layers.GRU, keras.layers.LSTM)) and layer.unroll
        if not (light or recurrent) or not hasattr(layer, "input"):
            return float("inf")
        places = keras.tree.flatten(layer.input)[0].shape[1:-1]  # of a sequence its steps
        return math.prod(places) * layer.count_params() if None not in places else float("inf")

    return work(network) < 1_000_000


def check_penalised(discriminator):
    """Raises where a gradient penalty would meet batch normalisation."""
    for layer in discriminator._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            raise ValueError(
                f"The discriminator has batch normalisation ({layer.name}) and a gradient penalty, which is defined for each "
                'sample alone (Gulrajani et al. 2017, section 4). Use norm=("batch", "layer") or ("batch", None), which leave '
                "it to the generator, or compile with penalty=[]."
            )


def check_networks(generator, discriminator, latent_dim, num_classes, pack):
    """Raises unless the two networks fit the latent size and each other."""
    for name, network in (("generator", generator), ("discriminator", discriminator)):
        if not isinstance(network, keras.Model):
            raise TypeError(f"{name} is {type(network).__name__}; expected a keras.Model.")
        if not network.built or not hasattr(network, "input_shape"):
            raise ValueError(f"{name} is not built. Give its first layer an input shape, or call it on a batch once.")
    wanted = (None, latent_dim) if num_classes is None else [(None, latent_dim), (None,)]
    if generator.input_shape != wanted:
        raise ValueError(
            f"latent_dim={latent_dim}, num_classes={num_classes}, and the generator takes {generator.input_shape}; expected "
            f"{wanted}."
        )
    made, taken = generator.output_shape, discriminator.input_shape
    outputs = discriminator.output_shape if isinstance(discriminator.output_shape, list) else [discriminator.output_shape]
    if num_classes is None and (isinstance(taken, list) or len(outputs) > 1):
        raise ValueError("The discriminator takes or gives labels, and num_classes is not set. Pass num_classes=.")
    if num_classes is not None and not isinstance(taken, list) and (len(outputs) != 2 or outputs[1][-1] != num_classes):
        raise ValueError(
            f"num_classes={num_classes}, and the discriminator takes {taken} and gives {outputs}; expected [samples, labels] in, "
            f"or [logits, class logits of {num_classes}] out."
        )
    taken = taken[0] if isinstance(taken, list) else taken
    if not same_shape((*made[:-1], made[-1] * pack), taken):
        raise ValueError(
            f"The generator gives {made}, pack is {pack}, the discriminator takes {taken}; expected "
            f"{(*made[:-1], made[-1] * pack)}."
        )
