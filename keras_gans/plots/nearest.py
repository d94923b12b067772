"""Samples beside the real images nearest to them: does the generator copy?"""

import pathlib

import numpy as np
import numpy.typing as npt

from keras_gans.plots.pictures import grey_levels, panels, save_figure
from keras_gans.types import Path


def nearest_images(images, real, count):
    """The `count` real images nearest to each image, the nearest first.

    Args:
        images: (n, height, width, channels).
        real: (m, height, width, channels), in the same units.

    Returns:
        indices (n, count) into `real`, and distances (n, count): root mean square difference of pixels.
    """
    flat, among = (np.asarray(part, "float32").reshape(len(part), -1) for part in (images, real))
    squares = (among**2).sum(1) - 2 * flat @ among.T  # (n, m), without the images' own squares, which order nothing
    indices = np.argsort(squares, axis=1)[:, :count]
    return indices, np.sqrt(((flat[:, None] - among[indices]) ** 2).mean(-1))  # anew, so that copies are at exactly 0


def save_nearest(
    samples: npt.ArrayLike,
    real: npt.ArrayLike,
    path: Path,
    held_out: npt.ArrayLike | None = None,
    rows: int = 8,
    count: int = 4,
) -> pathlib.Path:
    """Writes each sample beside the real images nearest to it, with their distance: the root mean square difference of pixels, 0 for a
    copy and 2 from black to white.

    Args:
        samples: (n, height, width, channels) in [-1, 1], of which the first 2 * rows are shown, two in a row.
        real: (m, height, width, channels) in [-1, 1], training images.
        path: of the picture.
        held_out: real images that are not among `real`: how far away those are is written above, beside the samples.
        count: nearest images beside each.

    Raises:
        ValueError: not images, or of different shapes.
    """
    samples, real = np.asarray(samples), np.asarray(real)
    if samples.ndim != 4 or samples.shape[1:] != real.shape[1:]:
        raise ValueError(
            f"Samples {samples.shape} and real images {real.shape}: expected (n, height, width, channels) of one size."
        )
    count = min(count, len(real))
    indices, distances = nearest_images(samples, real, count)
    rows = min(rows, -(-len(samples) // 2))
    figure, axes = panels(rows, 2 * count + 3, 0.85, 1.05)
    for panel in axes.flat:
        panel.set_axis_off()
    for i in range(min(len(samples), 2 * rows)):
        left = (i % 2) * (count + 2)
        show(axes[i // 2, left], samples[i], "sample" if i < 2 else "")
        for j, (index, distance) in enumerate(zip(indices[i], distances[i])):
            show(axes[i // 2, left + 1 + j], real[index], f"{distance:.2f}")
    figure.suptitle(summary(distances[:, 0], real, held_out), fontsize="medium")
    return save_figure(figure, path)


def show(panel, image, title):
    """Draws an image (height, width, channels) with a line above it."""
    levels = grey_levels(image[None])[0]
    panel.imshow(levels[..., 0] if levels.shape[-1] == 1 else levels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    panel.set_title(title, fontsize="small", pad=2)


def summary(distances, real, held_out):
    """One line: how far samples are from the nearest training image, and how far new real images are."""
    text = f"samples and the nearest training images; median distance {np.median(distances):.2f}"
    if held_out is None or not len(held_out):
        return text
    return f"{text}, of held-out images {np.median(nearest_images(held_out, real, 1)[1]):.2f}"
