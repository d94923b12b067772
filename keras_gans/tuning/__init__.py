"""KerasTuner searches GANs on the quality of their samples: `tune`, and `GANHyperModel` for tuners of your own."""

try:
    import keras_tuner  # noqa: F401
except ImportError as error:
    raise ImportError("keras_gans.tuning needs KerasTuner: pip install keras-gans[tuning]") from error

from keras_gans.tuning.hypermodel import GANHyperModel
from keras_gans.tuning.objective import Objective, WeightedScore
from keras_gans.tuning.reruns import Rerun
from keras_gans.tuning.results import TuneResult, read
from keras_gans.tuning.run import tune
from keras_gans.tuning.space import Choice, Range

__all__ = ["Choice", "GANHyperModel", "Objective", "Range", "Rerun", "TuneResult", "WeightedScore", "read", "tune"]
