import contextlib
import json
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

import keras_gans
from keras_gans import cli

SMALL = ["train", "dcgan", "--data", "digits", "-m", "width=4", "-m", "latent_dim=8", "--every", "2"]


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["train"], "no architecture"),
        (["train", "dcgam"], "Did you mean 'dcgan'"),
        (["train", "dcgan", "--data", "digit"], "Did you mean 'digits'"),
        (["train", "dcgan", "-m", "widht=3"], "Did you mean 'width'"),
        (["train", "dcgan", "-d", "clases=3"], "Did you mean"),
        (["train", "dcgan", "--loss", "minmax"], "Did you mean 'minimax'"),
        (["train", "dcgan", "--epochs", "0"], "expected at least 1"),
        (["train", "dcgan", "--batch-size", "5000"], "do not fill one batch"),
        (["train", "dcgan", "--seed", "-1"], "seed=-1"),
        (["train", "dcgan", "--image-size", "0"], "image_size=0"),
        (["train", "dcgan", "--d-learning-rate", "-1"], "expected a number above 0"),
        (["train", "dcgan", "--g-learning-rate", "nan"], "expected a number above 0"),
        (["train", "dcgan", "-m", "image_shape=[8,8,1]"], "the data decide it"),
        (["train", "dcgan", "-m", "seed=abc"], "beside the settings"),
        (["train", "dcgan", "--data", "./photos"], "no such folder"),
        (["generate", "nowhere.keras"], "no such file"),
        (["generate", "."], "neither a run folder"),
        (["train"], "no architecture. Name one (dcgan, "),
        (["train", "dcgan", "--seed", "99999999999"], "seed=99999999999: expected less than 2**32"),
        (["train", "dcgan", "--test", "nan"], "expected a share between 0 and 1"),
        (["train", "dcgan", "--augment", "auto", "--augment-probability", "nan"], "expected a number in [0, 1]"),
        (["train", "dcgan", "-m", "width={}"], "width={}: expected a whole number"),
        (["train", "dcgan", "-m", "minibatch_stddev=no"], "expected true or false"),
        (["train", "dcgan", "-m", "dropout=NaN"], "dropout=nan: expected a number"),
        (["train", "dcgan", "-d", "labels=maybe"], "expected True or False"),
        (["train", "dcgan", "-d", "validation=2"], "expected a share between 0 and 1"),
        (["train", "dense_gan", "--data", "ring", "-d", "count=many"], "count='many': expected a whole number"),
        (["train", "recurrent_gan", "--data", "sines", "-d", "steps=0"], "steps=0: expected a whole number"),
        (["generate", "dcgan_digits", "-n", "0"], "expected a whole number of at least 1"),
        (["generate", "dcgan_digits", "-n", "-3"], "expected a whole number of at least 1"),
        (["generate", "dcgan_digits", "-n", "99999999999"], "out of memory. Ask for fewer samples (-n)"),
        (["generate", "dcgan_glyphs", "--labels", "99"], "Unknown class '99'"),
        (["generate", "dcgan_digits", "-o", "x.jpg"], "expected a .png, .npy or .csv file"),
        (["verify", "dcgan_digits", "--draws", "0"], "draws=0: expected a whole number of at least 1"),
        (["evaluate", "nowhere"], "Unknown entry 'nowhere'"),
        (["evaluate", "dcgan_mnist"], "a recipe without weights"),
        (["tune", "dense_gan", "--data", "wine", "--max-trials", "-1"], "expected a whole number of at least 1"),
        (["tune", "dense_gan", "--data", "wine", "--seeds", "0"], "expected a whole number of at least 1"),
        (["tune", "dense_gan", "--data", "wine", "--space", "[1]"], "--space: [1]: expected settings"),
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


