"""What every metric must do."""

import inspect

import keras
import numpy as np
import pytest

from keras_gans import metrics
from keras_gans.metrics import frechet_distance, kernel_distance, precision_recall_density_coverage

RNG = np.random.default_rng(0)
REAL, FAKE = (RNG.normal(size=(n, 5)).astype("float32") for n in (70, 65))
LOGITS = 3 * RNG.normal(size=(65, 4)).astype("float32")
POINTS, CENTRES = RNG.normal(size=(65, 2)).astype("float32"), [[0.0, 0.0], [2.0, 0.0]]
IMAGES, OTHERS = (RNG.uniform(size=(66, 12, 11, 2)).astype("float32") for _ in range(2))
WINDOWS, NOISE = (RNG.uniform(size=(n, 4, 2)).astype("float32") for n in (70, 65))
FEW = {"seeds": [0, 1], "iterations": 10}
FEATURES, SEQUENCES = {"real": REAL, "fake": FAKE}, {"real": WINDOWS, "fake": NOISE}
NEAREST = {"fake": FAKE, "train": REAL, "held_out": REAL[:30] + 0.1}


def spread(score, pick=lambda found: found, **options):
    """A score of several seeds as its mean and deviation."""

    def found(real, fake):
        values = np.asarray(pick(score(real, fake, **options)))
        return values.mean(), values.std()

    return found


def nearest(fake, train, held_out):
    found = metrics.nearest_real(fake, train, held_out)
    return {"distance": np.median(found["distance"]), "ratio": found["ratio"], "share_closer": found["share_closer"]}


# metric: (its arguments, {argument of update_state: all of it}, plain function of the same)
ROWS = {
    metrics.FrechetDistance: ({"dimension": 5, "shift": REAL[0].tolist()}, FEATURES, frechet_distance),
    metrics.InceptionScore: (
        {"classes": 4, "size": 80, "splits": 3, "seed": 2},
        {"logits": LOGITS},
        lambda logits: metrics.inception_score(logits, splits=3, seed=2),
    ),
    metrics.KernelDistance: (
        {"shape": 5, "size": 80, "subsets": 4, "subset_size": 20, "seed": 3, "block_size": None},
        FEATURES,
        lambda real, fake: kernel_distance(real, fake, 4, 20, 3),
    ),
    metrics.PrecisionRecallDensityCoverage: (
        {"shape": 5, "size": 80, "k": 3, "inclusive": True},
        FEATURES,
        lambda real, fake: precision_recall_density_coverage(real, fake, 3, True),
    ),
    metrics.NearestReal: ({"shape": 5, "size": 80}, NEAREST, nearest),
    metrics.ModeCoverage: (
        {"centres": CENTRES, "deviation": 0.5, "radius": 2.0, "size": 80},
        {"samples": POINTS},
        lambda samples: metrics.mode_coverage(samples, CENTRES, 0.5, 2.0),
    ),
    metrics.PSNR: ({"data_range": 2}, {"a": IMAGES, "b": OTHERS}, lambda a, b: metrics.psnr(a, b, 2).mean()),
    metrics.SSIM: (
        {"data_range": 2, "low": -1},
        {"a": IMAGES, "b": OTHERS},
        lambda a, b: metrics.ssim(a, b, 2, low=-1).mean(),
    ),
    metrics.MSSSIM: (
        {"data_range": 2, "low": -1},
        {"a": IMAGES, "b": OTHERS},
        lambda a, b: metrics.ms_ssim(a, b, 2, low=-1).mean(),
    ),
    metrics.MSSSIMDiversity: (
        {"data_range": 2, "shape": [12, 11, 2], "size": 80, "pairs": 9, "seed": 3, "low": -1},
        {"images": IMAGES},
        lambda images: metrics.ms_ssim_diversity(images, 2, 9, None, 3, -1),
    ),
    metrics.DiscriminativeScore: (
        FEW,
        SEQUENCES,
        spread(metrics.discriminative_score, lambda found: found[0], **FEW),
    ),
    metrics.PredictiveScore: (FEW, SEQUENCES, spread(metrics.predictive_score, **FEW)),
    metrics.BoostedTreeScore: (
        {"noise": 0.1, "seeds": [0, 1], "limit": 60},
        SEQUENCES,
        spread(metrics.boosted_tree_score, noise=0.1, seeds=[0, 1], limit=60),
    ),
    metrics.UntrainedDistances: ({}, SEQUENCES, metrics.untrained_distances),
    metrics.SequenceKernelDistance: (
        {"multiples": [1.0], "limit": 60, "seed": 3},
        SEQUENCES,
        lambda real, fake: metrics.sequence_kernel_distance(real, fake, [1.0], 60, 3),
    ),
}


def make(metric):
    more = {"shape": [4, 2], "size": 80} if ROWS[metric][1] is SEQUENCES else {}
    return metric(**more, **ROWS[metric][0], name="renamed")


def feed(metric, sets, batch):
    """Batches of one size of every set, the sets going together where `update_state` needs all of them."""
    pairs = "b" in sets
    for part in [sets] if pairs else [{name: values} for name, values in sets.items()]:
        for at in range(0, max(map(len, part.values())), batch):
            metric.update_state(**{name: values[at : at + batch] for name, values in part.items()})


def test_every_metric_has_a_row():
    found = [value for value in vars(metrics).values() if inspect.isclass(value) and issubclass(value, keras.metrics.Metric)]
    assert set(found) == set(ROWS)


@pytest.mark.parametrize("metric", ROWS, ids=lambda metric: metric.__name__)
def test_batches_reset_and_serialization(metric):
    """In batches of 7, of 64, after a reset and from its config it gives what the plain function gives of everything at once."""
    _, sets, plain = ROWS[metric]
    expected = pytest.approx(plain(**sets), rel=1e-9 if keras.backend.backend() == "tensorflow" else 1e-4)
    small = make(metric)
    feed(small, sets, 7)
    assert value(small.result()) == expected
    small.reset_state()
    feed(small, {name: values[:20] for name, values in sets.items()}, 20)
    assert value(small.result()) != expected, "fewer samples, another value: the comparison above can fail"
    small.reset_state()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(small))
    assert type(again) is metric and again.name == "renamed" and again.get_config() == small.get_config()
    config = small.get_config()
    assert ROWS[metric][0].items() <= {name: listed(option) for name, option in config.items()}.items()
    for used in (small, again):
        feed(used, sets, 64)
        assert value(used.result()) == expected


def listed(option):
    return list(option) if isinstance(option, tuple) else option


def value(found):
    return float(found) if keras.ops.is_tensor(found) else found
