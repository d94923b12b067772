import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_gans import data
from keras_gans.errors import OfflineError


def test_a_mock_of_mnist_has_the_same_result_object():
    with tfds.testing.mock_data(num_examples=40):
        found = data.load("mnist", batch_size=8, labels=True)
    assert (
        found.name == "mnist"
        and found.shape == (28, 28, 1)
        and len(found.train_samples) == len(found.validation_samples) == 40
    )
    assert found.class_names == tuple("0123456789") and "mnist" in found.source and found.licence
    images, labels = next(iter(found.train))
    assert images.shape == (8, 28, 28, 1) and np.abs(images).max() <= 1 and labels.dtype == "int32"
    assert not hasattr(found.train, "extractor")


def test_images_of_many_sizes_need_one():
    with tfds.testing.mock_data(num_examples=5):
        with pytest.raises(ValueError, match="many sizes. Pass image_size="):
            data.load("tf_flowers")
        assert data.load("tf_flowers", image_size=16, batch_size=2).shape == (16, 16, 3)


class Tiny(tfds.core.GeneratorBasedBuilder):
    """A data set on disk, written by the test: 12 grey 8x8 images in a train split alone."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {"image": tfds.features.Image(shape=(8, 8, 1)), "label": tfds.features.ClassLabel(names=["a", "b"])}
        return self.dataset_info_from_configs(features=tfds.features.FeaturesDict(features))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for i in range(12):
            yield i, {"image": np.full((8, 8, 1), i, "uint8"), "label": i % 2}


def test_data_dir_is_honoured(tmp_path):
    Tiny(data_dir=tmp_path).download_and_prepare()
    found = data.load("tiny", data_dir=tmp_path, batch_size=2, validation=0.25)
    assert len(found.train_samples) == 9 and len(found.validation_samples) == 3
    assert sorted(np.concatenate([found.train_samples, found.validation_samples])[:, 0, 0, 0]) == list(range(12))
    assert found.class_names == ("a", "b") and found.train_labels.tolist().count(0) >= 3


def test_offline_says_so_and_names_what_is_here(tmp_path, monkeypatch):
    """No address for any host: the error comes after one try, not after minutes of retries."""
    from tensorflow_datasets.core.download import downloader

    tries = []

    def refuse(*args, **kwargs):
        tries.append(downloader.MAX_RETRIES)
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setattr(tfds.core.download.DownloadManager, "download", refuse)
    monkeypatch.setattr(tfds.core.download.DownloadManager, "download_and_extract", refuse)
    with pytest.raises(
        OfflineError, match=r"could not be downloaded \(ConnectionError\).*embedded data set: digits, glyphs"
    ):
        data.load("mnist", data_dir=tmp_path)
    assert tries[-1] == 0 and downloader.MAX_RETRIES > 0


def test_unknown_name():
    for name in (None, 3, ""):
        with pytest.raises(TypeError, match="expected a name: digits, glyphs"):
            data.load(name)
    with pytest.raises(ValueError, match="no such folder"):
        data.load("./photos")
    with pytest.raises(ValueError, match="Did you mean 'digits'.*Embedded here: digits, glyphs"):
        data.load("digit")


def test_no_images():
    with tfds.testing.mock_data(num_examples=3), pytest.raises(ValueError, match="no image feature"):
        data.load("iris")
