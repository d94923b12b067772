"""`GAN`: two networks as one Keras model that trains with `fit`, and saves and resumes exactly."""

import inspect
import random
import warnings

import keras
import numpy as np
from keras import ops

from keras_gans import backend, losses
from keras_gans.data import feed
from keras_gans.data.checks import same_shape
from keras_gans.errors import check_arguments, check_seed, named, unknown, whole_number
from keras_gans.models.saving import Saving
from keras_gans.training import loop
from keras_gans.training.means import EpochMeans
from keras_gans.training.optimizers import PlayerOptimizers, player_optimizer

LOGS = ("d_loss", "g_loss", "d_real_accuracy", "d_fake_accuracy")


@keras.saving.register_keras_serializable("keras_gans")
class GAN(backend.Steps, Saving, keras.Model):
    """A generative adversarial network (Goodfellow et al. 2014) made of any two Keras models.

    Each step trains the discriminator on a batch of real samples and a batch of fakes, then the generator against the
    updated discriminator, on the same fakes: one run of the generator a step (Algorithm 1 with k = 1).

    Subclasses build the two networks from plain arguments, each kept as an attribute of its own name: `get_config`
    reads them from there.

    Args:
        generator: keras.Model, (batch, latent_dim) -> (batch, ...) samples.
        discriminator: keras.Model, (batch, ...) samples -> logits, (batch, 1) or any shape with the batch first.
        latent_dim: size of the latent vector; its entries are standard normal.
        seed: integer for the latents of the training; None draws one.

    Raises:
        ValueError: networks that do not fit each other or the latent size.
    """

    def __new__(cls, *args, **kwargs):
        check_arguments(cls.__init__, kwargs, cls.__name__)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, generator, discriminator, latent_dim, *, seed=None, name=None):
        super().__init__(name=name)
        latent_dim, seed = whole_number("latent_dim", latent_dim), check_seed(seed)
        check_networks(generator, discriminator, latent_dim)
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.seed = seed
        self.latent_seed = keras.random.SeedGenerator(seed)
        self.test_seed = keras.random.SeedGenerator(0)
        self.steps = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False, name="steps")
        self.means = EpochMeans(LOGS, name="means")
        self.built = True

    # ---- configuration

    def get_config(self):
        arguments = list(inspect.signature(type(self).__init__).parameters)[1:]
        missing = [name for name in arguments if not hasattr(self, name)]
        if missing:
            raise AttributeError(
                f"{type(self).__name__} does not keep its argument {missing[0]!r} as self.{missing[0]}, so it cannot be "
                "saved. Every constructor argument of a GAN is kept under its own name."
            )
        return {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in arguments}

    @classmethod
    def from_config(cls, config):
        values = {name: keras.saving.deserialize_keras_object(value) for name, value in config.items()}
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})  # JSON

    def build(self, input_shape=None):
        """Everything is built in the constructor."""

    def recipe(self):
        """What `compile` uses where the caller says nothing: the published settings of the architecture."""
        return {
            "d_optimizer": keras.optimizers.Adam(2e-4, beta_1=0.5),
            "g_optimizer": keras.optimizers.Adam(2e-4, beta_1=0.5),
            "loss": "non_saturating",
        }

    def compile(
        self,
        d_optimizer=None,
        g_optimizer=None,
        loss=None,
        *,
        steps_per_execution="auto",
        jit_compile="auto",
        run_eagerly=False,
        **others,
    ):
        """Sets how the two players train. Whatever is left out is the architecture's published recipe.

        Args:
            d_optimizer, g_optimizer: two Keras optimizers, or names; never one object for both.
            loss: name, `keras_gans.losses.AdversarialLoss`, or pair of functions (see `keras_gans.losses.get`).
            steps_per_execution: steps in one compiled call; "auto" takes up to 64 for small dense networks on
                TensorFlow, where the call costs more than the step, and 1 otherwise.
            jit_compile: XLA; "auto" takes it on JAX and not on TensorFlow, where it was slower on a CPU for every network measured
                (benchmarks/train_step.py).
            run_eagerly: for debugging.

        Raises:
            TypeError: an unknown argument. ValueError: an unknown loss, or one optimizer for both players.
        """
        if others:
            name = next(iter(others))
            if name == "optimizer":
                raise TypeError(
                    "GAN.compile has no optimizer=: each player has its own. Pass d_optimizer= and g_optimizer=."
                )
            if name in ("metrics", "weighted_metrics"):
                raise TypeError(f"GAN.compile has no {name}=: scores of samples come from callbacks.GenerativeMetrics.")
            raise TypeError(
                f"GAN.compile: {unknown('argument', name, list(inspect.signature(GAN.compile).parameters)[1:-1])}"
            )
        if d_optimizer is not None and d_optimizer is g_optimizer and not isinstance(d_optimizer, str):
            raise ValueError(
                "d_optimizer and g_optimizer are the same object: its moments would mix two networks. Make two."
            )
        given = {"d_optimizer": d_optimizer, "g_optimizer": g_optimizer, "loss": loss}
        chosen = {**self.recipe(), **{name: value for name, value in given.items() if value is not None}}
        self.adversarial_loss = losses.get(chosen["loss"])
        self.d_optimizer = player_optimizer(chosen["d_optimizer"], self.discriminator)
        self.g_optimizer = player_optimizer(chosen["g_optimizer"], self.generator)
        self._settings = {"steps_per_execution": steps_per_execution, "jit_compile": jit_compile, "run_eagerly": run_eagerly}
        self._auto_steps = steps_per_execution == "auto" and is_small(self.generator) and is_small(self.discriminator)
        if steps_per_execution == "auto":
            steps_per_execution = backend.MANY_STEPS if self._auto_steps else 1
        super().compile(
            optimizer=PlayerOptimizers(self.d_optimizer, self.g_optimizer),
            steps_per_execution=whole_number("steps_per_execution", steps_per_execution),
            jit_compile=backend.COMPILE if jit_compile == "auto" else jit_compile,
            run_eagerly=run_eagerly,
            auto_scale_loss=False,
        )

    def get_compile_config(self):
        if not self.compiled:
            return {}
        if isinstance(self.adversarial_loss, losses.CallableLoss):
            warnings.warn(
                "Saved without its compile settings: its loss is a pair of functions, which have no config. Compile it again "
                "after loading; to keep them, write a subclass of keras_gans.losses.AdversarialLoss.",
                stacklevel=2,
            )
            return {}
        parts = {"d_optimizer": self.d_optimizer, "g_optimizer": self.g_optimizer, "loss": self.adversarial_loss}
        return {**{name: keras.saving.serialize_keras_object(part) for name, part in parts.items()}, **self._settings}

    def compile_from_config(self, config):
        self.compile(**{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()})

    # ---- the algorithm

    def adversarial_step(self, data):
        """One step of both players on a batch of samples; returns the logs."""
        real = samples_of(data)
        loss, d, g = self.adversarial_loss, self.d_optimizer, self.g_optimizer
        latents = keras.random.normal((ops.shape(real)[0], self.latent_dim), seed=self.latent_seed)
        fake, pull = backend.vjp(self.generator, latents)

        def d_objective():
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(ops.stop_gradient(fake), training=True)
            value = loss.discriminator(real_logits, fake_logits)
            return d.scale_loss(value + penalties(self.discriminator)), (value, real_logits, fake_logits)

        _, (d_loss, real_logits, fake_logits), gradients = backend.gradient(d_objective, self.discriminator)
        backend.apply(d, gradients, self.discriminator)

        def g_objective(samples):
            value = loss.generator(self.discriminator(samples, training=True))
            return g.scale_loss(value), value

        _, g_loss, gradient = backend.input_gradient(g_objective, fake)
        backend.apply(g, pull(gradient, g.scale_loss(1.0)), self.generator)
        self.steps.assign_add(1)
        return self._log(ops.shape(real)[0], d_loss, g_loss, real_logits, fake_logits)

    def held_out_step(self, data):
        """The discriminator's loss and accuracy on held-out samples, in the mode in which it trains (batch statistics,
        dropout): on training samples and on held-out ones it differs by overfitting alone. (The training logs differ in
        one more thing: they are means over an epoch in which the weights move.) Changes no state but the seed of its own
        latents."""
        real = samples_of(data)
        latents = keras.random.normal((ops.shape(real)[0], self.latent_dim), seed=self.test_seed)
        with backend.without_updates():  # of the moving averages, which training mode would move
            fake = self.generator(latents, training=True)
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
        d_loss = self.adversarial_loss.discriminator(real_logits, fake_logits)
        g_loss = self.adversarial_loss.generator(fake_logits)
        return self._log(ops.shape(real)[0], d_loss, g_loss, real_logits, fake_logits)

    def _log(self, samples, d_loss, g_loss, real_logits, fake_logits):
        """This step's values; Keras reports the epoch's means, which it finds in `metrics` under the same names."""
        real_accuracy = ops.mean(ops.cast(real_logits > 0, "float32"))
        fake_accuracy = ops.mean(ops.cast(fake_logits < 0, "float32"))
        values = (d_loss, g_loss, real_accuracy, fake_accuracy)
        self.means.update_state(ops.stack(values), samples)
        return dict(zip(LOGS, values))

    @property
    def metrics(self):
        return [self.means]

    # ---- Keras's loop

    @named
    def fit(
        self,
        x=None,
        y=None,
        batch_size=64,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_data=None,
        shuffle=True,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_freq=1,
    ):
        """Trains. As `keras.Model.fit`, for samples instead of inputs and targets.

        Args:
            x: samples: the pipelines of `keras_gans.data.load`, an array (n, ...), a tf.data.Dataset or a PyDataset.
                Labels beside the samples are ignored, with a warning. Arrays are checked whole, pipelines by their first
                batch. Those of `load` and arrays come in an order that depends on seed and epoch alone; what order a
                pipeline of the caller's own has in a new process is up to it (of a PyDataset, pass shuffle=False).
            batch_size: for arrays; the n % batch_size samples that fill no batch are other ones each epoch.
            epochs, initial_epoch, steps_per_epoch, verbose, callbacks: as in Keras.
            validation_data: held-out samples, for `val_d_loss`, `val_d_real_accuracy` ...
            shuffle: for arrays: a new order each epoch.
            validation_steps, validation_freq: as in Keras.

        Returns:
            keras History with d_loss, g_loss, d_real_accuracy, d_fake_accuracy (means over the epoch) and what callbacks
            add.

        Raises:
            ValueError: samples of another shape, outside the generator's range, NaN, or too few for a batch.
            TrainingDiverged: a loss became NaN or infinite.
        """
        if not self.compiled:
            self.compile()
        if y is not None:
            warnings.warn("y is ignored: this GAN does not take labels.", stacklevel=2)
        data, order = self._prepare(x, batch_size, shuffle)
        self._fit_steps_per_execution(data, steps_per_epoch)
        if isinstance(getattr(data, "element_spec", None), tuple):
            warnings.warn("The labels beside the samples are ignored: this GAN does not take labels.", stacklevel=2)
        held = None if validation_data is None else self._prepare(samples_of(validation_data), batch_size, False)[0]
        if isinstance(callbacks, keras.callbacks.CallbackList):
            raise TypeError("callbacks: pass a list of callbacks; fit puts its own in front of them.")
        callbacks = [loop.Guard(order), *keras.tree.flatten(callbacks or [])]
        loop.check_callbacks(callbacks)
        return super().fit(
            data,
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

    def evaluate(self, x=None, y=None, batch_size=64, verbose="auto", steps=None, callbacks=None, return_dict=True, **inner):
        """d_loss, g_loss and the discriminator's accuracies on held-out samples (see `held_out_step`), weighted by batch size.

        The fakes are the same at every call. Returns a dict, or a list in the order of the logs with
        `return_dict=False`.
        """
        if not self.compiled:
            self.compile()
        self.test_seed.state.assign([0, 0])
        if not inner.get("_use_cached_eval_dataset"):
            x, _ = self._prepare(x, batch_size, False)
        elif x is None:
            raise ValueError("evaluate needs samples.")
        return super().evaluate(x, verbose=verbose, steps=steps, callbacks=callbacks, return_dict=return_dict, **inner)

    def _fit_steps_per_execution(self, data, steps_per_epoch):
        """Where "auto" takes many steps a call, no more than an epoch has."""
        if not self._auto_steps:
            return
        count = data.num_batches if isinstance(data, keras.utils.PyDataset) else int(data.cardinality())
        steps = steps_per_epoch or count
        steps = min(backend.MANY_STEPS, steps) if steps and steps > 0 else backend.MANY_STEPS  # unknown and endless ones too
        if steps != self.steps_per_execution:
            self.steps_per_execution = steps
            self.train_function = self.test_function = self.predict_function = None

    def _prepare(self, x, batch_size, shuffle):
        shape = tuple(self.discriminator.input_shape[1:])
        return feed.prepare(x, batch_size, shuffle, self.seed or 0, shape, loop.output_range(self.generator))

    # ---- samples

    def call(self, latents, training=False):
        """Latents, (batch, latent_dim), to samples, (batch, ...)."""
        return self.generator(latents, training=training)

    def latents(self, count, seed=None):
        """`count` standard normal latents, float32 (count, latent_dim): the same for a seed on every backend and machine,
        and the first of them the same for every count. `seed=None` draws one, which `keras.utils.set_random_seed` decides."""
        seed = random.randrange(2**31) if seed is None else check_seed(seed)
        return np.random.default_rng(seed).standard_normal((count, self.latent_dim), dtype="float32")

    def generate(self, count, *, seed=None, batch_size=256):
        """Draws samples.

        Args:
            count: how many, at least 1.
            seed: integer: the same samples each time. None: new ones.
            batch_size: how many at once; it changes memory and speed, not the samples.

        Returns:
            float32 array (count, ...), in the range the generator gives.
        """
        count, batch_size = whole_number("count", count), whole_number("batch_size", batch_size)
        latents = self.latents(count, seed)
        parts = [self.predict_on_batch(latents[at : at + batch_size]) for at in range(0, count, batch_size)]
        return np.concatenate(parts).astype("float32")


def samples_of(data):
    """The samples of a batch, a pair (samples, labels) or whatever a validation argument holds."""
    return data[0] if isinstance(data, (tuple, list)) else data


def penalties(network):
    """Sum of a network's own weight penalties (weight decay), float32 scalar."""
    return sum((ops.cast(loss, "float32") for loss in network.losses), 0.0)


def is_small(network):
    """Whether a step is over before Keras has started it: dense and normalisation layers alone, under a million weights."""
    light = (keras.layers.Dense, keras.layers.BatchNormalization, keras.layers.LayerNormalization)
    leaves = [layer for layer in network._flatten_layers(include_self=False) if not isinstance(layer, keras.Model)]
    return network.count_params() < 1_000_000 and all(isinstance(layer, light) for layer in leaves if layer.weights)


def check_networks(generator, discriminator, latent_dim):
    """Raises unless the two networks fit the latent size and each other."""
    for name, network in (("generator", generator), ("discriminator", discriminator)):
        if not isinstance(network, keras.Model):
            raise TypeError(f"{name} is {type(network).__name__}; expected a keras.Model.")
        if not network.built or not hasattr(network, "input_shape"):
            raise ValueError(f"{name} is not built. Give its first layer an input shape, or call it on a batch once.")
    if tuple(generator.input_shape) != (None, latent_dim):
        raise ValueError(
            f"latent_dim={latent_dim}, and the generator takes {generator.input_shape}; expected (None, {latent_dim})."
        )
    made, taken = generator.output_shape, discriminator.input_shape
    if not same_shape(made, taken):
        raise ValueError(f"The generator gives {made}, the discriminator takes {taken}; both must be the same.")
