"""A dense GAN on the ring of eight Gaussians: all modes evenly, and samples close to them.

command:   python tuning/dense_gan_ring.py
expected:  0.08 hours on 2 CPU cores
reached:   weighted 1.1 ± 0.188 over 3 seeds; default recipe 1.33; tuning/best/dense_gan_ring.json
"""

import pathlib

import keras_gans
from keras_gans import tuning

NAME = "dense_gan_ring"


if __name__ == "__main__":
    result = tuning.tune(
        "dense_gan",
        keras_gans.data.load("ring"),
        {"reverse_kl": 1.0, "high_quality": 1.0},
        space="small",
        max_trials=20,
        epochs=3,
        budget="steps",
        directory=f"tuning_runs/{NAME}",
        command=f"python tuning/{NAME}.py",
    )
    print(result)
    result.export(pathlib.Path(__file__).parent / "best" / f"{NAME}.json")
