"""A GAN into an entry's folder and out of it again."""

import json
import pathlib
import tempfile
import warnings
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

from keras_gans import __version__, files, plots
from keras_gans.models import ARCHITECTURES, GAN, load_model
from keras_gans.types import Path
from keras_gans.zoo import folder as folders
from keras_gans.zoo import handles, safety
from keras_gans.zoo import scores as scoring
from keras_gans.zoo.text import card_text

PARTS = ("generator", "discriminator", "average", "normaliser")
CLASSES: dict[str, type[GAN]] = {**ARCHITECTURES, "gan": GAN}


def save(
    gan: GAN,
    folder: Path,
    scores: Mapping[str, Any] | None = None,
    recipe: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
    precision: str = "float16",
) -> pathlib.Path:
    """Writes a GAN as an entry.

    Kept are both networks, the averaged generator, the normaliser and the step count, and how it was compiled; not the optimizers'
    moments (`gan.save` keeps those).

    Args:
        folder: missing, empty, or an entry, which is replaced whole.
        scores: what `zoo.measure` gave, or None: then the card says that nothing was measured.
        recipe: what `keras-gans train --recipe` takes, or None.
        training: facts for the card: command, seconds, machine, epochs, seed.
        precision: "float16" keeps matrices and kernels in half the bytes (measure the GAN that `load` gives, not the one that was
            saved), vectors in float32; "float32" keeps all as it is.

    Returns:
        the folder's path.

    Raises:
        ValueError: an unknown precision, scores of another kind, a GAN with layers that an entry may not have.
    """
    if precision not in ("float16", "float32"):
        raise ValueError(f"precision={precision!r}: expected 'float16' or 'float32'.")
    if scores is not None and not (isinstance(scores, dict) and "scores" in scores and "seeds" in scores):
        raise ValueError("scores: expected what keras_gans.zoo.measure(gan, data) gives.")
    kinds = {cls: name for name, cls in CLASSES.items()}
    if type(gan) not in kinds:
        raise ValueError(
            f"{type(gan).__name__} is not an architecture of the library, so that nobody could load it. Save a GAN(...)."
        )
    config = {
        "architecture": kinds[type(gan)],
        "config": gan.get_config(),
        "compile": gan.get_compile_config(),
        "keras_gans": __version__,
    }
    config = json.loads(files.to_json(config))
    safety.check_config(config)

    def fill(made):
        bare = type(gan).from_config(gan.get_config())
        copy(gan, bare)
        bare.save_weights(made / "full.weights.h5")
        shrink(made / "full.weights.h5", made / "model.weights.h5", precision)
        (made / "full.weights.h5").unlink()
        files.write_json(made / "config.json", config)
        if recipe is not None:
            files.write_json(made / "recipe.json", recipe)
        facts = None if scores is None else {**scores, "training": dict(training or {})}
        if facts is not None:
            files.write_json(made / "scores.json", facts)
        drawn = gan.generate(100 if len(gan.sample_shape) == 3 else 2000, seed=0)
        plots.save_samples(drawn, made / "samples.png", (scores or {}).get("data", {}).get("feature_names"))
        size = (made / "model.weights.h5").stat().st_size
        files.write_text(made / "README.md", card_text(pathlib.Path(folder).name, config, facts, size))

    return folders.write(folder, fill)


def copy(source, target):
    """The networks' weights and the step count of one GAN to another like it."""
    for part in PARTS:
        if getattr(source, part, None) is not None:
            getattr(target, part).set_weights(getattr(source, part).get_weights())
    target.steps.assign(source.steps)


def shrink(full, path, precision):
    """A weights file again, compressed, without empty groups' overhead, its arrays of two or more axes in `precision`; of one GAN always
    the same bytes."""
    with h5py.File(full, "r") as source, h5py.File(path, "w") as target:

        def add(name, item):
            if isinstance(item, h5py.Group):
                group = target.require_group(name)
                for key, value in item.attrs.items():
                    if key != "name":  # which Keras numbers anew in every process, and reads nowhere
                        group.attrs[key] = value
                return
            values = item[()]
            if values.ndim > 1 and values.dtype == np.float32 and np.abs(values).max(initial=0) < 6e4:
                values = values.astype(precision)
            options = {"compression": "gzip", "shuffle": True} if values.size > 64 else {}
            stored = target.create_dataset(name, data=values, track_times=False, **options)
            for key, value in item.attrs.items():
                stored.attrs[key] = value

        source.visititems(add)


