"""The scores' cost beside the packages that one would take instead, each pair in turn in one run.

    pip install torch torchvision torch-fidelity torchmetrics prdc scipy      (for this benchmark alone)
    python benchmarks/metrics.py                       every part (about 25 minutes on 2 cores)
    python benchmarks/metrics.py matrix prdc           some: matrix, moments, prdc, kernel, inception, epoch

matrix: the Fréchet distance's matrix step at D = 2,048 features with a power-law spectrum, as Inception features have, from 5,000
and from 500 generated samples. "ours" is what one evaluation costs while a model trains: the reference's factor is cached, its own
cost is printed once. The others are the formulas that packages use: scipy.linalg.sqrtm(S1 S2) (pytorch-fid, clean-fid, the original
code), numpy.linalg.eigvals(S1 S2) (torch-fidelity), torch.linalg.eigvals (torchmetrics), eigh and eigvalsh of the symmetrised product.
moments: streaming float32 features into a covariance, and what is held for it. prdc: precision, recall, density and coverage at N =
10,000 of each, D = 2,048, beside the package prdc, with the most memory that each takes beyond its input, in processes of their own.
kernel: 100 subsets of 1,000 of 5,000 samples at D = 2,048, beside torch-fidelity, same subsets. inception: seconds an image at 32x32,
batches of 32, one seeded random checkpoint for both, beside torch-fidelity. epoch: a DCGAN-digits epoch with 2,000 samples evaluated
after it, and without.

Ratios are medians over the rounds of the other's time over ours, with the smallest and the largest.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
PARTS = ("matrix", "moments", "prdc", "kernel", "inception", "epoch")
D = 2048


def seconds(function):
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def compare(title, functions, rounds):
    """Times functions in turn, the first being ours, and prints a row for each. Returns the values they gave."""
    times, values = {name: [] for name in functions}, {}
    for _ in range(rounds):
        for name, function in functions.items():
            spent, values[name] = seconds(function)
            times[name].append(spent)
    ours = next(iter(functions))
    print(f"\n{title}")
    for name, spent in times.items():
        ratios = [theirs / mine for theirs, mine in zip(spent, times[ours])]
        ratio = (
            "" if name == ours else f"  {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) times ours"
        )
        print(f"  {name:34s} {statistics.median(spent):9.3f} s{ratio}", flush=True)
    return values


def features(rng, count, scale=1.0):
    return rng.normal(size=(count, D)) * (scale * np.arange(1, D + 1) ** -0.5) + 0.01 * rng.normal(size=D)


def matrix(rounds):
    import scipy.linalg
    import torch

    from keras_gans.metrics import Gaussian

    rng = np.random.default_rng(0)
    real = Gaussian.from_features(features(rng, 5000))
    print(f"the reference's factor, once: {seconds(lambda: real.factor)[0]:.2f} s")

    def symmetric(a, b):
        values, vectors = np.linalg.eigh(a)
        factor = vectors * np.sqrt(np.clip(values, 0, None))
        return np.sqrt(np.clip(np.linalg.eigvalsh(factor.T @ b @ factor), 0, None)).sum()

    roots = {
        "scipy sqrtm (pytorch-fid)": lambda a, b: np.trace(scipy.linalg.sqrtm(a @ b).real),
        "numpy eigvals (torch-fidelity)": lambda a, b: np.sqrt(np.linalg.eigvals(a @ b).astype("complex128")).real.sum(),
        "torch eigvals (torchmetrics)": lambda a, b: torch.linalg.eigvals(torch.tensor(a @ b)).sqrt().real.sum().item(),
        "numpy eigh and eigvalsh": symmetric,
    }
    for count in (5000, 500):
        fake = Gaussian.from_features(features(rng, count, 1.1))
        parts = (fake.mean, None if count < D else fake.covariance, count, fake.centred)
        a, b = real.covariance, fake.covariance

        def other(root, a=a, b=b, mean=fake.mean):
            return np.sum((real.mean - mean) ** 2) + np.trace(a) + np.trace(b) - 2 * root(a, b)

        functions = {"ours": lambda parts=parts: real.distance(Gaussian(*parts))}  # anew: nothing of the fakes is cached
        functions |= {name: lambda root=root: other(root) for name, root in roots.items()}
        values = compare(f"matrix step, {count} samples, D = {D}", functions, rounds)
        print("  values: " + ", ".join(f"{value:.9f}" for value in values.values()))


def moments(rounds):
    import keras

    from keras_gans.metrics.statistics import Moments

    rng = np.random.default_rng(0)
    batch = keras.ops.convert_to_tensor(features(rng, 500).astype("float32"))
    state = Moments(D)
    update = state.update_state
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        update = tf.function(state.update_state)
    update(batch)
    held = sum(int(np.prod(v.shape)) * 8 for v in state.variables)
    spent = [seconds(lambda: [update(batch) for _ in range(20)])[0] for _ in range(rounds)]
    print(
        f"\nmoments of 10,000 x {D}: {statistics.median(spent):.2f} s ({min(spent):.2f} to {max(spent):.2f}), holding {held / 2**20:.0f} MB"
    )
    print(f"  all features of 50,000 samples, kept in float32, would be {50_000 * D * 4 / 2**20:.0f} MB")


CHILD = """
import resource, sys, threading, time
import numpy as np
rng = np.random.default_rng(0)
spectrum = np.arange(1, {d} + 1) ** -0.5
real, fake = (( rng.normal(size=({n}, {d})) * spectrum + shift).astype("float32") for shift in (0.0, 0.01))
{setup}
def now():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
before, peak, done = now(), [0], threading.Event()
def watch():
    while not done.wait(0.01):
        peak[0] = max(peak[0], now())
