"""`evaluate`: the scores of `fit`, outside it, for any generator: ours, a folder of images, an array."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans import data, files, zoo
from keras_gans.data.checks import declared_range, names_of, same_names
from keras_gans.data.file import ARRAYS, TABLES, read_file, table_names
from keras_gans.data.folder import read_folder
from keras_gans.data.pipelines import to_range
from keras_gans.errors import named
from keras_gans.metrics import Evaluator, Extractor
from keras_gans.metrics.scores import GROUPS
from keras_gans.models import GAN, load_model
from keras_gans.types import Dataset, Path

DEFAULTS = {1: ["fid", "prdc"], 2: ["fid", "prdc", "untrained"], 3: ["fid", "is", "kid", "prdc"]}  # by rank of a sample


class Scores(dict):
    """{key: value} of samples. Printed, it is a table.

    Attributes:
        record: the scores with deviations or standard errors, and everything that they depend on.
        real: {key: value} of as many real training samples, beside which to read them; {} where there are none. Without the
            memorisation check, in which training samples are copies of themselves.
    """

    def __init__(self, values: Mapping[str, float], record: dict[str, Any], real: dict[str, float]) -> None:
        super().__init__(values)
        self.record, self.real = record, real

    def __str__(self) -> str:
        width = max(map(len, self))
        lines = [f"{'':{width}}  {'samples':>20}" + (f"  {'real training samples':>22}" if self.real else "")]
        for key, value in self.items():
            name = key.split("[")[0]
            spread = self.record.get(f"{name}_error", self.record.get(f"{name}_deviation"))
            cell = digits(value) + (f" ± {spread:.4f}" if spread is not None else "")
            lines.append(f"{key:{width}}  {cell:>20}" + (f"  {digits(self.real[key]):>22}" if key in self.real else ""))
            if f"{name}_real" in self.record:
                lines[-1] += f"  reference: {self.record[f'{name}_real']:.4f}"
        known = self.record
        count = f"{known['n_real']:,}" if known["n_real"] else "an unknown number of"
        features = f", features of {known['extractor']!r}" if known["extractor"] else ""
        mode = f" in mode {known['extractor_mode']}" if known["extractor_mode"] else ""
        accuracy = f" (accuracy {known['extractor_accuracy']:.1%})" if known["extractor_accuracy"] else ""
        lines.append(
            f"{known['n_fake']:,} samples against {count} ({known['split']}){features}{mode}{accuracy}, seed {known['seed']}"
        )
        return "\n".join(lines)

    def document(self) -> dict:
        """Everything as plain values: {"scores", "real", "record"}."""
        return {"scores": dict(self), "real": self.real, "record": self.record}

    def to_json(self) -> str:
        """That as JSON text; what is not finite (the PSNR of copies) is null."""
        return files.to_json(self.document())

    def write(self, path: Path) -> None:
        """Writes the JSON to a file, which is replaced in one rename."""
        files.write_text(path, self.to_json())


def digits(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"


@named
def evaluate(
    samples: GAN | npt.ArrayLike | Dataset | Path,
    reference: data.Data | npt.ArrayLike | Dataset | Path | None = None,
    metrics: Sequence[str] | None = None,
    *,
    extractor: Path | keras.Model | Extractor = "auto",
    num_samples: int = 2000,
    train: data.Data | npt.ArrayLike | Dataset | Path | None = None,
    value_range: tuple[float, float] | None = None,
    image_size: int | Sequence[int] | None = None,
    seed: int = 0,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Scores:
    """Scores samples against a reference, as `callbacks.GenerativeMetrics` does while `fit` runs.

    Args:
        samples: what is scored: a `GAN`; a run folder, a .keras file, an entry of the zoo (as in `zoo.load`); an array (n, ...), a
            DataFrame, a .npy or .npz file of an array, a .csv or .tsv table; a folder of images; a pipeline. Columns that have names on
            both sides must be the same, in the same order. Of sequences, a table or an array (times, features) as the reference is a
            series, cut into windows of their length.
        reference: held-out real samples: a `Data` or a data set's name (its validation split; its training split is then `train`, and
            is scored beside), an array, a file, a folder or a pipeline as above, or an npz file of statistics (mu and sigma). None for a
            run folder or an entry: the data set it was trained on, of an entry the split that its card's scores are of.
        metrics: names as in `metrics.Evaluator`. By default, of images fid, is (where there are logits), kid and prdc.
        extractor: as in `metrics.Evaluator`; "auto" of a run folder, which is its own reference, is the one of its training.
        num_samples: how many a GAN draws; of arrays and folders all are taken.
        train: the training samples, as `reference`.
        value_range: (low, high) of float images in arrays: the values of black and white. uint8 needs none; without it floats are
            taken to be in [-1, 1].
        image_size: (height, width) or one number: to read folders at (cropped to the aspect and resized, antialiased).
        seed, options: as in `metrics.Evaluator`.

    Raises:
        ValueError: as `metrics.Evaluator`; values outside the range; no reference. FileNotFoundError: no such file or folder.
    """
    split = "validation"
    if reference is None:
        reference, split, own = data_of(samples)
        extractor = own if isinstance(extractor, str) and extractor == "auto" else extractor
    if isinstance(reference, str) and reference in data.EMBEDDED:
        reference = data.load(reference)
    for part, given in (("samples", samples), ("train", train)):
        same_names(feature_names(reference), feature_names(given), part)
    floor = None
    if isinstance(reference, data.Data):
        train, floor = train if train is not None else reference.train, reference
        reference = getattr(reference, split)
    arrays: dict[str, Any] = {"value_range": value_range, "image_size": image_size}
    reference, train = (as_samples(part, **arrays, statistics=True) for part in (reference, train))
    samples = as_samples(samples, **arrays)
    reference, train = (as_windows(part, samples) for part in (reference, train))
    kwargs: dict[str, Any] = {
        "extractor": extractor,
        "num_samples": num_samples,
        "train": train,
        "seed": seed,
        "options": options,
    }
    if metrics is None:
        metrics = default_metrics(reference, kwargs)
    evaluator = Evaluator(reference, metrics, **kwargs)
    real = evaluator.score(floor.real(num_samples)) if floor is not None else {}
    copies = {evaluator.key(name) for name in GROUPS["nearest"].better if name in evaluator.names}  # each its own nearest
    real = {key: value for key, value in real.items() if key not in copies}
    values = evaluator(samples) if isinstance(samples, GAN) else evaluator.score(samples)
    return Scores(values, evaluator.record, real)


def as_windows(part: Any, samples: Any) -> Any:
    """An array (times, features) beside sequences as its windows of their length; anything else as it is."""
    shape = samples.sample_shape if isinstance(samples, GAN) else getattr(samples, "shape", ())[1:]
    series = len(shape) == 2 and isinstance(part, np.ndarray) and part.ndim == 2
    return data.windows(part, shape[0]) if series else part


def default_metrics(reference: Any, kwargs: dict[str, Any]) -> list[str]:
    """What is computed where nothing is asked for."""
    if isinstance(reference, pathlib.Path):
        return ["fid"]
    probe = Evaluator(reference, ["fid"], **{**kwargs, "options": None})
    kwargs["extractor"] = probe.extractor  # made once
    names = DEFAULTS[len(probe.sample_shape)]
    names = names + (["modes"] if probe.modes is not None else [])
    return [name for name in names if name != "is" or probe.extractor.classes]


def data_of(handle: Any) -> tuple[data.Data, str, str]:
    """The data set that the GAN of a run folder or an entry was trained on, its split to be scored against (of an entry the one that its
    card's scores are of, of a run the validation split), and the extractor that it was scored with."""
    place = pathlib.Path(handle) if isinstance(handle, (str, pathlib.Path)) else None
    if place is not None and (place / "run.json").exists():
        stored = files.read_json(place / "run.json", None)
        known = stored.get("data") if isinstance(stored, dict) else None
        if not isinstance(known, dict) or not {"name", "fingerprint"} <= set(known):
            raise ValueError(f"{place / 'run.json'}: damaged: it does not say what data the run had. Pass a reference.")
        recipe, split = stored.get("recipe"), "validation"
        extractor = stored.get("extractor_from") or "auto"
        if stored.get("extractor") and extractor == "auto":
            raise ValueError(
                f"{handle} was scored with a model of the caller's own, {stored['extractor'][:12]}: pass it as extractor=."
            )
    elif place is not None and is_entry(handle):
        scores = zoo.card(handle)["scores"]
        if scores is None:
            raise ValueError(f"{handle}: its card has no scores and names no data. Pass real samples as the reference.")
        known, recipe, split, extractor = scores["data"], scores["data"]["recipe"], scores["split"], "auto"
    else:
        if place is not None and not place.exists():
            zoo.find(handle)  # which says what is wrong with the name
        raise ValueError(
            "No reference. Pass real samples: a data set's name, an array, a folder. Only a run folder and an entry of the zoo know "
            "their own."
        )
    if known["name"] not in data.EMBEDDED and recipe is None:
        raise ValueError(f"{handle} was trained on {known['name']!r}, which has to be loaded: pass it as the reference.")
    found = data.load(known["name"]) if recipe is None else zoo.data_of(recipe)
    if found.fingerprint != known["fingerprint"]:
        why = "with other options than the defaults" if recipe is None else "whose samples were others then"
        raise ValueError(f"{handle} was trained on {known['name']!r}, {why}. Load those and pass them as the reference.")
    return found, split, extractor


def names_of_run(handle: Path) -> tuple[list[str] | None, list[str] | None]:
    """The names of classes and of features of the data that the GAN of a run folder or an entry was trained on, where they are known."""
    place = pathlib.Path(handle)
    place = place.parent if place.suffix == ".keras" else place  # of a run's model the run's
    known: Any = None
    if (place / "run.json").exists():
        known = files.read_json(place / "run.json", None)
    elif is_entry(handle):
        known = (zoo.card(handle)["scores"] or {}).get("data")
    known = known if isinstance(known, dict) else {}
    return known.get("class_names"), known.get("feature_names")


def feature_names(given: Any) -> tuple[str, ...] | None:
    """The names of features, where what is given has some: a data set, a DataFrame, a table's file, a run or an entry."""
    if isinstance(given, data.Data):
        return given.feature_names
    if isinstance(given, (str, pathlib.Path)):
        path = pathlib.Path(given)
        if path.suffix.lower() in TABLES and path.is_file():
            return table_names(path)
        names = names_of_run(path)[1]
        return tuple(names) if names else None
    return names_of(given, "samples") if hasattr(given, "columns") else None


def is_entry(handle: Path) -> bool:
    """Whether it names an entry of the zoo: one of the package, a folder, the hub, the web."""
    text = str(handle)
    return text.startswith(("hf://", "https://")) or text in zoo.names() or (pathlib.Path(text) / "manifest.json").exists()


def model_of(handle: Path) -> GAN:
    """The GAN of a run folder, a .keras file, or an entry of the zoo."""
    path = pathlib.Path(handle)
    if (path / "model.keras").exists():
        return load_model(path / "model.keras")
    if path.suffix == ".keras":
        return load_model(path)
    if path.is_dir() and not is_entry(path):
        raise FileNotFoundError(
            f"{path}: neither a run folder with a saved model (it has no model.keras) nor an entry of the zoo."
        )
    return zoo.load(handle)


def as_samples(
    given: Any, value_range: tuple[float, float] | None, image_size: int | Sequence[int] | None, statistics: bool = False
) -> Any:
    """What `evaluate` takes, as what `Evaluator` takes: a GAN, an array in [-1, 1], a pipeline, a path of statistics."""
    if isinstance(given, np.ndarray):
        if given.ndim != 4 or given.dtype == np.uint8 or value_range is None:
            return given
        return to_range(given, declared_range(given, value_range, "images")).numpy()
    if isinstance(given, (list, tuple)):
        return as_samples(np.asarray(given), value_range, image_size)
    if not isinstance(given, (str, pathlib.Path)):
        return given
    path = pathlib.Path(given)
    if is_entry(given) or (path / "model.keras").exists() or (path.suffix == ".keras" and path.exists()):
        return model_of(given)
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: no such file or folder, no embedded data set ({', '.join(data.EMBEDDED)}), and no entry of the zoo "
            f"({', '.join(zoo.names())})."
        )
    if path.is_dir():
        return read_folder(path, image_size)[0]
    if path.suffix.lower() not in (*TABLES, *ARRAYS):
        raise ValueError(
            f"{path}: expected a folder of images, a run folder, or a file ({', '.join(('.keras', *TABLES, *ARRAYS))})."
        )
    if statistics and path.suffix.lower() == ".npz" and has_statistics(path):
        return path
    return as_samples(read_file(path)[0], value_range, image_size)


def has_statistics(path: pathlib.Path) -> bool:
    """Whether an npz file has mu and sigma of features."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return "mu" in stored
    except Exception:  # not an array file, which `read_file` says
        return False
