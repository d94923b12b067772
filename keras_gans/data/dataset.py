"""The one object that every way of loading gives."""

import dataclasses
import hashlib
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from keras_gans.data import augment, checks
from keras_gans.data.pipelines import batches, to_range
from keras_gans.errors import check_seed, named, whole_number


@dataclasses.dataclass(frozen=True)
class Data:
    """A data set, split and ready for `fit`.

    Attributes:
        name: short name; scores carry it.
        train: tf.data pipeline, shuffled by seed and epoch, static batches of `batch_size`, float32, (batch, height, width,
            channels) in [-1, 1], or vectors (batch, features) or sequences (batch, steps, features) in their own units; or
            pairs with int32 labels (batch,) where `labels=True` was asked for.
        validation: the held-out split, in order, every sample once.
        test: a second held-out split, to report what was chosen on `validation`; None unless it was asked for.
        train_samples, validation_samples, test_samples: the arrays behind them, as stored: (n, ...).
        train_labels, validation_labels, test_labels: int32 (n,), or None.
        stored_range: (low, high) of the stored values; the pipelines map it to [-1, 1]. None: values are left as they are.
        class_names: in the order of the labels, or None.
        feature_names: of the columns of vectors and sequences, or None.
        source, licence: where the data come from, under which terms.
        fingerprint: sha256 (hex) of contents and split.
        batch_size: of `train`.
    """

    name: str
    train: tf.data.Dataset
    validation: tf.data.Dataset
    train_samples: np.ndarray
    validation_samples: np.ndarray
    train_labels: np.ndarray | None
    validation_labels: np.ndarray | None
    stored_range: tuple[float, float] | None
    class_names: tuple[str, ...] | None
    source: str
    licence: str
    fingerprint: str
    batch_size: int
    test: tf.data.Dataset | None = None
    test_samples: np.ndarray | None = None
    test_labels: np.ndarray | None = None
    feature_names: tuple[str, ...] | None = None

    @property
    def value_range(self) -> tuple[float, float] | None:
        """(low, high) of what the pipelines give; None for vectors and sequences in their own units."""
        return None if self.stored_range is None else (-1.0, 1.0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample: (height, width, channels), (features,) or (steps, features)."""
        return self.train_samples.shape[1:]

    def scaled(self, images: np.ndarray) -> np.ndarray:
        """Stored samples as the pipelines give them: float32, a numpy array of the same shape."""
        return to_range(images, self.stored_range).numpy()

    def real(self, count: int) -> np.ndarray:
        """`count` training samples (all, where there are fewer), as the pipelines give them, to score beside drawn ones. They are chosen once,
        at random: the first would be of one class where a data set is in order."""
        number = len(self.train_samples)
        rows = slice(None) if count >= number else np.random.default_rng(0).permutation(number)[:count]
        return self.scaled(self.train_samples[rows])

    def augmented(self, policies: str | Sequence[str]) -> "Data":
        """The same data set, whose training pipeline changes each batch at random. The order of the samples, and what is drawn for
        them, follow from seed and epoch, so that a run resumes exactly. The held-out samples stay as they are.

        The generator learns the changes too: for samples like the originals use `GAN.compile(augment=)`, which shows them to the
        discriminator alone. A warning says so.

        Args:
            policies: "flip" (left to right), "translation" (images, by up to 1/8) or "noise" (0.05 of each feature's deviation), a list
                of those or one string with commas.

        Raises:
            ValueError: an unknown policy, one that does not fit the samples, or a data set that is augmented already.
        """
        if self.fingerprint != self.validation.fingerprint:
            raise ValueError(f"{self.name} is augmented already. Name all policies in one call.")
        names, change = augment.chosen(policies, self.shape)
        warnings.warn(
            f"{', '.join(names)} on the data set itself leaks into the samples: the generator learns to draw changed ones. "
            "GAN.compile(augment=) does not.",
            stacklevel=2,
        )
        labelled = isinstance(self.train.element_spec, tuple)
        arrays = (self.train_samples, self.train_labels) if labelled else self.train_samples
        options = {"value_range": self.stored_range, "seed": self.train.order.seed, "shuffle": True}
        train = batches(arrays, self.batch_size, augment=change, **options)
        train.order.labels, train.split = self.train_labels, "train"
        train.fingerprint = hashlib.sha256(f"{self.fingerprint} {names}".encode()).hexdigest()
        return dataclasses.replace(self, train=train, fingerprint=train.fingerprint)

    def batched(self, batch_size: int, seed: int | None = None) -> "Data":
        """The same data set with training batches of another size, and another seed for their order.

        Raises:
            ValueError: fewer training samples than one batch.
        """
        seed = self.train.order.seed if seed is None else check_seed(seed, optional=False)
        train = self.train.with_batches(whole_number("batch_size", batch_size), seed=seed)
        train.order.labels = self.train_labels
        for name in ("split", "fingerprint", "extractor", "modes"):
            if hasattr(self.train, name):
                setattr(train, name, getattr(self.train, name))
        return dataclasses.replace(self, train=train, batch_size=batch_size)

    def __repr__(self):
        classes = f", {len(self.class_names)} classes" if self.class_names else ""
        kind = {1: "vectors", 2: "sequences", 3: "images"}[len(self.shape)]
        units = "in [-1, 1]" if self.stored_range else "in their own units"
        if self.feature_names:
            units += f" ({', '.join(self.feature_names[:6])}{' ...' if len(self.feature_names) > 6 else ''})"
        return (
            f"<{self.name}: {len(self.train_samples):,} training and {len(self.validation_samples):,} validation {kind} of "
            f"{'x'.join(map(str, self.shape))} {units}{classes}; batch {self.batch_size}; {self.fingerprint[:12]}>"
        )


@named
def from_arrays(
    images: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    *,
    validation: float | tuple[npt.ArrayLike, npt.ArrayLike | None] = 0.2,
    test: float | None = None,
    groups: npt.ArrayLike | None = None,
    value_range: tuple[float, float] | None = None,
    batch_size: int = 64,
    with_labels: bool = False,
    image_size: int | Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
    name: str = "arrays",
    source: str = "the caller's arrays",
    licence: str = "not stated",
    seed: int = 0,
) -> Data:
    """A data set from arrays in memory.

    Args:
        images: (n, height, width, channels), uint8 or float.
        labels: (n,), classes from 0.
        validation: share to hold out, in (0, 1), drawn once by a fixed seed (rounded to a multiple of 32 where there are
            as many, so that its batches come out even); or a pair (images, labels or None) that is already held out.
        test: share of the held-out images to keep apart as `Data.test`, to report on what was chosen on the others; None: none.
        groups: int (n,), which images belong together (crops of one photograph, photographs of one person): a group goes into one split
            whole. Of images that are held out already they say nothing.
        value_range: (low, high): the values that black and white have. Needed for floats; uint8 means (0, 255).
        batch_size: training batch.
        with_labels: pipelines give pairs (images, labels).
        image_size: (height, width) or one number: resize (antialiased bilinear).
        class_names: names in the order of the labels.
        name, source, licence: kept with the data and shown in reports.
        seed: shuffling order, integer >= 0. It does not move the split.

    Raises:
        ValueError: wrong rank, NaN, values outside the range, a float array without a range, labels that do not fit,
            too few images for one batch.
    """
    batch_size, seed = whole_number("batch_size", batch_size), check_seed(seed, optional=False)
    images = checks.image_array(images, name)
    stored_range = checks.declared_range(images, value_range, name)
    labels = checks.label_array(labels, len(images), name)
    if with_labels and labels is None:
        raise ValueError(f"{name}: with_labels=True, and there are no labels. Pass labels=.")
    if class_names is not None and labels is not None and len(class_names) <= labels.max():
        raise ValueError(f"{name}: {len(class_names)} class_names, and labels up to {labels.max()}.")
    if isinstance(validation, (tuple, list)):
        if len(validation) != 2:
            raise ValueError(f"{name}: validation has {len(validation)} parts; expected (images, labels or None).")
        held_images = checks.image_array(validation[0], f"{name}, validation")
        checks.values(held_images, stored_range, f"{name}, validation")
        held_labels = checks.label_array(validation[1], len(held_images), f"{name}, validation")
        if with_labels and held_labels is None:
            raise ValueError(f"{name}: with_labels=True, and the validation images have no labels.")
        if held_images.shape[1:] != images.shape[1:]:
            raise ValueError(
                f"{name}: validation images of shape {held_images.shape[1:]} beside training images of shape "
                f"{images.shape[1:]}; both must be the same."
            )
        groups = None
    else:
        groups = None if groups is None else checks.label_array(groups, len(images), f"{name}, groups")
        train, held = split(len(images), validation, name, groups)
        held_images, images = images[held], images[train]
        held_labels, labels = (None, None) if labels is None else (labels[held], labels[train])
        groups = None if groups is None else groups[held]
    if image_size is not None:
        images, held_images = (resize(array, image_size, stored_range) for array in (images, held_images))

    parts = {"train": (images, labels), "validation": (held_images, held_labels)}
    if test is not None:
        kept, apart = split(len(held_images), test, f"{name}, test", groups)
        for part, rows in (("validation", kept), ("test", apart)):
            parts[part] = (held_images[rows], None if held_labels is None else held_labels[rows])
    about = {"name": name, "source": source, "licence": licence, "class_names": class_names}
    return assemble(parts, stored_range, batch_size, seed, with_labels, about)


@named
def from_samples(
    samples: npt.ArrayLike,
    *,
    validation: float | npt.ArrayLike = 0.2,
    test: float | None = None,
    in_order: bool = False,
    gap: int = 0,
    feature_names: Sequence[str] | None = None,
    batch_size: int = 64,
    name: str = "samples",
    source: str = "the caller's arrays",
    licence: str = "not stated",
    seed: int = 0,
) -> Data:
    """A data set of vectors or sequences from an array in memory. Values stay in their own units: `DenseGAN` and `RecurrentGAN`
    scale inside the model.

    Args:
        samples: (n, features) or (n, steps, features), numbers; an array or a DataFrame.
        validation: share to hold out, in (0, 1), or an array that is already held out.
        test: share of the held-out samples to keep apart as `Data.test`, as in `from_arrays`; with `in_order` the last ones.
        in_order: hold out the last samples instead of random ones (and give those in one fixed random order): windows of one
            series overlap, and a random one would have its neighbours in the training.
        gap: with `in_order`, samples to leave out between the two parts: steps - 1 of windows with stride 1, which overlap that
            far.
        feature_names: one for each feature, for pictures, messages and files; by default a DataFrame's columns.
        batch_size, name, source, licence, seed: as in `from_arrays`.

    Raises:
        ValueError: wrong rank, NaN, a constant feature, too few samples for one batch, names that do not fit.
    """
    batch_size, seed = whole_number("batch_size", batch_size), check_seed(seed, optional=False)
    names = checks.names_of(samples, name, feature_names)
    array = checks.sample_array(samples, name, names)
    if gap and not in_order:
        raise ValueError(
            f"{name}: gap={gap} without in_order=True: samples that are held out at random have no place between two parts."
        )
    if isinstance(validation, (int, float)):
        train, held = split(len(array), validation, name)
        if in_order:
            train, held = in_time(np.arange(len(array)), len(held), gap, name)
        array, held = array[train], array[held]
    else:
        checks.same_names(names, checks.names_of(validation, f"{name}, validation"), f"{name}, validation")
        held = checks.sample_array(validation, f"{name}, validation", names)
        if held.shape[1:] != array.shape[1:]:
            raise ValueError(
                f"{name}, validation: samples of shape {held.shape[1:]}; those to train on are {array.shape[1:]}."
            )
    parts: dict[str, Any] = {"train": (array, None), "validation": (held, None)}
    if test is not None:
        kept, apart = split(len(held), test, f"{name}, test")
        if in_order:
            kept, apart = in_time(np.arange(len(held)), len(apart), gap, f"{name}, test")
        parts |= {"validation": (held[kept], None), "test": (held[apart], None)}
    if in_order:  # neighbours look alike: scores that take the first few, or two halves, would see one time alone
        mixed = {part: np.random.default_rng(0).permutation(len(parts[part][0])) for part in parts if part != "train"}
        parts |= {part: (parts[part][0][order], None) for part, order in mixed.items()}
    about = {"name": name, "source": source, "licence": licence, "feature_names": names}
    return assemble(parts, None, batch_size, seed, False, about)


def assemble(parts, stored_range, batch_size, seed, with_labels, about):
    """`Data` from checked arrays: {"train": (samples, labels), "validation": (samples, labels)}."""
    contents = [array for part in parts.values() for array in part]
    found = fingerprint(*contents, np.asarray(stored_range)) if stored_range else fingerprint(*contents)
    pipelines = {}
    for part, (samples, labels) in parts.items():
        arrays = (samples, labels) if with_labels else samples
        options = {"value_range": stored_range, "seed": seed, "shuffle": part == "train"}
        pipelines[part] = batches(arrays, batch_size, **options)
        pipelines[part].fingerprint, pipelines[part].split = found, part
        pipelines[part].order.labels = labels
    names = {
        part: None if about.get(part) is None else tuple(map(str, about[part])) for part in ("class_names", "feature_names")
    }
    arrays = {f"{part}_samples": samples for part, (samples, _) in parts.items()}
    arrays |= {f"{part}_labels": labels for part, (_, labels) in parts.items()}
    return Data(
        **pipelines,
        **arrays,
        stored_range=stored_range,
        fingerprint=found,
        batch_size=batch_size,
        **{**about, **names},
    )


def split(count: int, share: float, name: str, groups: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the samples that stay and of those held out, the same for every seed of the training; whole groups where there are."""
    if not isinstance(share, (int, float)) or not 0 < share < 1:
        raise ValueError(f"{name}: validation={share!r}; expected a share between 0 and 1, or (images, labels).")
    if groups is not None:
        names = np.unique(groups)
        _, chosen = split(len(names), share, f"{name}, groups")
        inside = np.isin(groups, names[chosen])
        return np.flatnonzero(~inside), np.flatnonzero(inside)
    held = max(round(count * share), 1)
    if held >= 32:
        held -= held % 32
    if held >= count:
        raise ValueError(f"{name}: {count} images cannot be split into training and validation. Bring more.")
    order = np.random.default_rng(0).permutation(count)
    return np.sort(order[held:]), np.sort(order[:held])


def in_time(rows: np.ndarray, last: int, gap: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows in order, and the `last` of them, less `gap` between the two."""
    first, held = rows[: len(rows) - last], rows[len(rows) - last + gap :]
    if not len(held):
        raise ValueError(f"{name}: gap={gap} leaves nothing to hold out of {len(rows)} samples.")
    return first, held


def resize(images, size, value_range):
    """(n, h, w, c) -> (n, height, width, c): antialiased bilinear; uint8 stays uint8 (rounded), values stay in range."""
    height, width = checks.size_pair(size)
    if images.shape[1:3] == (height, width):
        return images
    parts = []
    for start in range(0, len(images), 1024):  # bounded memory: the resize works in float32
        part = tf.image.resize(tf.cast(images[start : start + 1024], tf.float32), (height, width), antialias=True).numpy()
        parts.append(np.rint(part).astype("uint8") if images.dtype == np.uint8 else part)
    return np.clip(np.concatenate(parts), *value_range).astype(images.dtype)


def fingerprint(*arrays):
    """sha256 (hex) of dtype, shape and bytes of each array in turn; None counts as absent."""
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            digest.update(b"none")
            continue
        array = np.ascontiguousarray(array)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()
