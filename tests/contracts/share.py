"""Trains on one device or on two with half a batch each; a process of its own, since devices are made before anything runs on them.

python tests/contracts/share.py DEVICES FOLDER NAMES [FROM]

Writes FOLDER/NAME_middle.keras after ten steps and FOLDER/NAME.npz after twenty; with FROM, the folder of another run, it begins at that
one's middle.
"""

import contextlib
import os
import sys

devices, folder, names, start = int(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), (sys.argv[4:] or [None])[0]
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"

import keras  # noqa: E402
import numpy as np  # noqa: E402

scope = contextlib.nullcontext
if keras.backend.backend() == "jax" and devices == 2:
    shared = keras.distribution.DataParallel(devices=keras.distribution.list_devices("cpu")[:2])
    keras.distribution.set_distribution(shared)
elif devices == 2:
    import tensorflow as tf

    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
    scope = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope

import keras_gans  # noqa: E402

rng = np.random.default_rng(0)
images = rng.uniform(-1, 1, (160, 8, 8, 1)).astype("float32")
series = np.cumsum(rng.uniform(-1, 1, (160, 6, 2)), 1).astype("float32")
GANS = {  # without batch normalisation and dropout
    "dcgan": lambda: (keras_gans.DCGAN((8, 8, 1), width=8, norm=None, ema_decay=0.9, seed=0), images, {}),
    "wgan_gp": lambda: (keras_gans.WGANGP((8, 8, 1), width=8, norm=None, seed=0), images, {"n_critic": 3}),
    "recurrent_gan": lambda: (keras_gans.RecurrentGAN((6, 2), seed=0), series, {}),
    "r3gan": lambda: (keras_gans.R3GAN((8, 8, 1), width=8, seed=0), images, {"augment": "color,translation"}),
    "sngan": lambda: (keras_gans.SNGAN((8, 8, 1), width=8, norm=(None, "spectral"), seed=0), images, {}),
    "dense_gan": lambda: (keras_gans.DenseGAN(2, seed=0), series[:, 0], {}),
}

for name in names:
    with scope():
        keras.utils.set_random_seed(0)
        if start:
            gan, (_, samples, _) = keras_gans.load_model(f"{start}/{name}_middle.keras"), GANS[name]()
        else:
            gan, samples, options = GANS[name]()
            rates = [keras.optimizers.SGD(1e-3, momentum=0.9) for _ in "dg"]
            gan.compile(*rates, **options)
    more = {"batch_size": 16, "validation_data": samples[:41], "verbose": 0}
    if not start:
        gan.fit(samples, epochs=1, **more)
        gan.save(f"{folder}/{name}_middle.keras")
    logs = gan.fit(samples, initial_epoch=1, epochs=2, **more).history
    values = {
        f"weight {n} {weight.path}": np.asarray(keras.ops.convert_to_numpy(weight)) for n, weight in enumerate(gan.weights)
    }
    values |= {f"log {key}": np.array(value) for key, value in logs.items()}
    values["drawn"] = gan.generate(5, seed=1)
    values["steps"] = np.asarray(keras.ops.convert_to_numpy(gan.steps))
    np.savez(f"{folder}/{name}.npz", **values)
