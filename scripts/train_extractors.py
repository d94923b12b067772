"""Trains the embedded feature extractors: one small classifier per embedded data set.

    python scripts/train_extractors.py              all of them (about 9 minutes on 2 cores)
    python scripts/train_extractors.py digits       one

Each is trained on the training split of its data set, tested on the validation split, and written as
keras_gans/metrics/extractors/NAME.weights.h5 beside NAME.json: its hash, test accuracy, data fingerprint, seed, versions.
"""

import hashlib
import sys

import keras
import tensorflow as tf

import keras_gans
from keras_gans.files import replacing, write_json
from keras_gans.metrics.extractors import FOLDER, classifier

JOBS = {
    "digits": {"data": ("digits", {}), "epochs": 60, "width": 32},
    "glyphs": {"data": ("glyphs", {"classes": 10, "count": 20_000}), "epochs": 12, "width": 32},
    "glyphs36": {"data": ("glyphs", {"classes": 36, "count": 40_000}), "epochs": 12, "width": 32},
    "patches": {"data": ("patches", {}), "epochs": 10, "width": 32},
}
SEED = 0


def shifted(images, labels):
    """Up to one pixel (of 8) or two (of 28) in each direction: a little more data."""
    reach = max(images.shape[1] // 14, 1) if images.shape[1] > 8 else 0
    if reach:
        padded = tf.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), constant_values=-1.0)
        images = tf.image.random_crop(padded, tf.shape(images), seed=SEED)
    return images, labels


def train(name, data, epochs, width):
    keras.utils.set_random_seed(SEED)
    source, options = data
    data = keras_gans.data.load(source, batch_size=64, labels=True, seed=SEED, **options)
    model = classifier(data.shape, len(data.class_names), data.shape[:2], width)
    trained = keras.Model(model.input, model.output["logits"])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    steps = epochs * len(data.train)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    trained.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), loss=loss, metrics=["accuracy"])
    trained.fit(data.train.map(shifted), validation_data=data.validation, epochs=epochs, verbose=2)
    accuracy = trained.evaluate(data.validation, return_dict=True, verbose=0)["accuracy"]
    path = FOLDER / f"{name}.weights.h5"
    bare = classifier(data.shape, len(data.class_names), data.shape[:2], width)
    bare.set_weights(model.get_weights())  # the file holds no optimizer
    with replacing(path) as temporary:
        bare.save_weights(temporary)
    write_json(
        FOLDER / f"{name}.json",
        {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "test_accuracy": accuracy,
            "test_images": len(data.validation_samples),
            "image_shape": data.shape,
            "classes": len(data.class_names),
            "features": 2 * width,
            "data": source,
            "options": options,
            "data_fingerprint": data.fingerprint,
            "seed": SEED,
            "epochs": epochs,
            "command": f"python scripts/train_extractors.py {name}",
            "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        },
    )
    print(f"{name}: test accuracy {accuracy:.4f}, {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    for name in sys.argv[1:] or JOBS:
        train(name, **JOBS[name])
