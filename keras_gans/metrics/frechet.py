"""Fréchet distance between two sets of features (Heusel et al. 2017, equation 6; Dowson and Landau 1982).

d = |m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), squared distance of two Gaussians, in float64, covariances with
n - 1. The matrix root is never taken: with any factor S1 = F F^T the last trace is the sum of the square roots of the
eigenvalues of the symmetric F^T S2 F, which are real and not negative where a general root of the product S1 S2 fails.
"""

import warnings

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.metrics.gaussian import Gaussian
from keras_gans.metrics.statistics import Moments
from keras_gans.types import Config, Tensor


def frechet_distance(real: npt.ArrayLike, fake: npt.ArrayLike) -> float:
    """Squared Fréchet distance between the Gaussians of two sets of features.

    With features of the 2015 Inception graph this is the Fréchet Inception Distance (Heusel et al. 2017).

    Args:
        real, fake: features, (n, d) and (m, d); n and m at least 2.

    Returns:
        at least 0; 0 for identical sets, smaller is better. It is biased upwards for few samples: a warning says
        so when there are fewer of them than features.

    Raises:
        ValueError: NaN, wrong shapes, different numbers of features, fewer than 2 samples.
    """
    gaussians = Gaussian.from_features(real), Gaussian.from_features(fake)
    warn_if_few(min(g.count for g in gaussians), gaussians[0].mean.shape[0])
    return gaussians[0].distance(gaussians[1])


def frechet_distance_from_moments(
    mean1: npt.ArrayLike, cov1: npt.ArrayLike, mean2: npt.ArrayLike, cov2: npt.ArrayLike
) -> float:
    """As `frechet_distance`, from means (d,) and covariances (d, d)."""
    return Gaussian(mean1, cov1).distance(Gaussian(mean2, cov2))


def warn_if_few(samples, features):
    if samples < features:
        warnings.warn(
            f"Fréchet distance from {samples} samples of {features} features: fewer samples than features, so the value is "
            "far above what many samples would give. Compare it only with values from as many samples.",
            stacklevel=3,
        )


def standard_error(real, fake):
    """Standard error of the distance between a `Gaussian` and the Gaussian of features (m, d), over the draw of the features: the
    infinitesimal jackknife (Jaeckel 1972), to first order in 1/m.

    Moving weight towards sample x moves the distance by 2 (m2 - m1) . x + x . x - x^T T x, x less the mean, where T =
    F (F^T S2 F)^(-1/2) F^T is the gradient of the root's trace; the error is the deviation of that over the root of m.
    """
    fake = np.asarray(fake, "float64")
    mean = fake.mean(0)
    centred = fake - mean
    projected = (
        real.factor.T @ centred.T / np.sqrt(len(fake) - 1)
    )  # (r, m), whose squared singular values are those of F^T S2 F
    if projected.shape[0] > projected.shape[1]:
        squares, right = np.linalg.eigh(projected.T @ projected)
        bent = right**2 @ np.sqrt(np.maximum(squares, 0.0))
    else:
        squares, left = np.linalg.eigh(projected @ projected.T)
        kept = squares > 1e-12 * max(squares[-1], 1e-300)
        bent = ((left[:, kept].T @ projected) ** 2 / np.sqrt(squares[kept])[:, None]).sum(0)
    moved = 2 * centred @ (mean - real.mean) + (centred**2).sum(1) - (len(fake) - 1) * bent
    return float(moved.std() / np.sqrt(len(fake)))


@keras.saving.register_keras_serializable("keras_gans")
class FrechetDistance(keras.metrics.Metric):
    """`frechet_distance` as a Keras metric: features of both sets in batches, in O(d^2) memory, the distance as the result.

    Args:
        dimension: number of features d.
        shift: (d,), a vector near the mean of the features, around which sums are exact: the mean of a first batch will do. It
            matters where the mean is large beside the deviation and the backend has no float64; None for zeros.
    """

    def __init__(self, dimension: int, shift: npt.ArrayLike | None = None, name: str = "fid") -> None:
        super().__init__(name=name)
        self.real, self.fake = Moments(dimension, shift, name="real"), Moments(dimension, shift, name="fake")

    def update_state(self, real: Tensor | None = None, fake: Tensor | None = None) -> None:
        """Adds features (batch, d) of real samples, of fakes, or of both."""
        for moments, features in ((self.real, real), (self.fake, fake)):
            if features is not None:
                moments.update_state(features)

    def result(self) -> float:
        """The matrix step is taken on the host in float64, so not inside a compiled function."""
        real, fake = self.real.gaussian(), self.fake.gaussian()
        warn_if_few(min(real.count, fake.count), self.real.dimension)
        return real.distance(fake)

    def get_config(self) -> Config:
        return {**self.real.get_config(), "name": self.name}
