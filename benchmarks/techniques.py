"""What the training techniques change: each against the same network, seeds and number of steps without it.

    python benchmarks/techniques.py augmentation --picture docs/images/augmentation.png
    python benchmarks/techniques.py curriculum sequences self_supervision
    python benchmarks/techniques.py cost

augmentation: a DCGAN on a tenth of the digits, 144 images, 9,000 steps of 48. gap is d_real_accuracy - val_d_real_accuracy, how much
surer the discriminator is of the images it trains on than of held-out ones (mean of the last three of ten measurements); a large one is
overfitting. Fréchet distance of 1,445 samples of the averaged generator (decay 0.999) on the features of the digits' classifier against
352 held-out images, at the end and at its best. "data set" augments the images themselves instead, translated on the input pipeline.
curriculum: an R3GAN on glyphs whose resolution grows, or whose blur fades, against none. sequences: a RecurrentGAN on sines whose
sequences grow. self_supervision: an R3GAN on glyphs without labels, told to recognise rotations or not.
cost: a step with every technique on against a plain one, in turn; ratio of the times (median of the rounds, smallest to largest).

Means over the seeds, with the smallest and the largest. Settings were chosen on seed 0; the tables are made with 100 and on.
"""

import argparse
import functools
import os
import pathlib
import statistics
import time

import log
from table import mean_and_range

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
MEASUREMENTS = 10


def techniques():
    """{benchmark: {name of a row: arguments of compile, with "data": of `Data.augmented`}}"""
    from keras_gans.training import Augmentation, Stage

    adaptive = Augmentation("color,translation", target=0.6, span=50_000)
    return {
        "augmentation": {
            "none": {},
            "data set": {"data": "translation"},
            "color, translation, cutout": {"augment": "auto"},
            "color, translation, adaptive": {"augment": adaptive},
        },
        "curriculum": {
            "none": {},
            "resolution 7, 14, 28": {"curriculum": [Stage(1, resolution=7), Stage(2, resolution=14), Stage()]},
            "blur 2 to 0": {"curriculum": [Stage(5, blur=(2.0, 0.0)), Stage()]},
        },
        "sequences": {
            "none": {},
            "length 6, 12, 24": {"curriculum": [Stage(1, length=6), Stage(2, length=12), Stage()]},
        },
        "self_supervision": {"none": {}, "rotation": {"self_supervision": "rotation"}},
    }


