"""What the pictures share: the packages they need, figures of panels, levels of grey, one rename onto the path."""

import pathlib

import numpy as np

from keras_gans import files


def require_pictures() -> None:
    """Raises with the one command that helps when matplotlib or pillow is missing."""
    import importlib.util

    if not all(importlib.util.find_spec(package) for package in ("matplotlib", "PIL")):
        raise ImportError("Pictures need matplotlib and pillow: pip install 'keras-gans[plots]'")


def panels(rows, columns, width, height, **shared):
    """A figure and its axes, an array (rows, columns); width and height of a panel in inches. `shared`: sharex, sharey."""
    require_pictures()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **shared)


def feature_labels(count, names, unit):
    """What stands on the axes of features: their names, or "column 0" and so on.

    Raises:
        ValueError: names that are not one for each.
    """
    if names is None:
        return [f"{unit} {i}" for i in range(count)]
    if len(names) != count:
        raise ValueError(f"feature_names: {', '.join(map(str, names))} of {count} features; expected one name for each.")
    return [str(name) for name in names]


def save_figure(figure, path, dpi=110):
    """Writes a matplotlib figure and returns the path."""
    with files.replacing(path) as temporary:
        figure.savefig(temporary, dpi=dpi)
    return pathlib.Path(path)


def save_picture(levels, path, scale=1):
    """Writes uint8 levels (height, width, 1 or 3), each as scale x scale pixels, and returns the path."""
    require_pictures()
    from PIL import Image

    levels = levels.repeat(scale, 0).repeat(scale, 1)
    with files.replacing(path) as temporary:
        Image.fromarray(levels[..., 0] if levels.shape[-1] == 1 else levels).save(temporary)
    return pathlib.Path(path)


def grey_levels(samples):
    """Images (n, height, width, channels) in [-1, 1] as uint8, with 1 or 3 channels (of others the first is kept).

    Raises:
        ValueError: not of that shape.
    """
    samples = np.asarray(samples)
    if samples.ndim != 4:
        raise ValueError(f"Samples of shape {samples.shape}; a grid shows images (n, height, width, channels).")
    if samples.shape[-1] not in (1, 3):
        samples = samples[..., :1]
    return np.rint((np.clip(samples, -1, 1) + 1) * 127.5).astype("uint8")
