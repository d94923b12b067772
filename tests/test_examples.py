"""The notebooks of docs/examples: each runs from top to bottom, here at a small size, and is stored with what it shows."""

import ast
import os
import pathlib
import re

import nbclient
import nbformat
import pytest

EXAMPLES = pathlib.Path(__file__).parent.parent / "docs" / "examples"
# the parameters of each at the size of a test: code runs, nothing is learnt
SMALL = {
    "dcgan_glyphs": {"COUNT": 1280, "EPOCHS": 1, "WIDTH": 4, "SAMPLES": 100},
    "conditional": {"COUNT": 1280, "EPOCHS": 1, "WIDTH": 4, "SAMPLES": 100},
    "stock_prices": {"EPOCHS": 1, "JUDGES": 1, "ITERATIONS": 2},
    "table": {"EPOCHS": 1},
    "tuning": {"WIDTH": 2, "MAX_TRIALS": 1, "EPOCHS": 1, "RERUN": 1, "SEEDS": 1},
    "transfer": {"COUNT": 720, "EPOCHS": 1, "SAMPLES": 100},
    "own_networks": {"EPOCHS": 1, "CHANNELS": 4},
}
MOST_BYTES = 400_000
PLACES = re.compile(r"/(home|root|tmp|Users|var|usr|opt|work)/|[A-Z]:\\")  # of a machine
# before a notebook: nothing of the one before it, its own folder, and graphs as they are, for tests trace longer than they compute
BEGIN = """
%reset -f
import os, keras, tensorflow
os.chdir({folder!r})
keras.utils.clear_session()
tensorflow.config.optimizer.set_experimental_options({{"disable_meta_optimizer": True}})
"""
names = pytest.mark.parametrize("name", sorted(SMALL))


def test_each_notebook_has_a_small_size():
    assert {path.stem for path in EXAMPLES.glob("*.ipynb")} == set(SMALL)


def read(name):
    return nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def set_parameters(notebook, values):
    """Puts other values in place of those of the parameters cell, which is the second."""
    cell = notebook.cells[1]
    assert cell.get("metadata", {}).get("tags") == ["parameters"], "its second cell is no parameters cell"
    known = {node.targets[0].id for node in ast.parse(cell.source).body}
    assert set(values) <= known, f"its parameters are {known}"
    cell.source += "".join(f"\n{name} = {value!r}" for name, value in values.items())


def texts(cell):
    """What a cell shows in words, with the name of the stream or the kind of output."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.name, output.text
        elif output.output_type != "error":
            yield from ((kind, text) for kind, text in output.data.items() if kind.startswith("text/"))


def check_outputs(notebook, warnings=("WARNING",)):
    """`warnings`: words of TensorFlow, which warns on stdout in a notebook."""
    for cell in code_cells(notebook):
        assert all(output.output_type != "error" for output in cell.outputs), cell.source
        for kind, text in texts(cell):
            assert kind != "stderr" and not any(word in text for word in warnings), text
            assert not PLACES.search(text), text


@pytest.fixture(scope="module")
def runner():
    """Function that runs a notebook. All share one kernel: importing TensorFlow takes longer than most of them do at this size."""
    alone = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
    }  # boosted trees' threads wait for each other in turns where the cores are busy
    client = nbclient.NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3", timeout=300)

    def run(notebook):
        client.nb = notebook
        client.execute(cleanup_kc=False, env=alone)

    yield run
    client.nb = nbformat.v4.new_notebook()
    client.execute(cleanup_kc=True)


@names
def test_runs_at_a_small_size(name, runner, tmp_path):
    notebook = read(name)
    set_parameters(notebook, SMALL[name])
    begin = nbformat.v4.new_code_cell(BEGIN.format(folder=str(tmp_path)))
    runner(nbformat.v4.new_notebook(cells=[begin, *notebook.cells]))
    begin.outputs = []  # what TensorFlow says when it is imported
    check_outputs(notebook, warnings=())  # of models of all notebooks together it may say that they are traced too often


@names
def test_is_stored_with_what_it_shows(name):
    path, notebook = EXAMPLES / f"{name}.ipynb", read(name)
    nbformat.validate(notebook)
    assert path.stat().st_size < MOST_BYTES
    assert notebook.metadata.kernelspec.name == "python3" and notebook.metadata.language_info == {"name": "python"}
    assert [cell.execution_count for cell in code_cells(notebook)] == list(range(1, len(code_cells(notebook)) + 1))
    for cell in code_cells(notebook):
        body, source = ast.parse(cell.source).body, cell.source.rstrip()
        shows = isinstance(body[-1], ast.Expr) and not source.endswith(";")
        assert cell.outputs or not (shows or "print(" in source or "plt.show(" in source), cell.source
        assert len(source.splitlines()) <= 25, cell.source
        assert not PLACES.search(source), cell.source
    check_outputs(notebook)
