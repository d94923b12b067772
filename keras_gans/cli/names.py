"""Names that the command completes and checks without Keras; the tests hold them against the library's own tables."""

import pathlib

from keras_gans.zoo import handles

PACKAGE = pathlib.Path(__file__).parent.parent

BUDGETS = ("epochs", "steps", "images")
DATA = ("digits", "glyphs", "patches", "goog", "wine", "breast_cancer", "ring", "grid", "sines")
LOSSES = ("non_saturating", "minimax", "least_squares", "wasserstein", "hinge", "relativistic")
METRICS = (
    *("fid", "is", "kid", "prdc", "ms_ssim", "nearest", "modes"),
    *("discriminative", "predictive", "boosted_trees", "untrained", "kernel"),
)
POLICIES = ("color", "translation", "cutout", "flip", "jitter", "scaling", "time_mask", "noise")
SPACES = ("brief", "practical", "small")
STAGES = ("blur", "noise", "resolution", "length")
TASKS = ("rotation", "reversal", "order", "masked_feature")
TUNERS = ("random", "grid", "bayesian", "hyperband")


def architectures():
    """The architectures: the rooms of `keras_gans.models`."""
    return sorted(path.parent.name for path in (PACKAGE / "models").glob("*/model.py"))


def extractors():
    """What takes features of images: of a word, of the package, of papers."""
    return ["auto", "raw", "inception", *sorted(path.stem for path in (PACKAGE / "metrics" / "extractors").glob("*.json"))]


def entries():
    """The zoo's entries with weights."""
    return handles.names()


def recipes():
    """What `train --recipe` takes by name: entries, and recipes without weights."""
    return sorted([*handles.names(), *handles.recipes()])