@pytest.fixture
def shambles(tmp_path, monkeypatch):
    """A folder of what goes wrong: files where folders are expected, halves, other things than their names say."""
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "words", "broken_image", "broken_run", "odd_run", "odd_search"):
        pathlib.Path(folder).mkdir()
    for name, text in {
        "file": "hello",
        "words/a.txt": "no image",
        "broken_image/a.png": "no image",
        "broken.keras": "no model",
        "broken.npz": "no arrays",
        "broken_run/run.json": "{",
        "broken_run/model.keras": "no model",
        "odd_run/run.json": '{"data": 3, "epochs": "x"}',
        "odd_run/history.csv": "epoch,d_loss\none,two\n",
        "odd_search/search.json": '{"objective": 3}',
        "stages.json": '{"epochs": 3}',
    }.items():
        pathlib.Path(name).write_text(text)
    Image.fromarray(np.zeros((8, 8), "uint8")).save("broken_image/b.png")
    np.savez("nothing.npz")
    np.save("reals.npy", np.zeros((30, 8, 8, 1), "uint8"))


@pytest.mark.parametrize(
    "line,message",
    [
        ("train dcgan --data empty", "empty: no images"),
        ("train dcgan --data words", "words: no images"),
        ("train dcgan --data broken_image", "a.png: not a readable image"),
        ("train dcgan --data file", "file: expected one of .csv, .tsv, .npy, .npz."),
        ("train dense_gan --data none.csv", "none.csv: no such file or directory."),
        ("train dcgan -o file", "file is a file. Choose another folder."),
        ("train dcgan -o file/run", "file/run: not a directory. Choose another place."),
        ("train dcgan -o words", "words is not empty and holds no run"),
        ("train dcgan --curriculum stages.json", '--curriculum: {"epochs": 3}: expected a list of stages'),
        ("train dcgan --curriculum none.json", "none.json: no such file or directory."),
        ("train dcgan --recipe file", "--recipe file: not a recipe"),
        ("generate broken.keras", "broken.keras: not a saved model"),
        ("generate broken_run", "model.keras: not a saved model"),
        ("generate dcgan_digits -o file/x.png", "is a file, not a folder. Choose another place."),
        ("generate dcgan_digits -o /proc/x.png", "/proc/x.png: no such file or directory."),
        ("evaluate broken.npz digits", "broken.npz: not a readable array file"),
        ("evaluate nothing.npz digits", "nothing.npz: holds nothing; expected one array"),
        ("evaluate broken_run", "run.json: damaged"),
        ("evaluate odd_run", "run.json: damaged"),
        ("evaluate reals.npy digits -o empty", "empty is a folder. Name a file."),
        ("report odd_run", "history.csv: damaged"),
        ("report odd_search", "odd_search: damaged"),
        ("report words -o empty", "empty is a folder. Name a file."),
        ("card words", "words: not an entry with weights"),
        ("preset empty mine", "empty: not a finished run"),
        ("tune dense_gan --data wine -o file", "file: not a directory. Choose another place."),
        ("tune dense_gan --data wine --export file/best.json", "is a file, not a folder. Choose another place."),
    ],
)
def test_what_is_on_disk_and_wrong_is_one_line_and_exit_2(line, message, shambles, capsys):
    assert cli.main(line.split()) == 2
    error = capsys.readouterr().err
    assert message in error and error.startswith("keras-gans: ") and error.count("\n") == 1


