"""The matrix step of the Fréchet distance against SciPy's general matrix root, in turn in one process.

    python benchmarks/fid.py            (about 3 minutes on 2 cores)

Two Gaussians of D = 2048 features with a power-law spectrum, as Inception features have. "ours" is what one evaluation
costs while a model trains: the reference's factor is cached, its own cost is printed once. "sqrtm" is the formula as the
well-known FID packages compute it: scipy.linalg.sqrtm(S1 @ S2). The second row has 500 generated samples, fewer than features,
where ours works on the samples.
"""

import argparse
import statistics
import time

import numpy as np
import scipy.linalg

from keras_gans.metrics import Gaussian


def sqrtm_distance(real, fake):
    root = scipy.linalg.sqrtm(real.covariance @ fake.covariance).real
    shift = np.sum((real.mean - fake.mean) ** 2)
    return float(shift + np.trace(real.covariance) + np.trace(fake.covariance) - 2 * np.trace(root))


def features(rng, count, dimension, spectrum):
    return rng.normal(size=(count, dimension)) * spectrum + 0.01 * rng.normal(size=dimension)


def seconds(function):
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dimension", type=int, default=2048)
    arguments = parser.parse_args()
    d = arguments.dimension
    rng = np.random.default_rng(0)
    spectrum = np.arange(1, d + 1) ** -0.5
    real = Gaussian.from_features(features(rng, 5000, d, spectrum))
    print(f"D = {d}; the reference's factor, once: {seconds(lambda: real.factor)[0]:.2f} s")
    for count in (5000, 500):
        few = Gaussian.from_features(features(rng, count, d, spectrum * 1.1))
        whole = few if count >= d else Gaussian(few.mean, few.covariance)
        rows = []
        for _ in range(arguments.rounds):
            # as in training: what belongs to the generated samples is computed anew at every evaluation
            fresh = Gaussian(few.mean, None if count < d else few.covariance, few.count, few.centred)
            ours, value = seconds(lambda fresh=fresh: real.distance(fresh))
            theirs, other = seconds(lambda whole=whole: sqrtm_distance(real, whole))
            rows.append((ours, theirs, theirs / ours))
        ours, theirs, ratios = zip(*rows)
        print(
            f"{count} samples: ours {statistics.median(ours):.3f} s, sqrtm {statistics.median(theirs):.3f} s, ratio "
            f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}); ours {value:.9f}, sqrtm {other:.9f}"
        )


if __name__ == "__main__":
    main()
