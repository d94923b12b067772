"""Packages and the files inside them that are not code; everything else is in pyproject.toml."""

from setuptools import find_packages, setup

setup(
    packages=find_packages(include=["keras_gans", "keras_gans.*"]),
    package_data={"keras_gans.metrics": ["extractors/*.h5", "extractors/*.json"]},
)
