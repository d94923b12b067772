"""Scores of a generator: generation, features and statistics in one compiled graph, the matrix step in float64."""

import hashlib

import keras
import numpy as np
from keras import ops

from keras_gans import files
from keras_gans.data import batches
from keras_gans.data.checks import same_shape
from keras_gans.data.dataset import fingerprint
from keras_gans.errors import check_seed, named, unknown, whole_number
from keras_gans.metrics import extractors
from keras_gans.metrics.frechet import Gaussian, warn_if_few
from keras_gans.metrics.inception_score import inception_score
from keras_gans.metrics.statistics import Buffer, Moments

BETTER = {"fid": "min", "is": "max"}  # the metrics there are, and which way each gets better
BATCH = 256


def eight_bit(samples):
    """Samples in [-1, 1] to the 256 levels that stored images have, so that fakes and reals are alike."""
    return ops.round((ops.clip(samples, -1.0, 1.0) + 1.0) * 127.5) / 127.5 - 1.0


class FeaturePass(keras.Model):
    """Samples (or latents, through a generator) -> features -> running state. `evaluate` runs it, compiled.

    Args:
        extractor: `Extractor`.
        source: model from latents to samples; None where samples come in.
        moments: `Moments` to fill, or None.
        features, logits: `Buffer` to fill, or None.
    """

    def __init__(self, extractor, source=None, moments=None, features=None, logits=None):
        super().__init__(dtype="float32")
        self.source = source
        self.model = extractor.model
        self._extract = extractor
        self._state = [metric for metric in (moments, features, logits) if metric is not None]
        self.moments, self.features, self.logits = moments, features, logits
        self.compile(optimizer=None)
        self.built = True

    @property
    def metrics(self):
        return self._state

    def call(self, x):
        if isinstance(x, (tuple, list)) and not getattr(self.source, "num_classes", None):
            x = x[0]  # of pairs (samples, labels); a conditional generator takes both latents and labels
        return self._extract(eight_bit(x if self.source is None else self.source(x, training=False)))

    def compute_loss(self, *args, **kwargs):
        return ops.zeros(())

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        features, logits = y_pred
        for metric, value in ((self.moments, features), (self.features, features), (self.logits, logits)):
            if metric is not None:
                metric.update_state(value)
        return {"passed": ops.zeros(())}  # Keras wants at least one value; what counts is the state

    def run(self, data):
        self.evaluate(data, verbose=0)
        return self


