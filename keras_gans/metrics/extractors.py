"""What turns samples into features: any Keras model, with a name and a hash that every score carries."""

import contextlib
import hashlib
import json
import pathlib
import re

import keras
from keras import layers, ops

from keras_gans.data.checks import same_shape
from keras_gans.errors import unknown

FOLDER = pathlib.Path(__file__).parent / "extractors"


class Extractor:
    """A feature extractor.

    Args:
        model: keras.Model from samples (batch, ...) in [-1, 1] to features (batch, d), or to a pair or dict of "features"
            and "logits" (batch, classes); without logits there is no Inception-style score.
        name: stands in every score: `fid[name]`.
        accuracy: of the classifier on data it was not trained on, if known.
        sha256: of its layers and weights; computed when left out.

    Raises:
        ValueError: a model that gives neither.
    """

    def __init__(self, model, name=None, accuracy=None, sha256=None):
        self.model = model
        self.name = name or model.name
        self.accuracy = accuracy
        self.sha256 = sha256 or model_hash(model)
        if not getattr(model, "outputs", None):
            raise ValueError(f"extractor {self.name} has no known outputs. Build it: give its first layer an input shape.")
        outputs = self.split(model.output)
        if len(outputs[0].shape) != 2 or outputs[0].shape[1] is None:
            raise ValueError(
                f"extractor {self.name}: features of shape {outputs[0].shape}; expected (batch, d). Flatten or pool."
            )
        self.dimension = outputs[0].shape[1]
        self.classes = None if outputs[1] is None else outputs[1].shape[1]

    @staticmethod
    def split(outputs):
        """Features and logits (or None) out of whatever the model gives."""
        if isinstance(outputs, dict):
            return outputs["features"], outputs.get("logits")
        if isinstance(outputs, (tuple, list)):
            return tuple(outputs) if len(outputs) == 2 else (outputs[0], None)
        return outputs, None

    def __call__(self, samples):
        return self.split(self.model(samples, training=False))

    @property
    def sample_shape(self):
        return tuple(self.model.input_shape[1:])


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
    x = images
    if tuple(image_shape[:2]) != tuple(native_size):
        x = Resize(native_size)(x)
    for i in range(3):
        x = layers.Conv2D(width << min(i, 1), 3, strides=2 if i and min(native_size) > 8 or i == 2 else 1, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.4)(x)
    features = layers.Dense(2 * width, activation="relu", name="features")(x)
    logits = layers.Dense(classes, name="logits")(features)
    return keras.Model(images, {"features": features, "logits": logits})


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


def embedded_extractors():
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


def get(extractor, reference, image_shape):
    """The extractor for what the caller said: an `Extractor`, a Keras model, an embedded one's name, or "auto".

    "auto" takes the embedded extractor that was trained on the data set the reference comes from.
    """
    if isinstance(extractor, Extractor):
        found = extractor
    elif isinstance(extractor, keras.Model):
        found = Extractor(extractor)
    elif extractor == "auto":
        name = getattr(reference, "extractor", None)
        if name is None:
            raise ValueError(
                "extractor='auto' knows the embedded data sets alone, and the reference is none of their pipelines. Pass "
                f"extractor=: a keras.Model from samples to features, or one of {', '.join(embedded_extractors())}."
            )
        return load_embedded(name, image_shape)
    elif isinstance(extractor, str):
        return load_embedded(extractor, image_shape)
    else:
        raise TypeError(f"extractor={extractor!r}: expected 'auto', a name, a keras.Model or a metrics.Extractor.")
    taken = found.sample_shape
    if not same_shape(taken, image_shape):
        raise ValueError(f"extractor {found.name}: takes samples of shape {taken}, these have {tuple(image_shape)}.")
    return found
