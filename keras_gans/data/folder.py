"""A folder of images as a data set."""

import inspect
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gans.data import checks
from keras_gans.data.dataset import Data, from_arrays
from keras_gans.data.embedded import require
from keras_gans.errors import unknown
from keras_gans.types import Path

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}


def from_folder(
    folder: Path,
    *,
    image_size: int | Sequence[int] | None = None,
    channels: int | None = None,
    name: str | None = None,
    **options: Any,
) -> Data:
    """A data set from a folder of images, or of one sub-folder per class.

    Args:
        folder: images directly inside: no labels. Sub-folders: one class each, in alphabetical order.
        image_size: (height, width) or one number. Images are cropped to its aspect in the middle and resized
            (antialiased). Without it all images must have one size. Transparent ones are laid on white.
        channels: 1 (grey) or 3 (RGB); by default what the first image has.
        name: by default the folder's name.
        **options: of `from_arrays`: validation, batch_size, with_labels, seed, source, licence.

    Raises:
        FileNotFoundError: no such folder. ValueError: no images, unreadable ones (named), different sizes or channels.
    """
    own = {"image_size", "channels", "images", "labels", "value_range"}
    takes = [option for option in inspect.signature(from_arrays).parameters if option not in own]
    for option in options:
        if option not in takes:
            raise TypeError(f"from_folder: {unknown('argument', option, ['image_size', 'channels', *takes])}")
    images, labels, classes = read_folder(folder, image_size, channels)
    defaults = {"source": "a folder of images", "class_names": classes or None}
    name = name or pathlib.Path(folder).resolve().name
    return from_arrays(images, labels, name=name, **{**defaults, **options})


def read_folder(folder, image_size=None, channels=None):
    """Images of a folder, uint8 (n, height, width, channels); their labels, int (n,) or None; the classes' names or []."""
    require("PIL", "plots")
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder.")
    if channels not in (None, 1, 3):
        raise ValueError(f"channels={channels!r}: expected 1 (grey) or 3 (RGB).")
    classes = sorted(child.name for child in folder.iterdir() if child.is_dir() and images_in(child))
    loose = images_in(folder)
    if classes and loose:
        raise ValueError(
            f"{folder}: has images of its own ({loose[0].name} ...) and sub-folders of images ({classes[0]} ...). "
            "Keep either images alone, or one sub-folder per class."
        )
    paths = [path for one in classes for path in images_in(folder / one)] or loose
    if not paths:
        raise ValueError(f"{folder}: no images ({', '.join(sorted(SUFFIXES))}) in it or in its sub-folders.")
    labels = np.array([classes.index(path.parent.name) for path in paths]) if classes else None

    images: list[np.ndarray] = []
    for path in paths:
        image = read(path, image_size, channels)
        if images and image.shape != images[0].shape:
            raise ValueError(
                f"{path}: shape {image.shape}, while {paths[0].name} has {images[0].shape}. "
                "Pass image_size= to resize them, channels= to make them all grey (1) or RGB (3); on the command line --image-size, "
                "-d channels=3."
            )
        images.append(image)
    return np.stack(images), labels, classes


def images_in(folder):
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith("."))


def read(path, image_size, channels):
    """One image as uint8 (height, width, channels), turned as its EXIF data say."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode.startswith(("I", "F")):
                raise ValueError(f"{path}: more than 8 bits a channel (mode {image.mode}). Load it with from_arrays.")
            grey = channels == 1 if channels else image.mode in ("1", "L", "LA")
            if image.has_transparency_data:  # what lies under it was never meant to be seen
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            image = image.convert("L" if grey else "RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{path}: not a readable image ({error}). Repair or remove it.") from None
    if image_size is not None:
        height, width = checks.size_pair(image_size)
        image = ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR)
    array = np.asarray(image)
    return array[..., None] if grey else array
