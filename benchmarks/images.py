"""The image architectures at one budget of generator steps: Fréchet distance, precision, recall and time.

    python benchmarks/images.py
    python benchmarks/images.py --data digits --seeds 1

Each architecture with its own published recipe, the same batch, and an averaged generator (decay 0.999) for all; 32 channels next to
the image, 16 in the residual networks, which have twice as many convolutions and keep larger maps. A step of WGAN-GP's and SNGAN's
generator comes after five of the discriminator, which the time shows. Scores:
Fréchet distance on the features of the data set's embedded classifier against held-out images, from as many samples as there are
in the row "real", which are real training images; precision and recall (k = 5) on the same features. Mean over the seeds, with the
smallest and the largest.
"""

import argparse
import functools
import os
import time

import log
from table import mean_and_range, scores_line

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
WIDTHS = {"DCGAN": 32, "WGANGP": 32, "SNGAN": 16, "R3GAN": 16}
STEPS = {"digits": 1500, "glyphs": 600}
BATCH, SAMPLES = 64, {"digits": 1445, "glyphs": 2000}


def run(data, evaluator, name, seed, steps):
    """Trains one architecture for so many generator steps and scores it."""
    import keras

    import keras_gans

    keras.utils.set_random_seed(seed)
    gan = getattr(keras_gans, name)(data.shape, ema_decay=0.999, seed=seed, width=WIDTHS[name])
    gan.compile()
    start = time.perf_counter()
    endless = data.train.repeat()
    gan.fit(endless, steps_per_epoch=steps * gan.n_critic, verbose=0)
    seconds = time.perf_counter() - start
    return {**scores(evaluator, gan.generate(SAMPLES[data.name], seed=seed)), "seconds": seconds}


def scores(evaluator, images):
    """{"fid", "precision", "recall"} of images."""
    return dict(zip(evaluator.names, evaluator.score(images).values()))


def line(name, rows):
    """A line of the table, with the seconds of runs that have some."""
    seconds = [row["seconds"] for row in rows if "seconds" in row]
    return f"{scores_line(name, rows)} {mean_and_range(seconds, 0) if seconds else ''} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=list(STEPS), default=list(STEPS))
    parser.add_argument("--architectures", nargs="+", choices=list(WIDTHS), default=list(WIDTHS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="of the generator (default: 1,500 on digits, 600 on glyphs)")
    log.add_option(parser)
    arguments = parser.parse_args()

    import keras_gans

    for dataset in arguments.data:
        data, steps = keras_gans.data.load(dataset), arguments.steps or STEPS[dataset]
        evaluator = keras_gans.metrics.Evaluator(data.validation, ["fid", "precision", "recall"])
        floor = scores(evaluator, data.real(SAMPLES[dataset]))
        print(f"\n{dataset}, {steps} generator steps of {BATCH}, {SAMPLES[dataset]} samples", flush=True)
        print(f"\n| | fid[{dataset}] | precision | recall | seconds |\n|---|---|---|---|---|")
        print(line("real training images", [floor]), flush=True)
        for name in arguments.architectures:
            rows = []
            for seed in range(arguments.seeds):
                key = (dataset, name, WIDTHS[name], BATCH, steps, seed)
                rows.append(arguments.log.once(key, functools.partial(run, data, evaluator, name, seed, steps)))
            print(line(name, rows), flush=True)


if __name__ == "__main__":
    main()
