"""Settings trained again over several seeds, and whether one is better than another by more than noise."""

import dataclasses
import math
import statistics

from keras_gans.tuning.words import short


@dataclasses.dataclass
class Rerun:
    """Settings trained again over several seeds.

    Attributes:
        name: "trial 7", or "default" of the recipe without changes.
        values: {name: value}.
        scores: the objective's best measured value for each seed; None where that training failed.
        better: "min" or "max".
        epochs: that they were trained for.
    """

    name: str
    values: dict
    scores: list
    better: str
    epochs: int | None = None

    @property
    def finished(self) -> list[float]:
        return [score for score in self.scores if score is not None]

    @property
    def failures(self) -> int:
        return len(self.scores) - len(self.finished)

    @property
    def mean(self) -> float:
        """Mean over the seeds, infinitely bad with a training that failed."""
        if self.failures or not self.scores:
            return math.inf if self.better == "min" else -math.inf
        return statistics.fmean(self.scores)

    @property
    def half_width(self) -> float | None:
        """Half of the 95 % interval of the mean (Student's t); None of fewer than two seeds."""
        if len(self.finished) < 2:
            return None
        from scipy import stats

        count = len(self.finished)
        return float(stats.t.ppf(0.975, count - 1) * statistics.stdev(self.finished) / math.sqrt(count))


def in_order(reruns):
    """Best mean first, the default recipe last."""
    return sorted(reruns, key=lambda one: (one.name == "default", one.mean if one.better == "min" else -one.mean))


def difference(winner, default, candidates=1):
    """(mean of default - mean of winner, turned so that above 0 is better; half of its 95 % interval), by Welch's t-test with
    Bonferroni's correction for a winner that was chosen from so many candidates by the same scores."""
    from scipy import stats

    a, b = default.finished, winner.finished
    parts = [statistics.variance(scores) / len(scores) for scores in (a, b)]
    gain = (statistics.fmean(a) - statistics.fmean(b)) * (1 if winner.better == "min" else -1)
    if sum(parts) == 0:
        return gain, 0.0
    freedom = sum(parts) ** 2 / sum(part**2 / (len(scores) - 1) for part, scores in zip(parts, (a, b)))
    return gain, float(stats.t.ppf(1 - 0.025 / candidates, freedom) * math.sqrt(sum(parts)))


def verdict(key, winner, default, candidates):
    """Whether a winner beats the default recipe by more than noise, in one sentence."""
    if default is None:
        return f"{winner.name} was best in the search; it was not run again over seeds, so its lead may be luck."
    if winner.failures or default.failures:
        counts = f"{winner.failures} and {default.failures} of {len(default.scores)} trainings failed"
        fewer = winner.failures < default.failures
        return f"{winner.name} {'fails less often than' if fewer else 'is not shown to beat'} the default recipe: {counts}."
    if min(len(winner.scores), len(default.scores)) < 2:
        scores = f"{key} {short(winner.mean)} against {short(default.mean)}"
        return (
            f"{winner.name} and the default recipe were trained again over one seed, {scores}: too few to tell from noise."
        )
    gain, half = difference(winner, default, candidates)
    way = "better" if gain >= 0 else "worse"
    by = f"{key} {way} by {short(abs(gain))} ± {short(half)} (95 %, Welch, best of {candidates}, {len(winner.scores)} seeds each)"
    if gain > half:
        return f"{winner.name} beats the default recipe by more than noise: {by}."
    if -gain > half:
        return f"The default recipe beats {winner.name}, the best of the search, by more than noise: {by}."
    return f"{winner.name} does not beat the default recipe by more than noise: {by}."
