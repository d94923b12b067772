"""The training step of every architecture, on every backend."""

from typing import Any

import keras
from keras import ops

from keras_gans import backend
from keras_gans.layers import MinibatchStdDev
from keras_gans.penalties import judged
from keras_gans.training import averaging
from keras_gans.types import Tensor

NORMS = ("d_gradient_norm", "g_gradient_norm")


class Algorithm:
    """What `GAN` does with a batch."""

    def adversarial_step(self, data: Any, turn: Any = None) -> dict[str, Tensor]:
        """The discriminator's update on a batch and, at every n_critic-th step, the generator's; returns the logs. `turn` says whether it
        is the generator's, where that is known; by default the step count decides.

        (Goodfellow et al. 2014, algorithm 1, and Gulrajani et al. 2017, algorithm 1: each discriminator step has a fresh
        batch.) Where the generator moves at every step it does so on the same fakes, so that it runs once a step.
        """
        real, labels = self._batch(data)
        count = ops.shape(real)[0]
        fake, pull = backend.vjp(self.players.generator, self._inputs(count, labels, self.latent_seed))
        logs = self._update_discriminator(real, ops.stop_gradient(fake), labels)
        self._count_step(logs, count)
        if self.n_critic == 1:
            logs |= self._update_generator(real, labels, fake, pull)
            self.steps.assign_add(1)
            return self._log(logs, count)

        def on_new_fakes():
            fake, pull = backend.vjp(self.players.generator, self._inputs(count, labels, self.latent_seed))
            logs = self._update_generator(real, labels, fake, pull)
            return [logs[name] for name in names]

        names = [name for name in self.means.names if name.startswith("g_")]
        if turn is None:
            due = ops.equal((self.steps + 1) % self.n_critic, 0)
            g_logs = backend.when(due, on_new_fakes, len(names))
        else:
            due, g_logs = float(turn), on_new_fakes() if turn else [ops.zeros(())] * len(names)
        logs |= dict(zip(names, g_logs))
        self.steps.assign_add(1)
        self._log(logs, count, {name: due for name in names})
        return self.means.result()  # of a step without the generator's update there is no other g_loss to show

    def held_out_step(self, data: Any) -> dict[str, Tensor]:
        """The discriminator's loss and accuracy on held-out samples, in the mode in which it trains (batch statistics,
        dropout): on training samples and on held-out ones it differs by overfitting alone. (The training logs differ in
        one more thing: they are means over an epoch in which the weights move.) Changes no state but the seed of its own
        latents."""
        real, labels = self._batch(data)
        count = ops.shape(real)[0]
        inputs = self._inputs(count, labels, self.test_seed)
        with backend.without_updates():  # of the moving averages, which training mode would move
            fake = self.players.generator(inputs, training=True)
            real, fake = self._seen(real, self.test_seed, real=True), self._seen(fake, self.test_seed)
            logs, said = self._judge_both(real, fake, labels, self.test_seed)
            g_loss, g_logs = self._generator_loss(said[1], said[0], labels)
            if self.task is not None:
                logs |= self._solve(real, labels, "d", self.test_seed)
                logs |= {"g_task_loss": self._solve(fake, labels, "g", self.test_seed)["g_task_loss"]}
        return self._log({**logs, **g_logs, "g_loss": g_loss}, count, absent=NORMS)

    # ---- the two halves

    def _update_discriminator(self, real, fake, labels):
        d, network = self.d_optimizer, self.players.discriminator
        real, fake = self._seen(real, self.latent_seed, real=True), self._seen(fake, self.latent_seed)

        def objective():
            logs, _ = self._judge_both(real, fake, labels, self.latent_seed)
            total = logs["d_loss"] + logs.get("gradient_penalty", 0.0) + logs.get("d_class_loss", 0.0)
            if self.task is not None:
                logs |= self._solve(real, labels, "d", self.latent_seed)
                total = total + self.task.d_weight * logs["d_task_loss"]
            return d.scale_loss(
                total + weight_penalties(network)
            ) / backend.replicas(), logs  # summed over replicas: the mean

        _, logs, gradients = backend.gradient(objective, network)
        logs |= self._norm("d_gradient_norm", gradients, d)  # before the update, which may change the loss scale
        backend.apply(d, gradients, network)
        return logs

    def _update_generator(self, real, labels, fake, pull):
        g = self.g_optimizer

        def objective(samples):
            seen = self._seen(samples, self.latent_seed)
            said = self._judge(seen, labels)
            about_real = None
            if self.adversarial_loss.pairs:
                about_real = self._judge(self._seen(real, self.latent_seed, real=True), labels)
            loss, logs = self._generator_loss(said, about_real, labels)
            total = loss + logs.get("g_class_loss", 0.0)
            if self.task is not None:
                logs["g_task_loss"] = self._solve(seen, labels, "g", self.latent_seed)["g_task_loss"]
                total = total + self.task.g_weight * logs["g_task_loss"]
            return g.scale_loss(total) / backend.replicas(), {"g_loss": loss, **logs}

        _, logs, gradient = backend.input_gradient(objective, fake)
        gradients = pull(gradient, g.scale_loss(1.0) / backend.replicas())
        logs |= self._norm("g_gradient_norm", gradients, g)
        backend.apply(g, gradients, self.players.generator)
        if self.average is not None:
            averaging.update(self.players.average, self.players.generator, self.ema_decay, g.iterations)
        return logs

    def _judge_both(self, real, fake, labels, seed):
        """The discriminator's logs on real and fake samples, and what it said of them."""

        def judge(samples, batches):
            return self._judge(samples, labels if labels is None or batches == 1 else ops.tile(labels, batches))

        about_real, about_fake, penalty = judged(judge, real, fake, self.penalties, self.steps, seed, self.judges_together)
        boundary = self.adversarial_loss.boundary
        if boundary is None:  # the logits' origin means nothing: half way between the two means
            middle = (ops.mean(about_real[0]) + ops.mean(about_fake[0])) / 2
            boundary = backend.mean_of_replicas(middle, ops.shape(about_real[0])[0])
        logs = {
            "d_loss": self.adversarial_loss.discriminator(about_real[0], about_fake[0]),
            "d_real_accuracy": ops.mean(ops.cast(about_real[0] > boundary, "float32")),
            "d_fake_accuracy": ops.mean(ops.cast(about_fake[0] < boundary, "float32")),
        }
        if self.penalties:
            logs["gradient_penalty"] = penalty
        if len(about_real) > 1:  # an auxiliary classifier (Odena et al. 2017, section 3)
            logs["d_class_loss"] = class_loss(about_real[1], labels) + class_loss(about_fake[1], labels)
            logs["d_class_accuracy"] = class_accuracy(about_real[1], labels)
        return logs, (about_real, about_fake)

    def _generator_loss(self, about_fake, about_real, labels):
        logits = (about_fake[0], about_real[0]) if self.adversarial_loss.pairs else (about_fake[0],)
        logs = {}
        if len(about_fake) > 1:
            logs["g_class_loss"] = class_loss(about_fake[1], labels)
        return self.adversarial_loss.generator(*logits), logs

    def _judge(self, samples, labels):
        """What the discriminator says in training mode, a tuple: logits and, of an auxiliary classifier, class logits."""
        said = self.players.judge([samples, labels] if self.takes_labels else samples, training=True)
        return tuple(said) if isinstance(said, (tuple, list)) else (said,)

    # ---- what goes in and out

    def _batch(self, data):
        """(samples as the networks see them, int32 labels or None)."""
        real = ops.cast(data[0] if isinstance(data, (tuple, list)) else data, "float32")
        labels = ops.cast(data[1], "int32") if self.num_classes else None
        return (real if self.normaliser is None else self.normaliser(real)), labels

    def _inputs(self, count, labels, seed):
        latents = backend.random.normal((count, self.latent_dim), seed)
        return latents if labels is None else [latents, labels]

    def _packed(self, samples):
        """(batch, ..., features) -> (batch / pack, ..., pack * features): the discriminator judges several samples at once
        (Lin et al. 2018, section 2). A last batch that `pack` does not divide is filled up with its own first samples."""
        m = self.pack
        if m == 1:
            return samples
        count, shape = ops.shape(samples)[0], samples.shape[1:]
        if samples.shape[0] is None or samples.shape[0] % m:
            samples = ops.take(samples, ops.arange((count + m - 1) // m * m) % count, axis=0)
        samples = ops.reshape(samples, (-1, m, *shape))
        samples = ops.moveaxis(samples, 1, -2)  # (batch / pack, ..., pack, features)
        return ops.reshape(samples, (-1, *shape[:-1], m * shape[-1]))

    def _norm(self, name, gradients, optimizer):
        """{name: the gradient's Euclidean norm} where it is asked for; of several replicas each one's own."""
        if not self.log_norms:
            return {}
        squares = sum(ops.sum(ops.square(ops.cast(one, "float32"))) for one in gradients if one is not None)
        return {name: ops.sqrt(squares) * backend.replicas() / optimizer.scale_loss(1.0)}

    def _log(self, logs, count, present=None, absent=()):
        """This step's values; Keras reports the epoch's means, which it finds in `metrics` under the same names."""
        logs = {**{name: ops.zeros(()) for name in absent}, **logs}
        self.means.update_state(logs, count, present)
        return {name: logs[name] for name in self.means.names}


def class_loss(logits, labels):
    """Cross-entropy of class logits (batch, classes) with labels (batch,): the mean, float32."""
    return ops.mean(ops.sparse_categorical_crossentropy(labels, ops.cast(logits, "float32"), from_logits=True))


def class_accuracy(logits, labels):
    return ops.mean(ops.cast(ops.equal(ops.cast(ops.argmax(logits, -1), "int32"), labels), "float32"))


EACH_ALONE: tuple[str, ...] = (
    "core",
    "convolutional",
    "pooling",
    "reshaping",
    "activations",
    "merging",
    "regularization",
    "rnn",
    "normalization",
)
EACH_ALONE = tuple(f"keras.src.layers.{kind}" for kind in EACH_ALONE) + ("keras_gans.",)


def judges_each_alone(network):
    """Whether a network's answer to one sample surely does not depend on the others in the batch: it is built of layers of Keras
    and ours that look at each sample alone, and of nothing else."""
    mixing = (keras.layers.BatchNormalization, keras.layers.Lambda, MinibatchStdDev)

    def alone(part):
        if isinstance(part, keras.Model):
            return judges_each_alone(part)
        known = isinstance(part, keras.layers.Layer) and type(part).__module__.startswith(EACH_ALONE)
        inner = getattr(part, "layer", None)  # of a wrapper
        return known and not isinstance(part, mixing) and (inner is None or alone(inner))

    parts = network.layers if isinstance(network, keras.Sequential) else getattr(network, "operations", None)
    return parts is not None and all(map(alone, parts))  # a subclass with a `call` of its own has no list of its operations


def weight_penalties(network):
    """Sum of a network's own weight penalties (weight decay), float32 scalar."""
    return sum((ops.cast(loss, "float32") for loss in network.losses), 0.0)
