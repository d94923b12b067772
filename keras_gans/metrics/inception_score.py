"""Inception Score (Salimans et al. 2016, section 4): exp of the mean KL(p(y|x) || p(y))."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.errors import check_seed, whole_number
from keras_gans.metrics.statistics import Buffer
from keras_gans.types import Config, Tensor


def inception_score(
    logits: npt.ArrayLike | None = None, probabilities: npt.ArrayLike | None = None, splits: int = 10, seed: int | None = 0
) -> tuple[float, float]:
    """Inception Score of a classifier's answers, computed in float64 without overflow; 0 log 0 is 0.

    Args:
        logits: (n, classes), before the softmax; or
        probabilities: (n, classes), rows that sum to 1.
        splits: the score is taken on each of this many parts of the samples.
        seed: of the shuffle before splitting (samples in the order of their classes would give parts of one class), which is
            torch-fidelity's for the same seed; None for no shuffle.

    Returns:
        (mean, deviation) over the parts, deviation with n (not n - 1). Between 1 and the number of classes, larger is
        better. It rises with the samples in a part: compare only equal n and splits.

    Raises:
        ValueError: neither or both inputs, wrong shapes, NaN, fewer samples than splits, rows that do not sum to 1.
    """
    if (logits is None) == (probabilities is None):
        raise ValueError("Pass either logits or probabilities.")
    values = np.asarray(logits if probabilities is None else probabilities, "float64")
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(f"Shape {values.shape}; expected (n, classes) with at least 2 classes.")
    if not np.isfinite(values).all():
        raise ValueError("The classifier's answers have NaN or infinite values.")
    if not whole_number("splits", splits) <= len(values):
        raise ValueError(f"splits={splits} of {len(values)} samples: expected 1 to {len(values)}.")
    if probabilities is None:
        shifted = values - values.max(1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        p = np.exp(log_p)
    else:
        if values.min() < 0 or np.abs(values.sum(1) - 1).max() > 1e-3:
            raise ValueError("probabilities: rows of values of at least 0 that sum to 1 are expected. Are these logits?")
        p = values
        log_p = np.log(np.where(p > 0, p, 1.0))
    if seed is not None:
        order = np.random.RandomState(check_seed(seed)).permutation(len(p))
        p, log_p = p[order], log_p[order]
    scores = []
    for i in range(splits):
        part = slice(i * len(p) // splits, (i + 1) * len(p) // splits)
        marginal = p[part].mean(0)
        log_marginal = np.log(np.where(marginal > 0, marginal, 1.0))
        scores.append(np.exp(np.mean(np.sum(p[part] * (log_p[part] - log_marginal), axis=1))))
    return float(np.mean(scores)), float(np.std(scores))


@keras.saving.register_keras_serializable("keras_gans")
class InceptionScore(keras.metrics.Metric):
    """`inception_score` as a Keras metric: logits in batches, (mean, deviation) over the splits as the result.

    Args:
        classes: how many logits a sample has.
        size: the most samples.
        splits, seed: as in `inception_score`.
    """

    def __init__(self, classes: int, size: int = 50_000, splits: int = 10, seed: int | None = 0, name: str = "is") -> None:
        super().__init__(name=name)
        self.settings: dict[str, Any] = {"classes": classes, "size": size, "splits": splits, "seed": seed}
        self.logits = Buffer(size, classes, name="logits")

    def update_state(self, logits: Tensor) -> None:
        """Adds logits (batch, classes)."""
        self.logits.update_state(logits)

    def result(self) -> tuple[float, float]:
        """Computed on the host, so not inside a compiled function."""
        return inception_score(self.logits.numpy(), splits=self.settings["splits"], seed=self.settings["seed"])

    def get_config(self) -> Config:
        return {**self.settings, "name": self.name}
