"""What the image architectures have in common: how they are called, and what is checked before a network is built."""

from keras_gans.errors import unknown, whole_number
from keras_gans.models.style import CONDITIONS, activation, players


def prepare(given):
    """Checks the arguments of an image GAN and splits them.

    Args:
        given: dict of the constructor's arguments as they came.

    Returns:
        (image_shape, arguments of the generator, arguments of the discriminator, arguments of `GAN`)
    """
    image_shape = check_image_shape(given["image_shape"])
    conditioning = given["conditioning"]
    if conditioning not in CONDITIONS:
        raise ValueError(unknown("conditioning", conditioning, CONDITIONS))
    if given["num_classes"] is None and conditioning != "projection":
        raise ValueError(f"conditioning={conditioning!r} without classes. Pass num_classes=.")
    if given["num_classes"] is not None:
        whole_number("num_classes", given["num_classes"], least=2)
    pack = whole_number("pack", given["pack"])
    g, d = players(given)
    g["output_activation"] = activation(given["output_activation"])
    d["minibatch_stddev"] = given["minibatch_stddev"]
    d["conditioning"] = conditioning if given["num_classes"] else None
    whole = {name: given[name] for name in ("num_classes", "pack", "ema_decay", "seed", "name")}
    return image_shape, g, {**d, "image_shape": (*image_shape[:2], image_shape[2] * pack)}, whole


def check_image_shape(image_shape, least=8):
    """(height, width, channels) as ints; raises unless the networks can build it."""
    try:
        height, width, channels = (size.__index__() for size in image_shape)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            f"image_shape={image_shape!r}: expected (height, width, channels), for example (28, 28, 1)."
        ) from None
    if min(height, width) < least or channels < 1:
        raise ValueError(
            f"image_shape={image_shape!r}: height and width must be at least {least} and channels at least 1, because the "
            f"generator starts from {least // 2} pixels and doubles. Try "
            f"{(max(height, least), max(width, least), max(channels, 1))}."
        )
    return (height, width, channels)
