"""An extractor of the user's own: trained on their data, where no network that knows such data comes with the package."""

import keras
import numpy as np
from keras import layers

from keras_gans.data import Data, batches
from keras_gans.errors import check_seed, named, whole_number
from keras_gans.metrics.extractors import Extractor, Resize, classifier, full_precision, trunk

LARGEST = 64  # pixels: larger images are made smaller first


@named
def fit_extractor(
    data: Data, *, name: str | None = None, features: int = 64, epochs: int = 20, seed: int = 0, verbose: int | str = 0
) -> Extractor:
    """Trains a feature extractor: a classifier where the data have labels, an autoencoder where they have none.

    Images pass a small convolutional network, sequences a recurrent encoder, vectors a perceptron. Features are the layer before the
    logits, or the narrowest of the autoencoder. Use one trained extractor for everything that is to be compared, and `save` it.

    Args:
        name: stands in every score; by default the data set's name, with "_own" after it where an embedded one has it.
        features: how many there are; of vectors at most as many as they have columns.
        epochs: of training.
        seed: of weights and order.
        verbose: of Keras's `fit`.

    Returns:
        `Extractor`, with `accuracy` on the validation split (an autoencoder's: the share of the variance it explains), and `about`
        with kind, data set and fingerprint.

    Raises:
        TypeError: anything but a `Data`.
    """
    if not isinstance(data, Data):
        raise TypeError(
            f"fit_extractor({type(data).__name__}): expected a Data. Make one with data.from_arrays or data.from_samples."
        )
    features, epochs = whole_number("features", features), whole_number("epochs", epochs)
    keras.utils.set_random_seed(check_seed(seed, optional=False))
    kind = "autoencoder" if data.train_labels is None else "classifier"
    with full_precision():
        model, trained, targets = (autoencoder if kind == "autoencoder" else labelled)(data, features)
    parts = {
        "train": (data.train_samples, data.train_labels),
        "validation": (data.validation_samples, data.validation_labels),
    }
    train, validation = (
        (data.scaled(samples), targets(data.scaled(samples), labels))
        for samples, labels in (parts["train"], parts["validation"])
    )
    size = min(data.batch_size, len(train[0]))
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * (len(train[0]) // size))
    loss = "mse" if kind == "autoencoder" else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    trained.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), loss=loss)
    trained.fit(batches(train, size, shuffle=True, seed=seed), epochs=epochs, shuffle=False, verbose=verbose)
    guess = trained.predict(validation[0], verbose=0)
    if kind == "classifier":
        accuracy = float((guess.argmax(1) == validation[1]).mean())
    else:
        accuracy = float(1 - np.mean((guess - validation[1]) ** 2) / np.mean((validation[1] - validation[1].mean(0)) ** 2))
    model.trainable = False
    about = {"kind": kind, "data": data.name, "data_fingerprint": data.fingerprint, "seed": seed, "epochs": epochs}
    return Extractor(model, name or f"{data.name}_own", accuracy, about={**about, "keras": keras.__version__})


def native_size(shape):
    return tuple(min(size, LARGEST) for size in shape[:2])


def labelled(data, features):
    """(model from samples to features and logits, model to train, function to its targets) for data with labels."""
    model = classifier(data.shape, int(data.train_labels.max()) + 1, native_size(data.shape), max(features // 2, 1))
    return model, keras.Model(model.input, model.output["logits"]), lambda samples, labels: labels


def autoencoder(data, features):
    """The same for data without: the targets are the samples, images made small and others standardised."""
    samples = layers.Input(data.shape)
    if len(data.shape) == 3:
        size = native_size(data.shape)
        found = layers.Dense(features, name="features")(trunk(samples, size, max(features // 2, 1)))
        decoded = layers.Dense(int(np.prod(size)) * data.shape[2])(layers.Dense(4 * features, activation="relu")(found))
        shrink = Resize(size)
        decoded = layers.Reshape((*size, data.shape[2]))(decoded)
        return keras.Model(samples, found), keras.Model(samples, decoded), lambda x, _: np.asarray(shrink(x))
    flat = data.train_samples.reshape(-1, data.shape[-1])
    scale = layers.Normalization(mean=flat.mean(0), variance=flat.var(0))
    if len(data.shape) == 2:
        found = layers.Dense(features, name="features")(layers.GRU(2 * features)(scale(samples)))
        decoded = layers.GRU(2 * features, return_sequences=True)(layers.RepeatVector(data.shape[0])(found))
    else:
        hidden = layers.Dense(4 * features, activation="relu")(scale(samples))
        found = layers.Dense(min(features, data.shape[0]), name="features")(hidden)
        decoded = layers.Dense(4 * features, activation="relu")(found)
    decoded = layers.Dense(data.shape[-1])(decoded)
    return keras.Model(samples, found), keras.Model(samples, decoded), lambda x, _: np.asarray(scale(x))
