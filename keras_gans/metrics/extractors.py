"""What turns samples into features: any Keras model, with a name and a hash that every score carries."""

import contextlib
import hashlib
import json
import os
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers, ops

from keras_gans import files
from keras_gans.data.checks import same_shape
from keras_gans.errors import unknown
from keras_gans.types import Path, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self

FOLDER = pathlib.Path(__file__).parent / "extractors"


class Extractor:
    """A feature extractor.

    Args:
        model: from samples (batch, ...) in [-1, 1] to features (batch, d), or to a pair or dict of "features"
            and "logits" (batch, classes); without logits there is no Inception-style score.
        name: stands in every score: `fid[name]`.
        accuracy: on data it was not trained on, if known: a classifier's accuracy, an autoencoder's share of explained variance.
        sha256: of its layers and weights; computed when left out.
        about: more to say of it, which `save` writes down.

    Raises:
        ValueError: a model that gives neither.
    """

    mode: str | None = None  # how images are prepared, where there is more than one way

    def __init__(
        self,
        model: keras.Model,
        name: str | None = None,
        accuracy: float | None = None,
        sha256: str | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.about = dict(about or {})
        self.name = name or model.name
        self.accuracy = accuracy
        if self.name == "inception" and type(self) is Extractor:
            raise ValueError(
                "The name 'inception' is kept for the 2015 network, metrics.InceptionFeatures. Pass another name=."
            )
        self.sha256 = sha256 or model_hash(model)
        if not getattr(model, "outputs", None):
            raise ValueError(f"extractor {self.name} has no known outputs. Build it: give its first layer an input shape.")
        outputs = self.split(model.outputs[0] if isinstance(model, keras.Sequential) else model.output)
        if len(outputs[0].shape) != 2 or outputs[0].shape[1] is None:
            raise ValueError(
                f"extractor {self.name}: features of shape {outputs[0].shape}; expected (batch, d). Flatten or pool."
            )
        self.dimension = outputs[0].shape[1]
        self.classes = None if outputs[1] is None else outputs[1].shape[1]

    @staticmethod
    def split(outputs: Any) -> tuple[Tensor, Tensor | None]:
        """Features and logits (or None) out of whatever the model gives."""
        if isinstance(outputs, dict):
            return outputs["features"], outputs.get("logits")
        if isinstance(outputs, (tuple, list)):
            return tuple(outputs) if len(outputs) == 2 else (outputs[0], None)
        return outputs, None

    def __call__(self, samples: Tensor) -> tuple[Tensor, Tensor | None]:
        return self.split(self.model(samples, training=False))

    @property
    def sample_shape(self) -> tuple[int | None, ...]:
        return tuple(self.model.input_shape[1:])

    def check_shape(self, shape: Sequence[int | None]) -> None:
        """Raises ValueError unless it takes samples of this shape."""
        if not same_shape(self.sample_shape, shape):
            raise ValueError(f"extractor {self.name}: takes samples of shape {self.sample_shape}, these have {shape}.")

    def save(self, path: Path) -> None:
        """Writes PATH.keras and PATH.json, which has name, hashes, accuracy and `about`. `Extractor.load` reads them back."""
        model_path, card_path = stored_paths(path)
        with files.replacing(model_path) as temporary:
            self.model.save(temporary)
            found = hashlib.sha256(temporary.read_bytes()).hexdigest()
        card = {"name": self.name, "sha256": self.sha256, "accuracy": self.accuracy, "file_sha256": found, **self.about}
        files.write_json(card_path, card)

    @classmethod
    def load(cls, path: Path) -> "Self":
        """A stored extractor, its file checked against its hash.

        Raises:
            FileNotFoundError: one of the two files is missing. ValueError: they do not belong together, or are damaged.
        """
        model_path, card_path = stored_paths(path)
        for file in (model_path, card_path):
            if not file.exists():
                raise FileNotFoundError(
                    f"{file}: no such file. An extractor is stored as two, {model_path.name} and {card_path.name}."
                )
        card = json.loads(card_path.read_text(encoding="utf-8"))
        if hashlib.sha256(model_path.read_bytes()).hexdigest() != card.pop("file_sha256", None):
            raise ValueError(f"{model_path}: its sha256 is not that of {card_path.name}: damaged, or of another extractor.")
        model = keras.models.load_model(model_path, compile=False)
        return cls(model, *(card.pop(name) for name in ("name", "accuracy", "sha256")), about=card)  # type: ignore[misc]


def stored_paths(path):
    """The two files of a stored extractor, whether `path` names one of them or neither."""
    path = pathlib.Path(path)
    stem = path.with_suffix("") if path.suffix in (".keras", ".json") else path
    return stem.with_name(stem.name + ".keras"), stem.with_name(stem.name + ".json")


@contextlib.contextmanager
def full_precision():
    """Layers made inside compute in float32 whatever the global policy is: features must not move with it."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def nameless(config):
    """A config as text, without the names that Keras numbers anew in every process."""
    return re.sub(
        r'"(name|inbound_nodes|input_layers|output_layers|keras_history)": ("[^"]*"|null),? ?',
        "",
        json.dumps(config, default=str),
    )


def model_hash(model):
    """sha256 (hex) of what a model computes: its layers with their settings and precision, and the values of its weights."""
    digest = hashlib.sha256()
    for layer in model._flatten_layers(include_self=False):
        digest.update(f"{type(layer).__name__}{nameless(layer.get_config())}".encode())
    for value in model.get_weights():
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()


def classifier(image_shape, classes, native_size, width=32):
    """The small convolutional classifier that the embedded extractors are: 2 * width features before the logits.

    Images of any size are first brought to `native_size`, (height, width), by antialiased bilinear resizing.
    """
    images = layers.Input(image_shape)
    x = layers.Dropout(0.4)(trunk(images, native_size, width))
    features = layers.Dense(2 * width, activation="relu", name="features")(x)
    logits = layers.Dense(classes, name="logits")(features)
    return keras.Model(images, {"features": features, "logits": logits})


def trunk(images, native_size, width):
    """Convolutions from images down to maps of 8 pixels or fewer, flat."""
    x = images if tuple(images.shape[1:3]) == tuple(native_size) else Resize(native_size)(images)
    i = 0
    while i < 3 or min(x.shape[1:3]) > 8:
        x = layers.Conv2D(width << min(i, 1), 3, strides=2 if i and min(native_size) > 8 or i == 2 else 1, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        i += 1
    return layers.Flatten()(x)


@keras.saving.register_keras_serializable("keras_gans")
class Resize(layers.Layer):
    """Antialiased bilinear resizing to (height, width)."""

    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = tuple(size)

    def call(self, images):
        return ops.image.resize(images, self.size, interpolation="bilinear", antialias=True)

    def compute_output_shape(self, shape):
        return (shape[0], *self.size, shape[-1])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def embedded_extractors() -> dict[str, dict[str, Any]]:
    """{name: what is known of it} of the extractors that come with the package."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def load_embedded(name, image_shape):
    """An embedded extractor for images of a given shape, its file checked against its hash.

    Raises:
        ValueError: unknown name, another number of channels, or a damaged file.
    """
    known = embedded_extractors()
    if name not in known:
        raise ValueError(unknown("embedded extractor", name, known))
    card = known[name]
    path = FOLDER / f"{name}.weights.h5"
    if hashlib.sha256(path.read_bytes()).hexdigest() != card["sha256"]:
        raise ValueError(f"{path}: its sha256 is not {card['sha256']}: the file is damaged. Install keras-gans again.")
    if image_shape[-1] != card["image_shape"][-1]:
        raise ValueError(
            f"extractor {name!r} takes {card['image_shape'][-1]} channel(s), the images have {image_shape[-1]}. Pass your own: "
            "extractor=a keras.Model from images to features."
        )
    with full_precision():
        model = classifier(tuple(image_shape), card["classes"], tuple(card["image_shape"][:2]))
    model.load_weights(path)
    model.trainable = False
    return Extractor(model, name, card["test_accuracy"], card["sha256"])


def raw(reference, sample_shape):
    """The samples' own values as features, each column (last axis) less its mean over its deviation in the reference."""
    count, total, squares = 0, 0.0, 0.0
    for batch in reference:
        rows = np.asarray(batch[0] if isinstance(batch, tuple) else batch, "float64").reshape(-1, sample_shape[-1])
        count, total, squares = count + len(rows), total + rows.sum(0), squares + (rows**2).sum(0)
    mean = np.asarray(total / count)
    variance = np.maximum(squares / count - mean**2, 1e-12)
    with full_precision():
        samples = layers.Input(sample_shape)
        scaled = layers.Normalization(mean=mean.astype("float32"), variance=variance.astype("float32"))(samples)
        return Extractor(keras.Model(samples, layers.Flatten()(scaled)), "raw")


def get(extractor, reference, sample_shape):
    """The extractor for what the caller said.

    Args:
        extractor: an `Extractor`, `InceptionFeatures`, a Keras model, "auto", "raw", "inception", an embedded one's name, or the path
            of a stored one. "auto" takes the embedded extractor that was trained on the data set the reference comes from, and the
            raw values of vectors and sequences.
        reference: pipeline of real samples; None where there are statistics alone.
        sample_shape: of one sample; None where it is not known.
    """
    if isinstance(extractor, (str, os.PathLike)):
        found = by_name(os.fspath(extractor), reference, sample_shape)
    elif isinstance(extractor, keras.Model):
        found = Extractor(extractor)
    elif isinstance(extractor, Extractor):  # InceptionFeatures too
        found = extractor
    else:
        raise TypeError(
            f"extractor={extractor!r}: expected 'auto', a name, a path, a keras.Model, metrics.Extractor or metrics.InceptionFeatures."
        )
    if sample_shape is not None:
        found.check_shape(tuple(sample_shape))
    return found


def by_name(name, reference, sample_shape):
    """The extractor of a word: "inception", "raw", "auto", an embedded one's name or a stored one's path."""
    if name == "inception":
        from keras_gans.metrics.inception import InceptionFeatures  # builds 94 convolutions: only where asked for

        return InceptionFeatures()
    stored = name.endswith((".keras", ".json")) or pathlib.Path(f"{name}.keras").exists()  # under the name it was saved by
    if stored and name not in embedded_extractors():
        return Extractor.load(name)
    if sample_shape is None:
        raise ValueError(
            f"extractor={name!r}: a file of statistics does not say what made it. Pass 'inception', a path or a model."
        )
    if name == "auto":
        name = getattr(reference, "extractor", None) or ("raw" if len(sample_shape) < 3 else None)
        if name is None:
            raise ValueError(
                "extractor='auto' knows the embedded data sets alone, and the reference is none of their pipelines. Pass "
                f"extractor=: one of {', '.join(embedded_extractors())}, 'inception', a keras.Model from samples to features, or train "
                "one on your data with metrics.fit_extractor(data)."
            )
    return raw(reference, sample_shape) if name == "raw" else load_embedded(name, sample_shape)
