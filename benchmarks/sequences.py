"""RecurrentGAN on Sines and on GOOG prices, judged by four scores beside their real-against-real floors.

    python benchmarks/sequences.py
    python benchmarks/sequences.py --data goog --seeds 1

Data: Sines as TimeGAN's code draws it (10,000 x 24 x 5, the data of published scores) and as its paper describes it ("paper");
GOOG, 1,024 windows of 24 days in time order, six columns, min-max scaled. Scores, better when smaller (an accuracy clearly
under chance, negative, means near copies), each from ten evaluator seeds (keras_gans.metrics.sequences has their protocols):
discriminative and predictive score (Yoon et al. 2019, TimeGAN), boosted trees without noise and with normal noise of 0.02 and
0.05 added to both sets, and distances that need no training. The floor scores real windows against real ones: of Sines a fresh
draw, of GOOG one random half against the other. Fewer windows make chance larger (a discriminative score of about 0.006 at
10,000, 0.020 at 1,024, 0.028 at 512), so for GOOG a second column judges as many generated windows as its floor has. A
predictive score's floor is the error of a model trained on real windows. GOOG's windows overlap, so its judges see each test
day in training: its scores compare generators and nothing else.

Recipes were chosen with training seeds 1 and 2 and evaluator seeds 0 to 9 and 100 up, the steps on Sines after a look at
training seed 10 and evaluator seeds 1000 to 1009; the table is made with training seeds from 20 up and evaluator seeds 2000 to
2009. Samples are cut to [0, 1], the range the data are known to have.
"""

import argparse
import os
import time

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
EVALUATORS, FIRST_SEED = range(2000, 2010), 20
BATCH = 128
STEPS = {"sines": 16_000, "sines, paper": 16_000, "goog": 8_000}


def recipe(data, steps):
    """What each data set is trained with; rates fall by a cosine to 2 %."""
    import keras

    from keras_gans.penalties import R1, R2

    beta_1, beta_2 = (0.5, 0.9) if data == "goog" else (0.0, 0.99)
    falling = keras.optimizers.schedules.CosineDecay(1e-3, steps, alpha=0.02)
    adam = {f"{player}_optimizer": keras.optimizers.Adam(falling, beta_1=beta_1, beta_2=beta_2) for player in "dg"}
    if data == "goog":  # Wasserstein loss, gradient penalty of weight 10
        return {**adam, "recipe": "doppelganger"}
    return {**adam, "recipe": "r3gan", "penalty": [R1(0.1), R2(0.1)]}


def real_windows(data, seed):
    import keras_gans

    if data == "goog":
        return keras_gans.data.embedded.goog()["samples"].astype("float32")
    return keras_gans.data.sines(seed=seed, version="paper" if "paper" in data else "code")


def train(data, windows, seed):
    """Samples of a RecurrentGAN trained on windows, as many as those, and the seconds it took."""
    import keras

    import keras_gans

    keras.utils.set_random_seed(seed)
    gan = keras_gans.RecurrentGAN(
        windows.shape[1:], global_latent=15, step_latent=10, differences=True, ema_decay=0.999, seed=seed
    )
    gan.compile(**recipe(data, STEPS[data]))
    start = time.perf_counter()
    gan.fit(windows, batch_size=BATCH, epochs=-(-STEPS[data] // (len(windows) // BATCH)), verbose=0)
    seconds = time.perf_counter() - start
    return np.clip(gan.generate(len(windows), seed=seed), 0, 1), seconds


def judged(real, fake):
    """Every score of one set of samples: name -> (mean over the evaluator seeds, their standard deviation or None)."""
    from keras_gans.metrics import sequences

    plain, signed = sequences.discriminative_score(real, fake, EVALUATORS)
    found = {"discriminative": plain, "signed": signed, "predictive": sequences.predictive_score(real, fake, EVALUATORS)}
    for noise in (0.0, 0.02, 0.05):
        found[f"trees +{noise:g}"] = sequences.boosted_tree_score(real, fake, noise, EVALUATORS)
    scores = {name: (float(np.mean(values)), float(np.std(values))) for name, values in found.items()}
    return scores | {name: (value, None) for name, value in sequences.untrained_distances(real, fake).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=list(STEPS), default=list(STEPS))
    parser.add_argument("--seeds", type=int, default=1, help="training seeds")
    arguments = parser.parse_args()
    for data in arguments.data:
        columns, times = {}, []
        windows = real_windows(data, seed=0)
        halves = np.array_split(np.random.default_rng(0).permutation(len(windows)), 2)
        pair = (windows[halves[0]], windows[halves[1]]) if data == "goog" else (windows, real_windows(data, seed=5000))
        columns["real (floor)"] = judged(*pair)
        for seed in range(FIRST_SEED, FIRST_SEED + arguments.seeds):
            windows = real_windows(data, seed=seed)  # of Sines each training seed has its own draw
            fake, seconds = train(data, windows, seed)
            times.append(f"{seconds:.0f} s")
            fresh = windows if data == "goog" else real_windows(data, seed=5000 + seed)
            columns[f"RecurrentGAN, seed {seed}"] = judged(fresh, fake)
            if data == "goog":
                columns[f"the same, {len(pair[0])} windows"] = judged(pair[0], fake[: len(pair[0])])
        print(
            f"\n{data}: {len(windows):,} x {windows.shape[1]} x {windows.shape[2]}, {STEPS[data]:,} steps of {BATCH}",
            end=", ",
        )
        print(f"training {', '.join(times)}\n\n| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
        for name in next(iter(columns.values())):
            cells = [
                f"{mean:.4f}" + (f" ± {spread:.4f}" if spread is not None else "")
                for mean, spread in (c[name] for c in columns.values())
            ]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
