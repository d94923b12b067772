import numpy as np
import pytest

from keras_gans import data


def test_digits(digits):
    assert digits.shape == (8, 8, 1) and len(digits.train_samples) + len(digits.validation_samples) == 1797
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


@pytest.mark.parametrize(
    "name,shape", [("wine", (13,)), ("breast_cancer", (30,)), ("ring", (2,)), ("goog", (24, 6)), ("sines", (24, 5))]
)
def test_vectors_and_sequences(name, shape):
    options = {"count": 500} if name in ("ring", "sines") else {}
    found = data.load(name, batch_size=32, **options)
    assert found.shape == shape and found.value_range is None and found.source and found.licence
    batch = next(iter(found.train)).numpy()
    assert batch.shape == (32, *shape) and np.isfinite(batch).all()
    assert len(found.train_samples) > 3 * len(found.validation_samples)
    with pytest.raises(ValueError, match="image_size is for images"):
        data.load(name, image_size=8)


def test_prices_are_in_time_order_and_held_out_at_the_end():
    found, windows = data.load("goog"), data.embedded.goog()["samples"]
    last = np.flatnonzero((windows.astype("float32") == found.train_samples[-1]).all((1, 2)))[0]
    held = [np.flatnonzero((windows.astype("float32") == one).all((1, 2)))[0] for one in found.validation_samples[:20]]
    assert min(held) >= last + 24, "no day is in both parts"
    assert windows.shape == (1047 - 24 + 1, 24, 6) and windows.min() == 0 and windows.max() == 1
    np.testing.assert_array_equal(windows[1:, :-1], windows[:-1, 1:])
    assert windows[0, 0, 3] < 0.05, "2004 comes first, when the price was lowest"


def test_prices_by_the_protocol_of_random_windows():
    found, windows = data.load("goog", split="random"), data.embedded.goog()["samples"].astype("float32")
    days = {one.tobytes() for one in found.train_samples[:, 1:]}
    neighbours = np.mean([one[:-1].tobytes() in days for one in found.validation_samples])
    assert neighbours > 0.5, "what the docstring says of it: most have a neighbour in the training"
    assert len(found.train_samples) + len(found.validation_samples) == len(windows)
    with pytest.raises(ValueError, match="expected 'time' or 'random'"):
        data.load("goog", split="shuffled")
