"""How fast a training step is, against the plain Keras way of writing it and against PyTorch, on identical networks.

    python benchmarks/train_step.py                          (about 6 minutes on 2 cores)
    python benchmarks/train_step.py --torch-python PYTHON    (with the PyTorch row: a Python that has torch)

Every contestant is a process of its own; they work in turn, one at a time, so that a drift of the machine's speed falls
on all of them. Printed: images per second (median of the rounds), the ratio round by round (median, smallest, largest),
and each process's peak memory.

Networks: those of the well-known Keras example ("Customizing what happens in fit"), 28x28x1, batch 64, Adam 3e-4:
generator Dense 7x7x128, two Conv2DTranspose(128, 4, 2), Conv2D(1, 7); discriminator two strided Conv2D(64 and 128, 3) and
a global max pool. "plain" is that example's step: the generator runs twice, real and fake go through the discriminator
as one batch. The dense networks have two hidden layers on 2-D points: at width 32 and batch 64 the dispatch of operations
dominates, at width 128 and batch 256 the arithmetic begins to count. Ours runs with its defaults, which take 64 steps a call
there; the last row is ours with XLA, which the defaults leave out because it lost on every network tried on a CPU.

    python benchmarks/train_step.py --rows architectures

Each architecture with its compiled default against the same networks trained the plain Keras way: the step of the public WGAN-GP
example with the architecture's loss and penalty in it, which takes its discriminator steps on one batch, runs the generator anew for
each and once more for its own step, judges real, fake and penalised samples one after the other, and takes penalties by a tape in a
tape. Normalisations, activations and last convolutions are Keras's own there, its residual networks change sizes and convolve in
two operations, and its recurrent networks run in Keras's default loop. (Grouped convolutions are ours on both sides: Keras's own take a
hundred times as long on a CPU.) Samples a second count what the discriminator saw. Ours takes 64 steps a call where networks are
small (dense and recurrent rows) and five on the rows with five critic steps, as the plain way does. More contestants: "naive", the second-order penalty sample by
sample; "plain64", the plain way with 64 steps a call; "unrolled", the plain way with a loop over cells written out in Python;
"keras-cells", ours with Keras's unrolled recurrent layers.
"""

import argparse
import importlib
import os
import statistics
import sys

import numpy as np
from workers import Worker, race, ratio, serve

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
BATCH, STEPS, LATENT = 64, 20, 128
DENSE_STEPS = 640


def image_networks(layers, last):
    import keras

    discriminator = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(128, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1),
        ]
    )
    generator = keras.Sequential(
        [
            layers.Input((LATENT,)),
            layers.Dense(7 * 7 * 128),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, 128)),
            layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            last(1, 7, padding="same", activation="sigmoid"),
        ]
    )
    return generator, discriminator


def dense_networks(layers, width):
    import keras

    generator = keras.Sequential(
        [layers.Input((8,)), layers.Dense(width, "relu"), layers.Dense(width, "relu"), layers.Dense(2)]
    )
    hidden = [layer for _ in range(2) for layer in (layers.Dense(width), layers.LeakyReLU(negative_slope=0.2))]
    return generator, keras.Sequential([layers.Input((2,)), *hidden, layers.Dense(1)])


