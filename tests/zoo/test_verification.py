import shutil

import pytest

import keras_gans
from keras_gans import files, zoo
from keras_gans.zoo import folder


def test_every_claim_again(entry):
    found = zoo.verify(entry[0], draws=1)
    assert found and found.passed and {row[0] for row in found.rows} == {"fid[digits]", "coverage[digits]"}
    assert "pass" in str(found) and "FAIL" not in str(found)


def test_a_claim_that_is_not_so_fails(entry, tmp_path):
    def flattered(made):
        for path in entry[0].iterdir():
            shutil.copy(path, made)
        scores = folder.read(made, "scores.json")
        scores["scores"]["fid[digits]"]["draws"] = [value * 0.9 for value in scores["scores"]["fid[digits]"]["draws"]]
        files.write_json(made / "scores.json", scores)

    folder.write(tmp_path / "flattered", flattered)
    found = zoo.verify(tmp_path / "flattered")
    assert not found and "FAIL" in str(found)
    assert [row[-1] for row in found.rows] == [False, True]


def test_what_cannot_be_verified(entry, small, tmp_path):
    with pytest.raises(ValueError, match="draws=3: the card has 2"):
        zoo.verify(entry[0], draws=3)
    with pytest.raises(ValueError, match="Load the same data with the same splits"):
        zoo.verify(entry[0], data=keras_gans.data.load("digits"))
    small.save_to_preset(tmp_path / "unmeasured")
    with pytest.raises(ValueError, match="has no scores"):
        zoo.verify(tmp_path / "unmeasured")
    small.save_to_preset(tmp_path / "own", scores=zoo.measure(small, entry[2].batched(32), ["fid"], draws=1))
    with pytest.raises(ValueError, match="Pass data="):
        zoo.verify(tmp_path / "own")
    assert zoo.verify(tmp_path / "own", data=entry[2], draws=1).rows
