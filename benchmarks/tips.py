"""What each choice of docs/choosing.md brings: one setting changed at a time, everything else and the budget the same.

    python benchmarks/tips.py
    python benchmarks/tips.py --groups losses norms --seeds 5 --log tips.jsonl

A DCGAN (width 32, latents of 100) on the digits, 1,500 steps of 64 with an averaged generator (decay 0.999), unless the row says
otherwise; batches of another size for as many images; steps are the generator's. Fréchet distance, precision and recall as in benchmarks/images.py, of 1,445
samples against held-out images; mean over the seeds (smallest to largest). Nothing was chosen on these rows: they are the values that
texts on GANs recommend, and the defaults.
"""

import argparse
import functools
import os

import log
from table import scores_line

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
STEPS, BATCH, SAMPLES = 1500, 64, 1445
LAYER = {"norm": ("batch", "layer")}  # whose discriminator a gradient penalty can be taken of
GROUPS = {  # {group: {row: (arguments of the GAN, arguments of compile, batch size)}}
    "losses": {
        "baseline: non-saturating": ({}, {}, BATCH),
        "least squares": ({}, {"loss": "least_squares"}, BATCH),
        "hinge": ({}, {"loss": "hinge"}, BATCH),
        "Wasserstein, no penalty": ({}, {"loss": "wasserstein"}, BATCH),
        "non-saturating, layer norm": (LAYER, {}, BATCH),
        "Wasserstein, gradient penalty 10, layer norm": (
            LAYER,
            {"loss": "wasserstein", "penalty": "gradient_penalty"},
            BATCH,
        ),
        "the same, 5 critic steps": (LAYER, {"loss": "wasserstein", "penalty": "gradient_penalty", "n_critic": 5}, BATCH),
        "relativistic, R1 and R2, layer norm": (LAYER, {"loss": "relativistic", "penalty": ["r1", "r2"]}, BATCH),
    },
    "rates": {
        "baseline: 2e-4, batch of 64": ({}, {}, BATCH),
        "1e-3": ({}, {"rate": 1e-3}, BATCH),
        "1e-2": ({}, {"rate": 1e-2}, BATCH),
        "1e-1": ({}, {"rate": 1e-1}, BATCH),
        "2e-4, batch of 32": ({}, {}, 32),
        "2e-4, batch of 128": ({}, {}, 128),
        "2e-4, Adam's usual beta_1 of 0.9": ({}, {"beta_1": 0.9}, BATCH),
    },
    "norms": {
        "baseline: batch in both": ({}, {}, BATCH),
        "none": ({"norm": None}, {}, BATCH),
        "batch in the generator alone": ({"norm": ("batch", None)}, {}, BATCH),
        "batch, layer": (LAYER, {}, BATCH),
        "batch, spectral": ({"norm": ("batch", "spectral")}, {}, BATCH),
    },
    "regularisation": {
        "baseline: none": ({}, {}, BATCH),
        "dropout 0.3 in both": ({"dropout": 0.3}, {}, BATCH),
        "dropout 0.3 in the discriminator": ({"dropout": (0.0, 0.3)}, {}, BATCH),
        "the same, later layers": ({"dropout": (0.0, 0.3), "dropout_layers": "later"}, {}, BATCH),
        "weight decay 1e-4 in both": ({"weight_decay": 1e-4}, {}, BATCH),
        "no averaged generator": ({"ema_decay": None}, {}, BATCH),
    },
}


def run(evaluator, row, seed):
    """Trains one row and scores it."""
    import keras
    from images import scores

    import keras_gans
    from keras_gans.errors import TrainingDiverged

    arguments, options, batch = row
    options = dict(options)
    rate, beta_1 = options.pop("rate", 2e-4), options.pop("beta_1", 0.5)
    data = keras_gans.data.load("digits", batch_size=batch)
    keras.utils.set_random_seed(seed)
    gan = keras_gans.DCGAN(data.shape, **{"ema_decay": 0.999, "seed": seed, "width": 32, **arguments})
    gan.compile(*(keras.optimizers.Adam(rate, beta_1=beta_1) for _ in "dg"), **options)
    try:
        steps = STEPS * BATCH // batch * gan.n_critic
        gan.fit(data.train.repeat(), steps_per_epoch=steps, verbose=0)
    except TrainingDiverged:
        return {"fid": float("nan"), "precision": float("nan"), "recall": float("nan")}
    return scores(evaluator, gan.generate(SAMPLES, seed=seed))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", nargs="+", choices=list(GROUPS), default=list(GROUPS))
    parser.add_argument("--seeds", type=int, default=3)
    log.add_option(parser)
    arguments = parser.parse_args()

    import keras_gans

    evaluator = keras_gans.metrics.Evaluator(keras_gans.data.load("digits").validation, ["fid", "precision", "recall"])
    for group in arguments.groups:
        print(f"\n| {group} | fid[digits] | precision | recall |\n|---|---|---|---|", flush=True)
        for name, row in GROUPS[group].items():
            found = []
            for seed in range(arguments.seeds):
                found.append(arguments.log.once([row, seed], functools.partial(run, evaluator, row, seed)))
            print(scores_line(name, found, (1, 2, 2)), flush=True)


if __name__ == "__main__":
    main()