def plain_gan(generator, discriminator, latent_dim):
    """The step as the well-known example writes it."""
    import keras
    import tensorflow as tf

    class PlainGAN(keras.Model):
        def __init__(self):
            super().__init__()
            self.generator, self.discriminator = generator, discriminator
            self.d_tracker, self.g_tracker = keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")
            self.seed = keras.random.SeedGenerator(1337)
            self.built = True

        def compile(self, d_optimizer, g_optimizer, loss_fn, **options):
            super().compile(**options)
            self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

        @property
        def metrics(self):
            return [self.d_tracker, self.g_tracker]

        def train_step(self, real):
            size = tf.shape(real)[0]
            fake = self.generator(keras.random.normal((size, latent_dim), seed=self.seed))
            labels = tf.concat([tf.ones((size, 1)), tf.zeros((size, 1))], axis=0)
            labels += 0.05 * keras.random.uniform(tf.shape(labels), seed=self.seed)
            with tf.GradientTape() as tape:
                d_loss = self.loss_fn(labels, self.discriminator(tf.concat([fake, real], axis=0)))
            weights = self.discriminator.trainable_weights
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
            latents = keras.random.normal((size, latent_dim), seed=self.seed)
            with tf.GradientTape() as tape:
                g_loss = self.loss_fn(tf.zeros((size, 1)), self.discriminator(self.generator(latents)))
            weights = self.generator.trainable_weights
            self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
            self.d_tracker.update_state(d_loss)
            self.g_tracker.update_state(g_loss)
            return {"d_loss": self.d_tracker.result(), "g_loss": self.g_tracker.result()}

    model = PlainGAN()
    model.compile(
        keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    return model


ARCHITECTURES = {  # class, arguments of networks of like cost, shape of a sample, batch
    "DCGAN": ({"width": 64}, (28, 28, 1), 64),
    "WGANGP": ({"width": 64}, (28, 28, 1), 64),
    "SNGAN": ({"width": 32}, (28, 28, 1), 64),
    "R3GAN": ({"width": 16}, (28, 28, 1), 64),
    "DenseGAN": ({"widths": (32, 32)}, (2,), 64),
    "RecurrentGAN": ({"widths": (64, 64), "units": 32}, (24, 5), 64),
    "RecurrentCritic": ({"discriminator_type": "recurrent", "units": 32}, (24, 5), 64),
}
LOOPS = {"DCGAN": 20, "WGANGP": 40, "SNGAN": 20, "R3GAN": 20, "DenseGAN": 2560, "RecurrentGAN": 640, "RecurrentCritic": 320}


def architecture(name, who):
    """An uncompiled GAN of ours; for "plain" of Keras's own layers where ours replace them."""
    import keras

    import keras_gans
    from keras_gans.models import style
    from keras_gans.models.dcgan import networks as convolutional
    from keras_gans.models.recurrent_gan import networks as recurrent
    from keras_gans.models.sngan import networks as residual

    if who == "keras-cells":
        recurrent.CELLS = {"gru": keras.layers.GRU}
    elif who != "ours":
        for layer in ("SpectralNormalization", "Activation", "BatchNormalization"):
            setattr(style, layer, getattr(keras.layers, layer))
        convolutional.Conv2DTranspose = keras.layers.Conv2DTranspose
        residual.Conv2D, (residual.UpConv2D, residual.DownConv2D) = keras.layers.Conv2D, plain_resampling()
        recurrent.UNROLLED = 0
    if who == "unrolled":
        recurrent.CELLS = {"gru": written_out}
    options, shape, _ = ARCHITECTURES[name]
    cls = {"RecurrentCritic": "RecurrentGAN"}.get(name, name)
    first = {"DenseGAN": shape[0]}.get(name, shape)
    return getattr(keras_gans, cls)(first, seed=0, **options)


def plain_resampling():
    """A change of size and a convolution as two operations, with the weights in one layer."""
    import keras

    class Plain(keras.layers.Conv2D):
        def __init__(self, filters, **options):
            super().__init__(filters, 3, padding="same", **options)

    class Up(Plain):
        def call(self, inputs):
            return super().call(keras.layers.UpSampling2D()(inputs))

        def compute_output_shape(self, input_shape):
            batch, height, width, _ = input_shape
            return (batch, 2 * height, 2 * width, self.filters)

    class Down(Plain):
        def call(self, inputs):
            return keras.layers.AveragePooling2D(2, padding="same")(super().call(inputs))

        def compute_output_shape(self, input_shape):
            batch, height, width, _ = input_shape
            return (batch, -(-height // 2), -(-width // 2), self.filters)

    return Up, Down


def written_out(units, return_sequences=False, **options):
    """A GRU as a Python loop over its cell."""
    import keras

    def run(x, initial_state=None):
        cell, outputs = keras.layers.GRUCell(units), []
        state = initial_state[0] if initial_state else keras.ops.tile(x[:, 0, :1] * 0.0, (1, units))
        for step in range(x.shape[1]):
            output, (state,) = cell(x[:, step], [state])
            outputs.append(output)
        return keras.ops.stack(outputs, axis=1) if return_sequences else outputs[-1]

    return run


def plain_example(gan, naive=False, **options):
    """The step of the public WGAN-GP example on a GAN's networks, with that GAN's loss and penalty."""
    import keras
    import tensorflow as tf

    gan.compile()
    loss, penalties, latent_dim = gan.adversarial_loss, gan.penalties, gan.latent_dim

    class PlainExample(keras.Model):
        def __init__(self):
            super().__init__()
            self.generator, self.discriminator, self.d_steps = gan.generator, gan.discriminator, gan.n_critic
            self.built = True

        def compile(self, d_optimizer, g_optimizer, **options):
            super().compile(**options)
            self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

        def one_gradient(self, point):
            with tf.GradientTape() as tape:
                tape.watch(point)
                logit = self.discriminator(point[None], training=True)
            return tf.reshape(tape.gradient(logit, point), [-1])

        def penalty(self, real, fake):
            total = 0.0
            for one in penalties:
                points = {"real": real, "fake": fake}.get(one.at)
                if points is None:
                    share = tf.random.uniform([tf.shape(real)[0]] + [1] * (len(real.shape) - 1))
                    points = real + share * (fake - real)
                if naive:
                    gradients = tf.map_fn(self.one_gradient, points)
                    total += one.weight * one.value(tf.reduce_sum(tf.square(gradients), axis=1))
                    continue
                with tf.GradientTape() as tape:
                    tape.watch(points)
                    logits = self.discriminator(points, training=True)
                gradients = tf.reshape(tape.gradient(logits, points), [tf.shape(points)[0], -1])
                total += one.weight * one.value(tf.reduce_sum(tf.square(gradients), axis=1))
            return total

        def train_step(self, real):
            size = tf.shape(real)[0]
            for _ in range(self.d_steps):
                latents = tf.random.normal((size, latent_dim))
                with tf.GradientTape() as tape:
                    fake = self.generator(latents, training=True)
                    fake_logits = self.discriminator(fake, training=True)
                    real_logits = self.discriminator(real, training=True)
                    d_loss = loss.discriminator(real_logits, fake_logits) + self.penalty(real, fake)
                weights = self.discriminator.trainable_variables
                self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights))
            latents = tf.random.normal((size, latent_dim))
            with tf.GradientTape() as tape:
                fake_logits = self.discriminator(self.generator(latents, training=True), training=True)
                if loss.pairs:
                    g_loss = loss.generator(fake_logits, self.discriminator(real, training=True))
                else:
                    g_loss = loss.generator(fake_logits)
            weights = self.generator.trainable_variables
            self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))
            return {"d_loss": d_loss, "g_loss": g_loss}

    model, recipe = PlainExample(), gan.recipe()
    model.compile(recipe["d_optimizer"], recipe["g_optimizer"], **options)
    return model