def tenth_of_digits():
    """The digits with a tenth of the training images, and all of the held-out ones."""
    import numpy as np

    import keras_gans

    data = keras_gans.data.load("digits")
    rows = np.random.default_rng(0).permutation(len(data.train_samples))[: len(data.train_samples) // 10]
    held = (data.validation_samples, None)
    return keras_gans.data.from_arrays(
        data.train_samples[rows], validation=held, value_range=data.stored_range, batch_size=48, name="a tenth of digits"
    )


def setting(benchmark):
    """(data, function of a seed -> GAN, steps, evaluator) of a benchmark."""
    import keras_gans

    if benchmark == "augmentation":
        held = keras_gans.data.load("digits").validation
        scores = keras_gans.metrics.Evaluator(held, ["fid", "precision", "recall"], num_samples=1445)
        data = tenth_of_digits()
        return data, lambda seed: keras_gans.DCGAN(data.shape, ema_decay=0.999, seed=seed, width=32), 9000, scores
    if benchmark == "sequences":
        data = keras_gans.data.load("sines", count=4000, batch_size=128)
        scores = keras_gans.metrics.Evaluator(data.validation, ["fid", "coverage", "untrained"], num_samples=800)
        return data, lambda seed: keras_gans.RecurrentGAN(data.shape, ema_decay=0.999, seed=seed), 4000, scores
    data = keras_gans.data.load("glyphs")
    scores = keras_gans.metrics.Evaluator(data.validation, ["fid", "precision", "recall"], num_samples=2000)
    return data, lambda seed: keras_gans.R3GAN(data.shape, ema_decay=0.99, seed=seed, width=16), 600, scores


def run(benchmark, changes, seed, steps=None):
    """Trains once and measures ten times on the way: {"scores": [{name: value}, ...], "gap", "gaps", "seconds"}."""
    import keras

    data, make, usual, evaluator = setting(benchmark)
    steps = steps or usual
    keras.utils.set_random_seed(seed)
    gan = make(seed)
    gan.compile(**{name: value for name, value in changes.items() if name != "data"})
    if gan.normaliser is not None:
        gan.normaliser.fit([data.train_samples])
    train = (data.augmented(changes["data"]) if "data" in changes else data).train.repeat()
    scores, gaps, seconds = [], [], 0.0
    for _ in range(MEASUREMENTS):
        start = time.perf_counter()
        logs = gan.fit(train, steps_per_epoch=steps // MEASUREMENTS, validation_data=data.validation, verbose=0).history
        seconds += time.perf_counter() - start
        gaps.append(logs["d_real_accuracy"][-1] - logs["val_d_real_accuracy"][-1])
        scores.append({key.split("[")[0]: value for key, value in evaluator(gan).items()})
    return {"scores": scores, "gaps": gaps, "gap": statistics.mean(gaps[-3:]), "seconds": seconds, "steps": steps}


def table(benchmark, found):
    """Prints the rows of a benchmark: {name: list of runs}."""
    names = list(next(iter(found.values()))[0]["scores"][-1])
    steps = next(iter(found.values()))[0]["steps"]
    print(f"\n| {benchmark}, {steps:,} steps | gap | {' | '.join(names)} | best fid | seconds |")
    print("|---|" + "---|" * (len(names) + 3))
    for name, runs in found.items():
        cells = [mean_and_range([run["gap"] for run in runs], 2)]
        for score in names:
            cells.append(mean_and_range([run["scores"][-1][score] for run in runs], 2 if score == "fid" else 3))
        cells.append(mean_and_range([min(row["fid"] for row in run["scores"]) for run in runs], 2))
        cells.append(mean_and_range([run["seconds"] for run in runs], 0))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def draw(found, path):
    """Gap and Fréchet distance over the steps, a line for each row (mean of the seeds, from smallest to largest shaded)."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for color, (name, runs) in enumerate(found.items()):
        steps = np.arange(1, MEASUREMENTS + 1) * runs[0]["steps"] // MEASUREMENTS
        distances = np.array([[row["fid"] for row in run["scores"]] for run in runs])
        for axes, values in ((left, np.array([run["gaps"] for run in runs])), (right, distances)):
            axes.plot(steps, values.mean(0), color=f"C{color}", label=name)
            axes.fill_between(steps, values.min(0), values.max(0), color=f"C{color}", alpha=0.15, linewidth=0)
    left.set(title="accuracy on training minus held-out images", xlabel="steps", ylim=(-0.1, 1.05))
    right.set(title="Fréchet distance fid[digits]", xlabel="steps", yscale="log")
    right.set_yticks([20, 30, 50, 100, 200], ["20", "30", "50", "100", "200"], minor=False)
    right.minorticks_off()
    for axes in (left, right):
        axes.grid(alpha=0.3)
    left.legend(fontsize="small")
    figure.savefig(path, dpi=110)


def cost(rounds):
    """Prints the ratio of a step with everything on to a plain one, for one network of each kind."""
    import keras_gans
    from keras_gans.training import Augmentation, Stage

    rows = {
        "DCGAN, 28x28, batch 64": (
            keras_gans.data.load("glyphs", count=6000),
            lambda d: keras_gans.DCGAN(d.shape, seed=0),
            40,
        ),
        "RecurrentGAN, 24x5, batch 128": (
            keras_gans.data.load("sines", count=12800, batch_size=128),
            lambda d: keras_gans.RecurrentGAN(d.shape, seed=0),
            640,
        ),
        "DenseGAN, three layers of 128, batch 256": (
            keras_gans.data.load("ring", count=25600, batch_size=256),
            lambda d: keras_gans.DenseGAN(d.shape[0], seed=0),
            640,
        ),
    }
    print("\n| every technique on | plain steps/s | with all | ratio of the times |\n|---|---|---|---|")
    for name, (data, make, steps) in rows.items():
        stage = {3: {"blur": (2.0, 0.0), "resolution": 14}, 2: {"length": 12}, 1: {}}[len(data.shape)]
        everything = {
            "augment": Augmentation("auto", target=0.6),
            "curriculum": [Stage(1, noise=(0.1, 0.0), **stage), Stage()],
            "self_supervision": "auto",
        }
        endless, gans = data.train.repeat(), [make(data), make(data)]
        for gan, changes in zip(gans, ({}, everything)):
            gan.compile(**changes)
            if gan.normaliser is not None:
                gan.normaliser.fit([data.train_samples])
            gan.fit(endless, steps_per_epoch=steps, verbose=0)
        rates = [[], []]
        for _ in range(rounds):
            for gan, rate in zip(gans, rates):
                start = time.perf_counter()
                gan.fit(endless, steps_per_epoch=steps, verbose=0)
                rate.append(steps / (time.perf_counter() - start))
        ratios = [plain / full for plain, full in zip(*rates)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"| {name} | {statistics.median(rates[0]):.0f} | {statistics.median(rates[1]):.0f} | {spread} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    benchmarks = ["augmentation", "curriculum", "sequences", "self_supervision"]
    parser.add_argument("benchmarks", nargs="+", choices=[*benchmarks, "cost"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[100, 101, 102])
    parser.add_argument("--rounds", type=int, default=5, help="of cost")
    parser.add_argument("--rows", nargs="+", help="these rows alone")
    parser.add_argument("--steps", type=int, help="instead of the benchmark's own")
    parser.add_argument("--picture", type=pathlib.Path, help="of augmentation")
    log.add_option(parser)
    arguments = parser.parse_args()
    for benchmark in arguments.benchmarks:
        if benchmark == "cost":
            cost(arguments.rounds)
            continue
        found = {}
        for name, changes in techniques()[benchmark].items():
            if arguments.rows and name not in arguments.rows:
                continue
            for seed in arguments.seeds:
                key = (benchmark, name, seed, arguments.steps)
                rows = found.setdefault(name, [])
                rows.append(arguments.log.once(key, functools.partial(run, benchmark, changes, seed, arguments.steps)))
        table(benchmark, found)
        if benchmark == "augmentation" and arguments.picture:
            draw(found, arguments.picture)


if __name__ == "__main__":
    main()
