"""The exponential moving average of the generator."""

import keras
from keras import ops


def averaged_copy(generator):
    """A second generator with the same weights, which no optimizer trains."""
    copy = keras.models.clone_model(generator)
    copy.set_weights(generator.get_weights())
    copy.trainable = False
    return copy


def update(average, generator, decay, step):
    """average <- decay average + (1 - decay) weights, after each step of the generator (Karras et al. 2018, section 4).

    The decay starts low and rises to its value, min(decay, (1 + step) / (10 + step)), TensorFlow's rule for moving averages, so that the average of a young run is
    not that of its initial weights. Moving statistics of normalisations are copied.
    """
    step = ops.cast(step, "float32")
    rate = 1.0 - ops.minimum(decay, (1.0 + step) / (10.0 + step))
    trained = {id(weight) for weight in generator.trainable_variables}
    for old, new in zip(average.variables, generator.variables):
        if id(new) in trained:
            old.assign_add(ops.cast(rate, old.dtype) * (new - old))
        elif "seed" not in new.name:
            old.assign(new)
