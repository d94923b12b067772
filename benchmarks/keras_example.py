"""What the well-known Keras example cannot do after `fit`, and what a GAN of this library does: docs/coming_from_keras_examples.md.

    python benchmarks/keras_example.py

The example is its pattern: a keras.Model that overrides `compile(d_optimizer, g_optimizer, loss_fn)` and `train_step`, and is never
called. Each row is tried on it and on `keras_gans.GAN` with the same networks, and what comes is printed.
"""

import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # after the setting above
import numpy as np
import tensorflow as tf

import keras_gans


@keras.saving.register_keras_serializable("example")
class Example(keras.Model):
    """The example's pattern."""

    def __init__(self, discriminator, generator, latent_dim, **more):
        super().__init__(**more)
        self.discriminator, self.generator, self.latent_dim = discriminator, generator, latent_dim

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    def get_config(self):
        parts = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("discriminator", "generator")}
        return {**parts, "latent_dim": self.latent_dim}

    @classmethod
    def from_config(cls, config):
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in ("discriminator", "generator")}
        return cls(**parts, latent_dim=config["latent_dim"])

    def train_step(self, real):
        count = tf.shape(real)[0]
        both = tf.concat([self.generator(tf.random.normal((count, self.latent_dim))), real], 0)
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], 0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(both))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights))
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.generator(tf.random.normal((count, self.latent_dim))))
            g_loss = self.loss_fn(tf.zeros((count, 1)), logits)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))
        return {"d_loss": d_loss, "g_loss": g_loss}


def networks():
    layers = keras.layers
    generator = keras.Sequential([keras.Input((8,)), layers.Dense(64, "tanh"), layers.Reshape((8, 8, 1))])
    discriminator = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(16, "relu"), layers.Dense(1)])
    return generator, discriminator


def example():
    generator, discriminator = networks()
    gan = Example(discriminator, generator, 8)
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam(), keras.losses.BinaryCrossentropy(from_logits=True))
    return gan


def ours():
    gan = keras_gans.GAN(*networks(), latent_dim=8)
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    return gan


def save_weights(make, data):
    gan = make()
    gan.fit(data, batch_size=16, verbose=0)
    gan.save_weights("a.weights.h5")


def checkpoint(make, data):
    keep = keras.callbacks.ModelCheckpoint("b.weights.h5", save_weights_only=True)
    make().fit(data, batch_size=16, verbose=0, callbacks=[keep])


def backup(make, data):
    make().fit(data, batch_size=16, verbose=0, callbacks=[keras.callbacks.BackupAndRestore("backup")])


def load_and_go_on(make, data):
    gan = make()
    gan.fit(data, batch_size=16, verbose=0)
    gan.save("gan.keras")
    keras.models.load_model("gan.keras").fit(data, batch_size=16, verbose=0)


def schedule(make, data):
    """Whether the rate that a Keras callback sets is one with which anything trains."""
    gan = make()
    gan.fit(data, batch_size=16, verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.5)])
    rates = {float(optimizer.learning_rate) for optimizer in (gan.d_optimizer, gan.g_optimizer)}
    if rates != {0.5}:
        raise ValueError(f"no error, and the rates are still {rates}")


def plateau(make, data):
    """The same, of ReduceLROnPlateau: a loss that cannot fall by 100 halves it."""
    gan = make()
    before = float(gan.d_optimizer.learning_rate)
    reduce = keras.callbacks.ReduceLROnPlateau("d_loss", factor=0.5, patience=1, min_delta=100)
    gan.fit(data, batch_size=16, epochs=3, verbose=0, callbacks=[reduce])
    if float(gan.d_optimizer.learning_rate) > 0.6 * before:
        raise ValueError("no error, and the rate is still what it was")


def main():
    data = np.random.default_rng(0).uniform(-1, 1, (64, 8, 8, 1)).astype("float32")
    rows = {
        "save_weights after fit": save_weights,
        "ModelCheckpoint(save_weights_only=True)": checkpoint,
        "BackupAndRestore": backup,
        "load_model(...).fit(...)": load_and_go_on,
        "LearningRateScheduler": schedule,
        "ReduceLROnPlateau": plateau,
    }
    print(f"Keras {keras.__version__}\n\n| | the example | keras_gans |\n|---|---|---|")
    for name, row in rows.items():
        cells = []
        for make in (example, ours):
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                try:
                    row(make, data)
                    cells.append("works")
                except Exception as error:
                    cells.append(f"{type(error).__name__}: {str(error).splitlines()[0][:110]}")
        print(f"| {name} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
