"""The door to TensorFlow Datasets."""

import contextlib
import socket
import urllib.parse
import urllib.request

import numpy as np
import tensorflow as tf

from keras_gans.data import checks
from keras_gans.data.embedded import require
from keras_gans.errors import OfflineError, unknown

MOST_BYTES = 8 * 2**30  # of decoded images kept in memory


def read(name, data_dir, image_size, embedded):
    """Decoded images and labels of a TensorFlow Datasets name, as `from_arrays` takes them."""
    require("tensorflow_datasets", "data")
    import tensorflow_datasets as tfds

    if "/" in name and (name.startswith((".", "/", "~")) or name.count("/") > 2):
        raise ValueError(f"{name!r}: no such folder, and not the name of a data set.")
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError:
        known = [*embedded, *tfds.list_builders(with_community_datasets=False)]
        message = unknown("data set", name, known).split(" Known:")[0]
        raise ValueError(f"{message} Embedded here: {', '.join(embedded)}; others are TensorFlow Datasets names.") from None
    prepare(builder, name, data_dir, embedded)

    info = builder.info
    image_key = key_of(info.features, tfds.features.Image)
    label_key = key_of(info.features, tfds.features.ClassLabel)
    if image_key is None:
        raise ValueError(f"{name}: has no image feature (features: {', '.join(info.features)}). Load it with from_arrays.")
    shape = info.features[image_key].shape
    size = None if image_size is None else checks.size_pair(image_size)
    if None in shape[:2] and size is None:
        raise ValueError(f"{name}: its images have many sizes. Pass image_size=, for example image_size=64.")
    height, width = size or shape[:2]
    splits = list(info.splits) or ["train", "test"]  # empty under tfds.testing.mock_data
    count = sum(info.splits[split].num_examples for split in info.splits)
    if count * height * width * (shape[2] or 3) > MOST_BYTES:
        raise ValueError(
            f"{name}: {count:,} images of {height}x{width} do not fit into {MOST_BYTES / 2**30:.0f} GiB. Pass a smaller "
            "image_size=, or train on your own tf.data pipeline with gan.fit."
        )

    def decode(example):
        image = example[image_key]
        if image.shape[:2] != (height, width):
            image = tf.cast(tf.round(tf.image.resize(image, (height, width), antialias=True)), tf.uint8)
        return image, example[label_key] if label_key else 0

    def arrays(split):
        pairs = list(builder.as_dataset(split=split, shuffle_files=False).map(decode).as_numpy_iterator())
        images = np.stack([image for image, _ in pairs])
        return images, np.array([label for _, label in pairs]) if label_key else None

    held = next((split for split in ("test", "validation") if split in splits), None)
    images, labels = arrays("train" if "train" in splits else splits[0])
    found = {
        "images": images,
        "labels": labels,
        "class_names": info.features[label_key].names if label_key else None,
        "source": f"TensorFlow Datasets {builder.info.full_name}; {info.homepage}",
        "licence": (info.redistribution_info.license if info.redistribution_info else "") or "see the source",
    }
    return {**found, "validation": arrays(held)} if held else found


def prepare(builder, name, data_dir, embedded):
    """Downloads unless the data set is there; without a network the error says so and what works without one."""
    try:
        with impatient(builder):
            builder.download_and_prepare()
    except Exception as error:
        where = f"data_dir={str(data_dir)!r}" if data_dir else "the default data_dir"
        raise OfflineError(
            f"{name!r} is not in {where} and could not be downloaded ({type(error).__name__}). "
            f"Connect this machine, pass data_dir= of a prepared copy, or use an embedded data set: {', '.join(embedded)}."
        ) from error


@contextlib.contextmanager
def impatient(builder):
    """No retries where no host of the data set's files has an address: TensorFlow Datasets would go on for minutes."""
    from tensorflow_datasets.core.download import downloader

    hosts = {urllib.parse.urlsplit(url).hostname for url in getattr(builder, "url_infos", None) or {}} - {None}
    retries = getattr(downloader, "MAX_RETRIES", None)
    if retries is not None and hosts and not urllib.request.getproxies() and not any(map(has_address, hosts)):
        downloader.MAX_RETRIES = 0
    try:
        yield
    finally:
        if retries is not None:
            downloader.MAX_RETRIES = retries


def has_address(host):
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def key_of(features, kind):
    """The first feature of a kind, or None."""
    return next((key for key, feature in features.items() if isinstance(feature, kind)), None)
