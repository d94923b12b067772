import pathlib

import keras
import numpy as np
import pytest

import keras_gans


def test_saving_never_loses_what_was_there(small, tmp_path, monkeypatch):
    path = tmp_path / "gan.keras"
    small.save(path)
    whole = path.read_bytes()
    monkeypatch.setattr(keras.Model, "save", lambda self, path, *a, **k: (pathlib.Path(path).write_text("half"), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        small.save(path)
    assert path.read_bytes() == whole and len(list(tmp_path.iterdir())) == 1


def test_other_ways_of_saving_are_keras_own(small, tmp_path):
    small.save_weights(tmp_path / "parts.weights.json", max_shard_size=1e-5)
    other = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=9)
    other.compile()
    other.load_weights(tmp_path / "parts.weights.json")
    np.testing.assert_array_equal(other.generate(2, seed=0), small.generate(2, seed=0))
    with pytest.raises(ValueError, match="HDF5 format cannot be loaded"):
        small.save(tmp_path / "gan.h5")


def test_load_model_names_what_is_wrong(small, tmp_path):
    path = tmp_path / "gan.keras"
    with pytest.raises(FileNotFoundError, match="no such file"):
        keras_gans.load_model(path)
    small.save(path)
    assert isinstance(keras_gans.load_model(path), keras_gans.DCGAN)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="truncated, damaged"):
        keras_gans.load_model(path)
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(ValueError, match="holds a Sequential, not a GAN"):
        keras_gans.load_model(path)


def test_weights_of_another_model_raise(small, tmp_path):
    small.save_weights(tmp_path / "a.weights.h5")
    other = keras_gans.DCGAN((8, 8, 1), 4, width=4, dropout=0.2, seed=0)
    other.compile()
    with pytest.raises(ValueError, match="other arguments"):
        other.load_weights(tmp_path / "a.weights.h5")
