"""Random numbers with a row for each sample of a batch. Where several replicas share a batch, each has the rows of its own samples out of
those that the whole batch would have on one device."""

import keras

if keras.backend.backend() == "tensorflow":
    from keras_gans.backend.tensorflow import own_rows
else:
    from keras_gans.backend.jax import own_rows


def normal(shape, seed):
    """Standard normal, float32 `shape`. `seed` is a SeedGenerator."""
    return own_rows(lambda count: keras.random.normal((count, *shape[1:]), seed=seed), shape[0])


def uniform(shape, low=0.0, high=1.0, *, seed, dtype="float32"):
    """Uniform in [low, high)."""
    return own_rows(lambda count: keras.random.uniform((count, *shape[1:]), low, high, seed=seed, dtype=dtype), shape[0])


def whole_numbers(count, high, seed):
    """Uniform in 0 to high - 1, int32 (count,)."""
    return own_rows(lambda count: keras.random.randint((count,), 0, high, dtype="int32", seed=seed), count)
