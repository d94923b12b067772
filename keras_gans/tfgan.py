"""The one door to the tensorflow-gan package (TF-GAN): its adversarial losses and its scores from activations.

tensorflow-gan 2.1.0, the last release, does not import on TensorFlow 2.16 or later, because its package reaches for
`tf.estimator`, which is gone. Two of its modules need none of that and are what this door gives: `losses.losses_impl` and
`eval.classifier_metrics`. They are imported under empty packages that carry a `__path__` and nothing else, which are taken out of
`sys.modules` again, so that `import tensorflow_gan` does afterwards what it did before.

What it cannot give is everything above those two: GANEstimator and the other estimators, gan_model, gan_loss and gan_train, the
features (spectral norm by variable scope, virtual batch norm, tensor pool), and the Inception graph, which TF-GAN loads through
TensorFlow Hub.
"""

import functools
import importlib
import importlib.util
import inspect
import sys
import types
import typing

import keras

from keras_gans.errors import unknown

# TF-GAN's names and ours; docs/coming_from_tf_gan.md has where the definitions differ
COUNTERPARTS = {
    "least_squares": "least_squares",
    "minimax": "minimax",
    "modified": "non_saturating",
    "relativistic": "relativistic",
    "wasserstein": "wasserstein",
    "wasserstein_hinge": "hinge",
}
REAL, FAKE = "discriminator_real_outputs", "discriminator_gen_outputs"


class Pair(typing.NamedTuple):
    """The halves of a TF-GAN loss with TF-GAN's defaults, functions of logits by keyword, and whether the generator's takes
    real logits too."""

    generator: typing.Callable
    discriminator: typing.Callable
    pairs: bool


def pair(name):
    """A TF-GAN loss by name; `keras_gans.losses.get("tfgan:NAME")` makes an `AdversarialLoss` of it.

    Raises:
        ValueError: an unknown name. ImportError: tensorflow-gan is not installed.
        RuntimeError: the Keras backend is not TensorFlow (the message has our loss of the same kind).
    """
    if keras.backend.backend() != "tensorflow":
        if name not in COUNTERPARTS:
            raise ValueError(unknown("TF-GAN loss", name, COUNTERPARTS))
        raise RuntimeError(
            f"loss='tfgan:{name}': TF-GAN's losses are TensorFlow functions, and Keras runs on {keras.backend.backend()}. Use "
            f"loss={COUNTERPARTS[name]!r}, which runs on every backend."
        )
    known = pairs(module("losses.losses_impl"))
    if name not in known:
        raise ValueError(unknown("TF-GAN loss", name, known))
    return known[name]


def classifier_metrics():
    """TF-GAN's `tfgan.eval.classifier_metrics`: Fréchet and kernel distances from activations, and the classifier score from
    logits. Functions of TensorFlow tensors, on every backend.

    Raises:
        ImportError: tensorflow-gan is not installed.
    """
    return module("eval.classifier_metrics")


@functools.cache
def pairs(losses_impl):
    """Every loss that is a function of the logits alone, by name. (ACGAN's takes class logits and labels.)"""
    halves = {}
    for name in sorted(vars(losses_impl)):
        stem = name.removesuffix("_generator_loss")
        generator, discriminator = (
            getattr(losses_impl, f"{stem}_{half}_loss", None) for half in ("generator", "discriminator")
        )
        if stem != name and discriminator and required(discriminator) == {REAL, FAKE}:
            if required(generator) in ({FAKE}, {REAL, FAKE}):
                halves[stem] = Pair(detached(generator), detached(discriminator), REAL in required(generator))
    return halves


def required(function):
    parameters = inspect.signature(function).parameters.values()
    return {parameter.name for parameter in parameters if parameter.default is parameter.empty}


def detached(function):
    """Without TensorFlow 1's collection of losses, which would keep a tensor of every graph that is traced."""
    takes = "loss_collection" in inspect.signature(function).parameters
    return functools.partial(function, loss_collection=None) if takes else function


def module(name):
    """`tensorflow_gan.python.NAME`: out of the real package where the caller has got it imported, else under empty ones."""
    if "tensorflow_gan" in sys.modules:
        return importlib.import_module(f"tensorflow_gan.python.{name}")
    found = importlib.util.find_spec("tensorflow_gan")
    if found is None or found.submodule_search_locations is None:  # which a lone file of that name has not
        raise ImportError("This needs tensorflow-gan, which is not installed: pip install 'keras-gans[tfgan]'")
    return under_empty_packages(name, found.submodule_search_locations[0])


@functools.cache
def under_empty_packages(name, folder):
    """The module `name` of TF-GAN's package in `folder`, imported without any `__init__` of that package."""
    before = {key: value for key, value in sys.modules.items() if key.partition(".")[0] == "tensorflow_gan"}
    try:
        for package in ("tensorflow_gan", "tensorflow_gan.python", "tensorflow_gan.python." + name.partition(".")[0]):
            empty = types.ModuleType(package)
            empty.__path__ = [folder + package.removeprefix("tensorflow_gan").replace(".", "/")]
            sys.modules[package] = empty
        return importlib.import_module(f"tensorflow_gan.python.{name}")
    finally:
        for key in [key for key in sys.modules if key.partition(".")[0] == "tensorflow_gan"]:
            del sys.modules[key]
        sys.modules.update(before)
