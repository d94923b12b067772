"""Memorisation: how close generated samples are to their nearest training samples, beside how close new real samples are."""

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans.metrics import similarity
from keras_gans.metrics.statistics import Buffer
from keras_gans.types import Config, Tensor

CHUNK = 256  # rows of the distance matrix at a time
QUANTILE = 0.05  # of the held-out distances: what counts as closer than new samples are


def nearest_real(
    fake: npt.ArrayLike,
    train: npt.ArrayLike,
    held_out: npt.ArrayLike | None = None,
    *,
    fake_images: npt.ArrayLike | None = None,
    train_images: npt.ArrayLike | None = None,
    data_range: float | None = None,
    low: float = 0.0,
) -> dict[str, Any]:
    """The training sample nearest to each fake, and whether fakes are nearer to the training set than new real samples are.

    A small distance alone proves nothing; a generator that copies is nearer to its training set than samples are that it was
    not trained on. That comparison with held-out samples is the idea of Meehan, Chaudhuri and Dasgupta (2020, "A non-parametric
    test to detect data-copying in generative models"); the two summaries here are simpler than their test. Both look at the whole
    set: fakes that are too far (bad ones) can hide copies in `ratio`, less so in `share_closer`.

    Args:
        fake, train: features (n, d) and (m, d), e.g. of an extractor, or flattened images.
        held_out: features (k, d) of real samples that are not in the training set, at least 19 for an unbiased `share_closer`.
        fake_images, train_images: the images behind them, (n, height, width, channels) and (m, height, width, channels); both
            or none.
        data_range, low: of the images, as in `ssim`; data_range is required with images.

    Returns:
        `index`, (n,), the nearest training sample; `distance`, (n,), the Euclidean distance to it, exactly 0 for a copy;

        with images `psnr`, (n,), and, if they are at least 11 pixels high and wide, `ssim`, (n,), of each fake and its nearest
        training sample (smaller images have no SSIM, and the dict no such key);

        with held_out `ratio`, the median distance of fakes over that of held-out samples: about 1 for new samples of the right
        distribution, well under 1 for copies with little change, 0 if half of the fakes are exact copies, NaN if half of held_out
        is itself in the training set; and `share_closer`, the share of fakes no farther away than the 5 % quantile of held-out
        distances: about 0.05 for new samples of the right distribution, 1 if all are copies.

    Raises:
        ValueError: shapes that do not fit, no samples, NaN or infinite values; images as in `psnr`.
    """
    sets = check_features(fake=fake, train=train, held_out=held_out)
    index, distance = nearest(sets["fake"], sets["train"])
    found = {"index": index, "distance": distance}
    if fake_images is not None or train_images is not None:
        found |= image_scores(fake_images, train_images, index, len(sets["train"]), data_range, low)
    if held_out is not None:
        found |= beside_held_out(distance, nearest(sets["held_out"], sets["train"])[1])
    return found


def beside_held_out(distance, usual):
    """`ratio` and `share_closer` of distances of fakes (n,) beside those of held-out samples (k,)."""
    median = np.median(usual)
    if median == 0:
        warnings.warn(
            "nearest: half of the held-out samples are found among the training samples, so that there is no usual distance to compare "
            "with, and the ratio is NaN. Hold out other samples, and take repeated rows out.",
            stacklevel=2,
        )
    close = np.quantile(usual, QUANTILE, method="weibull")  # p (k + 1): the expected share beneath is p for every k >= 19
    return {
        "ratio": float(np.median(distance) / median) if median > 0 else float("nan"),
        "share_closer": float((distance <= close).mean()),
    }


def image_scores(fake_images, train_images, index, train_count, data_range, low):
    """`psnr` and, where it is defined, `ssim` of the fakes and their nearest training images."""
    for name, images, count in (("fake_images", fake_images, len(index)), ("train_images", train_images, train_count)):
        if images is None or len(images) != count:
            got = "None" if images is None else f"{len(images)} images"
            raise ValueError(f"{name}: {got} for {count} feature vectors. Pass both sets of images, in the features' order.")
    closest = np.asarray(train_images)[index]
    scores = {"psnr": similarity.psnr(fake_images, closest, data_range)}
    if min(closest.shape[1:3]) >= similarity.WINDOW:
        scores["ssim"] = similarity.ssim(fake_images, closest, data_range, low)
    return scores


def check_features(**sets):
    """Those that are not None as arrays; raises ValueError unless they are finite features (n, d) of one and the same d."""
    sets = {name: np.asarray(features) for name, features in sets.items() if features is not None}
    for name, features in sets.items():
        if features.ndim != 2 or not features.size or features.dtype.kind not in "iuf":
            raise ValueError(f"{name}: {features.dtype} of shape {features.shape}; expected features (n, d), at least one.")
        if not np.isfinite(features).all():
            raise ValueError(f"{name}: values are NaN or infinite.")
    if len({features.shape[1] for features in sets.values()}) > 1:
        counts = ", ".join(f"{name} {features.shape[1]}" for name, features in sets.items())
        raise ValueError(f"Different numbers of features: {counts}. Take all of them from one extractor.")
    return sets


def nearest(samples, train):
    """Index of and Euclidean distance to the nearest row of `train`, both (n,), in memory of CHUNK times len(train)."""
    train = np.asarray(train, "float64")
    centre = train.mean(0)  # distances are differences of squares: smaller numbers lose less
    centred = train - centre
    squares = (centred**2).sum(1)
    indices, distances = [], []
    for at in range(0, len(samples), CHUNK):
        rows = np.asarray(samples[at : at + CHUNK], "float64")
        products = (rows - centre) @ centred.T  # (chunk, m)
        products *= -2
        products += squares  # the rows' own squares do not change which one is nearest
        index = products.argmin(1)
        indices.append(index)
        distances.append(np.sqrt(((rows - train[index]) ** 2).sum(1)))  # anew, so that copies are at exactly 0
    return np.concatenate(indices), np.concatenate(distances)


@keras.saving.register_keras_serializable("keras_gans")
class NearestReal(keras.metrics.Metric):
    """The summaries of `nearest_real` of all features seen since `reset_state`.

    Args:
        shape: the number of features d.
        size: the most samples of each of the three sets; they are kept on the device, in float32.
    """

    def __init__(self, shape: int | Sequence[int], size: int = 10_000, name: str = "nearest_real") -> None:
        super().__init__(name=name)
        self.shape, self.size = shape, size
        self.fake, self.train, self.held_out = (Buffer(size, shape, name=each) for each in ("fake", "train", "held_out"))

    def update_state(self, fake: Tensor | None = None, train: Tensor | None = None, held_out: Tensor | None = None) -> None:
        """Adds a batch of features (batch, d) to any of the sets."""
        for buffer, features in ((self.fake, fake), (self.train, train), (self.held_out, held_out)):
            if features is not None:
                buffer.update_state(features)

    def result(self) -> dict[str, float]:
        """dict of floats: `distance`, the median one, and with held-out samples `ratio` and `share_closer`.

        Computed on the host, so not inside a compiled function. Raises ValueError without fakes or training samples.
        """
        held_out = self.held_out.numpy()
        found = nearest_real(self.fake.numpy(), self.train.numpy(), held_out if len(held_out) else None)
        summaries = {name: found[name] for name in ("ratio", "share_closer") if name in found}
        return {"distance": float(np.median(found["distance"]))} | summaries

    def get_config(self) -> Config:
        return {"shape": self.shape, "size": self.size, "name": self.name}
