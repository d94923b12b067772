"""The scores of an entry, with their intervals."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from keras_gans import __version__, data
from keras_gans.data.load import load_named
from keras_gans.errors import whole_number
from keras_gans.metrics import Evaluator, Extractor
from keras_gans.models import GAN
from keras_gans.types import Path

STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}  # 97.5 %, by count
SAMPLES = 2000  # drawn, or as many as there are training samples to compare with
USUAL = {
    1: ["fid", "prdc", "nearest"],
    2: ["fid", "untrained", "discriminative", "nearest"],
    3: ["fid", "kid", "prdc", "nearest"],
}
LOOSE = {"discriminative", "predictive", "boosted_trees"}  # judges that are trained anew: as far apart as their draws are


def data_of(recipe: Mapping[str, Any]) -> data.Data:
    """The data set that a recipe names, with the splits it asks for."""
    known = {name: recipe[name] for name in ("batch_size", "image_size", "test") if recipe.get(name) is not None}
    return load_named(recipe["data"], **known, **(recipe.get("data_option") or {}), seed=recipe.get("seed") or 0)


def measure(
    gan: GAN,
    data: data.Data,
    metrics: Sequence[str] | None = None,
    *,
    extractor: Path | keras.Model | Extractor = "auto",
    draws: int = 5,
    rows: Mapping[str, Mapping[str, Any]] | None = None,
    recipe: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Scores a GAN for its card, over several samplings.

    Args:
        data: its test split is the reference, or its validation split where it has none.
        metrics: names as in `metrics.Evaluator`; by default the Fréchet distance, what goes with it, and the memorisation check.
        extractor: as in `metrics.Evaluator`.
        draws: samplings, with the latents' seeds 0, 1, ...
        rows: {name: what `measure` gave for it}, to print beside: an untrained network, another recipe.
        recipe: what names the data for `zoo.verify`; None: verify has to be given them.

    Returns:
        the content of scores.json: "scores" has for each {"value" (mean over the draws), "interval" (95 %, of one more draw),
        "draws", "tolerance", "better", "real" (as many real training samples)}, and beside it everything they depend on.
    """
    draws = whole_number("draws", draws)
    reference = data.test if getattr(data, "test", None) is not None else data.validation
    number = min(SAMPLES, len(data.train_samples))
    options = {"num_samples": number, "train": data.train}
    if metrics is None:
        metrics = list(USUAL[len(data.shape)])
        metrics += ["modes"] if hasattr(reference, "modes") else []
        extractor = Evaluator(reference, ["fid"], extractor=extractor).extractor
        metrics[1:1] = ["is"] if len(data.shape) == 3 and extractor.classes else []
    evaluator = Evaluator(reference, metrics, extractor=extractor, **options)
    real = evaluator.score(data.real(number))
    found = []
    for seed in range(draws):
        samples = gan.generate(number, seed=seed)
        found.append(evaluator.score(samples))
    record = evaluator.record
    scores = {}
    for name, key in zip(evaluator.names, evaluator.keys()):
        values = [float(one[key]) for one in found]
        scores[key] = {
            **summary(values, name),
            "better": evaluator.better[key],
            "real": float(real[key])
            if not key.startswith(("nearest", "psnr", "ssim"))
            else None,  # of themselves they are copies
        }
    return {
        "scores": scores,
        **{key: record[key] for key in ("n_real", "n_fake", "split", "extractor", "extractor_sha256", "extractor_accuracy")},
        "metrics": evaluator.names,
        "seeds": list(range(draws)),
        "data": {
            **{
                name: getattr(data, name)
                for name in ("name", "fingerprint", "source", "licence", "class_names", "feature_names")
            },
            "train": len(data.train_samples),
            "recipe": recipe
            and {name: recipe.get(name) for name in ("data", "data_option", "image_size", "test", "batch_size", "seed")},
        },
        "rows": {name: {key: one["value"] for key, one in row["scores"].items()} for name, row in (rows or {}).items()},
        "versions": {
            "keras_gans": __version__,
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "numpy": np.__version__,
        },
    }


def summary(values, name):
    """Mean, interval of one more draw, tolerance of a repetition."""
    mean = statistics.fmean(values)
    half = 0.0
    if len(values) > 1:
        factor = STUDENT.get(len(values), 2.26)
        half = factor * statistics.stdev(values) * math.sqrt(1 + 1 / len(values))
    tolerance = max(0.01 * abs(mean), 0.005, half if name in LOOSE else 0.0)  # another processor, another order of sums
    return {"value": mean, "interval": [mean - half, mean + half], "draws": values, "tolerance": tolerance}
