"""`load`: one name, one object."""

import inspect
import pathlib
from collections.abc import Sequence
from typing import Any

from keras_gans.data import embedded, generated
from keras_gans.data.dataset import Data, from_arrays, from_samples
from keras_gans.data.file import ARRAYS, TABLES, from_file
from keras_gans.data.folder import from_folder
from keras_gans.errors import unknown
from keras_gans.types import Path

EMBEDDED = {
    "digits": embedded.digits,
    "glyphs": embedded.glyphs,
    "patches": embedded.patches,
    "goog": embedded.goog,
    "wine": embedded.wine,
    "breast_cancer": embedded.breast_cancer,
    "ring": embedded.from_formula(generated.ring),
    "grid": embedded.from_formula(generated.grid),
    "sines": embedded.from_formula(generated.sines),
}
MIXTURES = {"ring": generated.RING, "grid": generated.GRID}  # name -> centres of its modes
NEEDS = {  # name -> (package, the extra that brings it)
    "digits": ("sklearn", "data"),
    "patches": ("sklearn", "data"),
    "wine": ("sklearn", "data"),
    "breast_cancer": ("sklearn", "data"),
    "glyphs": ("matplotlib", "plots"),
    "goog": ("matplotlib", "plots"),
}


def load(
    name: str,
    *,
    batch_size: int = 64,
    image_size: int | Sequence[int] | None = None,
    labels: bool = False,
    validation: float = 0.2,
    test: float | None = None,
    seed: int = 0,
    data_dir: Path | None = None,
    **options: Any,
) -> Data:
    """A data set by name: an embedded one, or any image data set of TensorFlow Datasets.

    Args:
        name: images: "digits" (handwriting, 8x8x1, 1,797 images), "glyphs" (28x28x1, rendered; options `classes=10 | 36`,
            `count=20000`, up to 60,000), "patches" (32x32x3, of two photographs), or a TensorFlow Datasets name ("mnist", "cifar10",
            "celeb_a/2.1.0" ...). Sequences: "sines" (24 x 5; options `count`, `steps`, `features`, `version="code" | "paper"`), "goog"
            (prices, 24 x 6; options `steps`, `split="time" | "random"`). Vectors: "ring" and "grid" (2-D
            Gaussians; option `count`), "wine" (13 columns), "breast_cancer" (30 columns).
        batch_size: training batch.
        image_size: (height, width) or one number: resize images (antialiased bilinear).
        labels: pipelines give pairs (images, labels); for images.
        validation: share to hold out; a data set that brings its own "test" or "validation" split uses that.
        test: share of what is held out to keep apart as `data.test`, to report on what was chosen on the rest.
        seed: shuffling order, integer >= 0. It does not move the split.
        data_dir: where TensorFlow Datasets keeps its files (default: its own folder).
        **options: of the embedded data set.

    Raises:
        ValueError: unknown name or option, with the closest match; unusable values.
        OfflineError: the data set has to be downloaded and cannot be.
    """
    if not isinstance(labels, bool):
        raise TypeError(f"labels={labels!r}: expected True or False.")
    if not isinstance(name, str) or not name:
        raise TypeError(f"load({name!r}): expected a name: {', '.join(EMBEDDED)}, or one of TensorFlow Datasets.")
    if name not in EMBEDDED:
        if pathlib.Path(name).suffix.lower() in (*TABLES, *ARRAYS):
            raise ValueError(f"load({name!r}): a file. Read it with keras_gans.data.from_file.")
        if options:
            raise TypeError(f"load({name!r}): {unknown('option', next(iter(options)), ['batch_size', 'data_dir'])}")
        from keras_gans.data import tfds

        found = tfds.read(name, data_dir, image_size, embedded=EMBEDDED)
        found.setdefault("validation", validation)
    else:
        known = inspect.signature(EMBEDDED[name]).parameters
        for option in options:
            if option not in known:
                everything = [*known, "batch_size", "image_size", "labels", "validation", "test", "seed", "data_dir"]
                raise TypeError(f"load({name!r}): {unknown('option', option, everything)}")
        if name in NEEDS:
            embedded.require(*NEEDS[name])
        found = {**EMBEDDED[name](**options), "validation": validation}
    if "samples" in found:
        for argument, asked in (("image_size", image_size is not None), ("labels", labels)):
            if asked:
                raise ValueError(
                    f"load({name!r}): {argument} is for images, and these are vectors or sequences. Leave it out."
                )
        data = from_samples(found.pop("samples"), **{"name": name, **found}, test=test, batch_size=batch_size, seed=seed)
        if name in MIXTURES:
            deviation = options.get("deviation", inspect.signature(EMBEDDED[name]).parameters["deviation"].default)
            tag(data, modes=(MIXTURES[name], deviation))
        return data
    images, classes = found.pop("images"), found.pop("labels")
    found.setdefault("name", name)
    common: dict[str, Any] = {
        "test": test,
        "batch_size": batch_size,
        "image_size": image_size,
        "with_labels": labels,
        "seed": seed,
    }
    data = from_arrays(images, classes, **common, **found)
    if name in ("digits", "glyphs", "patches"):
        tag(data, extractor=data.name)
    return data


def tag(data, **facts):
    """Puts facts on every pipeline of a data set, where scores look for them."""
    for pipeline in (data.train, data.validation, data.test):
        for name, value in facts.items():
            if pipeline is not None:
                setattr(pipeline, name, value)


def load_named(name: str, **options: Any) -> Data:
    """What a command or a recipe calls its data: a file, a folder of images, or what `load` knows."""
    path = pathlib.Path(name)
    if name not in EMBEDDED and path.exists() and "labels" in options:  # as `load` calls it
        options["with_labels"] = options.pop("labels")
    if name not in EMBEDDED and (path.is_file() or path.suffix.lower() in (*TABLES, *ARRAYS)):
        return from_file(path, **options)
    folder = name not in EMBEDDED and path.is_dir()
    return from_folder(path, **options) if folder else load(name, **options)
