"""What the architectures for vectors and sequences have in common: arguments, and a normaliser in the model."""

from keras_gans.errors import unknown, whole_number
from keras_gans.models.style import activation, number, players
from keras_gans.training.loop import RANGES
from keras_gans.training.normaliser import MODES


def prepare(given):
    """Checks the arguments of a GAN with a normaliser and splits them: (generator's, discriminator's, those of `GAN`)."""
    mode = given["normalise"]
    if mode is not None and mode not in MODES:
        raise ValueError(unknown("normalise", mode, [*MODES, None]))
    g, d = players(given)
    if "bias_range" in given:
        if not number()(given["bias_range"]):
            raise ValueError(f"bias_range={given['bias_range']!r}: expected a number of at least 0.")
        g["bias_range"] = d["bias_range"] = given["bias_range"]
    g["output_activation"] = check_reach(activation(given["output_activation"]), mode)
    d["minibatch_stddev"] = given["minibatch_stddev"]
    whole = {name: given[name] for name in ("ema_decay", "normalise", "seed", "name")}
    return g, d, {**whole, "pack": whole_number("pack", given["pack"])}


def check_reach(name, mode):
    """The name of an output activation; raises unless it reaches what the normaliser makes of the data."""
    low, high = RANGES.get(name, (-float("inf"), float("inf")))
    needs = {"standard": (-float("inf"), float("inf")), "minmax": (-1.0, 1.0)}.get(mode)
    if needs is not None and (low > needs[0] or high < needs[1]):
        better = '"linear", or normalise="minmax" with "tanh"' if mode == "standard" else '"tanh" or "linear"'
        raise ValueError(
            f"output_activation={name!r} gives values in [{low:g}, {high:g}], and normalise={mode!r} makes data in "
            f"[{needs[0]:g}, {needs[1]:g}]: some could never be generated. Use {better}."
        )
    return name


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
