"""One pass over samples: generation, features and running statistics in one compiled graph."""

import keras
import numpy as np
from keras import ops

from keras_gans import backend
from keras_gans.data import batches
from keras_gans.data.pipelines import numbered
from keras_gans.metrics.scores import SampleSet
from keras_gans.metrics.statistics import Buffer, Moments

BATCH = 256
KEPT = 2**25  # numbers: features up to here are kept (128 MB), of more only the moments, unless a score needs them


def eight_bit(samples):
    """Samples in [-1, 1] to the 256 levels that stored images have, so that fakes and reals are alike."""
    return ops.round((ops.clip(samples, -1.0, 1.0) + 1.0) * 127.5) / 127.5 - 1.0


class FeaturePass(keras.Model):
    """Samples (or latents, through a generator) -> features -> running state. `evaluate` runs it, compiled.

    Every sample comes with its place in the set, so that under a distribution strategy each replica fills its own rows, and
    what the replicas have adds up to what one device would have.

    Args:
        extractor: `Extractor`, or None where only samples are kept.
        source: model from latents to samples; None where samples come in.
        images: samples are images, and so are brought to 256 levels.
        states: {"moments", "features", "logits", "samples": the metric that takes them}.
    """

    def __init__(self, extractor, source, images, states):
        super().__init__(dtype="float32")
        self.source = source
        self.model = None if extractor is None else extractor.model
        self._extract, self._images, self._states = extractor, images, states
        self._state = list(states.values())
        self.compile(optimizer=None)
        self.built = True

    def _maybe_symbolic_build(self, *args, **kwargs):
        """Nothing: it is built, and Keras would fail on a batch that replicas cannot share evenly."""

    @property
    def metrics(self):
        return self._state

    def call(self, inputs):
        places, x = inputs
        if isinstance(x, (tuple, list)):  # of pairs (samples, labels); a conditional generator takes both latents and labels
            x = list(x) if getattr(self.source, "num_classes", None) else x[0]
        samples = ops.cast(x if self.source is None else self.source(x, training=False), "float32")
        samples = eight_bit(samples) if self._images else samples
        features, logits = (None, None) if self._extract is None else self._extract(samples)
        found = {"samples": samples, "features": features, "moments": features, "logits": logits}
        return {"places": places, **{name: found[name] for name in self._states}}

    def compute_loss(self, *args, **kwargs):
        return ops.zeros(())

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        for name, state in self._states.items():
            state.update_state(y_pred[name], *() if name == "moments" else (y_pred["places"],))
        return backend.reducible({"passed": ops.zeros(())})  # Keras wants at least one value; what counts is the state


class Collector:
    """Makes `SampleSet`s: a compiled pass that can be run again and again, over new weights of its source.

    Args:
        extractor: `Extractor`, or None.
        sample_shape: of one sample.
        count: samples of a pass.
        wanted: of "features" (the vectors themselves), "moments" (or the vectors, where they are few), "logits", "samples".
        source: model from what comes in to samples; None where samples come in.
        shift: (d,), near the mean of the features, for exact moments.
    """

    def __init__(self, extractor, sample_shape, count, wanted, source=None, shift=None):
        states: dict[str, keras.metrics.Metric] = {}
        self.count, self.extractor = count, extractor
        if {"features", "moments"} & set(wanted):
            keep = "features" in wanted or count * extractor.dimension <= KEPT
            dimension = extractor.dimension
            states |= {"features": Buffer(count, dimension)} if keep else {"moments": Moments(dimension, shift)}
        if "logits" in wanted:
            states["logits"] = Buffer(count, extractor.classes)
        if "samples" in wanted:
            states["samples"] = Buffer(count, tuple(sample_shape))
        self.states, self._data = states, None
        self.run = FeaturePass(extractor if set(states) - {"samples"} else None, source, len(sample_shape) == 3, states)

    def __call__(self, data):
        if data is not self._data:  # numbering traces a function: once for latents that come again every epoch
            self._data, self._numbered = data, numbered(data)
        with backend.whole_batches(), backend.untold_retracing():
            self.run.evaluate(self._numbered, verbose=0)
        found = {name: state.gaussian() if name == "moments" else state.numpy() for name, state in self.states.items()}
        for name in {"features", "logits"} & set(found):
            if not np.isfinite(found[name]).all():
                raise ValueError(
                    f"extractor {self.extractor.name}: its {name} are NaN or infinite for some samples. Are the samples finite, and "
                    "in the range it was trained on?"
                )
        return SampleSet(self.count, **found)


def collect(extractor, sample_shape, samples, wanted, shift=None, count=None):
    """The `SampleSet` of an array of samples (n, ...), or of a pipeline of `count` samples."""
    count = len(samples) if count is None else count
    data = batches(samples, BATCH) if isinstance(samples, np.ndarray) else samples
    return Collector(extractor, sample_shape, count, wanted, shift=shift)(data)
