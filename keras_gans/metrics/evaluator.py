"""Scores of a generator against a reference: one pass of generation and extraction, every score from it."""

import contextlib
import hashlib
import pathlib
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans import files
from keras_gans.data import batches
from keras_gans.data.checks import same_shape
from keras_gans.data.dataset import fingerprint
from keras_gans.data.pipelines import streamed
from keras_gans.errors import check_seed, named, whole_number
from keras_gans.metrics import extractors, scores
from keras_gans.metrics.frechet import warn_if_few
from keras_gans.metrics.gaussian import Gaussian
from keras_gans.metrics.passes import BATCH, KEPT, Collector, collect
from keras_gans.metrics.scores import GROUPS, OF, SampleSet, Sets
from keras_gans.metrics.sequences import LEAST
from keras_gans.types import Dataset, Path

if TYPE_CHECKING:
    from keras_gans.models import GAN


class Evaluator:
    """Scores a generator against a reference.

    Args:
        reference: held-out real samples: a pipeline of `keras_gans.data.load`, any tf.data.Dataset of batches, or an array (n, ...).
            Images in [-1, 1], or uint8; sequences (n, steps, features) and vectors (n, features) in the units that the generator
            gives. Or the path of an npz file of statistics (`metrics.Gaussian.save`, pytorch-fid, clean-fid), for "fid" and "is".
        metrics: names of scores or of groups of them: "fid", "is" (needs an extractor with logits), "kid", "prdc" (precision, recall,
            density, coverage), "ms_ssim" (diversity of images), "nearest" (the memorisation check: nearest_ratio, psnr, ssim), "modes"
            (of known mixtures); of sequences "discriminative", "predictive", "boosted_trees", "untrained", "kernel".
        extractor: "auto" (the embedded one of the reference's data set; "raw" for vectors and sequences), an embedded one's name,
            "inception", "raw" (the values themselves, standardised), the path of a stored one, a keras.Model from samples to
            features (or to features and logits), or a `metrics.Extractor`.
        num_samples: how many fakes.
        seed: of their latents, of shuffles and subsets; the same at every call.
        train: the training samples, in any form that `reference` takes, for "nearest".
        options: {group: {option: value}}, of the group's function: {"prdc": {"k": 3}, "is": {"splits": 1}}.

    Calling it with a GAN gives a dict: one value for each score. Scores of features carry their extractor's name, `fid[digits]`;
    only with the public 2015 Inception network it is plain `fid`. `record` is the last one with deviations or standard errors,
    n_real, n_fake, split, extractor, its hash and mode, seed and options.

    Raises:
        ValueError: unknown metric, no extractor for the reference, too few samples, samples outside [-1, 1].
    """

    @named
    def __init__(
        self,
        reference: npt.ArrayLike | Dataset | Path,
        metrics: str | Sequence[str] = ("fid", "is"),
        *,
        extractor: Path | keras.Model | extractors.Extractor = "auto",
        num_samples: int = 2000,
        seed: int = 0,
        train: npt.ArrayLike | Dataset | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.seed = check_seed(seed, optional=False)
        self.options = scores.check_options(options)
        self._statistics = None
        self.reference: Any = None
        if isinstance(reference, (str, pathlib.Path)):
            self._statistics = pathlib.Path(reference)
            self.extractor = extractors.get(extractor, None, None)
            self.sample_shape = self.extractor.sample_shape
        else:
            self.reference, self.sample_shape = as_pipeline(reference, "reference")
        self.names = scores.expand(metrics, self.sample_shape)
        self.groups = list(dict.fromkeys(OF[name] for name in self.names))
        self.wanted = {GROUPS[group].takes for group in self.groups}
        if self._statistics is None:
            uses_features = self.wanted & {"features", "logits"}
            self.extractor = extractors.get(extractor, self.reference, self.sample_shape) if uses_features else None
        self.num_samples = whole_number("num_samples", num_samples, least=self._fewest())
        self.train = None if train is None else as_pipeline(train, "train")[0]
        self._check_groups()
        self.record: Any = None
        self._real: Any = None
        self._train: Any = None
        self._collector: Any = None
        self._gan: Any = None

    def _fewest(self):
        """How few fakes every score can be computed from."""
        return max(self._fewest_real(), self.options.get("is", {}).get("splits", 10) if "is" in self.groups else 2)

    def _fewest_real(self):
        """How few real samples every score can be computed from."""
        least = {
            "prdc": self.options.get("prdc", {}).get("k", 5) + 1,
            "kid": self.options.get("kid", {}).get("subset_size", 2),
        }
        return max([2] + [least.get(group, LEAST if GROUPS[group].ranks == (2,) else 2) for group in self.groups])

    def _check_groups(self):
        if "is" in self.groups and self.extractor.classes is None:
            raise ValueError(f"'is' needs logits, and extractor {self.extractor.name} gives features alone. Leave 'is' out.")
        if self._statistics is not None and set(self.groups) - {"fid", "is"}:
            raise ValueError(
                f"{self._statistics} has a mean and a covariance: enough for 'fid' and 'is', not for {self.names}."
            )
        if "nearest" in self.groups and self.train is None:
            raise ValueError("'nearest' compares with the training samples. Pass train=, for example train=data.train.")
        self.modes = getattr(self.reference, "modes", None)
        if (
            "modes" in self.groups
            and self.modes is None
            and not {"centres", "deviation"} <= set(self.options.get("modes", {}))
        ):
            raise ValueError(
                "'modes' needs the mixture. Pass options={'modes': {'centres': (k, d) array, 'deviation': number}}; the data sets "
                "ring and grid bring theirs."
            )

    def key(self, name: str) -> str:
        """The key of a score in results and logs."""
        if GROUPS[OF[name]].takes == "samples" or self.extractor.name == "inception":
            return name
        return f"{name}[{self.extractor.name}]"

    def keys(self) -> list[str]:
        """The keys of the scores, in the order of `metrics`."""
        return [self.key(name) for name in self.names]

    @property
    def better(self) -> dict[str, str]:
        """{key: "min" or "max"}: which way each score gets better."""
        return {self.key(name): scores.better(name) for name in self.names}

    @property
    def real(self) -> SampleSet:
        """The reference's `SampleSet`: computed once, its features kept in the cache folder under its fingerprint."""
        if self._real is None:
            self._real = (
                self._loaded_real(self._statistics) if self._statistics else self._stored_real() or self._compute_real()
            )
            if "fid" in self.groups:
                few = min(self._real.count or self.num_samples, self.num_samples)
                warn_if_few(few, self.extractor.dimension)
            least = self._fewest_real()
            if self._real.count is not None and self._real.count < least:
                raise ValueError(f"The reference has {self._real.count} samples; {', '.join(self.groups)} need {least}.")
        return self._real

    def save_statistics(self, path: Path) -> None:
        """Writes the reference's mean and covariance to an npz file of `mu` and `sigma`, which pytorch-fid and clean-fid read, and
        `Evaluator` takes as a reference: with what made them, so that another extractor or mode is refused."""
        if "fid" not in self.groups:
            raise ValueError(f"Statistics are those of 'fid', and the metrics are {self.names}. Add 'fid'.")
        about = {"extractor_sha256": self.extractor.sha256, "mode": self.extractor.mode, "extractor": self.extractor.name}
        found = {name: getattr(self.reference, name, None) for name in ("fingerprint", "split")}
        self.real.gaussian.save(path, **about, **found)

    def _loaded_real(self, path):
        expected = {"mode": self.extractor.mode, "extractor_sha256": self.extractor.sha256}
        found = Gaussian.load(path, **expected)
        if found.mean.shape[0] != self.extractor.dimension:
            raise ValueError(
                f"{path}: {found.mean.shape[0]} features, and extractor {self.extractor.name} gives "
                f"{self.extractor.dimension}: made with another one."
            )
        if not found.about:
            mode = f", mode {self.extractor.mode!r}" if self.extractor.mode else ""
            warnings.warn(
                f"{path} does not say what made it. It is taken to be of extractor {self.extractor.name!r}{mode}; of any "
                "other the scores mean nothing.",
                stacklevel=2,
            )
        return SampleSet(found.count, moments=found)

    def _kinds(self):
        """What of the reference has to be kept: "features", "moments", "samples"."""
        kinds = {GROUPS[group].takes for group in self.groups if group not in ("fid", "is", "modes")}
        return kinds | ({"moments"} if "fid" in self.groups else set())

    def _cache(self):
        found, kinds = getattr(self.reference, "fingerprint", None), self._kinds()
        if found is None or not kinds or "samples" in kinds:
            return None
        key = (2, found, getattr(self.reference, "split", ""), self.extractor.sha256, self.sample_shape, sorted(kinds))
        return files.cache_folder() / "statistics" / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.npz"

    def _stored_real(self):
        path = self._cache()
        if path is None or not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as stored:
                if "features" in stored:
                    return SampleSet(len(stored["features"]), features=stored["features"])
            found = Gaussian.load(path)
            return SampleSet(found.count, moments=found)
        except Exception:  # damaged: compute again and replace it
            return None

    def _compute_real(self):
        kinds = self._kinds()
        count = check_samples(self.reference, len(self.sample_shape) == 3)
        shift = None
        if "features" not in kinds and "moments" in kinds and count * self.extractor.dimension > KEPT:
            first = next(np.asarray(samples_of(batch)) for batch in self.reference)
            shift = collect(self.extractor, self.sample_shape, first, ["features"]).features.mean(0)
        found = SampleSet(count)
        if kinds:
            found = collect(self.extractor, self.sample_shape, self.reference, kinds, shift, count)
        path = self._cache()
        if path is not None and found.features is not None:
            with files.replacing(path) as temporary, open(temporary, "wb") as file:
                np.savez(file, features=found.features)
        elif path is not None:
            found.gaussian.save(path)
        return found

    @property
    def train_set(self) -> SampleSet | None:
        """The training samples' `SampleSet`, for "nearest"; None where it is not asked for."""
        if self._train is None and "nearest" in self.groups:
            count, kinds = check_samples(self.train, len(self.sample_shape) == 3), self._fake_kinds() - {"logits"}
            self._train = collect(self.extractor, self.sample_shape, self.train, kinds, count=count)
        return self._train

    def _fake_kinds(self):
        kinds = self.wanted - {"features"} | self._kinds()
        if "nearest" in self.groups and len(self.sample_shape) == 3:
            kinds |= {"samples"}
        return kinds | ({"logits"} if self.extractor is not None and self.extractor.classes else set())

    def _new_collector(self, source, count):
        shift = self.real.moments.mean if self.real.moments is not None else None
        return Collector(self.extractor, self.sample_shape, count, self._fake_kinds(), source=source, shift=shift)

    def check(self, gan: "GAN") -> SampleSet:
        """Raises unless the reference can be scored and the GAN's samples are of its shape."""
        made = tuple(gan.generator.output_shape[1:])
        if not same_shape(made, self.sample_shape):
            raise ValueError(f"The generator gives samples of shape {made}, the reference has {self.sample_shape}.")
        return self.real

    def __call__(self, gan: "GAN") -> dict[str, Any]:
        if self._gan is not gan:  # compiled when a GAN is first seen; the pass shares its weights from then on
            self.check(gan)
            strategy = getattr(gan, "distribute_strategy", None)
            with contextlib.nullcontext() if strategy is None else strategy.scope():  # on all of the GAN's devices
                self._gan, self._collector = gan, self._new_collector(gan, self.num_samples)
            self._latents = latents_of(gan, self.num_samples, self.seed)
        return self._scores(self._collector(self._latents))

    def score(self, samples: npt.ArrayLike | Dataset) -> dict[str, Any]:
        """The same scores for samples from anywhere, real ones included: an array or a pipeline, as `reference`."""
        samples, shape = as_pipeline(samples, "samples")
        if not same_shape(shape, self.sample_shape):
            raise ValueError(f"Samples of shape {shape}, the reference has {self.sample_shape}.")
        count = check_samples(samples, len(shape) == 3)
        if count < self._fewest():
            raise ValueError(f"{count} samples; {', '.join(self.groups)} need {self._fewest()}.")
        return self._scores(self._new_collector(None, count)(samples))

    def _scores(self, fake):
        sets = Sets(self.real, fake, self.train_set, self.modes, self.seed)
        found: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for group in self.groups:
            values, others = GROUPS[group].compute(sets, **self.options.get(group, {}))
            found |= values
            more |= others
        if fake.logits is not None:
            more["class_counts"] = np.bincount(fake.logits.argmax(1), minlength=self.extractor.classes).tolist()
        values = {self.key(name): found[name] for name in self.names}
        about = {name: getattr(self.extractor, name, None) for name in ("name", "sha256", "mode", "accuracy")}
        self.record = {
            **values,
            **more,
            "n_real": self.real.count,
            "n_fake": fake.count,
            "split": getattr(self.reference, "split", "reference"),
            "extractor": about["name"],
            **{f"extractor_{name}": about[name] for name in ("sha256", "mode", "accuracy")},
            "seed": self.seed,
            "options": {
                group: {name: repr(value) for name, value in given.items()} for group, given in self.options.items()
            },
        }
        return values


def latents_of(gan, count, seed):
    """A pipeline of `count` latents, of a conditional GAN with labels, each class equally likely; many are drawn as they are needed."""
    if count * gan.latent_dim <= KEPT:
        latents = gan.latents(count, seed)
        return batches((latents, gan.labels(count, seed)) if gan.num_classes else latents, BATCH)
    return streamed(lambda: gan.drawn(count, seed, BATCH), -(-count // BATCH))


def as_pipeline(samples, name):
    """(tf.data pipeline of batches, shape of a sample) from an array or a pipeline. uint8 images become [-1, 1]."""
    samples = samples.to_numpy() if hasattr(samples, "to_numpy") else samples  # a DataFrame
    if isinstance(samples, np.ndarray):
        if samples.ndim not in (2, 3, 4) or len(samples) < 2:
            raise ValueError(f"{name} of shape {samples.shape}; expected at least 2 samples, (n, ...).")
        found = fingerprint(samples)
        stored = (0.0, 255.0) if samples.dtype == np.uint8 and samples.ndim == 4 else None
        samples = batches(samples if stored else samples.astype("float32"), BATCH, value_range=stored)
        samples.fingerprint, samples.split = found, "array"
    if hasattr(samples, "in_order"):  # a training split: every sample once, and its order is left where the training has it
        shuffled, samples = samples, samples.in_order(BATCH)
        for name in ("fingerprint", "split", "extractor", "modes"):
            if hasattr(shuffled, name):
                setattr(samples, name, getattr(shuffled, name))
    spec = getattr(samples, "element_spec", None)
    if spec is None:
        whole = " Of a whole data set pass .train or .validation." if hasattr(samples, "validation") else ""
        raise TypeError(f"{name} is {type(samples).__name__}; expected a tf.data pipeline or an array of samples.{whole}")
    return samples, tuple(samples_of(spec).shape[1:])


def samples_of(batch):
    """The samples of a batch that may be a pair (samples, labels)."""
    return batch[0] if isinstance(batch, tuple) else batch


def check_samples(pipeline, images):
    """How many samples a pipeline has; raises where one is not finite, or an image outside [-1, 1]."""
    count = 0
    for batch in pipeline:
        samples = np.asarray(samples_of(batch))
        if not np.isfinite(samples).all():
            raise ValueError("Some samples are NaN or infinite. Remove or repair them.")
        if images and (samples.min() < -1.001 or samples.max() > 1.001):
            raise ValueError(
                f"Images with values from {samples.min():g} to {samples.max():g}; scores are taken on samples in [-1, 1]. Scale them, "
                "or pass uint8."
            )
        count += len(samples)
    return count
