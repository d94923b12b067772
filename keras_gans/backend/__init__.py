"""The only code that knows which Keras backend runs. Three ways to take a gradient, one file a backend."""

import keras

if keras.backend.backend() == "tensorflow":
    from keras_gans.backend.tensorflow import gradient, has_accelerator, input_gradient, vjp
else:
    raise ImportError(
        f"keras_gans runs on the TensorFlow backend so far; KERAS_BACKEND is {keras.backend.backend()!r}. "
        "Set KERAS_BACKEND=tensorflow before importing keras."
    )

__all__ = ["gradient", "has_accelerator", "input_gradient", "vjp"]
