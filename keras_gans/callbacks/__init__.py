"""Callbacks for `fit`: scores while training, pictures, and a run folder that survives a kill."""

from keras_gans.callbacks.average_restart import AverageRestart
from keras_gans.callbacks.generative_metrics import GenerativeMetrics
from keras_gans.callbacks.interruption import Interruption
from keras_gans.callbacks.learning_rates import GANLearningRateScheduler
from keras_gans.callbacks.monitor import Alarm, Monitor
from keras_gans.callbacks.progress_line import ProgressLine
from keras_gans.callbacks.run_folder import RunFolder
from keras_gans.callbacks.sample_grid import SampleGrid

__all__ = [
    "Alarm",
    "AverageRestart",
    "GANLearningRateScheduler",
    "GenerativeMetrics",
    "Interruption",
    "Monitor",
    "ProgressLine",
    "RunFolder",
    "SampleGrid",
]
