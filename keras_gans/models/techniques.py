"""What training techniques add to a `GAN`: to its networks, to what its discriminator sees, to its loop."""

from typing import Any

import keras
from keras import ops

from keras_gans import backend
from keras_gans.training import augmentation, curriculum, graph, loop, self_supervision


class Players:
    """The networks as they are trained: the GAN's own, with what techniques put on them. They share the GAN's layers.

    A plain object, so that Keras saves the GAN's own networks, each once.

    Attributes:
        generator: latents (and labels) -> samples.
        judge: samples (and labels) -> logits, as the GAN's discriminator.
        discriminator: the model whose weights the discriminator's optimizer moves: `judge`, or with a task one that also gives the
            answers, as its last output.
        average: the averaged generator, or None.
    """

    def __init__(self, generator, judge, average, discriminator=None):
        self.generator, self.judge, self.average = generator, judge, average
        self.discriminator = discriminator or judge


class Techniques:
    """Augmentation, curriculum and self-supervision in a `GAN`."""

    augmentation: Any = None
    curriculum: Any = None
    task: Any = None
    means: Any
    log_norms = False

    def _prepare_techniques(self, augment, stages, task):
        """Makes the state of what `compile` was asked for, and the networks with it."""
        shape, pack = self.sample_shape, self.pack
        augment, stages = augmentation.get(augment), curriculum.get(stages)
        if augment is not None:
            augment.check(shape)
        generator, judges, average = self.generator, [self.discriminator], self.average
        packed = (*shape[:-1], shape[-1] * pack)
        task, head = self_supervision.get(task, packed), None
        if task is not None:
            if stages is not None and stages.shortest is not None:
                task.check((stages.shortest, *packed[1:]))
            start = keras.initializers.GlorotUniform(None if self.seed is None else self.seed + 7000)
            head = keras.layers.Dense(task.outputs(packed), kernel_initializer=start, dtype="float32", name="task_head")
            head = graph.dressed(head, self.discriminator)
            judges.append(self_supervision.with_head(self.discriminator, head))
        if stages is not None:
            generator, judges, average = stages.attach(generator, judges, average, shape, pack, self.num_classes, self.seed)
        self.augmentation, self.curriculum, self.task, self.task_head = augment, stages, task, head
        self.players = Players(generator, judges[0], average, judges[-1])

    def _seen(self, samples, seed, real=False):
        """Samples as the discriminator sees them: through the curriculum, augmented, packed."""
        if self.curriculum is not None:
            samples = self.curriculum(samples, seed=seed, real=real)
        if self.augmentation is not None:
            samples = self.augmentation(samples, seed=seed)
        return self._packed(samples)

    def _solve(self, seen, labels, player, seed):
        """The task's loss and accuracy on the first share of what the discriminator saw, at least one sample."""
        count = ops.shape(seen)[0]
        some = (count * max(round(1000 * self.task.share), 1) + 999) // 1000
        length = None if self.curriculum is None else self.curriculum.length(seen.shape[1])
        examples, targets = self.task.examples(seen[:some], seed, length)
        inputs = [examples, labels[:some]] if self.takes_labels else examples
        answers = self.players.discriminator(inputs, training=True)[-1]
        loss = self.task.loss(ops.cast(answers, "float32"), targets)
        return {f"{player}_task_loss": loss, f"{player}_task_accuracy": self.task.accuracy(answers, targets)}

    def _count_step(self, logs, count):
        """Moves the state of the techniques by one step of the discriminator."""
        if self.augmentation is not None and self.augmentation.adapts:
            accuracy = backend.mean_of_replicas(logs["d_real_accuracy"], count)
            self.augmentation.adapt(accuracy, count * backend.replicas())
        if self.curriculum is not None:
            self.curriculum.step()

    def _with_own(self, callbacks, samples, orders, held):
        """The callbacks of a fit with the GAN's own: the guard first; what counts the stages after the last that measures, so that
        it sees every score and whatever saves behind it saves the new stage."""
        produced = {key: better for callback in callbacks for key, better in getattr(callback, "produces", {}).items()}
        for callback in callbacks:
            if hasattr(callback, "meet"):
                callback.meet(callbacks)
            if hasattr(callback, "prepare"):
                callback.prepare(self, samples, held, produced)
        self._log_gradient_norms(any(getattr(callback, "reads_gradient_norms", False) for callback in callbacks))
        own = []
        if self.curriculum is not None or self.augmentation is not None:
            known = set(self._log_names()) | ({f"val_{name}" for name in self._log_names()} | {"gap"} if held else set())
            known |= {
                name
                for callback in callbacks
                for name in (*getattr(callback, "produces", ()), *getattr(callback, "logged", ()))
            }
            own = [loop.TechniquesLog(self.curriculum, orders, known)]
        writers = [
            i for i, callback in enumerate(callbacks) if getattr(callback, "produces", ()) or getattr(callback, "logged", ())
        ]
        at = max(writers, default=-1) + 1
        return [loop.Guard(orders[0], callbacks), *callbacks[:at], *own, *callbacks[at:]]

    def _log_gradient_norms(self, wanted):
        """Whether steps log `d_gradient_norm` and `g_gradient_norm`."""
        if wanted != self.log_norms:
            self.log_norms = wanted
            with backend.scope_of(self):
                self.means = type(self.means)(self._log_names(), name="means")
            self.train_function = self.test_function = None
