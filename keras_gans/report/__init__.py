"""A run or a search as one HTML page that needs nothing else."""

from keras_gans.report.build import report

__all__ = ["report"]
