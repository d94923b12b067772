"""One run in one folder: train, score, draw, stop at any moment, go on exactly.

summary = keras_gans.runs.train(gan, data, "runs/mine", epochs=50)
"""

from keras_gans.runs.scores import scored
from keras_gans.runs.summary import Summary
from keras_gans.runs.training import train

__all__ = ["Summary", "scored", "train"]
