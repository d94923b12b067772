"""Pretrained GANs: found by a handle, checked by hash, every score of theirs computed again on demand.

An entry is a folder: config.json, model.weights.h5, scores.json, recipe.json, samples.png, README.md (the card), and manifest.json with
the sha256 of each. Nothing in it is code: only JSON and HDF5 are read, hashes first.
"""

import importlib
from typing import TYPE_CHECKING

from keras_gans.zoo.handles import card, find, names, recipes

if TYPE_CHECKING:
    from keras_gans.zoo.entries import from_run, load, save
    from keras_gans.zoo.overview import table
    from keras_gans.zoo.scores import data_of, measure
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

WITH_KERAS = {  # name -> module: what lists entries and shows their cards does not wait for it
    "Verification": "verification",
    "data_of": "scores",
    "from_run": "entries",
    "load": "entries",
    "measure": "scores",
    "save": "entries",
    "table": "overview",
    "verify": "verification",
}


def __getattr__(name):
    if name not in WITH_KERAS:
        raise AttributeError(f"module 'keras_gans.zoo' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"keras_gans.zoo.{WITH_KERAS[name]}"), name)
    globals()[name] = found
    return found
