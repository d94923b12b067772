import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gans
from keras_gans import cli
from keras_gans.callbacks.run_folder import read_history
from keras_gans.cli import results

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


def test_train_then_generate(tmp_path, monkeypatch, capsys):
    done = run(*SMALL, "--epochs", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert all(part in done.stdout for part in ("epoch 2/2  d_loss", "  fid ", "  is ", "fid[digits]"))
    assert max(len(line) for line in done.stdout.splitlines() if line.startswith("epoch")) < 80
    assert "In runs/dcgan_digits: model.keras" in done.stdout
    drawn = run("generate", "runs/dcgan_digits", "-n", "9", "-o", "grid.png", cwd=tmp_path)
    assert drawn.returncode == 0 and (tmp_path / "grid.png").stat().st_size > 200, drawn.stderr
    monkeypatch.chdir(tmp_path)
    assert cli.main([*SMALL, "--epochs", "2"]) == 2
    error = capsys.readouterr().err
    assert "--resume" in error and "Traceback" not in error


def test_a_killed_run_goes_on_exactly(tmp_path):
    """SIGKILL in the middle of an epoch, the same command again: weights, moments, seeds, stage, probability, alarms and history
    are those of a run that was never stopped."""
    arguments = [*SMALL, *TECHNIQUES, "--epochs", "10", "--resume", "--run"]
    assert run(*arguments, "whole", cwd=tmp_path).returncode == 0
    with subprocess.Popen(command(*arguments, "killed"), cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("epoch  6/"):
                time.sleep(0.05)
                break
        os.kill(process.pid, signal.SIGKILL)
    half = read_history(tmp_path / "killed" / "history.csv")
    assert 5 <= len(half) < 10
    done = run(*arguments, "killed", cwd=tmp_path)
    assert done.returncode == 0 and "epoch  1/" not in done.stdout, done.stderr
    models = [keras_gans.load_model(tmp_path / name / "model.keras") for name in ("whole", "killed")]
    for a, b in zip(*(model.variables + model.optimizer.variables for model in models)):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    histories = [read_history(tmp_path / name / "history.csv") for name in ("whole", "killed")]
    for a, b in zip(*histories):
        a.pop("seconds"), b.pop("seconds")
        assert a.pop("sample_diversity") == pytest.approx(b.pop("sample_diversity"), rel=1e-6)  # a float32 graph of its own
    assert histories[0] == histories[1] and len(histories[0]) == 10
    assert not list((tmp_path / "killed").rglob(".*")), "halves of files are cleared away"


@pytest.mark.parametrize(
    "architecture,data,model",
    [("dense_gan", "wine", "widths=[8]"), ("recurrent_gan", "goog", "units=8"), ("r3gan", "digits", "width=8")],
)
def test_every_kind_of_data_has_its_architecture(architecture, data, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["-d", "labels=true", "-m", "num_classes=10"] if data == "digits" else []
    assert cli.main(["train", architecture, "--data", data, "-m", model, "--epochs", "1", *options]) == 0
    assert (tmp_path / "runs" / f"{architecture}_{data}" / "samples.png").stat().st_size > 500
    assert cli.main(["generate", f"runs/{architecture}_{data}", "-n", "9", "-o", "drawn.npy"]) == 0
    assert len(np.load("drawn.npy")) == 9


def test_data_of_the_wrong_kind(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "recurrent_gan", "--data", "digits"]) == 2
    assert "Use dcgan, wgan_gp, sngan or r3gan" in capsys.readouterr().err
    assert cli.main(["train", "dcgan", "--data", "wine"]) == 2
    assert "Use dense_gan" in capsys.readouterr().err


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


def test_two_devices_train_and_one_goes_on(tmp_path):
    done = run(*SMALL, "--epochs", "2", "--devices", "2", "--run", "shared", cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    resumed = run(*SMALL, "--epochs", "4", "--resume", "--run", "shared", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    rows = read_history(tmp_path / "shared" / "history.csv")
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4] and rows[0].keys() == rows[3].keys()
    assert int(keras_gans.load_model(tmp_path / "shared" / "model.keras").steps.numpy()) == 4 * 22


def test_half_precision_and_going_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = ["train", "dense_gan", "--data", "wine", "-m", "widths=[8]", "-q", "--precision", "mixed_bfloat16", "--resume"]
    assert cli.main([*line, "--epochs", "1"]) == cli.main([*line, "--epochs", "2"]) == 0
    model = keras_gans.load_model("runs/dense_gan_wine/model.keras")
    assert model.generator.layers[1].compute_dtype == "bfloat16" and int(model.steps.numpy()) == 4
    assert keras.config.dtype_policy().name == "float32"


def test_devices_that_cannot_share_a_batch(tmp_path, capsys):
    odd = run(*SMALL, "--devices", "3", cwd=tmp_path)
    assert odd.returncode == 2 and "64 samples, and 3 devices: each takes an equal part. Try batch_size=63." in odd.stderr
    assert cli.main([*SMALL, "--devices", "0"]) == 2 and "--devices 0: expected at least 1" in capsys.readouterr().err


def test_a_table_of_ones_own_from_the_first_command_to_the_last(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = np.random.default_rng(0).normal([170, 70], [8, 9], (120, 2))
    np.savetxt("people.csv", rows, delimiter=",", header="height,weight", comments="")
    words = ["dense_gan", "--data", "people.csv", "--batch-size", "16", "--epochs", "1", "-m", "widths=[8]", "-q"]
    assert cli.main(["train", *words, "-o", "run"]) == 0
    assert "fid[raw]" in capsys.readouterr().out
    assert keras_gans.files.read_json("run/run.json", {})["feature_names"] == ["height", "weight"]
    assert cli.main(["generate", "run", "-n", "30", "-o", "drawn.csv"]) == 0
    drawn = keras_gans.load_model("run/model.keras").generate(30, seed=0)
    assert pathlib.Path("drawn.csv").read_text().startswith("height,weight\n")
    np.testing.assert_array_equal(np.loadtxt("drawn.csv", delimiter=",", skiprows=1, dtype="float32"), drawn)
    assert cli.main(["evaluate", "run", "-n", "30", "--metrics", "fid"]) == 0, "the run's own data"
    assert cli.main(["evaluate", "drawn.csv", "people.csv", "--metrics", "fid"]) == 0
    run = keras_gans.files.read_json("run/run.json", {})
    keras_gans.files.write_json("run/run.json", {**run, "feature_names": ["2019", "2020"]})
    assert cli.main(["generate", "run", "-n", "3", "-o", "years.csv"]) == 0
    assert len(pathlib.Path("years.csv").read_text().splitlines()) == 3, "numbers would be read as a row"
    keras_gans.files.write_json("run/run.json", run)
    assert cli.main(["generate", "run/best.keras", "-n", "3", "-o", "best.csv"]) == 0
    assert pathlib.Path("best.csv").read_text().startswith("height,weight\n")
    capsys.readouterr()
    np.savetxt("swapped.csv", drawn[:, ::-1], delimiter=",", header="weight,height", comments="")
    assert cli.main(["evaluate", "swapped.csv", "people.csv"]) == 2
    assert "samples: columns weight, height; expected height, weight, in this order" in capsys.readouterr().err
    assert cli.main(["evaluate", "run", "swapped.csv"]) == 2
    assert "samples: columns height, weight; expected weight, height, in this order" in capsys.readouterr().err
    assert cli.main(["train", "dcgan", *words[1:3], "-o", "other"]) == 2
    assert "not for samples of shape (2,), which --data people.csv has. Use dense_gan" in capsys.readouterr().err
    assert cli.main(["train", *words, "-o", "run", "--resume", "-m", "widths=[9]"]) == 2
    assert "its config.widths is [8], asked for [9]" in capsys.readouterr().err


def test_columns_that_are_left_out(on_table, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = np.random.default_rng(0).normal(size=(60, 2))
    lines = [f"{i},{a:.6f},red,{b:.6f}" for i, (a, b) in enumerate(rows)]
    pathlib.Path("mixed.csv").write_text("\n".join(["id,height,colour,weight", *lines]))
    words = on_table("mixed.csv")
    assert (
        cli.main(words) == 2 and "leave the column out (drop=, on the command line -d drop=NAME)" in capsys.readouterr().err
    )
    assert (
        cli.main([*words, "-d", "drop=id,color"]) == 2
        and "drop: Unknown column 'color'. Did you mean 'colour'" in capsys.readouterr().err
    )
    assert cli.main([*words, "-d", "usecols=1"]) == 2 and "Unknown option 'usecols'" in capsys.readouterr().err
    assert cli.main([*words, "-d", "drop=id,colour"]) == 0
    assert keras_gans.files.read_json("run/run.json", {})["feature_names"] == ["height", "weight"]
    assert cli.main(["evaluate", "run", "--metrics", "fid", "-n", "20"]) == 0


def test_a_recipe_with_other_data_leaves_out_the_options_of_its_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.savetxt("days.csv", np.cumsum(np.random.default_rng(0).normal(size=(90, 2)), 0), delimiter=",")
    words = [
        "--data",
        "days.csv",
        "-d",
        "steps=8",
        "--batch-size",
        "16",
        "--epochs",
        "1",
        "-m",
        "units=4",
        "-q",
        "-o",
        "run",
    ]
    assert cli.main(["train", "--recipe", "recurrent_gan_goog", *words]) == 0, capsys.readouterr().err
    known = keras_gans.files.read_json("run/run.json", {})["recipe"]
    assert known["data_option"] == {"steps": 8} and known["values"]["differences"] is True
    assert cli.main(["generate", "run", "-n", "30", "-o", "drawn.npy"]) == 0
    assert cli.main(["evaluate", "drawn.npy", "days.csv", "--metrics", "fid"]) == 0, "its windows"
    assert "30 samples against 83 (array)" in capsys.readouterr().out


def test_a_series_of_ones_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.save("walk.npy", np.cumsum(np.random.default_rng(0).normal(size=(90, 2)), 0))
    words = ["train", "recurrent_gan", "--data", "walk.npy", "-d", "steps=8", "--batch-size", "16", "--epochs", "1", "-q"]
    assert cli.main([*words, "-m", "units=4"]) == 0, capsys.readouterr().err
    assert "fid[raw]" in capsys.readouterr().out and (tmp_path / "runs" / "recurrent_gan_walk" / "comparison.png").exists()
    assert cli.main([*words[:4], "-q"]) == 2
    assert "-d steps=N cuts a file's rows into sequences" in capsys.readouterr().err
    assert cli.main(["generate", "runs/recurrent_gan_walk", "-o", "a.csv"]) == 2
    assert "a table is of vectors, and these are (8, 2). Write a .npy file" in capsys.readouterr().err


def test_images_of_ones_own_are_scored_with_the_extractor_that_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    digits = keras_gans.data.load("digits")
    np.savez("mine.npz", images=digits.train_samples * 15, labels=digits.train_labels)
    own = ["--data", "mine.npz", "-d", "with_labels=true", "-m", "num_classes=10", "--extractor", "digits", "--test", "0.5"]
    assert cli.main([*SMALL[:2], *own, *SMALL[4:], "--epochs", "1", "-q", "-o", "run"]) == 0
    assert "fid[digits]" in capsys.readouterr().out and (tmp_path / "run" / "best.keras").exists()
    assert cli.main(["evaluate", "run", "--metrics", "fid", "-n", "100"]) == 0
    assert "fid[digits]" in capsys.readouterr().out, "the extractor of its training"
    assert cli.main(["preset", "run", "entry"]) == 0
    assert keras_gans.zoo.card("entry")["scores"]["extractor"] == "digits"
    assert cli.main([*SMALL[:2], *own, *SMALL[4:], "--epochs", "1", "-o", "run", "--resume", "--extractor", "glyphs"]) == 2
    assert "its extractor is " in capsys.readouterr().err
    without = [word for word in own if word not in ("--extractor", "digits")]
    assert cli.main([*SMALL[:2], *without, *SMALL[4:], "--epochs", "2", "-o", "run", "--resume"]) == 2
    assert ", asked for not set. Resume" in capsys.readouterr().err


def test_a_class_by_its_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for kind in ("cat", "dog"):
        pathlib.Path("pets", kind).mkdir(parents=True)
        for number in range(20):
            Image.fromarray(rng.integers(0, 256, (8, 8), "uint8")).save(f"pets/{kind}/{number}.png")
    own = ["--data", "pets", "-d", "with_labels=true", "-m", "num_classes=2", "--batch-size", "16"]
    assert cli.main([*SMALL[:2], *own, *SMALL[4:], "--epochs", "1", "-q", "-o", "run"]) == 0
    for word, name in (("dog", "a"), ("1", "b"), ("cat", "c")):
        assert cli.main(["generate", "run", "-n", "4", "--labels", word, "-o", f"{name}.npy"]) == 0
    named, numbered, other = (np.load(f"{name}.npy") for name in "abc")
    np.testing.assert_array_equal(named, numbered)
    assert not np.array_equal(named, other)
    capsys.readouterr()
    assert cli.main(["generate", "run", "--labels", "dgo"]) == 2
    assert "--labels: Unknown class 'dgo'. Did you mean 'dog'? Known: cat, dog." in capsys.readouterr().err
    assert [results.class_of(word, ["3", "7"]) for word in ("3", "7", None)] == [0, 1, None]
    with pytest.raises(ValueError, match="Unknown class '1'"):
        results.class_of("1", ["3", "7"])
