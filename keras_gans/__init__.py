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


def _is_command():
    """Whether this process is the keras-gans command, or `python -m keras_gans`."""
    word = sys.argv[0] if sys.argv else ""
    if word == "-m":  # which stands there while Python looks for the module
        modules = [after for before, after in zip(sys.orig_argv, sys.orig_argv[1:]) if before == "-m"]
        return modules[:1] == ["keras_gans"]
    return pathlib.Path(word).name in ("keras-gans", "keras-gans.exe")


# Everything at once, so that keras.models.load_model finds the classes after `import keras_gans`; but not for the command, which
# answers most questions without TensorFlow, and imports it for the others.
if not _is_command():
    from keras_gans import callbacks, data, layers, losses, metrics, penalties, plots, training
    from keras_gans.evaluation import evaluate
    from keras_gans.models import DCGAN, GAN, R3GAN, SNGAN, WGANGP, DenseGAN, RecurrentGAN, load_model, recipes


def __getattr__(name):
    """`keras_gans.tuning`, which needs KerasTuner, `keras_gans.zoo`, `runs` and `report`, when they are asked for."""
    if name not in ("report", "runs", "tuning", "zoo"):
        raise AttributeError(f"module 'keras_gans' has no attribute {name!r}")
    return importlib.import_module(f"keras_gans.{name}")
