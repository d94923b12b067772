"""What the README and the pages of docs say is done, word for word, in an empty folder."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent


def blocks(text):
    """[(language, text)] of a page's blocks."""
    return re.findall(r"^```(\w+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


README = (ROOT / "README.md").read_text()
BLOCKS = blocks(README)


def shapes(text):
    """The lines of an output without what a run decides: numbers, the run's folder, spaces between columns."""
    lines = [re.sub(r"runs/\w+", "RUN", line) for line in text.splitlines() if line.strip()]
    return [" ".join(re.sub(r"-?\d[\d,.e+-]*", "#", line).split()) for line in lines]


def check_output(first_words, printed):
    """Raises unless the lines of the output block that begins with these words are printed one after the other, whatever their
    numbers."""
    [block] = [text for kind, text in BLOCKS if kind == "text" and text.split()[: len(first_words)] == first_words]
    wanted, found = shapes(block), shapes(printed)
    assert any(found[place : place + len(wanted)] == wanted for place in range(len(found))), (wanted, found)


def test_python_blocks_run_in_order(tmp_path, strict):
    code = "\n".join(text for kind, text in BLOCKS if kind == "python")
    assert code.splitlines().count("import keras_gans") == 1
    done = subprocess.run([sys.executable, "-c", strict + code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    made = {path.name for path in tmp_path.iterdir()}
    assert {"best.keras", "samples", "grid.png", "digits.keras"} <= made
    verdict = re.compile("^.*[Tt]he default recipe.*2 seeds each.*$", re.M)  # either way
    [known], [said] = verdict.findall(README), verdict.findall(done.stdout)
    check_output(["trial", "fid[digits]"], done.stdout.replace(said, known))


RUN = """
import shlex, sys
from keras_gans import backend, cli
for line in sys.stdin.read().splitlines():
    with backend.forgetting():
        assert cli.main(shlex.split(line)[1:]) == 0, line
"""


def run_commands(lines, cwd):
    """Lines of the command in one process, which imports TensorFlow once; tests/cli and CI start the command itself."""
    done = subprocess.run([sys.executable, "-c", RUN], input="\n".join(lines), cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_commands_run(tmp_path):
    """All but the two set-up lines, which CI runs as they stand; searches with fewer trials and epochs."""
    shell = [line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]
    setups = [line for line in shell if line.startswith("python3 -m venv")]
    assert len(setups) == 2 and setups[0].endswith("keras-gans train dcgan --data digits") and setups[1].endswith("pytest")
    short = "--max-trials 2 --rerun 1 --seeds 2"
    lines = [re.sub("--max-trials [0-9]+ --epochs [0-9]+", f"{short} --epochs 1", line) for line in shell]
    lines = [line.replace("--data ring", "--data ring -d count=12800") for line in lines if line.startswith("keras-gans")]
    printed = run_commands(lines, tmp_path)
    check_output(["150", "epochs,"], printed)
    check_output(["samples", "real"], printed)
    said, block = (
        [float(number) for number in re.findall(r"^fid\[digits\] +([\d.]+) ±", text, re.M)] for text in (printed, README)
    )
    assert said == pytest.approx(block, rel=0.01), "an entry draws the same samples everywhere"
    assert (tmp_path / "more.png").exists() and (tmp_path / "runs" / "short" / "curves.png").exists()


def test_pictures_are_there():
    for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / link).stat().st_size > 1000, link


def test_the_zoos_tables_are_those_of_its_entries():
    from keras_gans import zoo

    for page in ("README.md", "docs/zoo.md"):
        assert zoo.table() in (ROOT / page).read_text(), (
            f"{page}: python -c 'import keras_gans; print(keras_gans.zoo.table())'"
        )


PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md"))
# whose blocks are shapes of calls, with names that stand for the reader's own
NOT_RUN = ("scores.md", "training.md", "tuning.md")
PLAY = """
import json, os, shlex, sys, tempfile
from keras_gans import backend, cli
warnings.filterwarnings("default", category=UserWarning)  # what the library says of data as small as these
for name, blocks in json.load(sys.stdin).items():
    print("page", name, flush=True)
    with tempfile.TemporaryDirectory() as folder, backend.forgetting():
        os.chdir(folder)
        scope = {"__name__": "__main__"}
        for kind, text in blocks:
            if kind == "python":
                exec(compile(text, name, "exec"), scope)
            for line in text.splitlines() if kind == "bash" else []:
                assert cli.main(shlex.split(line)[1:]) == 0, line
        os.chdir("/")
"""


def test_the_page_of_several_devices_runs(tmp_path, strict):
    """In processes of its own, for a CPU can be divided once."""
    page = blocks((ROOT / "docs" / "devices.md").read_text())
    code = "\n".join(text for kind, text in page if kind == "python")
    done = subprocess.run([sys.executable, "-c", strict + code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    run_commands([line for kind, text in page if kind == "bash" for line in text.splitlines()], tmp_path)


@pytest.mark.parametrize("half", [0, 1])
def test_pages_run(half, strict):
    """Python and commands of each page in the order in which they stand, in an empty folder; one process for half of the pages."""
    there = {name: blocks((ROOT / "docs" / name).read_text()) for name in PAGES if name not in (*NOT_RUN, "devices.md")}
    there = {name: found for name, found in list(there.items())[half::2] if {"python", "bash"} & dict(found).keys()}
    done = subprocess.run([sys.executable, "-c", strict + PLAY], input=json.dumps(there), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    assert done.stdout.count("page ") >= 5