def architecture_worker(name):
    import tensorflow as tf

    _, kind, who = name.split("/")
    _, shape, batch = ARCHITECTURES[kind]
    gan, loops = architecture(kind, who), LOOPS[kind]
    rounds = 5 if gan.recipe().get("n_critic") == 5 else 1
    ours = who in ("ours", "keras-cells")
    steps = loops if ours else loops // rounds  # the example's step takes all its discriminator steps at once
    samples = np.random.default_rng(0).uniform(-1, 1, (steps, batch, *shape)).astype("float32")
    options = tf.data.Options()
    options.autotune.enabled = False
    dataset = tf.data.Dataset.from_tensor_slices(samples).shuffle(steps).with_options(options)
    if ours:
        gan.compile()
        model = gan
    else:
        model = plain_example(gan, naive=who == "naive", steps_per_execution=64 if who == "plain64" else 1)

    def work():
        model.fit(dataset, epochs=1, verbose=0)
        return loops * batch

    serve(work)


def keras_worker(name):
    import keras
    import tensorflow as tf

    kind, who, *more = name.split("/")
    rng = np.random.default_rng(0)
    if kind == "images":
        shape, batch, steps, latent = (28, 28, 1), BATCH, STEPS, LATENT
        last = keras.layers.Conv2D if who == "plain" else importlib.import_module("keras_gans").layers.Conv2D
        networks = image_networks(keras.layers, last)
    else:
        width, batch = (int(number) for number in kind.removeprefix("dense").split("x"))
        shape, steps, latent = (2,), DENSE_STEPS, 8
        networks = dense_networks(keras.layers, width)
    # whole batches are shuffled: drawing one by one would cost more than a dense network's step
    dataset = tf.data.Dataset.from_tensor_slices(rng.random((steps, batch, *shape), "float32")).shuffle(steps)
    if "as-met" not in more:
        options = tf.data.Options()
        options.autotune.enabled = False
        dataset = dataset.with_options(options)
    if who == "plain":
        model = plain_gan(*networks, latent)
    else:
        model = importlib.import_module("keras_gans").GAN(*networks, latent)
        model.compile(keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4), jit_compile="xla" in more)

    def work():
        model.fit(dataset, epochs=1, verbose=0)
        return steps * batch

    serve(work)


