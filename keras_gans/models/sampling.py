"""Drawing samples."""

import random
import warnings
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans import backend
from keras_gans.data import feed
from keras_gans.errors import check_seed, whole_number
from keras_gans.types import Tensor


class Sampling:
    """How a `GAN` draws."""

    @property
    def sampler(self) -> keras.Model:
        """The network that draws: the averaged generator where there is one; of a GAN that still grows, at its present resolution."""
        return self.players.generator if self.average is None else self.players.average

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Latents (batch, latent_dim), or [latents, labels (batch,)] of a conditional GAN, to samples (batch, ...) in the data's
        units. Outside training the averaged generator draws where there is one."""
        samples = (self.players.generator if training else self.sampler)(inputs, training=training)
        return samples if self.normaliser is None else self.normaliser(samples, inverse=True)

    def latents(self, count: int, seed: int | None = None) -> np.ndarray:
        """`count` standard normal latents, float32 (count, latent_dim): the same for a seed on every backend and machine,
        and the first of them the same for every count. `seed=None` draws one, which `keras.utils.set_random_seed` decides."""
        seed = random.randrange(2**31) if seed is None else check_seed(seed, optional=False)
        return np.random.default_rng(seed).standard_normal((count, self.latent_dim), dtype=np.float32)

    def labels(self, count: int, seed: int | None = None) -> np.ndarray | None:
        """`count` classes, int32 (count,), each equally likely; the same for a seed, as `latents` are. None without classes."""
        if not self.num_classes:
            return None
        seed = random.randrange(2**31) if seed is None else check_seed(seed, optional=False)
        return np.random.default_rng([seed, 1]).integers(0, self.num_classes, count, dtype="int32")

    def drawn(self, count: int, seed: int, batch_size: int) -> Iterator[np.ndarray | tuple[np.ndarray, np.ndarray]]:
        """Yields `latents(count, seed)`, of a conditional GAN with `labels(count, seed)`, in batches that are drawn one after the other."""
        normal, classes = np.random.default_rng(seed), np.random.default_rng([seed, 1])
        for at in range(0, count, batch_size):
            size = min(batch_size, count - at)
            latents = normal.standard_normal((size, self.latent_dim), dtype=np.float32)
            yield (latents, classes.integers(0, self.num_classes, size, dtype="int32")) if self.num_classes else latents

    def generate(
        self, count: int, *, labels: npt.ArrayLike | None = None, seed: int | None = None, batch_size: int = 256
    ) -> np.ndarray:
        """Draws samples.

        Args:
            count: how many, at least 1.
            labels: of a conditional GAN: one class for all, or int (count,). None: each class equally likely.
            seed: the same samples each time. None: new ones.
            batch_size: how many at once; it changes memory and speed, not the samples.

        Returns:
            float32 array (count, ...), in the data's units.

        Raises:
            ValueError: labels outside the classes, of another length, or for a GAN without classes.
        """
        count, batch_size = whole_number("count", count), whole_number("batch_size", batch_size)
        seed = random.randrange(2**31) if seed is None else check_seed(seed, optional=False)
        if self.normaliser is not None and not self.normaliser.is_fitted:
            warnings.warn("Nothing is fitted yet: samples are in the networks' units, not in the data's.", stacklevel=2)
        inputs = [self.latents(count, seed)]
        if labels is not None or self.num_classes:
            classes: Any = self.labels(count, seed) if labels is None else labels
            inputs.append(
                feed.check_labels(np.broadcast_to(classes, count) if np.ndim(classes) == 0 else classes, count, self)
            )
        parts = []
        for at in range(0, count, batch_size):
            batch = [array[at : at + batch_size] for array in inputs]
            with backend.untold_retracing():
                parts.append(self.predict_on_batch(batch if len(batch) > 1 else batch[0]))
        return np.concatenate(parts).astype("float32")
