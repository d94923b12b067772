"""What a search makes better: a score of the samples, or a weighted sum of several."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras

from keras_gans.callbacks import GenerativeMetrics
from keras_gans.metrics import scores
from keras_gans.metrics.evaluator import Evaluator

if TYPE_CHECKING:
    from keras_gans.data import Data

WEIGHTED = "val_weighted"
LOSSES = ("loss", "d_loss", "g_loss", "val_loss", "val_d_loss", "val_g_loss")


@dataclasses.dataclass(frozen=True)
class Objective:
    """What the trials are ranked by.

    Attributes:
        key: in the logs, for example `val_fid[digits]`.
        direction: "min" or "max".
        metrics: the scores to measure for it.
        weights: {log key: weight} of a weighted sum; {} of one score.
        ends: {log key: (value of as many real training samples, the bad end)} of a weighted sum.
    """

    key: str
    direction: str
    metrics: tuple
    weights: dict = dataclasses.field(default_factory=dict)
    ends: dict = dataclasses.field(default_factory=dict)

    @property
    def sign(self) -> float:
        return 1.0 if self.direction == "min" else -1.0

    def callbacks(self, data: "Data", **options: Any) -> list[keras.callbacks.Callback]:
        """The callbacks that measure it, in order."""
        found = [GenerativeMetrics(data.validation, self.metrics, **options)]
        return found + ([WeightedScore(self.weights, self.ends)] if self.weights else [])


def get(objective, data, gan=None, **options):
    """`Objective` for a score's name ("fid", "coverage", "discriminative" ...) or {name: weight} of several.

    In a weighted sum each score is first put on one scale: 0 is what as many real training samples score, and 1 what the untrained
    generator does, or, of scores that get better upwards, 0 (an untrained generator's samples are all alike, and may well lie among real
    ones). So the sum is 0 for samples as good as real ones, smaller is better, and no score drowns another.

    Args:
        objective: name, or dict of names with weights above 0.
        data: `data.Data`.
        gan: untrained, for the scale of a weighted sum.
        options: of `GenerativeMetrics`.

    Raises:
        ValueError: a loss, an unknown score, one that these data have no way to measure, weights that are not above 0.
    """
    if not objective or not isinstance(objective, (str, dict)):
        raise TypeError(f"objective={objective!r}: expected a score's name, or a dict of names and weights.")
    names = list(objective) if isinstance(objective, dict) else [objective]
    for name in names:
        if str(name) in LOSSES:
            raise ValueError(
                f"objective={name!r}: a GAN's losses measure the two players against each other, not the samples. Choose a score: "
                f"{', '.join(scores.OF)}."
            )
        scores.check_choice("objective", name)
    evaluator = Evaluator(data.validation, names, **options)
    if gan is not None:
        evaluator.check(gan)
    keys = {name: next(key for key in evaluator.keys() if key.partition("[")[0] == name) for name in names}
    if not isinstance(objective, dict):
        return Objective(f"val_{keys[objective]}", scores.better(objective), (objective,))
    for name, weight in objective.items():
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 < weight < float("inf"):
            raise ValueError(f"objective: the weight of {name!r} is {weight!r}; expected a number above 0.")
    worst = evaluator(gan)
    best = evaluator.score(data.real(evaluator.record["n_fake"]))
    ends = {}
    for name, key in keys.items():
        falls = scores.better(name) == "min"
        real, bad = float(best[key]), float(worst[key]) if falls else 0.0
        ends[f"val_{key}"] = (real, bad)
        if bad == float("inf") or not (bad - real if falls else real - bad) > 0.01 * max(abs(real), abs(bad)):
            raise ValueError(
                f"objective: {key} is {real:g} for real samples and {bad:g} at its bad end: that is no scale. Leave it out, or measure "
                "more samples (num_samples=)."
            )
    weights = {f"val_{keys[name]}": float(weight) for name, weight in objective.items()}
    return Objective(WEIGHTED, "min", tuple(names), weights, ends)


class WeightedScore(keras.callbacks.Callback):
    """Writes the weighted sum of scores into the logs as `val_weighted`, each on the scale of `ends`: 0 real, 1 bad.

    Args:
        weights: {log key: weight}.
        ends: {log key: (real, bad)}.
    """

    produces = {WEIGHTED: "min"}
    reads_logs = True

    def __init__(self, weights: Mapping[str, float], ends: Mapping[str, tuple[float, float]]) -> None:
        super().__init__()
        self.weights, self.ends = weights, ends

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None and all(key in logs for key in self.weights):
            logs[WEIGHTED] = self.sum(logs)

    def sum(self, logs: Mapping[str, float]) -> float:
        """The weighted sum for {log key: value}."""
        total = 0.0
        for key, weight in self.weights.items():
            real, bad = self.ends[key]
            total += weight * (float(logs[key]) - real) / (bad - real)
        return total
