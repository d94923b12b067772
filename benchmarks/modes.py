"""Ring of 8 and grid of 25 Gaussians by the PacGAN protocol: a plain GAN and our best recipe at one budget of steps.

    python benchmarks/modes.py                             (about 25 minutes on 2 cores)
    python benchmarks/modes.py --data ring --seeds 1

Protocol (Lin et al. 2018, PacGAN, section 4.1 and the authors' code): 100,000 training points; ring of radius 1 with standard
deviation 0.01, grid at {-4, -2, 0, 2, 4}^2 with 0.05; 2,500 samples; a sample within three standard deviations of its nearest mode
is of high quality and captures that mode; reverse KL is the divergence of the high-quality samples' modes from equal shares. Perfect
samples score 98.89 % (the row "real"), and with so few samples a reverse KL of about (modes - 1) / 5000. The deviation ratio is
that of high-quality samples around their own mode over the true one: the rule rewards modes that are too tight, and the ratio
shows it; real points have 0.97. Mean over the seeds, with the smallest and the largest.

A seed draws the training data, the weights and the samples. Recipes were chosen on seeds 101 to 104 and 200 up; earlier forms were
seen on 0 to 4 and 2000 to 2004 (ring) and 1000 to 1004 (grid, whose modes' shares then froze too early: the penalty now falls
more slowly). Tables are made from seeds nobody had looked at.
"""

import argparse
import os
import pathlib
import time

import numpy as np
from table import mean_and_range

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
BATCH, STEPS, SAMPLES = 256, 32_000, 2_500
FIRST_SEED = 3000
OURS = {  # gamma of R1 and R2 at the start, the power by which it falls; the discriminator's rate, the share left at the end
    "ring": (0.1, 3, 1e-3, 0.02),
    "grid": (0.3, 2, 2e-3, 0.1),
}
PUBLISHED = {  # Lin et al. 2018, table 1: modes, high quality, reverse KL; means of 10 trials with standard errors
    "ring": {
        "GAN": "6.3 ± 0.5 | 98.2 ± 0.2 | 0.45 ± 0.09",
        "ALI": "6.6 ± 0.3 | 97.6 ± 0.4 | 0.36 ± 0.04",
        "PacGAN2": "7.9 ± 0.1 | 95.6 ± 2.0 | 0.07 ± 0.03",
        "PacGAN3": "7.8 ± 0.1 | 97.7 ± 0.3 | 0.10 ± 0.02",
        "PacGAN4": "7.8 ± 0.1 | 95.9 ± 1.4 | 0.07 ± 0.02",
    },
    "grid": {
        "GAN": "17.3 ± 0.8 | 94.8 ± 0.7 | 0.70 ± 0.07",
        "ALI": "24.1 ± 0.4 | 95.7 ± 0.6 | 0.14 ± 0.03",
        "PacGAN2": "23.8 ± 0.7 | 91.3 ± 0.8 | 0.13 ± 0.04",
        "PacGAN3": "24.6 ± 0.4 | 94.2 ± 0.4 | 0.06 ± 0.02",
        "PacGAN4": "24.8 ± 0.2 | 93.6 ± 0.6 | 0.04 ± 0.01",
    },
}


def plain_gan(data, seed, steps):
    """The plain GAN of 2014: multilayer perceptrons of the same widths, the same latents, non-saturating loss, Adam."""
    import keras

    import keras_gans

    gan = keras_gans.DenseGAN(2, latent_dim=2, seed=seed)
    gan.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)), recipe="dcgan")
    return gan


def best(data, seed, steps):
    """Relativistic pairing loss with R1 and R2, whose weight falls with the learning rates; a discriminator that sees fine
    structure through random Fourier features; a generator that goes back to its average at the end of most epochs."""
    import keras
    from keras.optimizers.schedules import CosineDecay, PolynomialDecay

    import keras_gans
    from keras_gans.penalties import R1, R2

    gan = keras_gans.DenseGAN(
        2, latent_dim=2, fourier=(1, 2, 4, 8), bias_range=2.0, activation="relu", ema_decay=0.98, seed=seed
    )
    first, power, rate, left = OURS[data]
    gamma = PolynomialDecay(first, steps, 5e-5, power)
    gan.compile(
        d_optimizer=keras.optimizers.Adam(CosineDecay(rate, steps, alpha=left), beta_1=0.0),
        g_optimizer=keras.optimizers.Adam(CosineDecay(2e-3, steps, alpha=0.02), beta_1=0.0),
        penalty=[R1(gamma), R2(gamma)],
    )
    return gan