@pytest.mark.parametrize(
    "package,line,message",
    [
        ("sklearn", "train dcgan", "pip install 'keras-gans[data]'"),
        ("PIL", "generate dcgan_digits", "pip install 'keras-gans[plots]'"),
        ("tensorflow_datasets", "train dcgan --data mnist", "pip install 'keras-gans[data]'"),
        ("huggingface_hub", "card hf://a/b", "pip install huggingface_hub"),
    ],
)
def test_a_missing_package_is_named(package, line, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main(line.split()) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_debug_shows_the_traceback_before_and_after_the_command(capsys):
    for words in (["--debug", "card", "nix"], ["card", "nix", "--debug"]):
        assert cli.main(words) == 2
        error = capsys.readouterr().err
        assert error.startswith("Traceback") and "ValueError: Unknown entry" in error


def test_what_should_not_happen_is_one_line_and_exit_70(capsys, monkeypatch):
    monkeypatch.setattr(keras_gans.zoo, "card", lambda entry: {}["text"])
    assert cli.main(["card", "dcgan_digits"]) == 70
    assert (
        capsys.readouterr().err
        == "keras-gans: KeyError: 'text'. This should not happen: the same command with --debug shows where.\n"
    )


def test_a_closed_pipe_and_a_full_disk_behind_the_output():
    command = f"{sys.executable} -m keras_gans"
    script = f"for words in list --help 'list --json'; do {command} $words | true; echo ${{PIPESTATUS[0]}}; done; {command} list > /dev/full"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert set(done.stdout.split()) <= {"0", "141"}, "0 where the reader went after the last word"
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "no space left on device" in done.stderr


def test_closed_streams(tmp_path):
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m keras_gans list >&- 2>&-"])
    assert done.returncode == 0


SESSION = """
import json, sys
from keras_gans import cli
for line in sys.stdin:
    words = json.loads(line)
    print("begin", words[0], flush=True)
    print("code", cli.main(words), flush=True)
"""


@contextlib.contextmanager
def session(folder):
    """A process that runs commands one after the other, and a function that has it run one: (words, where to press Ctrl-C: seconds
    or the beginning of a line) -> (exit code, what it printed, what it said on standard error)."""
    with open(folder / "errors", "w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", SESSION],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            bufsize=1,
            cwd=folder,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # what is started in the background is deaf to it
        )

        def run(words, press=None):
            before, lines = (folder / "errors").stat().st_size, []
            process.stdin.write(json.dumps(words) + "\n")
            for line in process.stdout:
                if line.startswith("code "):
                    errors.seek(before)
                    return int(line.split()[1]), "".join(lines), errors.read()
                lines.append(line)
                if isinstance(press, float) and line.startswith("begin"):
                    time.sleep(press)
                    process.send_signal(signal.SIGINT)
                if isinstance(press, str) and line.startswith(press):
                    process.send_signal(signal.SIGINT)
            raise AssertionError(f"{words}: the process ended: {lines}")

        try:
            yield run
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()


def test_ctrl_c_loses_nothing_and_says_what_goes_on(tmp_path):
    """A real signal to a real process: 130, one line with the command that goes on, which goes on. (That it comes to the same weights:
    tests/runs/test_training.py.)"""
    train = [*SMALL[:-1], "5", "--epochs", "7", "-o"]
    search = [
        "tune",
        "dense_gan",
        "--data",
        "wine",
        "-m",
        "widths=[8]",
        "--max-trials",
        "2",
        "--epochs",
        "1",
        "--rerun",
        "0",
    ]
    with session(tmp_path) as run:
        code, said, error = run([*train, "run"], press="epoch 2/7")
        kept = int(keras_gans.load_model(tmp_path / "run" / "model.keras").steps.numpy()) // 22
        assert code == 130 and 2 <= kept < 5 and said.count("\nepoch") == kept, "the epoch it came in, which is no fifth one"
        message = f"keras-gans: Interrupted. run keeps the state after epoch {kept} of 7. Go on: keras-gans"
        assert error.endswith(f"{message} {' '.join(train)} run --resume\n") and "Traceback" not in error
        code, said, error = run([*train, "run", "--resume"])
        assert code == 0 and f"\nepoch {kept + 1}/7" in said and f"\nepoch {kept}/7" not in said and error == ""
        code, _, error = run(search, press="[1/2]")
        assert code == 130 and "tuning_runs/dense_gan_wine keeps 1 trials" in error and error.count("\n") == 1
        assert "Go on: keras-gans tune dense_gan --data wine" in error
        code, _, error = run(["generate", "dcgan_digits", "-n", "300000", "-o", "many.npy"], press=1.0)
        assert (code, error) == (130, "keras-gans: Interrupted.\n")
        code, _, error = run(["evaluate", "r3gan_glyphs", "-n", "20000"], press=1.0)
        assert (code, error) == (130, "keras-gans: Interrupted.\n")
    assert not list(tmp_path.rglob("*many.npy")) and not list((tmp_path / "run").rglob(".*"))


def test_ctrl_c_while_packages_are_imported_is_one_line():
    code = "import sys, signal; sys.argv = ['keras-gans']; from keras_gans.cli.command import ending_at_once as at_once\n"
    code += "with at_once(2): signal.raise_signal(signal.SIGINT)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "keras-gans: interrupted; nothing was done yet.\n")
