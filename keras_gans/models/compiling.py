"""How the two players train: optimizers, loss, penalties, techniques, kept with the model."""

import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_gans import backend, losses, penalties
from keras_gans.errors import unknown, whole_number
from keras_gans.models import recipes
from keras_gans.models.algorithm import NORMS
from keras_gans.models.networks import check_penalised, is_small, under_policy
from keras_gans.training import Augmentation, Curriculum, Policy, Stage, Task
from keras_gans.training.means import EpochMeans
from keras_gans.training.optimizers import PlayerOptimizers, player_optimizer
from keras_gans.types import Config


class Compiling(keras.Model):
    """What `compile` makes of a `GAN`."""

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


def unknown_setting(name):
    """The message for an argument that `GAN.compile` does not take."""
    if name == "optimizer":
        return "GAN.compile has no optimizer=: each player has its own. Pass d_optimizer= and g_optimizer=."
    if name in ("metrics", "weighted_metrics"):
        return f"GAN.compile has no {name}=: scores of samples come from callbacks.GenerativeMetrics."
    return f"GAN.compile: {unknown('argument', name, list(inspect.signature(Compiling.compile).parameters)[1:-1])}"
