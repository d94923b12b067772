"""What must hold of images before anything is trained on them. Every message says what, got, fix."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gans.errors import whole_number


def image_array(images: npt.ArrayLike, where: str) -> np.ndarray:
    """Images as one numpy array of shape (n, height, width, channels), uint8 or float32."""
    images = np.asarray(images)
    if images.ndim == 0:
        raise ValueError(f"{where}: expected an array of images, got {images!r}.")
    if images.dtype == object:
        raise ValueError(f"{where}: images of different sizes cannot be one array. Resize them to one size first.")
    if images.ndim == 3:
        raise ValueError(
            f"{where}: shape {images.shape} has no channel axis. Vectors and sequences go to from_samples. Images are (n, height, width, channels); for grey "
            "images add it with images[..., None]."
        )
    if images.ndim != 4:
        raise ValueError(f"{where}: shape {images.shape}; images are (n, height, width, channels).")
    if images.size == 0:
        raise ValueError(f"{where}: no images (shape {images.shape}).")
    if images.dtype == bool or not (np.issubdtype(images.dtype, np.number)) or np.iscomplexobj(images):
        raise ValueError(f"{where}: dtype {images.dtype}; images are uint8 or floats.")
    return images if images.dtype == np.uint8 else images.astype("float32")


def names_of(samples: Any, where: str, given: Sequence[str] | None = None) -> tuple[str, ...] | None:
    """The names of features: those that were given, or a DataFrame's columns, or None. Raises where they do not fit."""
    names = getattr(samples, "columns", None) if given is None else given
    if names is None or given is None and all(isinstance(name, numbers.Integral) for name in names):  # columns without names
        return None
    names = tuple(map(str, names))
    try:
        count = np.shape(samples)[-1]
    except (ValueError, IndexError):  # no array at all, which `sample_array` says
        return names
    if len(names) != count or len(set(names)) != count:
        raise ValueError(
            f"{where}: {count} features and the names {', '.join(names)}; expected one name for each, all different."
        )
    return names


def same_names(expected: tuple[str, ...] | None, names: tuple[str, ...] | None, where: str) -> None:
    """Raises where both have names, and those differ: columns that changed places would be compared with one another."""
    if expected is not None and names is not None and expected != names:
        raise ValueError(f"{where}: columns {', '.join(names)}; expected {', '.join(expected)}, in this order.")


def sample_array(samples: npt.ArrayLike, where: str, names: tuple[str, ...] | None = None) -> np.ndarray:
    """Vectors (n, features) or sequences (n, steps, features) as one float32 array, finite and nowhere constant."""
    try:
        samples = np.asarray(samples)
    except ValueError:  # NumPy's, of arrays of several lengths
        samples = np.empty(0, object)
    rows = samples.ndim in (2, 3) and samples.size > 0
    if rows and (not np.issubdtype(samples.dtype, np.number) or np.iscomplexobj(samples)):
        advice = "Encode other columns as numbers and bring all to one type, with .astype(float)."
        raise ValueError(f"{where}: dtype {samples.dtype}; samples are numbers. {advice}")
    if not rows:
        raise ValueError(
            f"{where}: shape {samples.shape}, dtype {samples.dtype}; expected vectors (n, features) or sequences (n, steps, "
            "features). Sequences of different lengths: cut them with windows(series, steps) or fill them with pad(sequences)."
        )
    samples = samples.astype("float32")
    values(samples, None, where, names)
    varying([samples], where, names)
    return samples


def listed(features, names):
    """The first few of several features in words, by their names where there are some."""
    return ", ".join(names[i] if names else str(i) for i in features[:5]) + (" ..." if len(features) > 5 else "")


def varying(batches, where, names=None):
    """Raises where a feature (the last axis) has one value everywhere in an iterable of arrays."""
    low, high = np.inf, -np.inf
    for batch in batches:
        flat = batch.reshape(-1, batch.shape[-1])
        low, high = np.minimum(low, flat.min(0)), np.maximum(high, flat.max(0))
    constant = np.flatnonzero(low == high)
    if len(constant):
        which = listed(constant, names) + ("" if names else f" (of 0 to {np.size(low) - 1})")
        raise ValueError(f"{where}: feature {which} has one value everywhere. Drop it.")


def values(array, value_range, where, names=None):
    """Raises unless every value is finite and inside `value_range` (with half a grey level of 255 to spare)."""
    if not np.issubdtype(array.dtype, np.integer):
        bad = ~np.isfinite(array)
        if bad.any():
            columns: Sequence[int] | np.ndarray = (
                np.flatnonzero(bad.any(tuple(range(array.ndim - 1)))) if array.ndim in (2, 3) else []
            )
            which = f" in features {listed(columns, names)}" if len(columns) else ""
            raise ValueError(
                f"{where}: {np.count_nonzero(bad)} values are NaN or infinite{which}. Remove or repair those samples."
            )
    if value_range is None:
        return
    low, high = value_range
    least, most = float(array.min()), float(array.max())
    slack = (high - low) / 510
    if least < low - slack or most > high + slack:
        raise ValueError(
            f"{where}: values from {least:g} to {most:g} are outside the declared range [{low:g}, {high:g}]. "
            "Pass the range that black and white have in your data, for example value_range=(0, 255)."
        )


def declared_range(array: np.ndarray, value_range: tuple[float, float] | None, where: str) -> tuple[float, float]:
    """The range of the stored values: what the caller said, or what the dtype says; never a guess from the values."""
    if value_range is None:
        if array.dtype == np.uint8:
            return (0.0, 255.0)
        raise ValueError(
            f"{where}: {array.dtype} values from {array.min():g} to {array.max():g}, and no value_range. Say which values "
            "are black and white, for example value_range=(0, 1) or value_range=(-1, 1): it is not guessed from the data."
        )
    try:
        low, high = (float(value) for value in value_range)
    except (TypeError, ValueError):
        raise ValueError(f"{where}: value_range={value_range!r}; expected a pair (low, high).") from None
    if not (low < high and np.isfinite([low, high]).all()):
        raise ValueError(f"{where}: value_range={value_range!r}; low must be below high, and both finite.")
    values(array, (low, high), where)
    return (low, high)


def label_array(labels: npt.ArrayLike | None, count: int, where: str) -> np.ndarray | None:
    """Labels as int32 (n,), or None. Checks length, dtype and sign."""
    if labels is None:
        return None
    labels = np.asarray(labels)
    hint = {(count, 1): " Pass labels[:, 0]."}.get(
        labels.shape, " Of one-hot rows pass labels.argmax(1)." if labels.ndim == 2 else ""
    )
    if labels.shape != (count,):
        raise ValueError(f"{where}: labels of shape {labels.shape} for {count} images; expected ({count},)." + hint)
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{where}: labels of dtype {labels.dtype}; expected integers from 0.")
    if labels.min() < 0:
        raise ValueError(f"{where}: labels from {labels.min()}; classes are numbered from 0.")
    return labels.astype("int32")


def size_pair(image_size):
    """(height, width) from a pair or one number; raises unless both are whole numbers of at least 1."""
    both = image_size if isinstance(image_size, (tuple, list)) else (image_size, image_size)
    try:
        height, width = (whole_number("image_size", size) for size in both)
    except ValueError:
        raise ValueError(f"image_size={image_size!r}: expected a whole number of at least 1, or (height, width).") from None
    return height, width


def same_shape(shape, expected):
    """Whether two shapes agree, None standing for any size."""
    return len(shape) == len(expected) and all(None in pair or pair[0] == pair[1] for pair in zip(shape, expected))
