import numpy as np
import pytest
from PIL import Image

from keras_gans import data
from keras_gans.data.folder import read_folder


def write(path, shape=(8, 8), value=None, mode="L"):
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = {"L": shape, "RGB": (*shape, 3), "RGBA": (*shape, 4)}[mode]
    pixels = (
        np.random.default_rng(0).integers(0, 256, channels, "uint8") if value is None else np.full(channels, value, "uint8")
    )
    Image.fromarray(pixels, mode).save(path)


@pytest.fixture
def classes(tmp_path):
    for i in range(10):
        write(tmp_path / "cats" / f"{i}.png", value=10)
        write(tmp_path / "dogs" / f"{i}.png", value=200)
    return tmp_path


def test_a_folder_per_class(classes):
    found = data.from_folder(classes, batch_size=4, with_labels=True)
    assert found.class_names == ("cats", "dogs") and found.shape == (8, 8, 1) and found.name == classes.name
    for images, labels in found.train:
        np.testing.assert_allclose(images[:, 0, 0, 0], np.where(labels.numpy() == 0, 10, 200) / 127.5 - 1, atol=1e-6)


def test_loose_images_are_resized_and_cropped(tmp_path):
    for i in range(6):
        write(tmp_path / f"{i}.png", shape=(10 + i, 30), mode="RGB")
    with pytest.raises(ValueError, match="Pass image_size="):
        data.from_folder(tmp_path)
    found = data.from_folder(tmp_path, image_size=8, batch_size=2)
    assert found.shape == (8, 8, 3) and found.train_labels is None
    assert data.from_folder(tmp_path, image_size=8, channels=1, batch_size=2).shape == (8, 8, 1)


def test_mixed_channels_need_a_word(tmp_path):
    write(tmp_path / "a.png")
    write(tmp_path / "b.png", mode="RGBA")
    with pytest.raises(ValueError, match="b.png.*channels="):
        data.from_folder(tmp_path, batch_size=1)
    assert data.from_folder(tmp_path, channels=3, batch_size=1, validation=0.5).shape == (8, 8, 3)


def test_what_cannot_be_read_is_named(classes, tmp_path):
    (classes / "cats" / "zz.png").write_bytes(b"not an image")
    with pytest.raises(ValueError, match="zz.png: not a readable image"):
        data.from_folder(classes)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        data.from_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no images"):
        data.from_folder(tmp_path / "empty")
    (classes / "cats" / "zz.png").unlink()
    write(classes / "stray.png")
    with pytest.raises(ValueError, match="has images of its own"):
        data.from_folder(classes)
    with pytest.raises(TypeError, match="Did you mean 'channels'"):
        data.from_folder(classes, chanels=1)
    with pytest.raises(ValueError, match="channels=2"):
        data.from_folder(classes, channels=2)


def test_transparent_images_lie_on_white(tmp_path):
    hidden = np.zeros((8, 8, 4), "uint8")
    hidden[..., 0] = 255  # red that nobody was to see
    hidden[:4, :, 3] = 255
    Image.fromarray(hidden).save(tmp_path / "a.png")
    images = read_folder(tmp_path)[0]
    np.testing.assert_array_equal(images[0, :4], np.broadcast_to([255, 0, 0], (4, 8, 3)))
    assert (images[0, 4:] == 255).all()
