"""Samples alone: images as a grid, vectors as points, sequences as lines."""

import pathlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from keras_gans.plots.pictures import feature_labels, grey_levels, panels, save_figure, save_picture
from keras_gans.types import Path

FEATURES, SHOWN, ALONE = 6, 6, 16  # features and sequences of one picture; sequences of one feature


def grid(samples: npt.ArrayLike, columns: int | None = None, gap: int = 1) -> np.ndarray:
    """Images side by side.

    Args:
        samples: (n, height, width, channels) in [-1, 1], 1 or 3 channels (of others the first is shown).
        columns: in a row; by default as square as n allows.
        gap: black pixels around each image.

    Returns:
        uint8 (rows * height + ..., columns * width + ..., channels).
    """
    levels = grey_levels(samples)
    n, h, w, c = levels.shape
    columns = columns or int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    canvas = np.zeros((rows * (h + gap) + gap, columns * (w + gap) + gap, c), "uint8")
    for i, image in enumerate(levels):
        top, left = (i // columns) * (h + gap) + gap, (i % columns) * (w + gap) + gap
        canvas[top : top + h, left : left + w] = image
    return canvas


def save_grid(samples: npt.ArrayLike, path: Path, columns: int | None = None, pixels: int = 640) -> pathlib.Path:
    """Writes a grid as a picture, magnified by whole pixels (no smoothing) to about `pixels` on its longer side."""
    canvas = grid(samples, columns)
    return save_picture(canvas, path, scale=max(pixels // max(canvas.shape[:2]), 1))


def save_samples(samples: npt.ArrayLike, path: Path, feature_names: Sequence[str] | None = None) -> pathlib.Path:
    """Writes samples as a picture: images as a grid, vectors as points, sequences as lines.

    Args:
        samples: (n, height, width, channels) in [-1, 1]; (n, features), of which the first two columns are shown, or a histogram
            where there is one; (n, steps, features), of which six samples are shown, the first six features each on an axis of its own,
            or sixteen samples where there is one feature.
        path: of the picture.
        feature_names: one for each feature, on the axes; by default the columns of a DataFrame, or numbers.

    Raises:
        ValueError: another shape, names that are not one for each.
    """
    feature_names = getattr(samples, "columns", None) if feature_names is None else feature_names
    samples = np.asarray(samples)
    if samples.ndim == 4:
        return save_grid(samples, path)
    if samples.ndim == 3:
        return save_figure(lines(samples, feature_labels(samples.shape[-1], feature_names, "feature")), path)
    if samples.ndim == 2:
        return save_figure(points(samples, feature_labels(samples.shape[-1], feature_names, "column")), path)
    raise ValueError(f"Samples of shape {samples.shape}; expected images, vectors (n, features) or sequences.")


def count_shown(shape):
    """How many of samples of this shape (n, ...) `save_samples` draws."""
    return min(shape[0], (ALONE if shape[2] == 1 else SHOWN) if len(shape) == 3 else shape[0])


def lines(samples, labels):
    """A figure of sequences (n, steps, features): each in a column, its features below each other, every feature on one scale; of one
    feature a square."""
    if samples.shape[2] == 1:
        shown = samples[:ALONE]
        side = int(np.ceil(np.sqrt(len(shown))))
        figure, axes = panels(-(-len(shown) // side), side, 2.2, 1.7, sharex=True, sharey=True)
        for panel, sequence in zip(axes.flat, shown):
            panel.plot(sequence, linewidth=1)
        for panel in axes.flat[len(shown) :]:
            panel.set_axis_off()
        figure.supylabel(labels[0], fontsize="small")
        return figure
    shown = samples[:SHOWN]
    count = min(samples.shape[2], FEATURES)
    figure, axes = panels(count, len(shown), 1.9, 1.3, sharex=True, sharey="row")
    for feature, row in enumerate(axes):
        for panel, sequence in zip(row, shown):
            panel.plot(sequence[:, feature], linewidth=1.2, color=f"C{feature}")
            panel.grid(alpha=0.3)
        row[0].set_ylabel(labels[feature], fontsize="small")
    figure.supxlabel("step", fontsize="small")
    return figure


def points(samples, labels):
    """A figure of vectors (n, features): the first two columns, or a histogram of the only one."""
    figure, [[panel]] = panels(1, 1, 5, 5)
    if samples.shape[1] == 1:
        panel.hist(samples[:, 0], bins="auto")
        panel.set(xlabel=labels[0])
    else:
        panel.scatter(samples[:, 0], samples[:, 1], s=6, alpha=0.5, linewidths=0)
        panel.set(xlabel=labels[0], ylabel=labels[1])
    return figure
