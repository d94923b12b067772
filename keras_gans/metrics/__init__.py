"""Scores of generated samples: features -> statistics -> score, in that order, one concept a file.

Each is a plain function on arrays and a Keras metric; `Evaluator` computes any set of them of a generator in one pass, and
`callbacks.GenerativeMetrics` does so while `fit` runs.
"""

from keras_gans.metrics.diversity import MSSSIMDiversity, ms_ssim_diversity
from keras_gans.metrics.evaluator import Evaluator
from keras_gans.metrics.extractors import Extractor, embedded_extractors
from keras_gans.metrics.fitting import fit_extractor
from keras_gans.metrics.frechet import FrechetDistance, frechet_distance, frechet_distance_from_moments
from keras_gans.metrics.gaussian import Gaussian
from keras_gans.metrics.inception import InceptionFeatures
from keras_gans.metrics.inception_score import InceptionScore, inception_score
from keras_gans.metrics.kernel import KernelDistance, kernel_distance, kernel_distance_by_blocks
from keras_gans.metrics.modes import ModeCoverage, mode_coverage
from keras_gans.metrics.nearest import NearestReal, nearest_real
from keras_gans.metrics.neighbours import PrecisionRecallDensityCoverage, precision_recall_density_coverage
from keras_gans.metrics.sequences import (
    BoostedTreeScore,
    DiscriminativeScore,
    PredictiveScore,
    SequenceKernelDistance,
    UntrainedDistances,
    boosted_tree_score,
    discriminative_score,
    predictive_score,
    sequence_kernel_distance,
    untrained_distances,
)
from keras_gans.metrics.similarity import MSSSIM, PSNR, SSIM, ms_ssim, psnr, ssim

__all__ = [
    "MSSSIM",
    "PSNR",
    "SSIM",
    "BoostedTreeScore",
    "DiscriminativeScore",
    "Evaluator",
    "Extractor",
    "FrechetDistance",
    "Gaussian",
    "InceptionFeatures",
    "InceptionScore",
    "KernelDistance",
    "MSSSIMDiversity",
    "ModeCoverage",
    "NearestReal",
    "PrecisionRecallDensityCoverage",
    "PredictiveScore",
    "SequenceKernelDistance",
    "UntrainedDistances",
    "boosted_tree_score",
    "discriminative_score",
    "embedded_extractors",
    "fit_extractor",
    "frechet_distance",
    "frechet_distance_from_moments",
    "inception_score",
    "kernel_distance",
    "kernel_distance_by_blocks",
    "mode_coverage",
    "ms_ssim",
    "ms_ssim_diversity",
    "nearest_real",
    "precision_recall_density_coverage",
    "predictive_score",
    "psnr",
    "sequence_kernel_distance",
    "ssim",
    "untrained_distances",
]
