"""keras_gans: the GAN model zoo for Keras 3.

data = keras_gans.data.load("digits")
gan = keras_gans.DCGAN(image_shape=data.shape)
gan.fit(data.train, epochs=50, validation_data=data.validation)
gan.generate(64, seed=0)

gan = keras_gans.zoo.load("dcgan_digits")  # pretrained
"""

import importlib
import pathlib
import sys

__version__ = "0.1.0"

__all__ = [
    "DCGAN",
    "DenseGAN",
    "GAN",
    "R3GAN",
    "RecurrentGAN",
    "SNGAN",
    "WGANGP",
    "callbacks",
    "data",
    "evaluate",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "penalties",
    "plots",
    "recipes",
    "training",
]

# Everything at once, so that keras.models.load_model finds the classes after `import keras_gans`; but not for the
# keras-gans command, whose --help would otherwise wait for TensorFlow: it imports what it needs.
if pathlib.Path(sys.argv[0] if sys.argv else "").name not in ("keras-gans", "keras-gans.exe"):
    from keras_gans import callbacks, data, layers, losses, metrics, penalties, plots, training
    from keras_gans.evaluation import evaluate
    from keras_gans.models import DCGAN, GAN, R3GAN, SNGAN, WGANGP, DenseGAN, RecurrentGAN, load_model, recipes


def __getattr__(name):
    """`keras_gans.tuning`, which needs KerasTuner, and `keras_gans.zoo`, when they are asked for."""
    if name not in ("tuning", "zoo"):
        raise AttributeError(f"module 'keras_gans' has no attribute {name!r}")
    return importlib.import_module(f"keras_gans.{name}")
