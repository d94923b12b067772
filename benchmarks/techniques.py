"""What the training techniques change: each against the same network, seed and number of steps without it.

    python benchmarks/techniques.py augmentation --picture docs/images/augmentation.png
    python benchmarks/techniques.py curriculum sequences self_supervision
    python benchmarks/techniques.py cost

augmentation: a DCGAN on a tenth of the digits, 144 images. gap is d_real_accuracy - val_d_real_accuracy over the last epochs: how much
surer the discriminator is of the images it trains on than of held-out ones; a large one is overfitting. Fréchet distance of 1,445
samples of the averaged generator (decay 0.999) on the features of the digits' classifier against 352 held-out images, at the end and at
its best of ten measurements; beside it real training images, all of them. "pipeline" augments the data set instead: the samples learn it.
curriculum: an R3GAN on glyphs whose resolution grows, and one with blur that fades, against none. sequences: a RecurrentGAN on sines
whose sequences grow. self_supervision: an R3GAN and an SNGAN on glyphs without labels, with rotations and without.
cost: steps a second with every technique on against none, in turn, the ratio of the times (median of the rounds, smallest to largest).
Means over the seeds, with the smallest and the largest. Seeds 0 to 9 served to choose settings; the tables begin with 100.
"""

import argparse
import json
import os
import pathlib
import statistics
import time

from table import mean_and_range

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli.py


def tenth_of_digits(data):
    """The digits with a tenth of the training images, and all of the held-out ones."""
    import numpy as np

    import keras_gans

    rows = np.random.default_rng(0).permutation(len(data.train_images))[: len(data.train_images) // 10]
    return keras_gans.data.from_arrays(
        data.train_images[rows], validation=(data.validation_images, None), value_range=data.stored_range, batch_size=48
    )


def fit(gan, pipeline, held, evaluator, steps, seed, count, measurements=10):
    """Trains for so many steps; measures ten times on the way. Returns {"scores": [...], "gap", "seconds"}."""
    rows, gaps, seconds = [], [], 0.0
    each = steps // measurements
    endless = pipeline.repeat()
    for _ in range(measurements):
        start = time.perf_counter()
        logs = gan.fit(endless, steps_per_epoch=each, validation_data=held, verbose=0).history
        seconds += time.perf_counter() - start
        gaps.append(logs["d_real_accuracy"][-1] - logs["val_d_real_accuracy"][-1])
        found = evaluator(gan) if hasattr(evaluator, "names") else evaluator(gan, seed)
        rows.append(dict(zip(getattr(evaluator, "names", found), found.values())))
    return {"scores": rows, "gaps": gaps, "gap": statistics.mean(gaps[-3:]), "seconds": seconds}
