"""Ways through the latent space: what lies between two samples."""

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gans.plots.pictures import feature_labels, panels, save_figure
from keras_gans.plots.samples import save_grid
from keras_gans.types import Path

if TYPE_CHECKING:
    from keras_gans.models import GAN


def interpolate(latents_a: npt.ArrayLike, latents_b: npt.ArrayLike, steps: int) -> np.ndarray:
    """Spherical interpolation (White 2016, "Sampling Generative Networks", section 2.1): standard normal latents lie close to a
    sphere, and so does the way between two of them.

    Args:
        latents_a, latents_b: (n, latent_dim), the ends.
        steps: of the way, at least 2, both ends among them.

    Returns:
        float32 (n, steps, latent_dim).

    Raises:
        ValueError: ends of different shapes, fewer than two steps.
    """
    a, b = (np.asarray(latents, "float64") for latents in (latents_a, latents_b))
    if a.shape != b.shape or a.ndim != 2 or steps < 2:
        raise ValueError(
            f"Latents {a.shape} and {b.shape}, steps={steps}: expected (n, latent_dim) twice, and 2 steps or more."
        )
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    angle = np.arccos(np.clip((a * b).sum(1) / np.maximum(lengths, 1e-12), -1, 1))[:, None, None]  # (n, 1, 1)
    t = np.linspace(0, 1, steps)[:, None]  # (steps, 1)
    sine = np.sin(angle)
    straight = sine < 1e-6  # the same direction, or the opposite one: there is no one arc
    safe = np.where(straight, 1.0, sine)
    weight_a = np.where(straight, 1 - t, np.sin((1 - t) * angle) / safe)
    weight_b = np.where(straight, t, np.sin(t * angle) / safe)
    return (weight_a * a[:, None] + weight_b * b[:, None]).astype("float32")


def ways(gan, count, steps, seed):
    """Samples (count, steps, ...) on the way from each of `count` latents to another; a conditional GAN keeps one class a way."""
    ends = gan.latents(2 * count, seed)
    latents = interpolate(ends[:count], ends[count:], steps)
    flat = latents.reshape(count * steps, -1)
    labels = gan.labels(count, seed)
    samples = gan.predict_on_batch(flat if labels is None else [flat, labels.repeat(steps)])
    return np.asarray(samples, "float32").reshape(count, steps, *samples.shape[1:])


def save_interpolations(
    gan: "GAN", path: Path, count: int = 8, steps: int = 10, seed: int = 0, feature_names: Sequence[str] | None = None
) -> pathlib.Path:
    """Writes what lies between pairs of samples: images in rows, each from one to another; sequences as lines from dark to light, a
    panel for each pair; vectors as ways over points.

    Args:
        path: of the picture.
        count: pairs; sequences show six of them at most.
        steps: from one sample of a pair to the other, both among them.
        seed: of the latents (and classes).
        feature_names: of vectors and sequences, one for each feature, on the axes; by default numbers.
    """
    if len(gan.sample_shape) == 3:
        samples = ways(gan, count, steps, seed)
        return save_grid(samples.reshape(-1, *samples.shape[2:]), path, columns=steps, pixels=800)
    if len(gan.sample_shape) == 2:
        labels = feature_labels(gan.sample_shape[-1], feature_names, "feature")
        return save_figure(ramps(ways(gan, min(count, 6), steps, seed), labels[0]), path)
    labels = feature_labels(gan.sample_shape[-1], feature_names, "column")
    return save_figure(paths(ways(gan, count, 8 * steps, seed), gan.generate(1000, seed=seed), labels), path)


def ramps(samples, label):
    """A figure of sequences (count, steps of the way, steps, features): the first feature, with its name, from dark to light."""
    import matplotlib

    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.92, samples.shape[1]))
    columns = min(len(samples), 3)
    figure, axes = panels(-(-len(samples) // columns), columns, 3.4, 2.3, sharex=True, sharey=True)
    for panel, way in zip(axes.flat, samples):
        for sequence, colour in zip(way, colours):
            panel.plot(sequence[:, 0], color=colour, linewidth=1)
        panel.grid(alpha=0.3)
    for panel in axes.flat[len(samples) :]:
        panel.set_axis_off()
    figure.suptitle(f"{label}, from one sample (dark) to another (light)", fontsize="medium")
    figure.supxlabel("step", fontsize="small")
    return figure


def paths(samples, drawn, labels):
    """A figure of vectors (count, steps, features): their first two columns over other samples (n, features), or the only column
    along the way."""
    figure, [[panel]] = panels(1, 1, 5.4, 5.2)
    if samples.shape[-1] == 1:
        for i, way in enumerate(samples):
            panel.plot(np.linspace(0, 1, len(way)), way[:, 0], color=f"C{i % 10}")
        panel.set(xlabel="share of the way", ylabel=labels[0])
    else:
        panel.scatter(drawn[:, 0], drawn[:, 1], s=6, color="0.75", linewidths=0, label="samples")
        for i, way in enumerate(samples):
            panel.plot(way[:, 0], way[:, 1], ".-", color=f"C{i % 10}", markersize=2, linewidth=1)
            panel.plot(*way[[0, -1], :2].T, "o", color=f"C{i % 10}", markersize=5)
        panel.set(xlabel=labels[0], ylabel=labels[1])
    panel.set_title("from one sample to another", fontsize="medium")
    panel.grid(alpha=0.3)
    return figure
