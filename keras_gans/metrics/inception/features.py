"""Features and logits of the 2015 Inception network: what Fréchet Inception Distance and Inception Score are made of."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from keras_gans.errors import named, unknown, whole_number
from keras_gans.metrics.extractors import Extractor
from keras_gans.metrics.inception.checkpoints import tensors_hash
from keras_gans.metrics.inception.network import network
from keras_gans.metrics.inception.preprocessing import MODES, preprocess
from keras_gans.metrics.inception.weights import load
from keras_gans.types import Path, Tensor

LEAST = 8  # pixels


class InceptionFeatures(Extractor):
    """The FID-Inception extractor: 2048 features and 1008 logits.

    Only with the public weights and the original way to prepare images are its scores plain FID and Inception Score; `name` is
    "inception" then, "inception-MODE" in another mode, and with other weights it has the first 8 digits of `sha256` as well:
    numbers of two modes are not comparable, and never share a name. It computes in float32 under any policy (but some GPUs round the
    inputs of float32 convolutions to TF32 unless that is switched off).

    Args:
        weights: checkpoint file: the public .pth, the TensorFlow graph .pb, or our .h5; found or downloaded when left out
            (see `weights.find`).
        mode: how images are resized and scaled: "tensorflow" (the original), "pytorch_fid" or "clean".

    Attributes: `public` (whether the weights are known to be the public ones), `mode`, `sha256` (of the tensors and the mode,
    whatever file they came in), `name`, `dimension`, `classes`, `sample_shape`, `model`.

    Raises:
        ValueError: unknown mode; a file that is damaged, unsafe or of another network.
        OfflineError: no file, and no way to download it.
    """

    sample_shape = (None, None, None)  # any size from 8x8, 1 or 3 channels

    @named
    def __init__(self, weights: Path | None = None, mode: str = "tensorflow") -> None:
        if mode not in MODES:
            raise ValueError(unknown("mode", mode, MODES))
        tensors, self.public = load(weights)
        self.mode = mode
        digest = hashlib.sha256(f"{tensors_hash(tensors)} {mode}".encode()).hexdigest()
        parts = ["inception", *[mode] * (mode != "tensorflow"), *[digest[:8]] * (not self.public)]
        super().__init__(network(tensors), "-".join(parts), sha256=digest)
        self._bias = tensors["fc.bias"]

    @staticmethod
    def split(outputs: Any) -> tuple[Tensor, Tensor]:
        return outputs["features"], outputs["logits_unbiased"]

    def check_shape(self, shape: Sequence[int | None]) -> None:
        if len(shape) != 3 or shape[-1] not in (1, 3) or any(size is not None and size < LEAST for size in shape[:2]):
            raise ValueError(
                f"extractor {self.name}: takes images (height, width, 3 or 1) of {LEAST} pixels or more, and these are {shape}. Take "
                "three channels, or another extractor."
            )

    def __call__(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """(features, logits_unbiased) of samples (batch, height, width, 1 or 3) in [-1, 1], on the 256 levels of images."""
        images = ops.round((ops.cast(samples, "float32") + 1.0) * 127.5)
        return self.split(self.model(preprocess(images, self.mode), training=False))

    def outputs(self, images: np.ndarray, batch_size: int = 32) -> dict[str, np.ndarray]:
        """{"features": (n, 2048), "logits_unbiased": (n, 1008)}, float32, both from one pass.

        Args:
            images: uint8, (n, height, width, 3 or 1), 0..255, from 8x8 up; one channel is repeated to three.
            batch_size: images computed at a time.

        Raises:
            ValueError: another dtype, rank or number of channels; no images; images below 8x8.
        """
        check(images)
        step = whole_number("batch_size", batch_size)
        found = []
        for i in range(0, len(images), step):
            ready = preprocess(images[i : i + step], self.mode)  # outside of the compiled pass, which then serves every size
            found.append(self.model.predict_on_batch(ready))
        return {name: np.concatenate([part[name] for part in found]) for name in found[0]}

    def features(self, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """The features that FID compares, (n, 2048). Arguments and errors as for `outputs`."""
        return self.outputs(images, batch_size)["features"]

    def logits_unbiased(self, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """Logits without the bias, (n, 1008): those of the canonical Inception Score. As for `outputs`."""
        return self.outputs(images, batch_size)["logits_unbiased"]

    def logits(self, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """Logits, (n, 1008): class 0 is a dummy, 1..1000 are those of ImageNet, the rest unused. As for `outputs`."""
        return self.logits_unbiased(images, batch_size) + self._bias


def check(images):
    """Raises unless images are what `InceptionFeatures.outputs` takes."""
    dtype, shape = getattr(images, "dtype", type(images).__name__), np.shape(images)
    if not isinstance(images, np.ndarray) or dtype != np.uint8:
        raise ValueError(
            f"images of type {dtype}: expected a numpy array of uint8 in 0..255. For values in [-1, 1]: "
            "np.round((x + 1) * 127.5).astype('uint8'); for values in [0, 1]: np.round(x * 255).astype('uint8')."
        )
    if len(shape) != 4 or shape[-1] not in (1, 3):
        raise ValueError(f"images of shape {shape}: expected (n, height, width, 3), or 1 channel. Move the channels last.")
    if not len(images):
        raise ValueError(f"images of shape {shape}: there are none. Pass at least one.")
    if min(shape[1:3]) < LEAST:
        raise ValueError(f"images of shape {shape}: height and width must be at least {LEAST}. Enlarge them first.")
