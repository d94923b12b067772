"""What the README says is done, word for word, in an empty folder."""

import pathlib
import re
import subprocess
import sys

import pytest

README = (pathlib.Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_python_blocks_run_in_order(tmp_path, strict):
    code = "\n".join(text for kind, text in BLOCKS if kind == "python")
    assert code.splitlines().count("import keras_gans") == 1
    done = subprocess.run([sys.executable, "-c", strict + code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    made = {path.name for path in tmp_path.iterdir()}
    assert {"best.keras", "samples", "grid.png", "digits.keras"} <= made


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


def test_commands_run(tmp_path):
    """All but the two set-up lines, which CI runs as they stand; searches with fewer trials and epochs."""
    shell = [line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]
    setups = [line for line in shell if line.startswith("python3 -m venv")]
    assert len(setups) == 2 and setups[0].endswith("keras-gans train dcgan --data digits") and setups[1].endswith("pytest")
    short = "--max-trials 2 --rerun 1 --seeds 2"
    lines = [re.sub("--max-trials [0-9]+ --epochs [0-9]+", f"{short} --epochs 1", line) for line in shell]
    lines = [line.replace("--data ring", "--data ring -o count=12800") for line in lines if line.startswith("keras-gans")]
    run_commands(lines, tmp_path)
    assert (tmp_path / "more.png").exists() and (tmp_path / "runs" / "short" / "curves.png").exists()


def test_pictures_are_there():
    for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (pathlib.Path(__file__).parent.parent / link).stat().st_size > 1000, link


def test_the_zoos_tables_are_those_of_its_entries():
    from keras_gans import zoo

    root = pathlib.Path(__file__).parent.parent
    for page in ("README.md", "docs/zoo.md"):
        assert zoo.table() in (root / page).read_text(), (
            f"{page}: python -c 'import keras_gans; print(keras_gans.zoo.table())'"
        )


@pytest.mark.parametrize("name, told", [("zoo.md", "[0-9]+ weights kept; new"), ("devices.md", "")])  # told: of a warning
def test_a_page_runs(name, told, tmp_path, strict):
    page = (pathlib.Path(__file__).parent.parent / "docs" / name).read_text()
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    code = "\n".join(text for kind, text in blocks if kind == "python")
    code = f"{strict}warnings.filterwarnings('ignore', {told!r})\n{code}" if told else strict + code
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    run_commands([line for kind, text in blocks if kind == "bash" for line in text.splitlines()], tmp_path)
