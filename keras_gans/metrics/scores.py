"""The scores by name: what each is computed from, which way it gets better, and how it is computed of two sets."""

import dataclasses
import functools
import typing

import numpy as np

from keras_gans.errors import check_arguments, unknown
from keras_gans.metrics import frechet, neighbours, sequences
from keras_gans.metrics.diversity import ms_ssim_diversity
from keras_gans.metrics.gaussian import Gaussian
from keras_gans.metrics.inception_score import inception_score
from keras_gans.metrics.kernel import USUAL, kernel_distance
from keras_gans.metrics.modes import mode_coverage
from keras_gans.metrics.nearest import beside_held_out, nearest_real
from keras_gans.metrics.nearest import nearest as nearest_distances

SMALLEST_SSIM = 11  # pixels


@dataclasses.dataclass
class SampleSet:
    """What one pass over samples has kept: arrays (n, ...), or moments where features would be too many to keep."""

    count: int
    features: np.ndarray | None = None
    logits: np.ndarray | None = None
    samples: np.ndarray | None = None
    moments: Gaussian | None = None
    kept: dict = dataclasses.field(default_factory=dict, repr=False)

    def once(self, key, compute):
        """What `compute` gives, computed at the first call with this key: for what depends on a reference alone."""
        if key not in self.kept:
            self.kept[key] = compute()
        return self.kept[key]

    @functools.cached_property
    def gaussian(self):
        if self.moments is not None:
            return self.moments
        assert self.features is not None  # a pass for a distance keeps one of the two
        return Gaussian.from_features(self.features)


@dataclasses.dataclass
class Sets:
    """Everything that a score can be computed from. `train` is the training set, None where it was not given; `modes` the centres
    and the deviation of a known mixture."""

    real: SampleSet
    fake: SampleSet
    train: SampleSet | None
    modes: tuple | None
    seed: int


@dataclasses.dataclass(frozen=True)
class Group:
    """Scores that one computation gives.

    Attributes:
        better: {name: "min" or "max"}.
        takes: "features", "logits" or "samples" of the fakes and the reference.
        compute: function of (Sets, **options), the options being those of `plain`; returns ({name: value}, {more for the record}).
        plain: the function on arrays whose options it takes.
        ranks: of the samples it is for: 1 vectors, 2 sequences, 3 images.
    """

    better: dict
    takes: str
    compute: typing.Callable
    plain: typing.Callable
    ranks: tuple = (1, 2, 3)


def fid(sets):
    error = None if sets.fake.features is None else frechet.standard_error(sets.real.gaussian, sets.fake.features)
    return {"fid": sets.real.gaussian.distance(sets.fake.gaussian)}, {"fid_error": error}


def inception(sets, **options):
    mean, deviation = inception_score(sets.fake.logits, **{"seed": sets.seed, **options})
    return {"is": mean}, {"is_deviation": deviation}


def kid(sets, **options):
    options = {"seed": sets.seed, "subset_size": min(USUAL, sets.real.count, sets.fake.count), **options}
    mean, deviation = kernel_distance(sets.real.features, sets.fake.features, **options)
    return {"kid": mean}, {"kid_deviation": deviation, "kid_subset_size": options["subset_size"]}


def prdc(sets, k=5, inclusive=False):
    radius = sets.real.once(("radii", k), lambda: neighbours.real_radii(sets.real.features, k))
    inside, covered, recalled = neighbours.memberships(sets.real.features, sets.fake.features, k, inclusive, radius)
    errors = neighbours.standard_errors(inside, covered, recalled, k)
    found = neighbours.summary(inside, covered, recalled, k)
    return found, {f"{name}_error": error for name, error in errors.items()}


def ms_ssim(sets, **options):
    options = {"low": -1.0, "seed": sets.seed, **options}
    value, error = ms_ssim_diversity(sets.fake.samples, 2.0, **options)
    real, _ = sets.real.once("ms_ssim", lambda: ms_ssim_diversity(sets.real.samples, 2.0, **options))
    return {"ms_ssim": value}, {"ms_ssim_error": error, "ms_ssim_real": real}


def nearest(sets):
    """The memorisation check: distances to the nearest training samples over those of the reference, of images PSNR and SSIM with them."""
    images = {}
    if sets.fake.samples is not None and sets.fake.samples.ndim == 4:
        images = {"fake_images": sets.fake.samples, "train_images": sets.train.samples, "data_range": 2.0, "low": -1.0}
    found = nearest_real(sets.fake.features, sets.train.features, **images)
    usual = sets.real.once("nearest", lambda: nearest_distances(sets.real.features, sets.train.features)[1])
    found |= beside_held_out(found["distance"], usual)
    values = {"nearest_ratio": found["ratio"]}
    values |= {name: float(np.mean(found[name])) for name in ("psnr", "ssim") if name in found}
    return values, {"nearest_share_closer": found["share_closer"]}


def modes(sets, **options):
    centres, deviation = sets.modes
    return mode_coverage(sets.fake.samples, **{"centres": centres, "deviation": deviation, **options}), {}


