"""The only code that knows which Keras backend runs. Three ways to take a gradient, one file a backend."""

import contextlib
import logging

import keras

if keras.backend.backend() == "tensorflow":
    from keras_gans.backend import tensorflow as chosen
elif keras.backend.backend() == "jax":
    from keras_gans.backend import jax as chosen
else:
    raise ImportError(
        f"keras_gans runs on the TensorFlow and JAX backends of Keras; KERAS_BACKEND is {keras.backend.backend()!r}. "
        "Set KERAS_BACKEND=tensorflow or KERAS_BACKEND=jax before importing keras."
    )

COMPILE, MANY_STEPS, Steps = chosen.COMPILE, chosen.MANY_STEPS, chosen.Steps
vjp, gradient, input_gradient = chosen.vjp, chosen.gradient, chosen.input_gradient
apply, when = chosen.apply, chosen.when
kinked, batch_normalise = chosen.kinked, chosen.batch_normalise
without_updates, has_accelerator = chosen.without_updates, chosen.has_accelerator
forgetting, devices, scope_of = chosen.forgetting, chosen.devices, chosen.scope_of
is_loss, workers, same_everywhere = chosen.is_loss, chosen.workers, chosen.same_everywhere
replicas, mean_of_replicas, whole_batches = chosen.replicas, chosen.mean_of_replicas, chosen.whole_batches
reducible = chosen.reducible

from keras_gans.backend import random  # noqa: E402, of the backend that was chosen


def is_chief():
    """Whether this process is the one that writes files."""
    cluster = workers()
    return cluster is None or cluster.is_chief


@contextlib.contextmanager
def untold_retracing():
    """Every model has a function of its own to trace, and TensorFlow, which counts those of all models as one, warns that it is traced
    again and again. In this context it does not say so."""

    def other(record):
        return "triggered tf.function retracing" not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(other)
    try:
        yield
    finally:
        logger.removeFilter(other)


__all__ = [
    "COMPILE",
    "MANY_STEPS",
    "Steps",
    "apply",
    "batch_normalise",
    "devices",
    "forgetting",
    "gradient",
    "has_accelerator",
    "input_gradient",
    "is_chief",
    "is_loss",
    "kinked",
    "mean_of_replicas",
    "random",
    "reducible",
    "replicas",
    "same_everywhere",
    "scope_of",
    "untold_retracing",
    "vjp",
    "when",
    "whole_batches",
    "workers",
    "without_updates",
]
