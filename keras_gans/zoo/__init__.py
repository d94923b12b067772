"""Pretrained GANs: found by a handle, checked by hash, every score of theirs computed again on demand.

An entry is a folder: config.json, model.weights.h5, scores.json, recipe.json, samples.png, README.md (the card), and manifest.json with
the sha256 of each. Nothing in it is code: only JSON and HDF5 are read, hashes first.
"""

from keras_gans.zoo.entries import from_run, load, save
from keras_gans.zoo.handles import card, find, names, recipes
from keras_gans.zoo.scores import data_of, measure
from keras_gans.zoo.table import table
from keras_gans.zoo.verification import Verification, verify

__all__ = [
    "Verification",
    "card",
    "data_of",
    "find",
    "from_run",
    "load",
    "measure",
    "names",
    "recipes",
    "save",
    "table",
    "verify",
]
