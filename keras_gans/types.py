"""Types that many signatures share. What is Keras's or TensorFlow's, which have none for a type checker, is `Any` to it."""

import os
from typing import Any, TypeAlias

Path: TypeAlias = str | os.PathLike[str]
Tensor: TypeAlias = Any  # of the backend, an array, or symbolic
Dataset: TypeAlias = Any  # tf.data.Dataset
Shape: TypeAlias = tuple[Any, ...]  # sizes, None where one is not fixed
Config: TypeAlias = dict[str, Any]  # what JSON can hold, or Keras serialises