threading.Thread(target=watch, daemon=True).start()
start = time.perf_counter()
found = {call}
spent = time.perf_counter() - start
done.set()
print(spent, (peak[0] - before) / 2**20, *(float(found[name]) for name in ("precision", "recall", "density", "coverage")))
"""


def prdc(rounds):
    ours = ("from keras_gans.metrics import precision_recall_density_coverage as f", "f(real, fake, k=5)")
    theirs = ("from prdc import compute_prdc as f", "f(real, fake, nearest_k=5)")
    rows = {"ours": [], "prdc": []}
    for _ in range(rounds):
        for name, (setup, call) in (("ours", ours), ("prdc", theirs)):
            code = CHILD.format(n=10_000, d=D, setup=setup, call=call)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            rows[name].append([float(value) for value in done.stdout.splitlines()[-1].split()])
    print(f"\nprecision, recall, density, coverage, N = 10,000, D = {D}")
    for name, found in rows.items():
        found = np.array(found)
        print(
            f"  {name:6s} {np.median(found[:, 0]):7.1f} s ({found[:, 0].min():.1f} to {found[:, 0].max():.1f}), at most "
            f"{found[:, 1].max():.0f} MB beyond the features; values {', '.join(f'{v:.6f}' for v in found[0, 2:])}"
        )
    ratios = [theirs[0] / mine[0] for mine, theirs in zip(rows["ours"], rows["prdc"])]
    print(f"  prdc takes {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) times ours")


def kernel(rounds):
    import torch
    from torch_fidelity.metric_kid import kid_features_to_metric

    from keras_gans.metrics import kernel_distance

    rng = np.random.default_rng(0)
    real, fake = features(rng, 5000), features(rng, 5000, 1.1)
    tensors = torch.tensor(real), torch.tensor(fake)
    options = {"kid_subsets": 100, "kid_subset_size": 1000, "rng_seed": 2020, "verbose": False}
    functions = {
        "ours": lambda: kernel_distance(real, fake, seed=2020),
        "torch-fidelity": lambda: tuple(kid_features_to_metric(*tensors, **options).values()),
    }
    values = compare(f"kernel distance, 100 subsets of 1,000 of 5,000, D = {D}", functions, rounds)
    print("  values: " + ", ".join(f"{mean:.12f} ± {deviation:.12f}" for mean, deviation in values.values()))


def inception(rounds):
    import torch
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    from keras_gans.metrics import InceptionFeatures

    images = np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3), dtype="uint8")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "random.pth")
        torch.save(random_checkpoint(), path)
        theirs = FeatureExtractorInceptionV3("inception-v3-compat", ["2048"], feature_extractor_weights_path=path)
        ours = InceptionFeatures(path)
    batches = [torch.tensor(images[at : at + 32].transpose(0, 3, 1, 2)) for at in (0, 32)]

    def others():
        with torch.no_grad():
            return torch.cat([theirs(batch)[0] for batch in batches]).numpy()

    ours.features(images[:32]), others()  # what is compiled or loaded once
    values = list(
        compare(
            "64 images of 32x32 to 2,048 features", {"ours": lambda: ours.features(images), "torch-fidelity": others}, rounds
        ).values()
    )
    print(f"  largest difference {np.abs(values[0] - values[1]).max():.2e}, deviation of the features {values[1].std():.3f}")


def random_checkpoint(seed=0):
    """A seeded state of the Inception network, scaled so that activations stay near 1."""
    import torch

    from keras_gans.metrics.inception.network import shapes

    rng = np.random.default_rng(seed)
    tensors = {}
    for name, shape in shapes().items():
        if name.endswith(("running_var", "bn.weight")):
            values = rng.uniform(0.5, 1.5, shape)
        else:
            values = rng.normal(size=shape) * (np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.1)
        tensors[name] = torch.tensor(values.astype("float32"))
    return tensors


def epoch(rounds):
    import keras

    import keras_gans
    from keras_gans.callbacks import GenerativeMetrics

    keras.utils.set_random_seed(0)
    data = keras_gans.data.load("digits")
    print("\nan epoch of a DCGAN on digits (1,445 images), and 2,000 samples evaluated after it")
    for names in (["fid"], ["fid", "is", "kid", "prdc"]):
        gan = keras_gans.DCGAN(data.shape, seed=0)
        gan.compile()
        score = GenerativeMetrics(data.validation, names, num_samples=2000)
        gan.fit(data.train, epochs=2, verbose=0, callbacks=[score])  # compiled
        shares = []
        for _ in range(rounds):
            done = len(score.history)
            spent, _ = seconds(lambda: gan.fit(data.train, epochs=10, verbose=0, callbacks=[score]))  # noqa: B023
            taken = sum(row["seconds"] for row in score.history[done:])
            shares.append(taken / (spent - taken))
            mean = spent - taken, taken
        print(
            f"  {', '.join(names):20s} epoch {mean[0] / 10:.3f} s, evaluation {mean[1] / 10:.3f} s: "
            f"{statistics.median(shares):.1%} ({min(shares):.1%} to {max(shares):.1%}) of the epoch",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    for name in arguments.parts or PARTS:
        if name not in PARTS:
            parser.error(f"unknown part {name!r}: expected {', '.join(PARTS)}")
        try:
            globals()[name](arguments.rounds)
        except ModuleNotFoundError as missing:
            print(f"\n{name}: left out, {missing.name} is not installed (see the header)", flush=True)


if __name__ == "__main__":
    main()
