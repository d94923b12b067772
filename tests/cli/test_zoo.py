import json
import pathlib

import numpy as np

import keras_gans
from keras_gans import cli, zoo

SMALL = [
    "train",
    "dense_gan",
    "--data",
    "wine",
    "-d",
    "validation=0.4",
    "--test",
    "0.5",
    "--batch-size",
    "32",
    "-m",
    "widths=[8]",
]


def test_a_run_becomes_an_entry_that_is_listed_shown_drawn_and_verified(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main([*SMALL, "--epochs", "2", "--every", "1", "-q", "--run", "run"]) == 0
    assert "test samples, which did not choose it" in capsys.readouterr().out
    assert cli.main(["preset", "run", "mine", "--json"]) == 0 and json.loads(capsys.readouterr().out) == {
        "entry": "mine",
        "split": "test",
    }
    assert cli.main(["card", "mine"]) == 0 and "# mine" in capsys.readouterr().out
    assert cli.main(["card", "mine", "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["recipe"]["values"] == {"widths": [8]} and card["scores"]["split"] == "test"
    assert cli.main(["verify", "mine", "--draws", "1"]) == 0 and "mine: pass" in capsys.readouterr().out
    assert cli.main(["verify", "mine", "--draws", "1", "--json"]) == 0
    said = capsys.readouterr()
    checked = json.loads(said.out)
    assert checked["passed"] and {row["score"] for row in checked["entries"][0]["scores"]} == set(card["scores"]["scores"])
    assert "mine: pass" in said.err, "on its way"
    assert cli.main(["generate", "mine", "-n", "5", "-o", "five.npy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"samples": 5, "file": "five.npy"}
    np.testing.assert_array_equal(np.load("five.npy"), zoo.load("mine").generate(5, seed=0))
    assert cli.main(["train", "--recipe", "mine", "--epochs", "1", "-q", "--run", "again"]) == 0, "a recipe by its entry"


def test_list(capsys):
    assert cli.main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"names": zoo.names(), "recipes": zoo.recipes()}
    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == zoo.names() and lines[0] == "pretrained:"
    assert "dcgan, digits" in lines[1] and "fid[digits]" in lines[1] and "real samples" in lines[1]


def test_mistakes_are_one_line(capsys, monkeypatch, tmp_path):
    for words, message in (
        (["card", "dcgan_digit"], "Did you mean 'dcgan_digits'"),
        (["verify", "dcgan_mnist"], "a recipe without weights"),
        (["generate", "dcgan_digit"], "Did you mean 'dcgan_digits'"),
        (["preset", str(tmp_path), "mine"], "not a finished run"),
        (["preset", str(tmp_path), "dcgan_digits"], "an entry of the package has this name"),
        (["card", __file__], "a file. Unpack it: an entry is a folder"),
        (["train", "--recipe", "nowhere"], "nowhere: no such file or directory"),
    ):
        assert cli.main(words) == 2
        error = capsys.readouterr().err
        assert message in error and error.startswith("keras-gans: ") and error.count("\n") == 1, error


def test_a_claim_that_is_not_met_is_exit_code_1(monkeypatch, capsys):
    rows = [("fid[digits]", 1.0, 2.0, 0.01, False)]
    monkeypatch.setattr(zoo, "verify", lambda name, draws=None, data=None: zoo.Verification(name, rows, 1.0))
    assert cli.main(["verify", "dcgan_digits"]) == 1 and "FAIL" in capsys.readouterr().out


def test_an_entry_of_ones_own_data_is_verified_where_they_are_now(on_table, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = np.random.default_rng(0).normal(size=(120, 2))
    np.savetxt("people.csv", rows, delimiter=",", header="height,weight", comments="")
    assert cli.main(on_table("people.csv")) == 0 and cli.main(["preset", "run", "mine"]) == 0
    said = capsys.readouterr().out
    assert "flatter it: keras-gans train --test 0.5 keeps another apart" in said
    assert "which the scores above are of, too: they flatter it" in keras_gans.zoo.card("mine")["text"]
    assert cli.main(["preset", "run", "mine"]) == 0 and "in place of the one that was there" in capsys.readouterr().out
    pathlib.Path("elsewhere").mkdir()
    pathlib.Path("people.csv").rename("elsewhere/people.csv")
    assert cli.main(["verify", "mine"]) == 2
    assert "measured on 'people.csv', which is not here" in capsys.readouterr().err
    assert cli.main(["verify", "mine", "--data", "elsewhere/people.csv"]) == 0
    rows[0] += 1
    np.savetxt("elsewhere/people.csv", rows, delimiter=",", header="height,weight", comments="")
    assert cli.main(["verify", "mine", "--data", "elsewhere/people.csv"]) == 2 and "fingerprint" in capsys.readouterr().err
