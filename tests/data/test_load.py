import numpy as np
import pytest

from keras_gans import data


def test_digits(digits):
    assert digits.shape == (8, 8, 1) and len(digits.train_images) + len(digits.validation_images) == 1797
    assert digits.value_range == (-1.0, 1.0) and digits.train.extractor == "digits"
    batch = next(iter(digits.train)).numpy()
    assert batch.shape == (64, 8, 8, 1) and batch.min() == -1 and batch.max() == 1
    np.testing.assert_allclose(np.unique((batch + 1) * 8), np.arange(17), atol=1e-5)
    assert digits.fingerprint == data.load("digits", seed=9).fingerprint


def test_options_and_resizing():
    found = data.load("glyphs", classes=36, count=360, image_size=32, labels=True, batch_size=16)
    images, labels = next(iter(found.train))
    assert images.shape == (16, 32, 32, 1) and labels.shape == (16,) and found.name == "glyphs36"
    assert found.validation.extractor == "glyphs36"
    assert data.load("digits", image_size=(16, 20)).shape == (16, 20, 1)


def test_unknown_options_name_the_closest():
    with pytest.raises(TypeError, match="Did you mean 'classes'"):
        data.load("glyphs", clases=36)
    with pytest.raises(TypeError, match="Did you mean 'batch_size'"):
        data.load("digits", batchsize=3)