class Evaluator:
    """Scores a generator against a reference.

    Args:
        reference: held-out real samples in [-1, 1]: a pipeline of `keras_gans.data.load`, any tf.data.Dataset of batches, or
            an array (n, ...).
        metrics: of "fid" (Fréchet distance) and "is" (Inception-style score: needs an extractor with logits).
        extractor: "auto" (the embedded one of the reference's data set), an embedded one's name, a keras.Model from
            samples to features (or to features and logits), or a `metrics.Extractor`.
        num_samples: how many fakes.
        seed: of their latents, the same at every call.

    Calling it with a GAN gives a dict: one value for each score, keyed `fid[digits]`, `is[digits]` after the extractor;
    `record` is the last one with n_real, n_fake, extractor and its hash, split and seed.

    Raises:
        ValueError: unknown metric, no extractor for the reference, too few samples, samples outside [-1, 1].
    """

    @named
    def __init__(self, reference, metrics=tuple(BETTER), *, extractor="auto", num_samples=2000, seed=0):
        names = [metrics] if isinstance(metrics, str) else list(metrics)
        for name in names:
            if name not in BETTER:
                raise ValueError(unknown("metric", name, BETTER))
        check_seed(seed, optional=False)
        if not names:
            raise ValueError(f"No metrics. Known: {', '.join(BETTER)}.")
        num_samples = whole_number("num_samples", num_samples, least=10 if "is" in names else 2)
        if isinstance(reference, np.ndarray):
            if reference.ndim < 2 or len(reference) < 2:
                raise ValueError(f"reference of shape {reference.shape}; expected at least 2 samples, (n, ...).")
            found = fingerprint(reference)
            reference = batches(reference.astype("float32"), BATCH)
            reference.fingerprint, reference.split = found, "array"
        spec = getattr(reference, "element_spec", None)
        if spec is None:
            raise TypeError(f"reference is {type(reference).__name__}; expected a tf.data pipeline or an array of samples.")
        shape = (spec[0] if isinstance(spec, tuple) else spec).shape[1:]
        self.names, self.reference, self.num_samples, self.seed = names, reference, num_samples, seed
        self.extractor = extractors.get(extractor, reference, tuple(shape))
        if "is" in names and self.extractor.classes is None:
            raise ValueError(f"'is' needs logits, and extractor {self.extractor.name} gives features alone. Leave 'is' out.")
        self.record = None
        self._real = self._pass = self._gan = None

    def keys(self):
        """The keys of the scores, in the order of `metrics`."""
        return [f"{name}[{self.extractor.name}]" for name in self.names]

    @property
    def real(self):
        """The reference's `Gaussian`: computed once, kept in the cache folder under its fingerprint."""
        if self._real is None:
            self._real = self._stored_real() or self._compute_real()
            warn_if_few(min(self._real.count, self.num_samples), self.extractor.dimension)
        return self._real

    def _cache(self):
        found = getattr(self.reference, "fingerprint", None)
        if found is None:
            return None
        key = repr((1, found, getattr(self.reference, "split", ""), self.extractor.sha256, self.extractor.sample_shape))
        return files.cache_folder() / "statistics" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"

    def _stored_real(self):
        path = self._cache()
        if path is None or not path.exists():
            return None
        try:
            with np.load(path) as stored:
                parts = {name: stored[name] for name in stored.files}
            return Gaussian(parts["mean"], parts.get("covariance"), int(parts["count"]), parts.get("centred"))
        except Exception:  # damaged: compute again and replace it
            return None

    def _compute_real(self):
        check_range(self.reference)
        moments = FeaturePass(self.extractor, moments=Moments(self.extractor.dimension)).run(self.reference).moments
        count = int(moments.count.numpy())
        if count < max(self.extractor.dimension, 2):  # few: keep the features, which are smaller than the covariance
            buffer = Buffer(max(count, 1), self.extractor.dimension)
            found = Gaussian.from_features(FeaturePass(self.extractor, features=buffer).run(self.reference).features.numpy())
        else:  # a second pass around the first one's mean, which makes the sums exact
            moments = Moments(self.extractor.dimension, shift=moments.gaussian().mean)
            found = FeaturePass(self.extractor, moments=moments).run(self.reference).moments.gaussian()
        path = self._cache()
        if path is not None:
            parts = {"mean": found.mean, "covariance": found._covariance, "count": found.count, "centred": found.centred}
            with files.replacing(path) as temporary, open(temporary, "wb") as file:
                np.savez(file, **{name: value for name, value in parts.items() if value is not None})
        return found

    def _new_pass(self, source, count):
        """A compiled pass over `count` samples, which come from `source` where there is one."""
        d, fid = self.extractor.dimension, "fid" in self.names
        return FeaturePass(
            self.extractor,
            source=source,
            moments=Moments(d, shift=self.real.mean) if fid and count >= d else None,
            features=Buffer(count, d) if fid and count < d else None,
            logits=Buffer(count, self.extractor.classes) if self.extractor.classes else None,
        )

    def check(self, gan):
        """Raises unless the reference can be scored and the GAN's samples are of its shape."""
        made, taken = tuple(gan.generator.output_shape[1:]), self.extractor.sample_shape
        if not same_shape(made, taken):
            raise ValueError(f"The generator gives samples of shape {made}, the reference has {taken}.")
        return self.real

    def __call__(self, gan):
        if self._gan is not gan:  # compiled when a GAN is first seen; the pass shares its weights from then on
            self._gan, self._pass = gan, self._new_pass(gan, self.num_samples)
            self._latents = batches(gan.latents(self.num_samples, self.seed), BATCH)
            if gan.num_classes:  # each class equally likely
                pairs = batches((gan.latents(self.num_samples, self.seed), gan.labels(self.num_samples, self.seed)), BATCH)
                self._latents = pairs.map(lambda latents, labels: ((latents, labels),))
        return self._scores(self._pass.run(self._latents), self.num_samples)

    def score(self, samples):
        """The same scores for samples (n, ...) in [-1, 1] from anywhere, real ones included."""
        samples = np.asarray(samples, "float32")
        check_range([samples])
        return self._scores(self._new_pass(None, len(samples)).run(batches(samples, BATCH)), len(samples))

    def _scores(self, done, count):
        values, more = {}, {}
        for name, key in zip(self.names, self.keys()):
            if name == "fid":
                fake = done.moments.gaussian() if done.moments else Gaussian.from_features(done.features.numpy())
                values[key] = self.real.distance(fake)
            else:
                values[key], more["is_deviation"] = inception_score(done.logits.numpy(), seed=self.seed)
        if done.logits is not None:
            drawn = np.bincount(done.logits.numpy().argmax(1), minlength=self.extractor.classes)
            more["class_counts"] = drawn.tolist()
        self.record = {
            **values,
            **more,
            "n_real": self.real.count,
            "n_fake": count,
            "split": getattr(self.reference, "split", "reference"),
            "extractor": self.extractor.name,
            "extractor_sha256": self.extractor.sha256,
            "extractor_accuracy": self.extractor.accuracy,
            "seed": self.seed,
        }
        return values


def check_range(reference):
    for batch in reference:
        samples = np.asarray(batch[0] if isinstance(batch, tuple) else batch)
        if not np.isfinite(samples).all() or samples.min() < -1.001 or samples.max() > 1.001:
            raise ValueError(
                f"The reference has values from {samples.min():g} to {samples.max():g}; scores are taken on samples in [-1, 1]."
            )
