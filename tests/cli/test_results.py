import json
import pathlib

import numpy as np
import pytest
from PIL import Image

from keras_gans import cli

SMALL = ["train", "dcgan", "--data", "digits", "-m", "width=4", "-m", "latent_dim=8", "--every", "2"]


def test_evaluate(tmp_path, capsys, monkeypatch):
    """A run folder against its own data, two folders of images, and what JSON of them says."""
    monkeypatch.chdir(tmp_path)
    assert cli.main([*SMALL, "--epochs", "1", "-o", "run", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == json.loads(pathlib.Path("run/summary.json").read_text()) and "epoch 1/1" in said.err
    assert cli.main(["evaluate", "run", "-n", "100", "--metrics", "fid", "prdc"]) == 0
    table = capsys.readouterr().out
    assert all(
        part in table for part in ("fid[digits]", "coverage[digits]", "real training samples", "100 samples against 352")
    )
    assert cli.main(["evaluate", "run", "-n", "100", "--metrics", "fid", "--json", "-o", "out/scores.json"]) == 0
    said = capsys.readouterr()
    printed = json.loads(said.out)
    assert said.err == "scores in out/scores.json\n"
    assert printed == json.loads(pathlib.Path("out/scores.json").read_text())
    assert f"{printed['scores']['fid[digits]']:.4f}" in table and printed["record"]["n_fake"] == 100
    for name, seed in (("fakes", 0), ("reals", 1)):
        pathlib.Path(name).mkdir()
        for i, image in enumerate(np.random.default_rng(seed).integers(0, 256, (12, 9, 9), "uint8")):
            Image.fromarray(image).save(f"{name}/{i}.png")
    assert cli.main(["evaluate", "fakes", "reals", "--extractor", "digits", "--metrics", "fid", "--image-size", "8"]) == 0
    found = capsys.readouterr()
    assert "12 samples against 12 (array), features of 'digits'" in found.out
    assert found.err.startswith("keras-gans: Fréchet distance from 12 samples of 64 features: fewer"), (
        "a warning is one line"
    )


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["nowhere", "digits"], "no such file or folder"),
        (["fakes.npy"], "No reference"),
        (["fakes.npy", "digits", "--metrics", "fidd"], "Did you mean 'fid'"),
        (["fakes.npy", "digits", "--extractor", "digit"], "Did you mean 'digits'"),
        (["fakes.npy", "digits", "--seed", "-1"], "seed=-1"),
        (["floats.npy", "digits", "--value-range", "1", "0"], "value_range"),
        (["floats.npy", "digits"], "samples in [-1, 1]"),
        (["fakes.npy", "digits", "--metrics", "discriminative"], "is for sequences"),
        (["fakes.npy", "fakes.npy"], "fit_extractor"),
    ],
)
def test_mistakes_in_evaluate(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("fakes.npy", np.zeros((30, 8, 8, 1), "uint8"))
    np.save("floats.npy", np.full((30, 8, 8, 1), 3.0))
    assert cli.main(["evaluate", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error


def test_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["report", "nowhere"]) == 2 and "nowhere: not a run folder" in capsys.readouterr().err
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"architecture": "DCGAN", "data": {"name": "digits"}, "epochs": 3}')
    assert cli.main(["report", "run", "-o", "page.html"]) == 0
    said = capsys.readouterr()
    assert said.out == "report in page.html\n" and said.err == ""
    assert "DCGAN on digits" in (tmp_path / "page.html").read_text()
