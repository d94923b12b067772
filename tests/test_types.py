"""Every public name has hints, and what they say reaches the type checker of whoever uses the library."""

import functools
import importlib
import inspect
import os
import pathlib
import subprocess
import sys

import pytest

import keras_gans

ROOT = pathlib.Path(__file__).parent.parent
PARTS = ["models", "metrics", "callbacks", "data", "training", "layers", "zoo", "tuning", "plots", "report"]
MODULES = ["errors", "losses", "penalties", "runs", "evaluation", "models.recipes"]  # all that they define is public
SPECIAL = ("__init__", "__call__", "__str__")


def named():
    """(name, public object) of the package, each once."""
    found = {f"keras_gans.{name}": getattr(keras_gans, name) for name in keras_gans.__all__}
    for part in PARTS:
        module = importlib.import_module(f"keras_gans.{part}")
        found |= {f"{part}.{name}": getattr(module, name) for name in module.__all__}
    for part in MODULES:
        module = importlib.import_module(f"keras_gans.{part}")
        own = {name: value for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
        found |= {f"{part}.{name}": value for name, value in own.items() if not name.startswith("_")}
    found = {name: value for name, value in found.items() if inspect.isfunction(value) or inspect.isclass(value)}
    once = {id(value): (name, value) for name, value in found.items()}
    return [pytest.param(*pair, id=pair[0]) for pair in once.values()]


def functions(name, value):
    """(name, function) of a public function, or of the public methods that a class has from this package."""
    if not inspect.isclass(value):
        yield name, value
        return
    for cls in value.__mro__:
        if not cls.__module__.startswith("keras_gans.") or cls.__module__.startswith("keras_gans.backend"):
            continue
        for attribute, method in vars(cls).items():
            if attribute.startswith("_") and attribute not in SPECIAL:
                continue
            if isinstance(method, property):
                method = method.fget
            elif isinstance(method, functools.cached_property):
                method = method.func
            elif isinstance(method, (classmethod, staticmethod)):
                method = method.__func__
            if inspect.isfunction(method):
                yield f"{name}.{attribute}", method


def bare(function):
    """The parameters of a function without a hint, and "return"."""
    signature = inspect.signature(function)
    parameters = [one for one in list(signature.parameters.values()) if one.name not in ("self", "cls")]
    missing = [one.name for one in parameters if one.annotation is one.empty]
    return missing + (["return"] if signature.return_annotation is signature.empty else [])


@pytest.mark.parametrize("name, value", named())
def test_public_names_have_hints(name, value):
    found = {place: bare(function) for place, function in functions(name, value)}
    assert not {place: missing for place, missing in found.items() if missing}


USE = """
import numpy as np
from typing_extensions import assert_type

import keras_gans
from keras_gans import zoo

data = keras_gans.data.load("digits", labels=True)
assert_type(data, keras_gans.data.Data)
gan = keras_gans.DCGAN(image_shape=data.shape, num_classes=10, norm=("batch", None))
assert_type(gan, keras_gans.DCGAN)
gan.compile(loss="hinge", penalty=[keras_gans.penalties.R1(0.1)], curriculum=[keras_gans.training.Stage(4)])
gan.fit(data.train, epochs=2, callbacks=[keras_gans.callbacks.GenerativeMetrics(data.validation, ["fid"])])
reveal_type(gan.generate(4, labels=7, seed=0))
assert_type(keras_gans.DCGAN.from_preset("dcgan_digits"), keras_gans.DCGAN)
assert_type(zoo.load("dcgan_digits"), keras_gans.GAN)
assert_type(keras_gans.metrics.frechet_distance([[0.0], [1.0]], np.ones((2, 1))), float)
assert_type(keras_gans.losses.get("hinge"), keras_gans.losses.AdversarialLoss)
print(keras_gans.evaluate(gan, data).to_json().upper(), zoo.verify("dcgan_digits").passed)
"""


def checked(code, folder):
    """What mypy --strict says of a user's file, with the hints of this tree."""
    path = folder / "use.py"
    path.write_text(code)
    cache = ROOT / ".mypy_cache" / "use"  # its own: other options
    options = ["--strict", "--config-file=", "--follow-imports=silent", f"--cache-dir={cache}"]
    run = [sys.executable, "-m", "mypy", *options, str(path)]
    return subprocess.run(run, env={**os.environ, "MYPYPATH": str(ROOT)}, cwd=folder, capture_output=True, text=True)


def test_a_users_file_is_checked(tmp_path):
    pytest.importorskip("mypy")
    done = checked(USE, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'Revealed type is "numpy.ndarray[' in done.stdout
    done = checked(USE + 'gan.generate("four")\nkeras_gans.DCGAN((8, 8, 1), widht=3)\n', tmp_path)
    assert done.returncode == 1 and "Found 2 errors" in done.stdout, done.stdout
