"""Kernel distance: the unbiased squared maximum mean discrepancy with a cubic kernel (Binkowski et al. 2018, section 4).

k(x, y) = (x . y / d + 1)^3. The estimate is mean k(x, x') over pairs of different real samples, plus the same of fakes, minus
2 mean k(x, y); it is near 0, and then often below 0, where the distributions are equal.
"""

import warnings
from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.errors import check_seed, whole_number
from keras_gans.metrics.statistics import TwoSets, two_sets
from keras_gans.types import Config

CHUNK = 1024  # rows of a kernel matrix at a time
USUAL = 1000  # samples in a subset


def kernel_distance(
    real: npt.ArrayLike, fake: npt.ArrayLike, subsets: int = 100, subset_size: int = USUAL, seed: int = 0
) -> tuple[float, float]:
    """Kernel distance of two sets of features by random subsets; with those of the 2015 Inception graph this is the Kernel
    Inception Distance (KID).

    Args:
        real, fake: features, (n, d) and (m, d).
        subsets: how many estimates, each from new random samples of both sets, drawn without repetition.
        subset_size: samples of each set in one estimate, at least 2. The usual 1,000 become as many as the smaller set has, with a
            warning; any other size must be there.
        seed: of the draws. They are those of torch-fidelity for the same seed.

    Returns:
        (mean, deviation) over the subsets, deviation with n (not n - 1). In units of the kernel, as it is (papers print 1000 times
        it); smaller is better.

    Raises:
        ValueError: NaN, wrong shapes, fewer than 2 samples, subsets or subset_size too small, or subset_size larger than a set.
    """
    real, fake = two_sets(real, fake)
    subsets, size = whole_number("subsets", subsets), whole_number("subset_size", subset_size, least=2)
    fewest = min(len(real), len(fake))
    if size > fewest:
        if size != USUAL:
            raise ValueError(f"subset_size={size}, and a set has {fewest} samples. Bring more of them, or ask for fewer.")
        warnings.warn(
            f"Kernel distance: subset_size={size}, and a set has {fewest} samples: subsets of {fewest}.", stacklevel=2
        )
        size = fewest
    rng = np.random.RandomState(check_seed(seed))
    picks = [[rng.choice(len(x), size, replace=False) for x in (real, fake)] for _ in range(subsets)]
    if len(real) ** 2 + len(fake) ** 2 + len(real) * len(fake) <= 3 * subsets * size**2:
        scores = from_whole_matrices(real, fake, np.array(picks))
    else:
        scores = np.array([unbiased(real[i], fake[j]) for i, j in picks])
    return float(scores.mean()), float(scores.std())


def kernel_distance_by_blocks(real: npt.ArrayLike, fake: npt.ArrayLike, block_size: int = 1024) -> tuple[float, float]:
    """Kernel distance with every sample used once: the mean of the estimates of blocks of up to `block_size`, taken in order, as
    in TF-GAN. It costs less than 100 random subsets and varies less; the samples should be in random order.

    Args:
        real, fake: features, (n, d) and (m, d).
        block_size: the most samples of either set in a block.

    Returns:
        (mean, standard error): the error is the deviation (n - 1) over the root of the number of blocks; NaN for one block.

    Raises:
        ValueError: NaN, wrong shapes, fewer than 2 samples in a block.
    """
    real, fake = two_sets(real, fake)
    blocks = -(-max(len(real), len(fake)) // whole_number("block_size", block_size, least=2))
    if min(len(real), len(fake)) < 2 * blocks:
        raise ValueError(
            f"{len(real)} real and {len(fake)} fake samples in {blocks} blocks: each needs 2 of both. Bring sets of about equal "
            "size, or raise block_size."
        )
    pairs = zip(np.array_split(real, blocks), np.array_split(fake, blocks))
    scores = np.array([unbiased(x, y) for x, y in pairs])
    return float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(blocks)) if blocks > 1 else float("nan")


def cubic(x, y):
    """The kernel of all pairs of rows, (len(x), len(y))."""
    inner = x @ y.T
    inner *= 1.0 / x.shape[1]
    inner += 1.0
    return inner * inner * inner


def unbiased(x, y):
    """The estimate from all of two sets."""
    own = [(matrix.sum() - np.trace(matrix)) / (len(z) * (len(z) - 1)) for z in (x, y) for matrix in [cubic(z, z)]]
    return own[0] + own[1] - 2.0 * cubic(x, y).mean()


def from_whole_matrices(real, fake, picks):
    """The estimates of many subsets, picks (subsets, 2, size), from each kernel matrix computed once: where the subsets together
    are larger than the sets. With S the matrix of who is in which subset, the sums are the diagonal of S K S^T."""
    subsets, _, size = picks.shape
    members = [np.zeros((subsets, len(x))) for x in (real, fake)]
    for side in (0, 1):
        np.put_along_axis(members[side], picks[:, side], 1.0, axis=1)
    sums = []
    for x, y, rows, columns in ((real, real, 0, 0), (fake, fake, 1, 1), (real, fake, 0, 1)):
        total = np.zeros(subsets)
        for at in range(0, len(x), CHUNK):
            matrix = cubic(x[at : at + CHUNK], y)
            if rows == columns:
                matrix[np.arange(len(matrix)), np.arange(at, at + len(matrix))] = 0.0
            total += np.einsum("sn,sn->s", members[rows][:, at : at + CHUNK] @ matrix, members[columns])
        sums.append(total)
    return (sums[0] + sums[1]) / (size * (size - 1)) - 2.0 * sums[2] / size**2


@keras.saving.register_keras_serializable("keras_gans")
class KernelDistance(TwoSets):
    """`kernel_distance` as a Keras metric: features in batches, (mean, deviation) as the result.

    Args:
        shape: number of features d.
        size: the most samples of each set.
        subsets, subset_size, seed: as in `kernel_distance`.
        block_size: a number of samples: by blocks instead, as in `kernel_distance_by_blocks`; the result is then (mean, standard error).
    """

    def __init__(
        self,
        shape: int | Sequence[int],
        size: int = 10_000,
        subsets: int = 100,
        subset_size: int = USUAL,
        seed: int = 0,
        block_size: int | None = None,
        name: str = "kid",
    ) -> None:
        super().__init__(shape, size, name=name)
        self.options = {"subsets": subsets, "subset_size": subset_size, "seed": seed}
        self.block_size = block_size

    def score(self, real: npt.ArrayLike, fake: npt.ArrayLike) -> tuple[float, float]:
        if self.block_size is not None:
            return kernel_distance_by_blocks(real, fake, self.block_size)
        return kernel_distance(real, fake, **self.options)

    def get_config(self) -> Config:
        return {**super().get_config(), **self.options, "block_size": self.block_size}
