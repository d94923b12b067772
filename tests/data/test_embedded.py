import importlib.util

import numpy as np
import pytest

from keras_gans import data
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


def test_patches_share_no_pixel_between_splits():
    found = data.load("patches", test=0.5)
    assert found.shape == (32, 32, 3) and found.class_names == ("china", "flower") and "CC BY 2.0" in found.licence
    assert [len(x) for x in (found.train_samples, found.validation_samples, found.test_samples)] == [6400, 800, 800]
    corners = {
        part: {image[8:24, 8:24].tobytes() for image in getattr(found, f"{part}_samples")} for part in ("train", "test")
    }
    assert len(corners["test"] & corners["train"]) <= 2, "but for skies of one colour"
    with pytest.raises(ValueError, match="427 x 640"):
        data.load("patches", size=600)


@pytest.mark.parametrize("name,options", [("ring", {"count": "x"}), ("grid", {"deviation": -1}), ("sines", {"steps": 0})])
def test_what_is_drawn_takes_numbers(name, options):
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected a (whole )?number"):
        data.load(name, **options)
