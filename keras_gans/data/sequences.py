"""From series to arrays of sequences of one length."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from keras_gans.errors import whole_number


def windows(series: npt.ArrayLike, steps: int, stride: int = 1) -> np.ndarray:
    """All windows of a series, in time order, the last one included; nothing is reversed.

    Args:
        series: (time, features), or (time,) for one feature.
        steps: length of a window.
        stride: steps from the start of one to the start of the next.

    Returns:
        (n, steps, features), n = (time - steps) // stride + 1.

    Raises:
        ValueError: a series shorter than one window.
    """
    series = np.asarray(series)
    series = series[:, None] if series.ndim == 1 else series
    steps, stride = whole_number("steps", steps), whole_number("stride", stride)
    if series.ndim != 2 or len(series) < steps:
        raise ValueError(f"series of shape {series.shape}; expected (time, features) with at least {steps} times.")
    starts = np.arange(0, len(series) - steps + 1, stride)
    return series[starts[:, None] + np.arange(steps)]


def pad(sequences: Sequence[npt.ArrayLike], steps: int | None = None, value: float = 0.0) -> np.ndarray:
    """Sequences of different lengths as one array, filled up at the end.

    Args:
        sequences: each (time, features).
        steps: length to fill up to (longer ones raise); None: that of the longest.
        value: what to fill with: outside the data's range, so that the end can be told from the data.

    Returns:
        (n, steps, features).

    Raises:
        ValueError: a sequence longer than `steps`, or of other features than the first.
    """
    arrays = [np.asarray(one)[:, None] if np.ndim(one) == 1 else np.asarray(one) for one in sequences]
    if not arrays or any(one.ndim != 2 or one.shape[1] != arrays[0].shape[1] for one in arrays):
        raise ValueError("sequences: expected a list of arrays (time, features), all with the same features.")
    longest = max(len(one) for one in arrays)
    steps = longest if steps is None else whole_number("steps", steps)
    if longest > steps:
        raise ValueError(f"sequences: the longest has {longest} times, steps={steps}. Cut it, or pass steps={longest}.")
    out = np.full((len(arrays), steps, arrays[0].shape[1]), value, np.result_type(*arrays, np.float32))
    for row, one in zip(out, arrays):
        row[: len(one)] = one
    return out
