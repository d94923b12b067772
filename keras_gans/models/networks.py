"""What must hold of the two networks of a GAN, and what can be told from their layers."""

import contextlib
import math

import keras

from keras_gans.data.checks import same_shape
from keras_gans.layers import FourierFeatures


@contextlib.contextmanager
def under_policy(policy):
    """Layers that are made in this context have this dtype policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def check_networks(generator, discriminator, latent_dim, num_classes, pack):
    """Raises unless the two networks fit the latent size and each other."""
    for name, network in (("generator", generator), ("discriminator", discriminator)):
        if not isinstance(network, keras.Model):
            raise TypeError(f"{name} is {type(network).__name__}; expected a keras.Model.")
        if not network.built or not hasattr(network, "input_shape"):
            raise ValueError(f"{name} is not built. Give its first layer an input shape, or call it on a batch once.")
    wanted = (None, latent_dim) if num_classes is None else [(None, latent_dim), (None,)]
    if generator.input_shape != wanted:
        raise ValueError(
            f"latent_dim={latent_dim}, num_classes={num_classes}, and the generator takes {generator.input_shape}; expected "
            f"{wanted}."
        )
    made, taken = generator.output_shape, discriminator.input_shape
    outputs = discriminator.output_shape if isinstance(discriminator.output_shape, list) else [discriminator.output_shape]
    if num_classes is None and (isinstance(taken, list) or len(outputs) > 1):
        raise ValueError("The discriminator takes or gives labels, and num_classes is not set. Pass num_classes=.")
    if num_classes is not None and not isinstance(taken, list) and (len(outputs) != 2 or outputs[1][-1] != num_classes):
        raise ValueError(
            f"num_classes={num_classes}, and the discriminator takes {taken} and gives {outputs}; expected [samples, labels] in, "
            f"or [logits, class logits of {num_classes}] out."
        )
    taken = taken[0] if isinstance(taken, list) else taken
    if not same_shape((*made[:-1], made[-1] * pack), taken):
        raise ValueError(
            f"The generator gives {made}, pack is {pack}, the discriminator takes {taken}; expected "
            f"{(*made[:-1], made[-1] * pack)}."
        )


def check_penalised(discriminator):
    """Raises where a gradient penalty would meet batch normalisation."""
    for layer in discriminator._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            raise ValueError(
                f"The discriminator has batch normalisation ({layer.name}) and a gradient penalty, which is defined for each "
                'sample alone (Gulrajani et al. 2017, section 4). Use norm=("batch", "layer") or ("batch", None), which leave '
                "it to the generator, or compile with penalty=[]."
            )


def is_small(network):
    """Whether calling a network's operations costs more than their arithmetic: of dense, normalisation and unrolled recurrent
    layers, with about a million multiplications for a sample at most."""
    normalisations = (keras.layers.BatchNormalization, keras.layers.LayerNormalization, keras.layers.GroupNormalization)

    def work(layer):
        if isinstance(layer, keras.Model):
            return sum(map(work, layer.layers))
        if isinstance(layer, keras.layers.Wrapper):
            return work(layer.layer)
        if not layer.weights:
            return 0
        light = isinstance(layer, (keras.layers.Dense, *normalisations, FourierFeatures))
        recurrent = isinstance(layer, (keras.layers.GRU, keras.layers.LSTM)) and layer.unroll
        if not (light or recurrent) or not hasattr(layer, "input"):
            return float("inf")
        places = keras.tree.flatten(layer.input)[0].shape[1:-1]  # of a sequence its steps
        return math.prod(places) * layer.count_params() if None not in places else float("inf")

    return work(network) < 1_000_000
