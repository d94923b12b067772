"""Mode coverage: what a generator makes of a mixture whose modes are known."""

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.metrics.statistics import Buffer
from keras_gans.types import Config, Tensor


def mode_coverage(samples: npt.ArrayLike, centres: npt.ArrayLike, deviation: float, radius: float = 3.0) -> dict[str, float]:
    """How samples cover the modes of a mixture of equally likely, round Gaussians.

    A sample is of high quality if it lies within `radius` standard deviations of its nearest mode, which it then captures
    (Srivastava et al. 2017, VEEGAN, section 4.1; Lin et al. 2018, PacGAN, section 4.1, whose protocol has 2,500 samples and radius
    3). Perfect samples in two dimensions score 1 - exp(-radius^2 / 2), 98.89 % at radius 3, and a deviation ratio of 0.974:
    the rule cuts the tails off. It rewards modes that are too tight, which the ratio shows.

    Args:
        samples: (n, d).
        centres: (k, d), the modes.
        deviation: their standard deviation along each axis.
        radius: in standard deviations.

    Returns:
        `modes`, how many are captured by at least one sample; `high_quality`, share of samples in [0, 1]; `reverse_kl`, the
        divergence of the modes' shares of high-quality samples from equal shares, in nats, in [0, log k] (infinite without
        any); `deviation_ratio`, the standard deviation of high-quality samples around their own mode, along each axis, over
        `deviation`.

    Raises:
        ValueError: shapes that do not fit, NaN, a deviation that is not above 0.
    """
    samples, centres = np.asarray(samples, "float64"), np.asarray(centres, "float64")
    if samples.ndim != 2 or centres.ndim != 2 or samples.shape[1] != centres.shape[1] or not len(samples):
        raise ValueError(f"samples {samples.shape} and centres {centres.shape}; expected (n, d) and (k, d).")
    if not np.isfinite(samples).all():
        raise ValueError("samples: values are NaN or infinite.")
    if not deviation > 0:
        raise ValueError(f"deviation={deviation!r}: expected a number above 0.")
    squares = ((samples[:, None] - centres) ** 2).sum(-1)  # (n, k)
    nearest, square = squares.argmin(1), squares.min(1)
    good = square < (radius * deviation) ** 2
    shares = np.bincount(nearest[good], minlength=len(centres)) / max(good.sum(), 1)
    found = shares[shares > 0]
    return {
        "modes": int(len(found)),
        "high_quality": float(good.mean()),
        "reverse_kl": float(np.log(len(centres)) + (found * np.log(found)).sum()) if len(found) else float("inf"),
        "deviation_ratio": float(np.sqrt(square[good].mean() / samples.shape[1]) / deviation)
        if len(found)
        else float("nan"),
    }


@keras.saving.register_keras_serializable("keras_gans")
class ModeCoverage(keras.metrics.Metric):
    """`mode_coverage` as a Keras metric: samples in batches, its dict as the result.

    Args:
        centres, deviation, radius: as in `mode_coverage`.
        size: the most samples.
    """

    def __init__(
        self, centres: npt.ArrayLike, deviation: float, radius: float = 3.0, size: int = 10_000, name: str = "modes"
    ) -> None:
        super().__init__(name=name)
        self.centres = np.asarray(centres, "float64")
        self.settings = {"deviation": deviation, "radius": radius}
        self.samples = Buffer(size, self.centres.shape[1], name="samples")

    def update_state(self, samples: Tensor) -> None:
        """Adds samples (batch, d)."""
        self.samples.update_state(samples)

    def result(self) -> dict[str, float]:
        """Computed on the host, so not inside a compiled function."""
        return mode_coverage(self.samples.numpy(), self.centres, **self.settings)

    def get_config(self) -> Config:
        return {"centres": self.centres.tolist(), **self.settings, "size": self.samples.size, "name": self.name}