def torch_worker():
    """The same networks and the shared-fake step in PyTorch, channels last."""
    import torch
    from torch import nn

    class Reshape(nn.Module):
        def forward(self, x):
            return x.view(-1, 128, 7, 7).contiguous(memory_format=torch.channels_last)

    class MaxPool(nn.Module):
        def forward(self, x):
            return x.amax((2, 3))

    def leaky():
        return nn.LeakyReLU(0.2, inplace=True)

    generator = nn.Sequential(
        nn.Linear(LATENT, 7 * 7 * 128), leaky(), Reshape(), nn.ConvTranspose2d(128, 128, 4, 2, 1), leaky(),
        nn.ConvTranspose2d(128, 128, 4, 2, 1), leaky(), nn.Conv2d(128, 1, 7, padding=3), nn.Sigmoid(),
    ).to(memory_format=torch.channels_last)  # fmt: skip
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 3, 2, 1), leaky(), nn.Conv2d(64, 128, 3, 2, 1), leaky(), MaxPool(), nn.Linear(128, 1)
    ).to(memory_format=torch.channels_last)
    optimizers = [torch.optim.Adam(network.parameters(), 3e-4) for network in (discriminator, generator)]
    loss = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)
    samples = torch.rand(STEPS, BATCH, 1, 28, 28)

    def work():
        for real in samples[torch.randperm(STEPS)]:
            real = real.contiguous(memory_format=torch.channels_last)
            fake = generator(torch.randn(BATCH, LATENT))
            d_loss = loss(discriminator(real), ones) + loss(discriminator(fake.detach()), zeros)
            optimizers[0].zero_grad(set_to_none=True)
            d_loss.backward()
            optimizers[0].step()
            for parameter in discriminator.parameters():
                parameter.requires_grad_(False)  # the generator's step needs no gradient of the discriminator's weights
            g_loss = loss(discriminator(fake), ones)
            optimizers[1].zero_grad(set_to_none=True)
            g_loss.backward()
            optimizers[1].step()
            for parameter in discriminator.parameters():
                parameter.requires_grad_(True)
            d_loss.item(), g_loss.item()
        return STEPS * BATCH

    serve(work)


