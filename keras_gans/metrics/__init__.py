"""Scores of generated samples: features -> statistics -> score, in that order, one concept a file."""

from keras_gans.metrics.evaluator import Evaluator
from keras_gans.metrics.extractors import Extractor, embedded_extractors
from keras_gans.metrics.frechet import Gaussian, frechet_distance, frechet_distance_from_moments
from keras_gans.metrics.inception_score import inception_score
from keras_gans.metrics.modes import mode_coverage
from keras_gans.metrics.neighbours import precision_recall_density_coverage

__all__ = [
    "Evaluator",
    "Extractor",
    "Gaussian",
    "embedded_extractors",
    "frechet_distance",
    "frechet_distance_from_moments",
    "inception_score",
    "mode_coverage",
    "precision_recall_density_coverage",
]
