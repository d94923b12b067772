"""Scores of generated sequences: two trained judges of TimeGAN, a stricter one of trees, and distances that need no training.

All compare windows `real` (n, steps, features) and `fake` (m, steps, features), scaled to [0, 1] by the same scaling, at least 5 of
each. A judge is trained once for each seed, which fixes its split, its initial weights and its batches. No score is 0 for
a perfect generator, because chance alone gives something: put beside it the floor, the score of fresh real windows against
real ones, in sets of the same sizes.

Every function raises ValueError for windows of wrong rank, unequal steps or features, fewer than 5 windows, values that are
NaN or infinite, and options out of range.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.data.embedded import require
from keras_gans.errors import check_seed, whole_number
from keras_gans.metrics import judges
from keras_gans.metrics.neighbours import norms, squared_distances
from keras_gans.metrics.statistics import TwoSets
from keras_gans.types import Config

CHUNK = 1024  # rows of a kernel matrix at a time
PAIRED = 1000  # windows whose pairs give the median distance
LEAST = 5  # windows that a split of 80 to 20 % needs


def discriminative_score(
    real: npt.ArrayLike, fake: npt.ArrayLike, seeds: Iterable[int] = range(10), iterations: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """How well a small GRU tells real windows from fake ones (Yoon et al. 2019, TimeGAN, section 5, in the protocol of its code).

    The judge is one GRU layer of max(features // 2, 1) units whose last state gives one logit. It trains with binary
    cross-entropy and Adam (rate 0.001) on batches of 128 real and 128 fake windows from a random 80 % of each set; its accuracy
    is taken on the other 20 %. (The paper describes two layers of LSTM. The GRU is that of Keras, where the code had TensorFlow 1's
    `GRUCell`.) All seeds are trained side by side, which costs little more than one.

    Args:
        real, fake: windows (n, steps, features) and (m, steps, features) in [0, 1].
        seeds: whole numbers; one judge for each.
        iterations: training steps; 2,000 in the protocol.

    Returns:
        Two arrays (seeds,): |accuracy - 0.5|, which is the score (0 is best, 0.5 worst; the floor is about 0.006 with 10,000
        windows in each set, 0.02 with 1,024), and accuracy - 0.5 with its sign.
    """
    real, fake = two_sets_of_windows(real, fake)
    signed = judges.discriminate(real, fake, checked_seeds(seeds), whole_number("iterations", iterations))
    return np.abs(signed), signed


def predictive_score(
    real: npt.ArrayLike, fake: npt.ArrayLike, seeds: Iterable[int] = range(10), iterations: int = 5000
) -> np.ndarray:
    """The error on real windows of a small GRU trained on fake ones (Yoon et al. 2019, TimeGAN, section 5, in the protocol of its
    code).

    One GRU layer of max(features // 2, 1) units with a sigmoid at every step predicts the last feature of step t + 1 from
    the other features of the steps up to t; the past of the last feature is not an input. It trains with the absolute error
    and Adam (rate 0.001) on batches of 128 fake windows, and is tested on all real ones. All seeds are trained side by side.

    Args:
        real, fake: windows (n, steps, features) and (m, steps, features) in [0, 1], at least 2 steps and 2 features.
        seeds: whole numbers; one model for each.
        iterations: training steps; 5,000 in the protocol.

    Returns:
        (seeds,): mean absolute error, in the units of the windows. Its floor, `predictive_score(real, real)`, is far
        from 0.
    """
    real, fake = two_sets_of_windows(real, fake)
    if min(real.shape[1:]) < 2:
        raise ValueError(
            f"Windows of shape {real.shape[1:]}: the predictive score needs at least 2 steps and 2 features, because it predicts "
            "the last feature from the earlier values of the others. Take discriminative_score or boosted_tree_score."
        )
    return judges.predict(real, fake, checked_seeds(seeds), whole_number("iterations", iterations))


def boosted_tree_score(
    real: npt.ArrayLike, fake: npt.ArrayLike, noise: float = 0.0, seeds: Iterable[int] = range(10), limit: int = 4000
) -> np.ndarray:
    """How well boosted trees tell real windows from fake ones: a classifier two-sample test (Lopez-Paz and Oquab 2017, section 3),
    far stricter than the discriminative score. Needs scikit-learn.

    A `HistGradientBoostingClassifier` (100 trees, scikit-learn's defaults) sees of each window all values, all first
    differences, and each feature's mean, standard deviation, minimum and maximum. It trains on a random 80 % of both sets, cut
    to one size, and is tested on the other 20 %. Trees see the finest detail, so the score often saturates near 0.5; with
    noise added to both sets it grades.

    Args:
        real, fake: windows (n, steps, features) and (m, steps, features).
        noise: standard deviation of normal noise added to both sets, in the units of the windows.
        seeds: whole numbers; one classifier for each.
        limit: the most windows of each set that one seed draws.

    Returns:
        (seeds,): accuracy - 0.5 with its sign. 0 is best, 0.5 worst; clearly below 0 says that fakes are near copies of
        real windows.

    Raises:
        ImportError: no scikit-learn.
    """
    real, fake = two_sets_of_windows(real, fake)
    seeds, size = checked_seeds(seeds), min(len(real), len(fake), whole_number("limit", limit, least=LEAST))
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise={noise!r}: a standard deviation is at least 0. Pass 0 for none.")
    require("sklearn", "data")
    from sklearn.ensemble import HistGradientBoostingClassifier  # an optional dependency, imported only where used

    cut, scores = int(0.8 * size), []
    for seed in seeds:
        rng = np.random.default_rng([seed, 3])
        sets = []
        for windows in (real, fake):
            x = windows[rng.permutation(len(windows))[:size]]
            sets.append(tree_features(x + rng.normal(0.0, noise, x.shape) if noise else x))
        train, test = np.concatenate([x[:cut] for x in sets]), np.concatenate([x[cut:] for x in sets])
        trees = HistGradientBoostingClassifier(early_stopping=False, random_state=seed)
        trees.fit(train, np.repeat([0, 1], cut))
        scores.append(np.mean(trees.predict(test) == np.repeat([0, 1], size - cut)) - 0.5)
    return np.array(scores)


def tree_features(x):
    """(n, features of the trees) from windows (n, steps, features)."""
    flat = [x.reshape(len(x), -1), np.diff(x, axis=1).reshape(len(x), -1)]
    return np.concatenate([*flat, x.mean(1), x.std(1), x.min(1), x.max(1)], axis=1)


def untrained_distances(real: npt.ArrayLike, fake: npt.ArrayLike) -> dict[str, float]:
    """Five distances between sets of windows, in float64. All are 0 for equal sets; none is bounded by 1.

    Args:
        real, fake: windows (n, steps, features) and (m, steps, features).

    Returns:
        `quantile`: mean absolute difference of the quantiles 1 % to 99 % of the values at each step and feature (Wasserstein-1 of
            the marginals without their tails), in the units of the windows;
        `correlation`: mean absolute difference of the correlations of all pairs of features over all windows and steps; 0 with
            one feature;
        `autocorrelation`: mean absolute difference, over features and lags 1 to steps - 1, of the autocorrelation: the mean
            product of values so far apart, each less its feature's mean over the set, over the feature's variance;
        `step`: the mean absolute step |x[t + 1] - x[t]| of fakes over that of real windows, less 1, absolute, mean over features;
        `spread`: the standard deviation of fakes over that of real windows, less 1, absolute, mean over features.
        Lags and steps count 0 in windows of one step.
    """
    real, fake = (x.astype("float64") for x in two_sets_of_windows(real, fake))

    def difference(statistic):
        return average(np.abs(statistic(real) - statistic(fake)))

    def ratio(statistic):
        return average(np.abs(np.maximum(statistic(fake), 1e-12) / np.maximum(statistic(real), 1e-12) - 1))

    return {
        "quantile": difference(lambda x: np.quantile(x, np.arange(1, 100) / 100, axis=0)),
        "correlation": difference(correlations),
        "autocorrelation": difference(autocorrelations),
        "step": ratio(lambda x: np.abs(np.diff(x, axis=1)).mean(axis=(0, 1))) if real.shape[1] > 1 else 0.0,
        "spread": ratio(lambda x: x.std(axis=(0, 1))),
    }


def average(values):
    return float(np.mean(values)) if np.size(values) else 0.0


def standardised(x):
    return (x - x.mean(axis=(0, 1))) / np.maximum(x.std(axis=(0, 1)), 1e-12)


def correlations(x):
    """Of each pair of features, (pairs,)."""
    rows = standardised(x).reshape(-1, x.shape[2])
    return (rows.T @ rows / len(rows))[np.triu_indices(x.shape[2], 1)]


def autocorrelations(x):
    """Of each lag and feature, (steps - 1, features)."""
    z = standardised(x)
    return np.array([np.mean(z[:, lag:] * z[:, :-lag], axis=(0, 1)) for lag in range(1, x.shape[1])])


def sequence_kernel_distance(
    real: npt.ArrayLike, fake: npt.ArrayLike, multiples: Sequence[float] = (0.5, 1.0, 2.0), limit: int = 2000, seed: int = 0
) -> float:
    """Unbiased squared maximum mean discrepancy of whole windows, in float64 (Gretton et al. 2012, equation 3; taken for recurrent
    GANs by Esteban et al. 2017).

    The kernel is the mean of Gaussians exp(-|x - y|^2 / (2 s^2)) of flattened windows, s being multiples of the median distance of
    pairs of real windows (among the first 1,000 drawn). Memory beside the windows is O(1024 limit).

    Args:
        real, fake: windows (n, steps, features) and (m, steps, features).
        multiples: of the median distance, numbers above 0.
        limit: the most windows of each set; more are cut to a random draw.
        seed: of the draw.

    Returns:
        at most 2: near 0, on either side of it, for equal distributions, and larger the worse.

    Raises:
        ValueError: real windows that are (nearly) all one: their median distance is 0.
    """
    real, fake = two_sets_of_windows(real, fake)
    limit, rng = whole_number("limit", limit, least=LEAST), np.random.default_rng([check_seed(seed, optional=False), 4])
    if not len(multiples) or not all(np.isfinite(multiple) and multiple > 0 for multiple in multiples):
        raise ValueError(f"multiples={multiples!r}: expected numbers above 0, such as (0.5, 1, 2).")
    flat = [x[rng.permutation(len(x))[:limit]].reshape(len(x[:limit]), -1).astype("float64") for x in (real, fake)]
    centre = flat[0].mean(0)  # distances are differences of squares: smaller numbers lose less
    reals, fakes = (x - centre for x in flat)
    some, of_some = reals[:PAIRED], norms(reals[:PAIRED])
    median = np.median(np.sqrt(squared_distances(some, some, of_some, of_some)[np.triu_indices(len(some), 1)]))
    if not median > 0:
        raise ValueError("The median distance of real windows is 0: most are equal. Remove the repetitions.")
    widths = [multiple * median for multiple in multiples]
    own = [(kernel_sum(x, x, widths) - len(x)) / (len(x) * (len(x) - 1)) for x in (reals, fakes)]  # a diagonal is all ones
    return float(own[0] + own[1] - 2.0 * kernel_sum(reals, fakes, widths) / (len(reals) * len(fakes)))


def kernel_sum(a, b, widths):
    """Sum over all pairs of rows of the mean of Gaussian kernels."""
    of_a, of_b = norms(a), norms(b)
    blocks = (squared_distances(a[i : i + CHUNK], b, of_a[i : i + CHUNK], of_b) for i in range(0, len(a), CHUNK))
    return sum(np.exp(squares / (-2.0 * width**2)).sum() for squares in blocks for width in widths) / len(widths)


def two_sets_of_windows(real: npt.ArrayLike, fake: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both as float32; raises ValueError unless they fit, are finite and at least 5 each."""
    real, fake = np.asarray(real, "float32"), np.asarray(fake, "float32")
    if real.ndim != 3 or fake.ndim != 3 or real.shape[1:] != fake.shape[1:] or 0 in real.shape[1:]:
        raise ValueError(
            f"real {real.shape} and fake {fake.shape}; expected windows (n, steps, features) and (m, steps, features), equal steps "
            "and features. keras_gans.data.windows(series, steps) cuts a series."
        )
    for name, windows in (("real", real), ("fake", fake)):
        if len(windows) < LEAST:
            raise ValueError(f"{name}: {len(windows)} windows; at least {LEAST} are needed. Generate or cut more.")
        if not np.isfinite(windows).all():
            raise ValueError(f"{name}: values are NaN or infinite. Remove those windows, or mend what made them.")
    return real, fake


def checked_seeds(seeds: Iterable[int]) -> list[int]:
    """A list of ints; raises ValueError unless there is at least one."""
    if not np.iterable(seeds) or not len(seeds := list(seeds)):
        raise ValueError(f"seeds={seeds!r}: expected at least one whole number, such as range(10).")
    return [whole_number("seeds", seed, least=0) for seed in seeds]


class SequenceScore(TwoSets):
    """Base of the scores as Keras metrics: windows in batches, `update_state(real=..., fake=...)`, the score of all as the result.

    Args:
        shape: (steps, features).
        size: the most windows of each set.
        options: of the plain function.
    """

    def __init__(self, shape: Sequence[int], size: int, name: str, **options: Any) -> None:
        super().__init__(shape, size, name=name)
        self.options = options

    def get_config(self) -> Config:
        return {**super().get_config(), **self.options}


@keras.saving.register_keras_serializable("keras_gans")
class DiscriminativeScore(SequenceScore):
    """`discriminative_score` as a Keras metric: (mean, deviation) over the seeds of |accuracy - 0.5|."""

    def __init__(
        self,
        shape: Sequence[int],
        size: int = 10_000,
        seeds: Iterable[int] = range(10),
        iterations: int = 2000,
        name: str = "discriminative",
    ) -> None:
        super().__init__(shape, size, name, seeds=checked_seeds(seeds), iterations=iterations)

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> tuple[float, float]:
        return over_seeds(discriminative_score(real, fake, **self.options)[0])


@keras.saving.register_keras_serializable("keras_gans")
class PredictiveScore(SequenceScore):
    """`predictive_score` as a Keras metric: (mean, deviation) over the seeds."""

    def __init__(
        self,
        shape: Sequence[int],
        size: int = 10_000,
        seeds: Iterable[int] = range(10),
        iterations: int = 5000,
        name: str = "predictive",
    ) -> None:
        super().__init__(shape, size, name, seeds=checked_seeds(seeds), iterations=iterations)

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> tuple[float, float]:
        return over_seeds(predictive_score(real, fake, **self.options))


@keras.saving.register_keras_serializable("keras_gans")
class BoostedTreeScore(SequenceScore):
    """`boosted_tree_score` as a Keras metric: (mean, deviation) over the seeds of accuracy - 0.5."""

    def __init__(
        self,
        shape: Sequence[int],
        size: int = 10_000,
        noise: float = 0.0,
        seeds: Iterable[int] = range(10),
        limit: int = 4000,
        name: str = "boosted_trees",
    ) -> None:
        super().__init__(shape, size, name, noise=noise, seeds=checked_seeds(seeds), limit=limit)

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> tuple[float, float]:
        return over_seeds(boosted_tree_score(real, fake, **self.options))


@keras.saving.register_keras_serializable("keras_gans")
class UntrainedDistances(SequenceScore):
    """`untrained_distances` as a Keras metric: its dict."""

    def __init__(self, shape: Sequence[int], size: int = 10_000, name: str = "untrained") -> None:
        super().__init__(shape, size, name)

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> dict[str, float]:
        return untrained_distances(real, fake)


@keras.saving.register_keras_serializable("keras_gans")
class SequenceKernelDistance(SequenceScore):
    """`sequence_kernel_distance` as a Keras metric: its float."""

    def __init__(
        self,
        shape: Sequence[int],
        size: int = 10_000,
        multiples: Sequence[float] = (0.5, 1.0, 2.0),
        limit: int = 2000,
        seed: int = 0,
        name: str = "sequence_kernel",
    ) -> None:
        super().__init__(shape, size, name, multiples=list(multiples), limit=limit, seed=seed)

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> float:
        return sequence_kernel_distance(real, fake, **self.options)


def over_seeds(values):
    """(mean, deviation with n)."""
    return float(np.mean(values)), float(np.std(values))
