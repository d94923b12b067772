"""Packages, the files inside them that are not code, and the zoo; everything else is in pyproject.toml."""

import pathlib
import shutil

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py


class WithZoo(build_py):
    """The entries stand beside the package, in zoo/; in a wheel they lie inside it, where `keras_gans.zoo` looks first."""

    def run(self):
        super().run()
        if not self.editable_mode:
            target = pathlib.Path(self.build_lib, "keras_gans", "zoo", "shelf")
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree("zoo", target)


setup(
    packages=find_packages(include=["keras_gans", "keras_gans.*"]),
    package_data={"keras_gans": ["py.typed"], "keras_gans.metrics": ["extractors/*.h5", "extractors/*.json"]},
    cmdclass={"build_py": WithZoo},
)
