import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

import keras_gans
from keras_gans import cli
from keras_gans.callbacks.run_folder import read_history

SMALL = ["train", "dcgan", "--data", "digits", "-m", "width=4", "-m", "latent_dim=8", "--every", "2"]
TECHNIQUES = [
    "--augment",
    "color,translation",
    "--augment-target",
    "0.6",
    "--augment-span",
    "20000",
    "--curriculum",
    "resolution",
]
TECHNIQUES += ["--self-supervision", "auto", "--monitor", "warn", "overfitting=augment", "spike=restore"]


def command(*arguments):
    script = shutil.which("keras-gans", path=str(pathlib.Path(sys.executable).parent))
    return (
        [script, *arguments]
        if script
        else [sys.executable, "-c", "from keras_gans.cli import main; raise SystemExit(main())", *arguments]
    )


def run(*arguments, cwd, **options):
    return subprocess.run(command(*arguments), cwd=cwd, capture_output=True, text=True, **options)


def test_train_then_generate(tmp_path):
    done = run(*SMALL, "--epochs", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert all(part in done.stdout for part in ("epoch 2/2  d_loss", "  fid ", "  is ", "fid[digits]"))
    assert max(len(line) for line in done.stdout.splitlines() if line.startswith("epoch")) < 80
    assert "In runs/dcgan_digits: model.keras" in done.stdout
    drawn = run("generate", "runs/dcgan_digits", "-n", "9", "-o", "grid.png", cwd=tmp_path)
    assert drawn.returncode == 0 and (tmp_path / "grid.png").stat().st_size > 200, drawn.stderr
    again = run(*SMALL, "--epochs", "2", cwd=tmp_path)
    assert again.returncode == 2 and "--resume" in again.stderr and "Traceback" not in again.stderr


def test_a_killed_run_goes_on_exactly(tmp_path):
    """SIGKILL in the middle of an epoch, the same command again: weights, moments, seeds, stage, probability, alarms and history
    are those of a run that was never stopped."""
    arguments = [*SMALL, *TECHNIQUES, "--epochs", "16", "--resume", "--run"]
    assert run(*arguments, "whole", cwd=tmp_path).returncode == 0
    process = subprocess.Popen(command(*arguments, "killed"), cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("epoch  8/"):
            time.sleep(0.05)
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    half = read_history(tmp_path / "killed" / "history.csv")
    assert 7 <= len(half) < 16
    done = run(*arguments, "killed", cwd=tmp_path)
    assert done.returncode == 0 and "epoch  1/" not in done.stdout, done.stderr
    models = [keras_gans.load_model(tmp_path / name / "model.keras") for name in ("whole", "killed")]
    for a, b in zip(*(model.variables + model.optimizer.variables for model in models)):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    histories = [read_history(tmp_path / name / "history.csv") for name in ("whole", "killed")]
    for a, b in zip(*histories):
        a.pop("seconds"), b.pop("seconds")
        assert a.pop("sample_diversity") == pytest.approx(b.pop("sample_diversity"), rel=1e-6)  # a float32 graph of its own
    assert histories[0] == histories[1] and len(histories[0]) == 16
    assert not list((tmp_path / "killed").rglob(".*")), "halves of files are cleared away"


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["train", "dcgam"], "Did you mean 'dcgan'"),
        (["train", "dcgan", "--data", "digit"], "Did you mean 'digits'"),
        (["train", "dcgan", "-m", "widht=3"], "Did you mean 'width'"),
        (["train", "dcgan", "-o", "clases=3"], "Did you mean"),
        (["train", "dcgan", "--loss", "minmax"], "Did you mean 'minimax'"),
        (["train", "dcgan", "--epochs", "0"], "expected at least 1"),
        (["train", "dcgan", "--batch-size", "5000"], "do not fill one batch"),
        (["train", "dcgan", "--seed", "-1"], "seed=-1"),
        (["train", "dcgan", "--image-size", "0"], "image_size=0"),
        (["train", "dcgan", "--d-learning-rate", "-1"], "expected a number above 0"),
        (["train", "dcgan", "--g-learning-rate", "nan"], "expected a number above 0"),
        (["train", "dcgan", "-m", "image_shape=[8,8,1]"], "Use --image-size"),
        (["train", "dcgan", "-m", "seed=abc"], "seed='abc'"),
        (["train", "dcgan", "--data", "./photos"], "no such folder"),
        (["generate", "nowhere.keras"], "no such file"),
        (["generate", "."], "not a run folder"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not list(tmp_path.iterdir())


def test_divergence_exits_3_and_says_where_it_stopped(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rates = ["--d-learning-rate", "1e38", "--g-learning-rate", "1e38"]
    assert cli.main([*SMALL, "--epochs", "4", "-q", *rates]) == 3
    assert "Training stopped" in capsys.readouterr().err


def test_help_needs_no_keras():
    code = "import sys; sys.argv[0] = 'keras-gans'; import keras_gans.cli as c; c.parser(); print('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
    for arguments in (["--help"], ["train", "--help"], ["generate", "--help"]):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 0
    assert cli.main([]) == 2 and cli.main(["--version"]) == 0


def test_settings_are_read_as_json_or_words():
    assert cli.setting("dropout=[0,0.3]") == ("dropout", [0, 0.3]) and cli.setting("norm=batch") == ("norm", "batch")
    with pytest.raises(Exception, match="expected NAME=VALUE"):
        cli.setting("width")


@pytest.mark.parametrize(
    "architecture,data,model",
    [("dense_gan", "wine", "widths=[8]"), ("recurrent_gan", "goog", "units=8"), ("r3gan", "digits", "width=8")],
)
def test_every_kind_of_data_has_its_architecture(architecture, data, model, tmp_path):
    options = ["-o", "labels=true", "-m", "num_classes=10"] if data == "digits" else []
    done = run("train", architecture, "--data", data, "-m", model, "--epochs", "1", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs" / f"{architecture}_{data}" / "samples.png").stat().st_size > 500
    drawn = run("generate", f"runs/{architecture}_{data}", "-n", "9", "-o", "drawn.npy", cwd=tmp_path)
    assert drawn.returncode == 0 and len(np.load(tmp_path / "drawn.npy")) == 9, drawn.stderr


def test_data_of_the_wrong_kind(tmp_path):
    done = run("train", "recurrent_gan", "--data", "digits", cwd=tmp_path)
    assert done.returncode == 2 and "Use dcgan, wgan_gp, sngan or r3gan" in done.stderr
    done = run("train", "dcgan", "--data", "wine", cwd=tmp_path)
    assert done.returncode == 2 and "Use dense_gan" in done.stderr


def test_evaluate(tmp_path, capsys, monkeypatch):
    """A run folder against its own data, two folders of images, and what JSON of them says."""
    monkeypatch.chdir(tmp_path)
    assert cli.main([*SMALL, "--epochs", "1", "-q", "--run", "run"]) == 0
    capsys.readouterr()
    assert cli.main(["evaluate", "run", "-n", "100", "--metrics", "fid", "prdc"]) == 0
    table = capsys.readouterr().out
    assert all(
        part in table for part in ("fid[digits]", "coverage[digits]", "real training samples", "100 samples against 352")
    )
    assert cli.main(["evaluate", "run", "-n", "100", "--metrics", "fid", "--json", "-o", "out/scores.json"]) == 0
    printed = json.loads(capsys.readouterr().out)
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


@pytest.mark.parametrize(
    "more,message",
    [
        (["--augment", "colour"], "Did you mean 'color'"),
        (["--augment", "jitter,time_mask"], "TimeMask is for sequences, and the samples are images"),
        (["--augment-target", "0.6"], "--augment-target without --augment"),
        (["--augment-data", "flips"], "Did you mean 'flip'"),
        (["--curriculum", "blurr"], "Did you mean 'blur'"),
        (["--curriculum", "[{"], "not JSON"),
        (["--curriculum", '[{"epochs": 9, "blur": 1}, {}]'], "begins after epoch 9, and the training ends with epoch 2"),
        (["--curriculum", '[{"epochs": 1, "length": 2}, {}]'], "length is for sequences"),
        (["--self-supervision", "order"], "Order is for sequences, and the samples are images"),
        (["--monitor", "collapse=explode"], "Unknown action 'explode'"),
        (["--monitor", "overfitting=augment"], "Compile with augment="),
        (["--monitor", "stop", "warn"], "one action for all kinds"),
    ],
)
def test_techniques_that_do_not_fit_are_one_line_and_exit_code_2(more, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main([*SMALL, "--epochs", "2", "-q", *more]) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not list(tmp_path.glob("runs/*/model.keras"))


def test_a_curriculum_from_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stages.json").write_text('[{"epochs": 1, "noise": [0.2, 0]}, {}]')
    assert cli.main([*SMALL, "--epochs", "2", "--curriculum", "stages.json", "--augment-data", "flip"]) == 0
    said = capsys.readouterr()
    assert "stage 1" in said.out and "leaks into the samples" in said.err


def test_report(tmp_path):
    missing = run("report", "nowhere", cwd=tmp_path)
    assert missing.returncode == 2 and "nowhere: not a run folder" in missing.stderr and "Traceback" not in missing.stderr
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"architecture": "DCGAN", "data": {"name": "digits"}, "epochs": 3}')
    done = run("report", "run", "-o", "page.html", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout == "report in page.html\n" and done.stderr == "", done.stderr
    assert "DCGAN on digits" in (tmp_path / "page.html").read_text()
