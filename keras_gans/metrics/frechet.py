"""Fréchet distance between two sets of features (Heusel et al. 2017, equation 6; Dowson and Landau 1982).

d = |m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), squared distance of two Gaussians, in float64, covariances with
n - 1. The matrix root is never taken: with any factor S1 = F F^T the last trace is the sum of the square roots of the
eigenvalues of the symmetric F^T S2 F, which are real and not negative where a general root of the product S1 S2 fails.
"""

import functools
import warnings

import numpy as np


class Gaussian:
    """Mean and covariance of features, with the factor of the covariance computed once, when it is first needed.

    Args:
        mean: (d,).
        covariance: (d, d), or None where `centred` is given.
        count: samples behind it, or None where that is not known.
        centred: (n, d) features minus their mean, kept in place of the covariance when n < d.
    """

    def __init__(self, mean, covariance=None, count=None, centred=None):
        self.mean = np.asarray(mean, "float64")
        self._covariance = None if covariance is None else np.asarray(covariance, "float64")
        self.count = count
        self.centred = centred
        d = self.mean.shape[0] if self.mean.ndim == 1 else -1
        if d < 1 or (self._covariance is not None and self._covariance.shape != (d, d)):
            raise ValueError(
                f"mean of shape {self.mean.shape} and covariance of shape {np.shape(covariance)}: not (d,), (d, d)."
            )
        for name, values in (("mean", self.mean), ("covariance", self._covariance), ("features", centred)):
            if values is not None and not np.isfinite(values).all():
                raise ValueError(f"The {name} has NaN or infinite values.")

    @classmethod
    def from_features(cls, features):
        """The Gaussian of features (n, d), n at least 2. With n < d it keeps the features, which are smaller than S."""
        features = np.asarray(features, "float64")
        if features.ndim != 2:
            raise ValueError(f"Features of shape {features.shape}; expected (n, d).")
        n, d = features.shape
        if n < 2:
            raise ValueError(f"{n} samples: a covariance needs at least 2.")
        mean = features.mean(0)
        centred = features - mean
        if n < d:
            return cls(mean, None, n, centred)
        return cls(mean, centred.T @ centred / (n - 1), n)

    @property
    def covariance(self):
        if self._covariance is None:
            return self.centred.T @ self.centred / (self.count - 1)
        return self._covariance

    @functools.cached_property
    def trace(self):
        if self._covariance is None:
            return float(np.sum(self.centred**2)) / (self.count - 1)
        return float(np.trace(self._covariance))

    @functools.cached_property
    def factor(self):
        """F, (d, r), with F F^T = covariance: r is n where n < d, and otherwise the rank."""
        if self._covariance is None:
            return self.centred.T / np.sqrt(self.count - 1)
        values, vectors = np.linalg.eigh(self._covariance)
        kept = values > 1e-12 * max(values[-1], 0.0)  # the rest is rounding
        return vectors[:, kept] * np.sqrt(values[kept])

    def distance(self, other):
        """Squared Fréchet distance to another Gaussian, at least 0 (rounding below 0 is cut off)."""
        if self.mean.shape != other.mean.shape:
            raise ValueError(f"{self.mean.shape[0]} features against {other.mean.shape[0]}: made by different extractors?")
        if other._covariance is None:
            root = np.linalg.svd(self.factor.T @ other.factor, compute_uv=False).sum()
        elif self._covariance is None:
            return other.distance(self)
        else:
            squares = np.linalg.eigvalsh(self.factor.T @ other._covariance @ self.factor)
            root = np.sqrt(np.clip(squares, 0.0, None)).sum()
        shift = float(np.sum((self.mean - other.mean) ** 2))
        return max(float(shift + self.trace + other.trace - 2.0 * root), 0.0)


def frechet_distance(real, fake):
    """Squared Fréchet distance between the Gaussians of two sets of features.

    With features of the 2015 Inception graph this is the Fréchet Inception Distance (Heusel et al. 2017).

    Args:
        real, fake: features, (n, d) and (m, d); n and m at least 2.

    Returns:
        float of at least 0; 0 for identical sets, smaller is better. It is biased upwards for few samples: a warning says
        so when there are fewer of them than features.

    Raises:
        ValueError: NaN, wrong shapes, different numbers of features, fewer than 2 samples.
    """
    gaussians = Gaussian.from_features(real), Gaussian.from_features(fake)
    warn_if_few(min(g.count for g in gaussians), gaussians[0].mean.shape[0])
    return gaussians[0].distance(gaussians[1])


def frechet_distance_from_moments(mean1, cov1, mean2, cov2):
    """As `frechet_distance`, from means (d,) and covariances (d, d)."""
    return Gaussian(mean1, cov1).distance(Gaussian(mean2, cov2))


def warn_if_few(samples, features):
    if samples < features:
        warnings.warn(
            f"Fréchet distance from {samples} samples of {features} features: fewer samples than features, so the value is "
            "far above what many samples would give. Compare it only with values from as many samples.",
            stacklevel=3,
        )
