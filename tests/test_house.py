"""The rules of the house: who may import whom, where a backend may be named, and a test file for every module."""

import ast
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "keras_gans"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")

# what each part may import from the package; its own part and the types are always allowed
ALLOWED = {
    "types": set(),
    "__main__": {"cli"},
    "errors": set(),
    "files": set(),
    "backend": set(),
    "losses": {"errors", "tfgan"},
    "tfgan": {"errors"},
    "layers": {"backend"},
    "data": {"errors", "files"},
    "training": {"errors", "backend"},
    "metrics": {"backend", "errors", "files", "data"},
    "penalties": {"errors", "backend"},
    "models": {"errors", "files", "backend", "losses", "penalties", "layers", "training", "data"},
    "plots": {"files"},
    "callbacks": {"errors", "files", "plots", "metrics"},
    "evaluation": {"errors", "files", "data", "metrics", "models", "zoo"},
    "runs": {"errors", "backend", "files", "plots", "callbacks", "metrics", "models"},
    "tuning": {"backend", "errors", "files", "plots", "metrics", "callbacks", "models"},
    "report": {"files", "plots", "callbacks", "tuning"},
    "zoo": {"__version__", "errors", "files", "plots", "data", "metrics", "models"},
    "cli": {
        "errors",
        "backend",
        "files",
        "plots",
        "data",
        "training",
        "callbacks",
        "runs",
        "report",
        "evaluation",
        "models",
        "tuning",
        "zoo",
        "__version__",
    },
}
OPTIONAL = {"matplotlib", "sklearn", "tensorflow_datasets", "keras_tuner", "PIL", "tensorboard", "jax", "torch"}


def imports(path):
    """Every dotted name imported when the module runs, `from a import b` as a.b; what signatures alone name makes no arrow."""
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_arrows_go_one_way(path):
    own = part(path)
    for name in imports(path):
        pieces = name.split(".")
        if pieces[0] == "keras_gans" and pieces[1] not in (own, "types"):
            assert pieces[1] in ALLOWED[own], f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_backends_are_named_where_they_may_be(path):
    if part(path) in ("backend", "data"):
        return  # gradients; and tf.data, which feeds every backend
    if path == PACKAGE / "metrics" / "inception" / "checkpoints.py":
        return  # TensorFlow's graph files, read by TensorFlow
    assert not {name.split(".")[0] for name in imports(path)} & {"tensorflow", "jax", "torch"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_has_its_test_file(path):
    inside = path.relative_to(PACKAGE)
    if inside.parts[0] == "models" and len(inside.parts) == 3:  # a room is tested as one
        inside = pathlib.Path("models", inside.parts[1] + ".py")
    assert (ROOT / "tests" / inside.parent / f"test_{inside.name}").exists()


def test_importing_the_package_brings_no_optional_part():
    code = f"import sys, keras_gans; print(sorted(set(sys.modules) & {OPTIONAL!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    before = subprocess.run([sys.executable, "-c", code.replace("keras_gans", "keras")], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == before.stdout, done.stderr


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an export without its history")
def test_every_module_is_in_the_repository():
    """A pattern of .gitignore can hide a module from a commit and from the linter; here it would go on working."""
    ask = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "*.py"]
    listed = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [path for path in listed if path.startswith(("keras_gans/", "tests/", "benchmarks/", "scripts/"))] == []
