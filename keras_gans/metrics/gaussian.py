"""Mean and covariance of features, and the squared Fréchet distance of two of them."""

import functools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from keras_gans import files
from keras_gans.types import Path

if TYPE_CHECKING:
    from typing_extensions import Self


class Gaussian:
    """Mean and covariance of features, with the factor of the covariance computed once, when it is first needed.

    Args:
        mean: (d,).
        covariance: (d, d), or None where `centred` is given.
        count: samples behind it, or None where that is not known.
        centred: (n, d) features minus their mean, kept in place of the covariance when n < d.

    `about` is what a file says of the features behind it.
    """

    def __init__(
        self,
        mean: npt.ArrayLike,
        covariance: npt.ArrayLike | None = None,
        count: int | None = None,
        centred: np.ndarray | None = None,
    ) -> None:
        self.mean = np.asarray(mean, "float64")
        self._covariance: Any = None if covariance is None else np.asarray(covariance, "float64")
        self.count: Any = count
        self.centred: Any = centred
        self.about: dict[str, Any] = {}
        d = self.mean.shape[0] if self.mean.ndim == 1 else -1
        if d < 1 or (self._covariance is not None and self._covariance.shape != (d, d)):
            raise ValueError(
                f"mean of shape {self.mean.shape} and covariance of shape {getattr(self._covariance, 'shape', None)}: not (d,), (d, d)."
            )
        for name, values in (("mean", self.mean), ("covariance", self._covariance), ("features", centred)):
            if values is not None and not np.isfinite(values).all():
                raise ValueError(f"The {name} has NaN or infinite values.")

    @classmethod
    def from_features(cls, features: npt.ArrayLike) -> "Self":
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

    @classmethod
    def load(cls, path: Path, **expected: Any) -> "Self":
        """The Gaussian in an npz file of `mu` and `sigma`, as pytorch-fid, clean-fid and the original FID code write them, or of `save`.

        Args:
            path: of the file.
            **expected: what must hold of the features, such as extractor= and mode=. Files of other packages do not say, and pass.

        Raises:
            ValueError: not such a file, damaged, or made with something else than expected.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                mean, covariance = stored["mu"], stored["sigma"]
                count = int(stored["count"]) if "count" in stored else None
                about = json.loads(str(stored["about"])) if "about" in stored else {}
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(f"{path}: not an npz file of mu and sigma ({error}).") from None
        for name, value in expected.items():
            if name in about and about[name] != value:
                raise ValueError(
                    f"{path}: made with {name}={about[name]!r}, and asked for {name}={value!r}. Statistics of different features "
                    "have no distance: compute them again with one and the same."
                )
        found = cls(mean, covariance, count)
        if not np.allclose(found.covariance, found.covariance.T, rtol=1e-5, atol=1e-8 * max(found.trace, 0.0)):
            raise ValueError(f"{path}: sigma is not symmetric, so it is not a covariance.")
        found.about = about
        return found

    def save(self, path: Path, **about: Any) -> None:
        """Writes an npz file of `mu` and `sigma`, which pytorch-fid and clean-fid read too, with `count` and what `about` says of the
        features (extractor, mode ...) in JSON."""
        parts: dict[str, Any] = {"mu": self.mean, "sigma": self.covariance, "about": json.dumps(about)}
        if self.count is not None:
            parts["count"] = self.count
        with files.replacing(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, **parts)

    @property
    def covariance(self) -> np.ndarray:
        if self._covariance is None:
            return self.centred.T @ self.centred / (self.count - 1)
        return self._covariance

    @functools.cached_property
    def trace(self) -> float:
        if self._covariance is None:
            return float(np.sum(self.centred**2)) / (self.count - 1)
        return float(np.trace(self._covariance))

    @functools.cached_property
    def factor(self) -> np.ndarray:
        """F, (d, r), with F F^T = covariance: r is n where n < d, and otherwise the rank."""
        if self._covariance is None:
            return self.centred.T / np.sqrt(self.count - 1)
        values, vectors = np.linalg.eigh(self._covariance)
        kept = values > 1e-12 * max(values[-1], 0.0)  # the rest is rounding
        return vectors[:, kept] * np.sqrt(values[kept])

    def distance(self, other: "Gaussian") -> float:
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
