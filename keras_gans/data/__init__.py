"""Data sets as GANs want them: checked, split, shuffled by seed, with their source and licence.

data = keras_gans.data.load("digits")
data.train, data.validation     # tf.data pipelines of (batch, height, width, channels) float32 in [-1, 1]
data.shape, data.class_names, data.source, data.licence, data.fingerprint
"""

from keras_gans.data.dataset import Data, from_arrays, from_samples
from keras_gans.data.file import from_file
from keras_gans.data.folder import from_folder
from keras_gans.data.generated import grid, ring, sines
from keras_gans.data.load import EMBEDDED, load
from keras_gans.data.pipelines import batches
from keras_gans.data.sequences import pad, windows

__all__ = [
    "EMBEDDED",
    "Data",
    "batches",
    "from_arrays",
    "from_file",
    "from_folder",
    "from_samples",
    "grid",
    "load",
    "pad",
    "ring",
    "sines",
    "windows",
]