def matrix_worker():
    """This machine's matrix-product rate, through the same library as the step: the ceiling of any convolution."""
    import tensorflow as tf

    a = tf.random.normal((2048, 2048))
    product = tf.function(lambda: tf.linalg.matmul(a, a)[0, 0])

    def work():
        for _ in range(8):
            float(product())
        return 8 * 2 * 2048**3 / 1e9

    serve(work)


def step_gflop():
    """Floating point operations of one step of ours on the image networks, in 1e9: products and convolutions alone."""
    forward_g = LATENT * 6272 + 14 * 14 * 128 * 128 * 4 + 28 * 28 * 128 * 128 * 4 + 28 * 28 * 49 * 128
    forward_d = 14 * 14 * 64 * 9 + 7 * 7 * 128 * 64 * 9 + 128
    # generator: forward, weights, inputs; discriminator: real and fake with weights (3 each) and the generator's turn (2)
    return 2 * BATCH * (3 * forward_g + 8 * forward_d) / 1e9


def report(title, names, rounds, torch_python=None):
    workers = [Worker(__file__, name, torch_python if name == "images/torch" else sys.executable) for name in names]
    rates, peaks = race(workers, rounds)
    ours = next(name for name in names if "/ours" in name)
    print(f"\n{title}")
    for name in names:
        unit = "GFLOP/s  " if name == "matrix" else "samples/s"
        line = f"  {name:28s} {statistics.median(rates[name]):10.1f} {unit}  peak {peaks[name]:6.0f} MiB"
        print(line + ("" if name in (ours, "matrix") else f"   ours / this: {ratio(rates[ours], rates[name])}"))
    if "matrix" in names:
        share = [rate / BATCH * step_gflop() / peak for rate, peak in zip(rates[ours], rates["matrix"])]
        print(
            f"  a step of ours is {step_gflop():.1f} GFLOP; it reaches {statistics.median(share):.0%} of the matrix-product rate"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", choices=["images", "dense", "architectures"], help="only these")
    parser.add_argument("--architectures", nargs="+", choices=list(ARCHITECTURES), default=list(ARCHITECTURES))
    parser.add_argument("--torch-python", help="a Python interpreter that has torch, for the PyTorch row")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        if arguments.worker.startswith("architecture/"):
            architecture_worker(arguments.worker)
        else:
            special = {"images/torch": torch_worker, "matrix": matrix_worker}
            special.get(arguments.worker, lambda: keras_worker(arguments.worker))()
        return
    torch = ["images/torch"] if arguments.torch_python else []
    if arguments.rows in (None, "images"):
        title = "The well-known example's networks, 28x28x1, batch 64, tf.data's autotuning stall removed on both sides"
        report(title, ["images/ours", "images/plain", *torch, "matrix"], arguments.rounds, arguments.torch_python)
        report(
            "The same as people meet it (tf.data as it comes)",
            ["images/ours/as-met", "images/plain/as-met"],
            arguments.rounds,
        )
    if arguments.rows in (None, "dense"):
        title = "Dense networks, two hidden layers of 32, batch 64: dispatch dominates"
        report(title, ["dense32x64/ours", "dense32x64/plain", "dense32x64/ours/xla"], arguments.rounds)
        title = "Dense networks, two hidden layers of 128, batch 256"
        report(title, ["dense128x256/ours", "dense128x256/plain", "dense128x256/ours/xla"], arguments.rounds)
    if arguments.rows in (None, "architectures"):
        for name in arguments.architectures:
            options, shape, batch = ARCHITECTURES[name]
            more = {
                "WGANGP": ["naive"],
                "DenseGAN": ["plain64"],
                "RecurrentGAN": ["plain64", "keras-cells"],
                "RecurrentCritic": ["unrolled", "keras-cells"],
            }.get(name, [])
            title = f"{name}({', '.join(f'{key}={value}' for key, value in options.items())}), {shape}, batch {batch}"
            report(title, [f"architecture/{name}/{who}" for who in ("ours", "plain", *more)], arguments.rounds)


if __name__ == "__main__":
    main()
