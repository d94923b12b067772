import numpy as np
import pytest

import keras_gans
from keras_gans.data import augment


def small(labels=False, rank=3):
    rng = np.random.default_rng(0)
    if rank < 3:
        return keras_gans.data.from_samples(rng.normal(size=(40, *(6, 2)[:rank])), batch_size=8)
    images = rng.integers(0, 256, (40, 8, 8, 1), dtype="uint8")
    return keras_gans.data.from_arrays(images, np.arange(40) % 4, batch_size=8, with_labels=labels)


def read(pipeline):
    return np.concatenate([np.asarray(batch[0] if isinstance(batch, tuple) else batch) for batch in pipeline])


def test_every_sample_is_changed_or_not_by_its_own_draw():
    plain = small()
    with pytest.warns(UserWarning, match="leaks into the samples"):
        flipped = plain.augmented("flip")
    before, after = read(plain.train), read(flipped.train)
    mirrored = (after == before[:, :, ::-1]).all((1, 2, 3))
    assert ((after == before).all((1, 2, 3)) | mirrored).all() and 5 < mirrored.sum() < 27
    np.testing.assert_array_equal(read(plain.validation), read(flipped.validation))
    assert flipped.fingerprint != plain.fingerprint


@pytest.mark.filterwarnings("ignore:.*leaks into the samples")
def test_what_is_drawn_follows_from_seed_and_epoch():
    """Another reading of the same epoch is the same; another epoch is not."""
    data, again = small().augmented("flip,translation,noise"), small().augmented(["flip", "translation", "noise"])
    first, second = read(data.train), read(data.train)
    np.testing.assert_array_equal(first, read(again.train))
    np.testing.assert_array_equal(second, read(again.train))
    assert data.fingerprint == again.fingerprint and not np.array_equal(first, second)


@pytest.mark.filterwarnings("ignore:.*leaks into the samples")
def test_translation_moves_by_whole_pixels():
    plain = small()
    before, after = read(plain.train), read(plain.augmented("translation").train)
    inside = [
        any(np.array_equal(b[1 + i : 7 + i, 1 + j : 7 + j], a[1:7, 1:7]) for i in (-1, 0, 1) for j in (-1, 0, 1))
        for a, b in zip(after, before)
    ]
    assert all(inside) and not np.array_equal(before, after)


@pytest.mark.filterwarnings("ignore:.*leaks into the samples")
def test_labels_stay_with_their_samples_and_other_kinds_take_noise():
    data = small(labels=True)
    pairs = list(data.augmented("noise").train)
    plain = list(small(labels=True).train)
    for (x, y), (x0, y0) in zip(pairs, plain):
        np.testing.assert_array_equal(y, y0)
        assert 0 < np.abs(np.asarray(x) - np.asarray(x0)).mean() < 0.1
    for rank in (1, 2):
        found = small(rank=rank)
        difference = read(found.augmented("noise").train) - read(found.train)
        assert difference.std() == pytest.approx(0.05, rel=0.3)


def test_bad_input():
    with pytest.raises(ValueError, match="Unknown data-set augmentation 'flips'. Did you mean 'flip'"):
        small().augmented("flips")
    with pytest.raises(ValueError, match="translation is for images"):
        small(rank=2).augmented("translation")


def test_a_fit_takes_every_policy():
    images = np.random.default_rng(0).uniform(-1, 1, (20, 8, 8, 1)).astype("float32")
    data = keras_gans.data.from_arrays(images, value_range=(-1, 1), batch_size=4)
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4)
    for policy in augment.POLICIES:
        with pytest.warns(UserWarning, match="leaks"):
            gan.fit(data.augmented(policy).train, verbose=0)
    with pytest.warns(UserWarning, match="leaks"):
        once = data.augmented("flip")
    with pytest.raises(ValueError, match="augmented already. Name all policies in one call"):
        once.augmented("noise")
    for nothing in ([], 5):
        with pytest.raises(ValueError, match="expected one or more of flip, translation, noise"):
            data.augmented(nothing)