def unit(sets):
    """Real and fake sequences in [0, 1], where the scores of sequences are taken: as they are if the real ones are in it, and
    otherwise each feature by the real ones' range."""
    real, fake = sets.real.samples, sets.fake.samples
    if real.min() >= 0 and real.max() <= 1:
        return real, fake
    low, high = real.min((0, 1)), real.max((0, 1))
    span = np.where(high > low, high - low, 1.0)
    scaled = [part.once("unit", lambda part=part: (part.samples - low) / span) for part in (sets.real, sets.fake)]
    return tuple(scaled)


def seeded(name, values):
    return {name: float(np.mean(values))}, {f"{name}_deviation": float(np.std(values))}


def discriminative(sets, **options):
    return seeded("discriminative", sequences.discriminative_score(*unit(sets), **options)[0])


def predictive(sets, **options):
    return seeded("predictive", sequences.predictive_score(*unit(sets), **options))


def boosted_trees(sets, **options):
    return seeded("boosted_trees", sequences.boosted_tree_score(*unit(sets), **options))


def untrained(sets):
    return sequences.untrained_distances(*unit(sets)), {}


def kernel(sets, **options):
    return {"kernel": sequences.sequence_kernel_distance(*unit(sets), **{"seed": sets.seed, **options})}, {}


UP, DOWN = "max", "min"
GROUPS = {
    "fid": Group({"fid": DOWN}, "features", fid, fid),
    "is": Group({"is": UP}, "logits", inception, inception_score),
    "kid": Group({"kid": DOWN}, "features", kid, kernel_distance),
    "prdc": Group(
        {"precision": UP, "recall": UP, "density": UP, "coverage": UP},
        "features",
        prdc,
        neighbours.precision_recall_density_coverage,
    ),
    "ms_ssim": Group({"ms_ssim": DOWN}, "samples", ms_ssim, ms_ssim_diversity, ranks=(3,)),
    "nearest": Group({"nearest_ratio": UP, "psnr": DOWN, "ssim": DOWN}, "features", nearest, nearest),
    "modes": Group(
        {"modes": UP, "high_quality": UP, "reverse_kl": DOWN, "deviation_ratio": UP}, "samples", modes, mode_coverage, (1,)
    ),
    "discriminative": Group({"discriminative": DOWN}, "samples", discriminative, sequences.discriminative_score, (2,)),
    "predictive": Group({"predictive": DOWN}, "samples", predictive, sequences.predictive_score, (2,)),
    "boosted_trees": Group({"boosted_trees": DOWN}, "samples", boosted_trees, sequences.boosted_tree_score, (2,)),
    "untrained": Group(
        {name: DOWN for name in ("quantile", "correlation", "autocorrelation", "step", "spread")},
        "samples",
        untrained,
        untrained,
        (2,),
    ),
    "kernel": Group({"kernel": DOWN}, "samples", kernel, sequences.sequence_kernel_distance, (2,)),
}
AT_ONE = (
    "nearest_ratio",
    "deviation_ratio",
)  # best where they are 1; which way is said of them is where untrained GANs fail
OF = {name: group for group, found in GROUPS.items() for name in found.better}  # the group that a score belongs to


def expand(metrics, shape):
    """The names of scores that `metrics` asks for: names of scores, and of groups for those of a group that the samples have.

    Args:
        metrics: one name or several.
        shape: of a sample.

    Raises:
        ValueError: none, an unknown one, or one that is for other samples.
    """
    names = []
    small = len(shape) == 3 and None not in shape and min(shape[:2]) < SMALLEST_SSIM
    for name in [metrics] if isinstance(metrics, str) else list(metrics):
        if name not in OF and name not in GROUPS:
            raise ValueError(unknown("metric", name, [*GROUPS, *(score for score in OF if score not in GROUPS)]))
        ranks = (3,) if name in ("psnr", "ssim") else GROUPS[OF.get(name, name)].ranks
        if len(shape) not in ranks:
            kinds = {1: "vectors", 2: "sequences", 3: "images"}
            raise ValueError(f"{name!r} is for {' and '.join(kinds[r] for r in ranks)}, and these are {kinds[len(shape)]}.")
        if name == "ssim" and small:
            raise ValueError(f"'ssim' needs images of {SMALLEST_SSIM} pixels or more, and these are {shape}. Leave it out.")
        found = list(GROUPS[name].better) if name in GROUPS else [name]
        if name == "nearest":
            found = found[: 1 if len(shape) < 3 else 2 if small else 3]
        names += [one for one in found if one not in names]
    if not names:
        raise ValueError(f"No metrics. Known: {', '.join(GROUPS)}.")
    return names


def check_options(options):
    """{group: {option: value}} as a new dict; raises for a group or an option that does not exist."""
    for name, given in (options or {}).items():
        if name not in GROUPS:
            raise ValueError(unknown("group of metrics in options", name, GROUPS))
        check_arguments(GROUPS[name].plain, given, f"options[{name!r}]")
    return {name: dict(given) for name, given in (options or {}).items()}


def check_choice(kind, name):
    """Raises ValueError unless a score by this name tells a better state from a worse one.

    Args:
        kind: what it is to be, for the message.
        name: of a score.
    """
    if name not in OF:
        raise ValueError(unknown(kind, name, OF))
    if name in AT_ONE:
        raise ValueError(
            f"{kind}: {name!r} is best at 1, and neither the least nor the greatest is. Take another, for example 'fid' or 'coverage'."
        )


def better(name):
    """Which way a score gets better: "min" or "max"."""
    return GROUPS[OF[name]].better[name]
