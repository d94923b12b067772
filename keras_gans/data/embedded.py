"""Data that need no download: each function gives images with labels, or samples (vectors, sequences), and where they come from."""

import inspect
import numbers
from typing import Any

import numpy as np

from keras_gans.data.sequences import windows
from keras_gans.errors import whole_number


def digits():
    """The test part of the UCI handwritten digits: 1,797 images of 8x8 grey in 17 levels, ten classes."""
    from sklearn.datasets import load_digits  # an optional dependency, imported only where used

    bunch = load_digits()
    return {
        "images": bunch.images[..., None].astype("uint8"),  # (1797, 8, 8, 1), 0 to 16
        "labels": bunch.target,
        "value_range": (0, 16),
        "class_names": [str(digit) for digit in range(10)],
        "source": "Optical Recognition of Handwritten Digits (Alpaydin and Kaynak 1998), through scikit-learn",
        "licence": "CC BY 4.0",
    }


def glyphs(classes=10, count=20_000):
    """Digits, or digits and capitals, in the text fonts that matplotlib brings: 28x28 grey with seeded jitter."""
    from keras_gans.data import glyphs as renderer

    characters = renderer.characters(classes)
    images, labels = renderer.cached(characters, count)
    return {
        "name": "glyphs" if classes == 10 else f"glyphs{classes}",
        "images": images,
        "labels": labels.astype("int64"),
        "class_names": list(characters),
        "source": "rendered from the DejaVu, STIX and Computer Modern fonts that matplotlib brings",
        "licence": "Bitstream Vera (DejaVu), SIL OFL 1.1 (STIX), BaKoMa (Computer Modern): images may be used freely",
    }


def patches(size=32):
    """Crops of `size` pixels of scikit-learn's two photographs. Each photograph is a grid of cells 8 pixels wider than a crop, from
    which 25 crops are taken two pixels apart; the crops of a cell stay together in a split, so that no pixel is on both sides."""
    require("PIL", "plots")
    from sklearn.datasets import load_sample_images

    cell, found, labels = size + 8, [], []
    groups: list[int] = []
    for label, photograph in enumerate(load_sample_images().images):  # (427, 640, 3) uint8
        for top in range(0, photograph.shape[0] - cell + 1, cell):
            for left in range(0, photograph.shape[1] - cell + 1, cell):
                corners = [(top + y, left + x) for y in range(0, 9, 2) for x in range(0, 9, 2)]
                found += [photograph[y : y + size, x : x + size] for y, x in corners]
                groups += [groups[-1] + 1 if groups else 0] * len(corners)
                labels += [label] * len(corners)
    if not found:
        raise ValueError(f"size={size}: the photographs have 427 x 640 pixels. Try 32.")
    return {
        "images": np.stack(found),
        "labels": np.array(labels),
        "groups": np.array(groups),
        "class_names": ["china", "flower"],
        "source": "the photographs china.jpg and flower.jpg that scikit-learn brings",
        "licence": "CC BY 2.0 (china.jpg, flower.jpg; authors in scikit-learn's README of the images)",
    }


def goog(steps=24, split="time"):
    """Daily GOOG prices, 2004 to 2008, in windows of `steps` days: open, high, low, close, adjusted close, volume, each scaled to
    [0, 1] by its minimum and maximum over the whole series.

    `split="time"` holds out the last fifth, less the windows that share a day with the training: later prices are others than earlier
    ones, so that even real training windows are far from it. `split="random"` holds out random windows, as TimeGAN's protocol does
    (Yoon et al. 2019): nearly every one has neighbours in the training that share all days but one, so that its scores say how well
    the series as a whole is drawn, and nothing of days that nobody has seen."""
    if split not in ("time", "random"):
        raise ValueError(f"split={split!r}: expected 'time' or 'random'.")
    from matplotlib import cbook  # an optional dependency, imported only where used

    stored: Any = cbook.get_sample_data("goog.npz")
    rows = stored["price_data"]
    names = ("open", "high", "low", "close", "adj_close", "volume")
    series = np.stack([rows[name] for name in names], 1).astype("float64")
    series = (series - series.min(0)) / (series.max(0) - series.min(0))
    return {
        "samples": windows(series, steps),
        "feature_names": names,
        **({"in_order": True, "gap": steps - 1} if split == "time" else {}),
        "source": "GOOG daily prices, from the sample data that matplotlib brings",
        "licence": "sample data of matplotlib (PSF-based licence)",
    }


def table(name):
    """A numeric table of scikit-learn, by the name of its loader."""
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{name}")()
    return {
        "samples": bunch.data,
        "feature_names": bunch.feature_names,
        "source": f"the {name} data set of the UCI repository, through scikit-learn",
        "licence": "CC BY 4.0",
    }


def wine():
    """Chemistry of 178 Italian wines: 13 numeric columns."""
    return table("wine")


def breast_cancer():
    """Measurements of 569 cell nuclei: 30 numeric columns."""
    return table("breast_cancer")


def from_formula(make, **fixed):
    """A data set that is drawn: `make` is a function of `keras_gans.data.generated`."""

    known = inspect.signature(make).parameters

    def draw(**options):
        for name, value in options.items():
            check_number(name, value, known[name].default)
        return {
            "samples": make(**fixed, **options),
            "source": f"drawn by keras_gans.data.{make.__name__}",
            "licence": "none needed",
        }

    named: Any = draw  # the type of functions has no __signature__
    named.__signature__ = inspect.signature(make)
    return named


def check_number(name, value, default):
    """Raises ValueError where the default is a number, and the value is none such."""
    if isinstance(default, int):
        whole_number(name, value, least=0 if name == "seed" else 1)
    elif isinstance(default, float):
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not number or not 0 < value < float("inf"):
            raise ValueError(f"{name}={value!r}: expected a number above 0.")


def require(package, extra):
    """Raises with the one command that helps when an optional package is missing."""
    import importlib.util

    if importlib.util.find_spec(package) is None:
        raise ImportError(f"This needs {package}, which is not installed: pip install 'keras-gans[{extra}]'")
