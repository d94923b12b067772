"""WGAN-GP on the handwritten digits: rates, beta_1, batch, critic steps and the weight of the penalty.

command:   python tuning/wgan_gp_digits.py
expected:  0.18 hours on 2 CPU cores
reached:   fid[digits] 15.82 ± 6.79 over 3 seeds; default recipe 415.54; tuning/best/wgan_gp_digits.json
"""

import pathlib

import keras_gans
from keras_gans import tuning

NAME = "wgan_gp_digits"
SPACE = {
    "d_learning_rate": tuning.Range(5e-5, 5e-3, log=True),
    "g_learning_rate": tuning.Range(5e-5, 5e-3, log=True),
    "beta_1": [0.0, 0.5],
    "n_critic": [1, 2, 5],
    "penalty_weight": tuning.Range(0.1, 10.0, log=True),
    "batch_size": [32, 64, 128],
}

if __name__ == "__main__":
    result = tuning.tune(
        "wgan_gp",
        keras_gans.data.load("digits"),
        "fid",
        "bayesian",
        SPACE,
        max_trials=15,
        num_initial_points=8,
        epochs=30,
        budget="steps",
        directory=f"tuning_runs/{NAME}",
        command=f"python tuning/{NAME}.py",
    )
    print(result)
    result.export(pathlib.Path(__file__).parent / "best" / f"{NAME}.json")
