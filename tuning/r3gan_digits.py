"""R3GAN on the handwritten digits, at a width for a CPU: rates, batch and the weight of R1 and R2.

command:   python tuning/r3gan_digits.py
expected:  0.13 hours on 2 CPU cores
reached:   fid[digits] 72.34 ± 32.33 over 3 seeds; default recipe 315.31; tuning/best/r3gan_digits.json
"""

import pathlib

import keras_gans
from keras_gans import tuning

NAME = "r3gan_digits"
SPACE = {
    "learning_rate": tuning.Range(5e-5, 5e-3, log=True),
    "penalty_weight": tuning.Range(0.02, 10.0, log=True),
    "batch_size": [32, 64],
}

if __name__ == "__main__":
    result = tuning.tune(
        "r3gan",
        keras_gans.data.load("digits"),
        "fid",
        "random",
        SPACE,
        arguments={"width": 16},
        max_trials=8,
        epochs=15,
        budget="steps",
        rerun=2,
        directory=f"tuning_runs/{NAME}",
        command=f"python tuning/{NAME}.py",
    )
    print(result)
    result.export(pathlib.Path(__file__).parent / "best" / f"{NAME}.json")