def load(handle: Path, **changes: Any) -> GAN:
    """A pretrained GAN, compiled as it was trained: it generates, is evaluated, and trains on with `fit`.

    Args:
        handle: a name of `zoo.names()`, a folder, "hf://user/repo", or the https address of a .zip or .tar.gz archive
            ("...#sha256=HEX" has it checked).
        **changes: arguments of the architecture that are to be others, for data of other classes or another shape (`num_classes=5`,
            `image_shape=(28, 28, 3)`): weights that fit are kept, those that do not are new, and a warning names them.

    Raises:
        ValueError: an unknown name (with the closest one), a damaged or unsafe entry, an argument that the architecture has not.
        FileNotFoundError: no such folder. OfflineError: it has to be downloaded and cannot be.
    """
    place = handles.find(handle)
    folders.check(place)
    config = folders.read(place, "config.json")
    safety.check_config(config, place / "config.json")
    safety.check_weights(place / "model.weights.h5")
    if config.get("architecture") not in CLASSES:
        raise ValueError(f"{place}: architecture {config.get('architecture')!r}. Known: {', '.join(CLASSES)}.")
    architecture = CLASSES[config["architecture"]]
    gan = architecture.from_config(config["config"])
    try:
        gan.load_weights(place / "model.weights.h5")
    except Exception as error:
        raise ValueError(f"{place}: its weights do not fit its config ({str(error)[:300]}).") from error
    if changes:
        gan = transferred(gan, changes)
    if config["compile"]:
        gan.compile_from_config(config["compile"])
    return gan


def transferred(gan, changes):
    """A GAN with other arguments, which has every weight of `gan` whose place it has and whose shape is the same."""
    if type(gan) is GAN:
        raise ValueError("A GAN of one's own two networks has no arguments to change: change the networks.")
    made = type(gan)(**{**{name: getattr(gan, name) for name in gan._given if name != "name"}, **changes})
    new, kept = [], 0
    for part in PARTS:
        ours, theirs = getattr(made, part, None), getattr(gan, part, None)
        if ours is None or theirs is None:
            new += [part] if ours is not None else []
            continue
        there = places(theirs)
        for name, weight in places(ours).items():
            if name in there and tuple(there[name].shape) == tuple(weight.shape):
                weight.assign(there[name])
                kept += 1
            else:
                new.append(f"{part} {' '.join(map(str, name))} {tuple(weight.shape)}")
    if not kept:
        raise ValueError(f"{changes}: not one weight fits. Train a new {type(gan).__name__}.")
    if new:
        warnings.warn(f"{kept} weights kept; new, because their shape is another: {'; '.join(new)}.", stacklevel=3)
    return made


def places(network):
    """{(class of the layer, how many of its class stand before it, name of the weight): weight}: names that Keras numbers anew in every
    process would not do."""
    found = {}
    seen: dict[str, int] = {}
    for layer in [network] if not hasattr(network, "layers") else network.layers:
        kind = type(layer).__name__
        for weight in layer.weights:
            found[kind, seen.get(kind, 0), weight.name] = weight
        seen[kind] = seen.get(kind, 0) + 1
    return found


def from_run(run: Path, folder: Path, draws: int = 5, rows: Mapping[str, Mapping[str, Any]] | None = None) -> pathlib.Path:
    """A run's best model as an entry: measured on the run's test split, or on its validation split where it has none.

    Args:
        run: folder of `keras-gans train`.
        folder: of the entry.
        draws: samplings that the scores are means over.
        rows: {name: what `zoo.measure` gave for it on the same data}, to print beside; an untrained network is added.

    Returns:
        the folder's path.

    Raises:
        FileNotFoundError: not a run. ValueError: a run that was not started by the command, so that its data are not known.
    """
    run = pathlib.Path(run)
    known, summary = (files.read_json(run / name, None) for name in ("run.json", "summary.json"))
    if known is None or summary is None:
        raise FileNotFoundError(f"{run}: not a finished run (it has no run.json and summary.json).")
    recipe = known.get("recipe")
    if recipe is None:
        raise ValueError(
            f"{run}: does not say what data it had. Measure and save it: gan.save_to_preset(folder, scores=...)."
        )
    gan = load_model(run / ("best.keras" if (run / "best.keras").exists() else "model.keras"))
    data = scoring.data_of(recipe)
    best = next(iter(summary["best"].items()), None)
    training = {
        "command": f"keras-gans train --recipe {pathlib.Path(folder).name}",
        "seconds": round(summary["seconds"]),
        "epochs": summary["epochs"],
        "chosen": best and {"score": best[0], "epoch": best[1]["epoch"], "value": best[1]["value"], "split": "validation"},
        "seed": recipe.get("seed", 0),
        "machine": known.get("machine"),
    }
    with tempfile.TemporaryDirectory() as place:  # as it will be loaded, half precision and all: that is what is measured
        gan = load(save(gan, pathlib.Path(place) / "entry"))
    untrained = type(gan).from_config({**gan.get_config(), "seed": 0})
    if untrained.normaliser is not None:
        untrained.normaliser.set_weights(gan.normaliser.get_weights())  # type: ignore[union-attr]
    extractor = recipe.get("extractor") or "auto"
    rows = {**(rows or {}), "untrained": scoring.measure(untrained, data, extractor=extractor, draws=1)}
    scores = scoring.measure(gan, data, extractor=extractor, draws=draws, rows=rows, recipe=recipe)
    return save(gan, folder, scores, recipe, training)
