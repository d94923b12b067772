"""Scores from nearest neighbours: precision, recall, density, coverage."""

import numpy as np

from keras_gans.errors import whole_number

CHUNK = 1024  # rows of the distance matrix at a time


def precision_recall_density_coverage(real, fake, k=5, inclusive=False):
    """How well samples lie where real ones do (precision, density), and how much of the real ones they reach (recall, coverage).

    Every set's own k-th neighbour distance draws a ball around each of its samples. Precision: share of fakes in some real
    ball; recall: share of real samples in some fake ball (Kynkäänniemi et al. 2019, equations 1 and 2). Density: how many real
    balls a fake lies in, over k; coverage: share of real balls that hold a fake (Naeem et al. 2020, equations 2 and 3).

    Args:
        real, fake: features (n, d) and (m, d), more than k of each. The scores depend on n and m.
        k: which neighbour, itself not counted.
        inclusive: whether a ball's surface belongs to it (<= instead of <), as in Kynkäänniemi's code; it matters for
            duplicates alone.

    Returns:
        dict of floats: precision, recall, coverage in [0, 1]; density at least 0, 1 for the real distribution.

    Raises:
        ValueError: shapes that do not fit, NaN, too few samples.
    """
    k = whole_number("k", k)
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(f"real {real.shape} and fake {fake.shape}; expected features (n, d) and (m, d).")
    for name, features in (("real", real), ("fake", fake)):
        if len(features) <= k:
            raise ValueError(f"{name}: {len(features)} samples have no {k}-th neighbour. Bring more than k={k}, or lower k.")
        if not np.isfinite(features).all():
            raise ValueError(f"{name}: values are NaN or infinite.")
    centre = real.mean(0)  # distances are differences of squares: smaller numbers lose less
    real, fake = real - centre, fake - centre
    real_radius, fake_radius = radii(real, k), radii(fake, k)
    within = np.less_equal if inclusive else np.less
    in_real_balls = np.zeros(len(fake))
    recalled, covered = [], []
    for at in range(0, len(real), CHUNK):
        distance = distances(real[at : at + CHUNK], fake)  # (chunk, m)
        inside = within(distance, real_radius[at : at + CHUNK, None])
        in_real_balls += inside.sum(0)
        covered.append(inside.any(1))
        recalled.append(within(distance, fake_radius).any(1))
    return {
        "precision": float((in_real_balls > 0).mean()),
        "recall": float(np.concatenate(recalled).mean()),
        "density": float(in_real_balls.mean() / k),
        "coverage": float(np.concatenate(covered).mean()),
    }


def distances(a, b):
    """Euclidean distances (len(a), len(b)) between rows."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))


def radii(features, k):
    """Each sample's distance to its k-th neighbour in its own set."""
    parts = [distances(features[at : at + CHUNK], features) for at in range(0, len(features), CHUNK)]
    return np.concatenate([np.partition(part, k, axis=1)[:, k] for part in parts])  # the 0-th is the sample itself
