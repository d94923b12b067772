"""DCGAN on the handwritten digits: both rates, beta_1 and the batch.

command:   python tuning/dcgan_digits.py
expected:  0.18 hours on 2 CPU cores
reached:   fid[digits] 14.86 ± 8.76 over 3 seeds; default recipe 23.83; tuning/best/dcgan_digits.json
"""

import pathlib

import keras_gans
from keras_gans import tuning

NAME = "dcgan_digits"


if __name__ == "__main__":
    result = tuning.tune(
        "dcgan",
        keras_gans.data.load("digits"),
        "fid",
        space="small",
        max_trials=20,
        epochs=30,
        budget="steps",
        directory=f"tuning_runs/{NAME}",
        command=f"python tuning/{NAME}.py",
    )
    print(result)
    result.export(pathlib.Path(__file__).parent / "best" / f"{NAME}.json")
