"""What the architectures for vectors and sequences have in common: arguments, and a normaliser in the model."""

from keras_gans.errors import whole_number
from keras_gans.models.style import BATCH, activation, number, players


def prepare(given):
    """Checks the arguments of a GAN with a normaliser and splits them: (generator's, discriminator's, those of `GAN`)."""
    g, d = players(given)
    if "bias_range" in given:
        if not number()(given["bias_range"]):
            raise ValueError(f"bias_range={given['bias_range']!r}: expected a number of at least 0.")
        if given["bias_range"] and {g["norm"], d["norm"]} & {*BATCH, "layer"}:
            raise ValueError(
                f"bias_range={given['bias_range']} with norm={given['norm']!r}: layers before a batch or layer norm have no bias. "
                'Leave one out, or use norm=None or "spectral".'
            )
        g["bias_range"] = d["bias_range"] = given["bias_range"]
    g["output_activation"] = activation(given["output_activation"])
    d["minibatch_stddev"] = given["minibatch_stddev"]
    whole = {name: given[name] for name in ("ema_decay", "normalise", "seed", "name")}
    return g, d, {**whole, "pack": whole_number("pack", given["pack"])}


def widths(value):
    """(generator's, discriminator's) tuples of units, from one tuple or a pair of tuples."""
    nested = isinstance(value, (tuple, list)) and value and isinstance(value[0], (tuple, list))
    both = tuple(value) if nested else (value, value)
    if len(both) != 2 or not all(map(good_widths, both)):
        raise ValueError(
            f"widths={value!r}: expected a tuple of whole numbers of at least 1, for example (128, 128), or a pair of those "
            "(generator, discriminator)."
        )
    return tuple(tuple(one) for one in both)


def good_widths(value):
    numbers = isinstance(value, (tuple, list)) and len(value) > 0
    return numbers and all(hasattr(one, "__index__") and not isinstance(one, bool) and one > 0 for one in value)


def frequencies(value):
    """A tuple of numbers above 0."""
    if not isinstance(value, (tuple, list)) or not all(isinstance(one, (int, float)) and one > 0 for one in value):
        raise ValueError(f"fourier={value!r}: expected a tuple of frequencies above 0, for example (1, 2, 4, 8), or ().")
    return tuple(value)
