import importlib.util

import numpy as np
import pytest

from keras_gans.data import embedded


def test_digits_are_scikit_learns():
    found = embedded.digits()
    assert found["images"].shape == (1797, 8, 8, 1) and found["images"].max() == 16
    assert np.bincount(found["labels"]).min() > 150 and found["class_names"] == list("0123456789")
    assert found["source"] and found["licence"]


def test_glyphs_know_their_classes():
    found = embedded.glyphs(classes=36, count=72)
    assert found["name"] == "glyphs36" and len(found["class_names"]) == 36
    assert np.bincount(found["labels"]).tolist() == [2] * 36


def test_a_missing_package_is_named_with_the_command(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"needs sklearn.*pip install 'keras-gans\[data\]'"):
        embedded.require("sklearn", "data")
