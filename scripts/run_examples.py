"""Runs the notebooks of docs/examples at full size and writes them back with their outputs.

    python scripts/run_examples.py               all of them, one after the other: 10 to 15 minutes on 2 CPU cores
    python scripts/run_examples.py table tuning  these

Each runs in a kernel and a temporary folder of its own, and is written back in one rename after its last cell; where a cell fails, the
stored notebook stays as it was. Needs `pip install -e ".[all,test]"`.
"""

import argparse
import os
import pathlib
import re
import tempfile
import time

import nbformat
from nbclient import NotebookClient

from keras_gans import files

# lines that TensorFlow writes when it is imported, with the time, the process and what the machine has; no setting stops them
START_UP = re.compile(r"^(WARNING: All log messages before absl.*|[IWE]\d{4} \d\d.*)?$")
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "docs" / "examples"


def run(path):
    """Runs a notebook and returns it, without what differs from machine to machine: the version of Python, times, TensorFlow's first lines."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        options = {"kernel_name": "python3", "timeout": 1200, "record_timing": False, "coalesce_streams": True}
        NotebookClient(notebook, resources={"metadata": {"path": folder}}, **options).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_start_up(output)]
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def is_start_up(output):
    return output.get("name") == "stderr" and all(START_UP.match(line) for line in output.text.splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="of the notebooks, without .ipynb; by default all")
    names = parser.parse_args().names or sorted(path.stem for path in EXAMPLES.glob("*.ipynb"))
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # of the kernels, which inherit it
    for name in names:
        start = time.perf_counter()
        notebook = run(EXAMPLES / f"{name}.ipynb")
        files.write_text(EXAMPLES / f"{name}.ipynb", nbformat.writes(notebook) + "\n")
        size = (EXAMPLES / f"{name}.ipynb").stat().st_size
        print(f"{name}: {time.perf_counter() - start:.0f} s, {size / 1000:.0f} KB", flush=True)


if __name__ == "__main__":
    main()
