"""The scores of a run: those that its data can have."""

from typing import TYPE_CHECKING

import keras

from keras_gans.metrics import Extractor, embedded_extractors, extractors
from keras_gans.metrics.scores import check_choice, expand
from keras_gans.types import Path

if TYPE_CHECKING:
    from keras_gans.data import Data


def scored(data: "Data", choose: str | None = None, extractor: Path | keras.Model | Extractor = "auto") -> list[str]:
    """The scores of a run on this data, with one more to choose by; none where they need an extractor that there is not, or more
    samples."""
    found = usual_scores(data, extractor)
    if choose is not None:
        check_choice("score to choose by", choose)
    if choose is not None and not found:
        raise ValueError(f"choose={choose!r}: {data.name} has no scores here, for want of an extractor or of samples.")
    return [*found, choose] if choose is not None and choose not in expand(found, data.shape) else found


def usual_scores(data: "Data", extractor: Path | keras.Model | Extractor) -> list[str]:
    """What is scored where nothing is asked for."""
    if len(data.shape) == 3:
        if isinstance(extractor, str) and extractor == "auto":
            return ["fid", "is"] if getattr(data.validation, "extractor", None) in embedded_extractors() else []
        made = extractors.get(extractor, data.validation, data.shape)
        return ["fid", "is"] if made.classes else ["fid"]
    if min(len(data.train_samples), len(data.validation_samples)) < 15:
        return []
    if len(data.shape) == 2:
        return ["fid", "coverage", "untrained"]
    return ["fid", "modes" if hasattr(data.validation, "modes") else "coverage"]
