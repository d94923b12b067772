"""A recurrent GAN on sine waves: rates, critic steps and the weight of the penalty, by the distance of its sequences.

command:   python tuning/recurrent_gan_sines.py
expected:  0.15 hours on 2 CPU cores
reached:   fid[raw] 2.13 ± 1.24 over 3 seeds; default recipe 5.8; tuning/best/recurrent_gan_sines.json
"""

import pathlib

import keras_gans
from keras_gans import tuning

NAME = "recurrent_gan_sines"
SPACE = {
    "d_learning_rate": tuning.Range(1e-4, 1e-2, log=True),
    "g_learning_rate": tuning.Range(1e-4, 1e-2, log=True),
    "n_critic": [1, 2, 5],
    "penalty_weight": tuning.Range(0.1, 10.0, log=True),
}

if __name__ == "__main__":
    result = tuning.tune(
        "recurrent_gan",
        keras_gans.data.load("sines"),
        "fid",
        "random",
        SPACE,
        max_trials=20,
        epochs=20,
        directory=f"tuning_runs/{NAME}",
        command=f"python tuning/{NAME}.py",
    )
    print(result)
    result.export(pathlib.Path(__file__).parent / "best" / f"{NAME}.json")