RECIPES = {"plain GAN": plain_gan, "ours": best}


def mixture(data):
    """(function that draws points, centres, standard deviation)"""
    from keras_gans.data import generated

    return (generated.ring, generated.RING, 0.01) if data == "ring" else (generated.grid, generated.GRID, 0.05)


def run(data, recipe, seed, steps):
    """One training and its scores."""
    import keras

    import keras_gans

    keras.utils.set_random_seed(seed)
    draw, centres, deviation = mixture(data)
    gan, points = RECIPES[recipe](data, seed, steps), draw(100_000, seed=seed)
    callbacks = [keras_gans.callbacks.AverageRestart(0.2, 0.9)] if gan.average is not None else []
    start = time.perf_counter()
    gan.fit(points, batch_size=BATCH, epochs=round(steps / (len(points) // BATCH)), callbacks=callbacks, verbose=0)
    seconds = time.perf_counter() - start
    if gan.average is not None:  # at the end of a rate that has fallen the last weights draw as well, and modes less tight
        gan.average.set_weights(gan.generator.get_weights())
    samples = gan.generate(SAMPLES, seed=seed)
    return {**keras_gans.metrics.mode_coverage(samples, centres, deviation), "seconds": seconds}, samples


def cells(rows):
    """A row of the table: mean over the seeds (smallest to largest)."""

    def cell(key, digits, factor=1):
        return mean_and_range([factor * row[key] for row in rows], digits)

    parts = [cell("modes", 1), cell("high_quality", 1, 100), cell("reverse_kl", 4), cell("deviation_ratio", 2)]
    return " | ".join([*parts, cell("seconds", 0) if "seconds" in rows[0] else ""])


def picture(drawn, path):
    """Samples of each row beside real points."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.6 * len(drawn), 3.8), layout="constrained")
    for axes, (name, samples) in zip(figure.subplots(1, len(drawn)), drawn.items()):
        axes.scatter(*samples.T, s=3, alpha=0.4, linewidths=0)
        reach = 1.3 * np.abs(drawn["real"]).max()
        axes.set(title=name, aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
    figure.savefig(path, dpi=110)


def main():
    from keras_gans.metrics import mode_coverage

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=list(PUBLISHED), default=list(PUBLISHED))
    parser.add_argument("--recipes", nargs="+", choices=list(RECIPES), default=list(RECIPES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--pictures", type=pathlib.Path, default=pathlib.Path("."), help="folder for ring.png and grid.png")
    parser.add_argument("--verbose", action="store_true", help="print every run")
    arguments = parser.parse_args()
    for data in arguments.data:
        draw, centres, deviation = mixture(data)
        print(f"\n{data}, {arguments.steps:,} steps of {BATCH}, {SAMPLES:,} samples, {arguments.seeds} seeds\n")
        print(
            f"| | modes of {len(centres)} | high quality % | reverse KL | deviation ratio | seconds |\n|---|---|---|---|---|---|"
        )
        real = [draw(SAMPLES, seed=9000 + seed) for seed in range(arguments.seeds)]
        print(f"| real | {cells([mode_coverage(points, centres, deviation) for points in real])} |")
        drawn = {"real": real[0]}
        for name in arguments.recipes:
            rows = []
            for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
                row, samples = run(data, name, seed, arguments.steps)
                rows.append(row)
                drawn.setdefault(name, samples)
                if arguments.verbose:
                    print(seed, row, flush=True)
            print(f"| {name} | {cells(rows)} |", flush=True)
        for name, published in PUBLISHED[data].items():
            print(f"| {name}, published (400,000 steps of 100) | {published} | | |")
        picture(drawn, arguments.pictures / f"{data}.png")


if __name__ == "__main__":
    main()
