"""Scores from nearest neighbours: precision, recall, density, coverage."""

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.errors import whole_number
from keras_gans.metrics.statistics import TwoSets, two_sets
from keras_gans.types import Config

CHUNK = 1024  # rows of a distance matrix at a time
ROUNDING = 1e-14  # of a squared distance, relative to the squared lengths it is a difference of


def precision_recall_density_coverage(
    real: npt.ArrayLike, fake: npt.ArrayLike, k: int = 5, inclusive: bool = False
) -> dict[str, float]:
    """How well samples lie where real ones do (precision, density), and how much of the real ones they reach (recall, coverage).

    Every set's own k-th neighbour distance draws a ball around each of its samples. Precision: share of fakes in some real
    ball; recall: share of real samples in some fake ball (Kynkäänniemi et al. 2019, equations 1 and 2). Density: how many real
    balls a fake lies in, over k; coverage: share of real balls that hold a fake (Naeem et al. 2020, equations 2 and 3).

    Distances are taken a block at a time: memory beside the features is O(1024 n), not O(n^2).

    Args:
        real, fake: features (n, d) and (m, d), more than k of each. The scores depend on n and m.
        k: which neighbour, itself not counted.
        inclusive: whether a ball's surface belongs to it (<= instead of <), as in Kynkäänniemi's code; it matters for
            duplicates alone.

    Returns:
        precision, recall, coverage in [0, 1]; density at least 0, 1 for the real distribution.

    Raises:
        ValueError: shapes that do not fit, NaN, too few samples.
    """
    inside, covered, recalled = memberships(real, fake, k, inclusive)
    return summary(inside, covered, recalled, k)


def summary(inside, covered, recalled, k):
    """The four scores from `memberships`."""
    return {
        "precision": float((inside > 0).mean()),
        "recall": float(recalled.mean()),
        "density": float(inside.mean() / k),
        "coverage": float(covered.mean()),
    }


def standard_errors(inside, covered, recalled, k):
    """Of the four scores, over the samples that each is a mean of, the other set held fixed."""

    def error(x):
        return float(np.std(x) / np.sqrt(len(x)))

    return {
        "precision": error(inside > 0),
        "recall": error(recalled),
        "density": error(inside / k),
        "coverage": error(covered),
    }


def memberships(real, fake, k=5, inclusive=False, real_radius=None):
    """`real_radius`: `real_radii(real, k)`, where it is known already. In how many real balls each fake lies, int (m,); which real balls hold a fake, bool (n,); which real samples lie in some fake
    ball, bool (n,)."""
    k = whole_number("k", k)
    real, fake = two_sets(real, fake)
    for name, features in (("real", real), ("fake", fake)):
        if len(features) <= k:
            raise ValueError(f"{name}: {len(features)} samples have no {k}-th neighbour. Bring more than k={k}, or lower k.")
    shift = centre(real)
    real, fake = real - shift, fake - shift
    real_radius, fake_radius = radii(real, k) if real_radius is None else real_radius, radii(fake, k)
    within = np.less_equal if inclusive else np.less
    inside = np.zeros(len(fake), int)
    covered, recalled = np.zeros(len(real), bool), np.zeros(len(real), bool)
    real_norms, fake_norms = norms(real), norms(fake)
    for at in range(0, len(real), CHUNK):
        rows = slice(at, at + CHUNK)
        squares = squared_distances(real[rows], fake, real_norms[rows], fake_norms)  # (chunk, m)
        near = within(squares, real_radius[rows, None])
        inside += near.sum(0)
        covered[rows] = near.any(1)
        recalled[rows] = within(squares, fake_radius).any(1)
    return inside, covered, recalled


def real_radii(real, k):
    """Squared distance of each real sample to its k-th neighbour, (n,): what `memberships` needs of the real ones alone."""
    real = np.asarray(real, "float64")
    return radii(real - centre(real), k) if len(real) > k else None


def centre(features):
    """A point near the mean, (d,): distances are differences of squares, and smaller numbers lose less. It is rounded to a power
    of two below the deviation, so that features that are whole numbers stay exact, and with them equal distances equal."""
    step = 2.0 ** np.floor(np.log2(max(features.std(), 1e-300)))
    return np.rint(features.mean(0) / step) * step


def norms(features):
    return np.einsum("nd,nd->n", features, features)


def squared_distances(a, b, a_norms, b_norms):
    """Squared Euclidean distances (len(a), len(b)) between rows; what is within rounding of 0 is 0, so that copies are at 0."""
    squares = a @ b.T
    squares *= -2.0
    squares += a_norms[:, None]
    squares += b_norms
    i, j = np.nonzero(squares <= ROUNDING * (a_norms.max() + b_norms.max()))
    copies = squares[i, j] <= ROUNDING * (a_norms[i] + b_norms[j])
    squares[i[copies], j[copies]] = 0.0
    return squares


def radii(features, k):
    """Each sample's squared distance to its k-th neighbour in its own set. A block of distances serves its rows and its columns."""
    n, squares_of = len(features), norms(features)
    nearest = np.full((n, k + 1), np.inf)  # the smallest so far, itself among them

    def merge(rows, squares):
        both = np.concatenate([nearest[rows], squares], axis=1)
        nearest[rows] = np.partition(both, k, axis=1)[:, : k + 1]

    for at in range(0, n, CHUNK):
        rows, rest = slice(at, at + CHUNK), slice(at, n)
        squares = squared_distances(features[rows], features[rest], squares_of[rows], squares_of[rest])
        merge(rows, squares)
        if at + CHUNK < n:
            merge(slice(at + CHUNK, n), squares[:, CHUNK:].T)
    return nearest.max(1)


@keras.saving.register_keras_serializable("keras_gans")
class PrecisionRecallDensityCoverage(TwoSets):
    """`precision_recall_density_coverage` as a Keras metric: features in batches, the dict of four as the result.

    Args:
        shape: number of features d.
        size: the most samples of each set.
        k, inclusive: as in `precision_recall_density_coverage`.
    """

    def __init__(
        self, shape: int | Sequence[int], size: int = 10_000, k: int = 5, inclusive: bool = False, name: str = "prdc"
    ) -> None:
        super().__init__(shape, size, name=name)
        self.k, self.inclusive = k, inclusive

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> dict[str, float]:
        return precision_recall_density_coverage(real, fake, self.k, self.inclusive)

    def get_config(self) -> Config:
        return {**super().get_config(), "k": self.k, "inclusive": self.inclusive}
