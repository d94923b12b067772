"""All pictures of a run that has reached its last epoch."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gans.plots.animation import save_animation
from keras_gans.plots.comparison import save_comparison
from keras_gans.plots.curves import save_curves
from keras_gans.plots.latent import save_interpolations
from keras_gans.plots.nearest import save_nearest
from keras_gans.plots.samples import save_samples

if TYPE_CHECKING:
    from keras_gans.data import Data
    from keras_gans.models import GAN

CONSIDERED = 4000  # training images among which the nearest are looked for


def save_run(
    gan: "GAN",
    data: "Data",
    folder: pathlib.Path,
    rows: Sequence[Mapping[str, Any]],
    floors: Mapping[str, float] | None = None,
    alarms: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """Draws a run: samples, curves, a way through the latent space, of images an animation and the nearest training images, of vectors
    and sequences samples beside real ones.

    Args:
        gan: trained.
        data: that it was trained on.
        folder: of the run, whose `samples/` has the pictures of its epochs.
        rows, floors, alarms: as in `save_curves`.

    Returns:
        names of the files, in the folder.
    """
    is_images = len(data.shape) == 3
    samples = gan.generate(100 if is_images else 2000, seed=0)
    names = data.feature_names
    title = f"{type(gan).__name__} on {data.name}"
    made = [
        save_samples(samples, folder / "samples.png", names),
        save_curves(rows, folder / "curves.png", title, floors, alarms),
        save_interpolations(gan, folder / "interpolation.png", feature_names=names),
    ]
    if is_images:
        if pictures := epoch_pictures(folder):
            made.append(save_animation(pictures, folder / "samples.gif"))
        real, held_out = (data.scaled(part) for part in (some(data.train_samples), data.validation_samples[:256]))
        made.append(save_nearest(samples, real, folder / "nearest.png", held_out))
    else:
        made.append(save_comparison(data.scaled(data.train_samples), samples, folder / "comparison.png", names))
    return [path.name for path in made]


def epoch_pictures(folder):
    """The pictures that `callbacks.SampleGrid` left in `samples/`, in order of epochs."""
    return sorted((folder / "samples").glob("epoch_*.png"), key=lambda path: int(path.stem.split("_")[1]))


def some(images):
    """At most so many of them, evenly chosen."""
    return images[np.linspace(0, len(images) - 1, min(len(images), CONSIDERED)).astype(int)]
