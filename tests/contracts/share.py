"""Trains on one device, on two with half a batch each, or on the workers that the environment names; a process of its own, since devices
are made before anything runs on them.

python tests/contracts/share.py DEVICES FOLDER NAMES [FROM]

Writes FOLDER/NAME_middle.keras after ten steps and FOLDER/NAME.npz after twenty; with FROM, the folder of another run, it begins at that
one's middle.
"""

import contextlib
import os
import sys

devices, folder, names, start = int(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), (sys.argv[4:] or [None])[0]
os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

scope = contextlib.nullcontext
shares = {"TF_CONFIG", "KERAS_DISTRIBUTION_JOB_ADDRESSES"} & set(os.environ)
if keras.backend.backend() == "jax" and devices == 2:
    shared = keras.distribution.DataParallel(devices=keras.distribution.list_devices("cpu")[:2])
    keras.distribution.set_distribution(shared)
elif keras.backend.backend() == "jax" and shares:
    keras.distribution.initialize()
    keras.distribution.set_distribution(keras.distribution.DataParallel())
elif devices == 2:
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
    scope = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope
elif shares:
    scope = tf.distribute.MultiWorkerMirroredStrategy().scope

import keras_gans  # noqa: E402

rng = np.random.default_rng(0)
images = rng.uniform(-1, 1, (120, 8, 8, 1)).astype("float32")
series = np.cumsum(rng.uniform(-1, 1, (120, 6, 2)), 1).astype("float32")
GANS = {  # without dropout, and batch normalisation of a part of a batch
    "dcgan": lambda: (keras_gans.DCGAN((8, 8, 1), width=8, norm=None, ema_decay=0.9, seed=0), images, {}),
    "wgan_gp": lambda: (keras_gans.WGANGP((8, 8, 1), width=8, norm=None, seed=0), images, {"n_critic": 3}),
    "recurrent_gan": lambda: (keras_gans.RecurrentGAN((6, 2), seed=0), series, {}),
    "r3gan": lambda: (keras_gans.R3GAN((8, 8, 1), width=8, seed=0), images, {"augment": "color,translation"}),
    "sngan": lambda: (keras_gans.SNGAN((8, 8, 1), width=8, norm=(None, "spectral"), seed=0), images, {}),
    "sync_batch": lambda: (keras_gans.DCGAN((8, 8, 1), width=8, norm="sync_batch", seed=0), images, {}),
    "clipped": lambda: (keras_gans.DCGAN((8, 8, 1), width=8, norm=None, seed=0), images, {"augment": ADAPTIVE}),
    "half": lambda: (keras_gans.DCGAN((8, 8, 1), width=8, norm=None, seed=0), images, {}),
    "dense_gan": lambda: (keras_gans.DenseGAN(2, seed=0), series[:, 0], {}),
}
ADAM = ("dcgan", "dense_gan", "half")
ADAPTIVE = keras_gans.training.Augmentation("color", target=0.3, span=200)


def watched(gan, seen):
    """The GAN, whose steps write down the first number of every sample that a device of this process has taken."""

    def note(samples):
        first = tf.reshape(samples, (tf.shape(samples)[0], -1))[:, 0]
        tf.py_function(lambda x: seen.append(x.numpy()), [first], [])
        return samples

    if keras.backend.backend() == "jax":  # whose step is compiled: what goes into it
        part = gan.own_part
        gan.own_part = lambda data: part(data).map(note)
        return
    step = gan.adversarial_step
    gan.adversarial_step = lambda data, *more: step(note(data), *more)
    gan.make_train_function(force=True)


for name in names:
    with scope():
        keras.utils.set_random_seed(0)
        keras.config.set_dtype_policy("mixed_float16" if name == "half" else "float32")
        if start:
            gan, (_, samples, _) = keras_gans.load_model(f"{start}/{name}_middle.keras"), GANS[name]()
        else:
            gan, samples, options = GANS[name]()
            rates = [keras.optimizers.SGD(1e-3, momentum=0.9) for _ in "dg"]
            if name in ADAM:  # whose quotient makes rounding large where a gradient is small, but for a large epsilon
                rates = [keras.optimizers.Adam(1e-3, beta_1=0.5, epsilon=0.01) for _ in "dg"]
            if name == "clipped":
                rates = [keras.optimizers.SGD(0.1, global_clipnorm=0.05) for _ in "dg"]
            gan.compile(*rates, **options)
    more = {"batch_size": 12, "validation_data": samples[:41], "verbose": 0}
    if not start:
        gan.fit(samples, epochs=1, **more)
        gan.save(f"{folder}/{name}_middle.keras")
    seen = []
    if name == "dense_gan" and shares:
        watched(gan, seen)
    logs = gan.fit(samples, initial_epoch=1, epochs=2, **more).history
    values = {
        f"weight {n} {weight.path}": np.asarray(keras.ops.convert_to_numpy(weight)) for n, weight in enumerate(gan.weights)
    }
    values |= {f"log {key}": np.array(value) for key, value in logs.items()}
    if gan.augmentation is not None:
        values["probability"] = gan.augmentation.probability.numpy()
    if name == "half":  # of every replica
        scales = [optimizer.dynamic_scale.value for optimizer in (gan.d_optimizer, gan.g_optimizer)]
        values["scales"] = np.array([[part.numpy() for part in getattr(scale, "values", (scale,))] for scale in scales])
    values["drawn"] = gan.generate(5, seed=1)
    values["steps"] = np.asarray(keras.ops.convert_to_numpy(gan.steps))
    if samples.ndim < 4:  # of which there are features without an extractor; 301 samples: no number of workers divides them
        evaluator = keras_gans.metrics.Evaluator(samples[:41], ["fid", "prdc"], num_samples=301)
        values |= {f"score {key}": np.array(value) for key, value in evaluator(gan).items()}
    if seen:
        np.save(f"{folder}/seen.npy", np.concatenate(seen))
    np.savez(f"{folder}/{name}.npz", **values)
