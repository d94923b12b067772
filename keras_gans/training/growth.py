"""Networks that grow with the resolution (Karras et al. 2018, "Progressive Growing of GANs", section 2).

The layers of higher resolutions are there from the start and are faded in: a share of each, 0 to 1, decides what of the image comes from
them and what from a head on the layers below. Shapes never change, so that a graph once compiled stays good.
"""

import keras
from keras import layers, ops

from keras_gans.training import graph


class Fade(layers.Layer):
    """[low, high] -> (1 - share) low + share high, the share being that of a level in `progress`."""

    def __init__(self, progress, level, **kwargs):
        super().__init__(**kwargs)
        self.progress, self.level = progress, level

    def call(self, inputs):
        low, high = inputs
        return mixed(low, high, self.progress.opened(self.level))

    def compute_output_shape(self, input_shape):
        return input_shape[1]


def mixed(low, high, share):
    """Exactly `low` at a share of 0 and `high` at 1."""
    share = ops.cast(share, high.dtype)
    return (1.0 - share) * low + share * high


def maps(network, shape):
    """{resolution: [cut tensors]} of an image network: maps whose height and width are the image's divided by one whole number; the
    resolution is the shorter side."""
    found: dict[int, list] = {}
    for tensor in graph.cuts(network):
        if len(tensor.shape) != 4 or not tensor.shape[1]:
            continue
        factor = shape[0] // tensor.shape[1]
        if factor > 1 and tuple(size * factor for size in tensor.shape[1:3]) == tuple(shape[:2]):
            found.setdefault(min(tensor.shape[1:3]), []).append(tensor)
    return found


def sizes(generator, discriminator, shape):
    """The resolutions below the full one of which both networks have a map, rising."""
    return sorted(set(maps(generator, shape)) & set(maps(discriminator, shape)))


def check(resolutions, generator, discriminator, shape):
    """Those of the resolutions below the full one, rising; raises ValueError where a network has no map of one."""
    full, known = min(shape[:2]), sizes(generator, discriminator, shape)
    for resolution in resolutions:
        if resolution != full and resolution not in known:
            have = f"can grow to {', '.join(map(str, [*known, full]))}" if known else "cannot grow"
            raise ValueError(
                f"curriculum: resolution={resolution}, and the networks for images of {shape[0]}x{shape[1]} {have}: these are the sizes "
                "of their maps that divide the image."
            )
    return sorted({resolution for resolution in resolutions if resolution != full})


def last_activation(generator):
    """The name of the activation that makes a generator's output; "linear" where there is none."""
    for operation, *_ in reversed(graph.nodes(generator)):
        activation = getattr(getattr(operation, "layer", operation), "activation", None)
        if activation is not None:
            return activation
        if getattr(operation, "weights", None):
            break
    return "linear"


def image_heads(generator, count, seed):
    """1x1 convolutions from the generator's maps to images, one for each resolution below the full one."""
    options = {"activation": last_activation(generator), "dtype": "float32"}
    channels = generator.output_shape[-1]
    return [layers.Conv2D(channels, 1, kernel_initializer=normal(seed, i), **options) for i in range(count)]


def map_heads(discriminator, resolutions, shape, seed):
    """1x1 convolutions from images to the discriminator's maps, one for each resolution below the full one."""
    found = maps(discriminator, shape)
    made = [layers.Conv2D(found[r][0].shape[-1], 1, kernel_initializer=normal(seed, i)) for i, r in enumerate(resolutions)]
    return [graph.dressed(layer, discriminator) for layer in made]


def normal(seed, number):
    return keras.initializers.GlorotUniform(None if seed is None else seed + 5000 + number)


def grown_generator(generator, heads, resolutions, progress):
    """The generator as a model that shares its layers and fades from each resolution's head to the next and at last to its own output."""
    first, others, (output,) = graph.whole(generator)
    found = maps(generator, output.shape[1:])
    image = heads[0](found[resolutions[0]][-1])
    rising = [*resolutions, min(output.shape[1:3])]
    for level in range(1, len(rising)):
        image = layers.UpSampling2D(rising[level] // rising[level - 1], dtype="float32")(image)
        own = heads[level](found[rising[level]][-1]) if level < len(heads) else output
        image = Fade(progress, level, dtype="float32")([image, own])
    return keras.Model([first, *others] if others else first, image, name="growing_generator")


def grown_discriminator(discriminator, heads, resolutions, progress, pack_shape):
    """The discriminator as a model that shares its layers, whose map of each resolution fades from what a head makes of the smaller image
    to what its own layers make of the larger one."""
    first, others, outputs = graph.whole(discriminator)
    found = maps(discriminator, pack_shape)
    x, at, full = first, first, min(pack_shape[:2])
    for level in range(len(resolutions), 0, -1):
        size = resolutions[level - 1]
        cut = found[size][0]
        own = keras.Model(at, cut)(x)
        small = layers.AveragePooling2D(full // size)(first)
        x, at = Fade(progress, level)([heads[level - 1](small), own]), cut
    end = keras.Model([at, *others] if others else at, outputs)
    judged = end([x, *others] if others else x)
    return keras.Model([first, *others] if others else first, judged, name="growing_discriminator")


def pixelated(images, resolutions, progress):
    """Real images as they look at the present resolution, faded like the generator's: (batch, height, width, channels)."""
    full = min(images.shape[1:3])
    parts = []
    for size in resolutions:
        factor = full // size
        small = ops.average_pool(images, factor, factor)
        parts.append(ops.repeat(ops.repeat(small, factor, axis=1), factor, axis=2))
    out = parts[0]
    for level, image in enumerate([*parts[1:], images], 1):
        out = mixed(out, image, progress.opened(level))
    return out
