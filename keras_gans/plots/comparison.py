"""Generated sequences and vectors against real ones."""

import pathlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from keras_gans.plots.pictures import feature_labels, panels, save_figure
from keras_gans.types import Path

FEATURES, COLUMNS, LINES, POINTS = 4, 8, 12, 2000  # the most that are drawn
REAL, FAKE = "C0", "C1"


def save_comparison(
    real: npt.ArrayLike, samples: npt.ArrayLike, path: Path, feature_names: Sequence[str] | None = None
) -> pathlib.Path:
    """Writes generated samples against real ones: of sequences lines, and mean and 5 % to 95 % band of each feature at each step; of
    vectors the first two columns as points, and the distribution of each column.

    Args:
        real, samples: (n, steps, features), of which the first 4 features are drawn; or (n, features), of which the first 8 are.
        path: of the picture.
        feature_names: one for each feature, on the axes; by default the columns of a DataFrame, or numbers.

    Raises:
        ValueError: other shapes, shapes that differ, names that are not one for each.
    """
    feature_names = getattr(real, "columns", None) if feature_names is None else feature_names
    real, samples = np.asarray(real), np.asarray(samples)
    if real.ndim not in (2, 3) or real.shape[1:] != samples.shape[1:] or not len(real) or not len(samples):
        raise ValueError(
            f"Real samples of shape {real.shape} and generated ones of {samples.shape}; expected vectors (n, features) or "
            "sequences (n, steps, features), both of one size."
        )
    draw, unit = (sequences, "feature") if real.ndim == 3 else (vectors, "column")
    return save_figure(draw(real, samples, feature_labels(real.shape[-1], feature_names, unit)), path)


def spread(part, count):
    """At most `count` samples, evenly from the first to the last: the first alone would be neighbours where windows stand in time order."""
    return part[np.linspace(0, len(part) - 1, min(len(part), count)).astype(int)]


def sequences(real, samples, labels):
    """A figure with a row for each feature: real lines, generated lines, both bands."""
    count = min(real.shape[2], FEATURES)
    figure, places = panels(count, 3, 3.2, 2.3, sharex=True, sharey="row")
    for feature, (left, middle, right) in enumerate(places):
        for axes, part, color in ((left, real, REAL), (middle, samples, FAKE)):
            axes.plot(spread(part, LINES)[..., feature].T, color=color, linewidth=0.8, alpha=0.7)
        for part, color, label in ((real, REAL, "real"), (samples, FAKE, "generated")):
            values = part[..., feature]
            steps = np.arange(values.shape[1])
            right.fill_between(steps, *np.quantile(values, (0.05, 0.95), axis=0), color=color, alpha=0.2, linewidth=0)
            right.plot(steps, values.mean(0), color=color, linewidth=1.6, label=label)
        left.set_ylabel(labels[feature])
        for axes in (left, middle, right):
            axes.grid(alpha=0.3)
    for axes, title in zip(places[0], ("real", "generated", "mean, 5 % to 95 % band")):
        axes.set_title(title, fontsize="medium")
    for axes in places[-1]:
        axes.set_xlabel("step")
    places[0, 2].legend(fontsize="small", frameon=False)
    return figure


def vectors(real, samples, labels):
    """A figure with the points of the first two columns and the distribution of each column."""
    count = min(real.shape[1], COLUMNS)
    pairs = 1 if real.shape[1] > 1 else 0
    columns = min(pairs + count, 3)
    figure, places = panels(-(-(pairs + count) // columns), columns, 3.2, 2.6)
    places = places.ravel()
    for axes in places[pairs + count :]:
        axes.set_axis_off()
    if pairs:
        for part, color, label in ((real, REAL, "real"), (samples, FAKE, "generated")):
            shown = spread(part, POINTS)
            size = float(np.clip(2000 / len(shown), 4, 14))
            places[0].scatter(shown[:, 0], shown[:, 1], s=size, color=color, alpha=0.4, linewidths=0, label=label)
        places[0].set(xlabel=labels[0], ylabel=labels[1])
    for column, axes in enumerate(places[pairs : pairs + count]):
        low, high = np.quantile(np.concatenate([real[:, column], samples[:, column]]), (0.002, 0.998))
        bins = np.linspace(low, high if high > low else low + 1, int(np.clip(np.sqrt(len(real)), 10, 40)) + 1)
        for part, color, label in ((real, REAL, "real"), (samples, FAKE, "generated")):
            axes.hist(part[:, column], bins, density=True, color=color, alpha=0.45, label=label)
        axes.set(xlabel=labels[column], yticks=[])
    figure.legend(*places[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure
