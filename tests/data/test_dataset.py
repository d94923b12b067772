import numpy as np
import pytest

from keras_gans import data


def images(count=100, **shape):
    return np.random.default_rng(0).integers(0, 256, (count, 8, 10, 3), "uint8")


def test_splits_are_apart_and_do_not_move_with_the_seed():
    every = images()
    every[:, 0, 0, 0] = np.arange(100)
    sets = [data.from_arrays(every, batch_size=8, seed=seed) for seed in (0, 5)]
    for one in sets:
        train, held = set(one.train_samples[:, 0, 0, 0]), set(one.validation_samples[:, 0, 0, 0])
        assert not train & held and len(train) + len(held) == 100 and len(held) == 20
    np.testing.assert_array_equal(sets[0].validation_samples, sets[1].validation_samples)
    assert sets[0].fingerprint == sets[1].fingerprint
    assert not np.array_equal(next(iter(sets[0].train)), next(iter(sets[1].train)))


def test_real_samples_to_score_beside_are_of_every_class_though_the_data_are_in_order():
    levels = np.repeat(np.arange(10, dtype="uint8") * 25, 20)
    one = data.from_arrays(np.broadcast_to(levels[:, None, None, None], (200, 8, 8, 1)), levels // 25, batch_size=8)
    some = one.real(40)
    assert some.shape == (40, 8, 8, 1) and some.dtype == "float32" and len(np.unique(some)) > 7
    np.testing.assert_array_equal(some, one.real(40))
    np.testing.assert_array_equal(one.real(10**6), one.scaled(one.train_samples))


def test_pipelines_are_in_range_with_static_shapes_and_labels():
    one = data.from_arrays(images(), np.arange(100) % 4, batch_size=16, with_labels=True, class_names="abcd")
    assert one.shape == (8, 10, 3) and one.class_names == ("a", "b", "c", "d") and "80 training" in repr(one)
    for samples, labels in one.train:
        assert samples.shape == (16, 8, 10, 3) and labels.shape == (16,)
        assert -1 <= samples.numpy().min() < -0.9 and 0.9 < samples.numpy().max() <= 1
    first, labels = next(iter(one.validation))
    np.testing.assert_allclose(first[0], one.validation_samples[0] / 127.5 - 1, atol=1e-6)
    np.testing.assert_array_equal(one.scaled(one.validation_samples[:1])[0], first[0])
    assert labels.numpy().tolist() == one.validation_labels[: len(labels)].tolist()


def test_fingerprint_sees_every_byte_and_the_split():
    one, other = images(), images()
    other[3, 1, 1, 1] ^= 1
    prints = {data.from_arrays(x, validation=share).fingerprint for x in (one, other) for share in (0.2, 0.3)}
    assert len(prints) == 4


def test_own_validation_split():
    one = data.from_arrays(images(), validation=(images(30), None), batch_size=10)
    assert len(one.train_samples) == 100 and len(one.validation_samples) == 30
    with pytest.raises(ValueError, match="both must be the same"):
        data.from_arrays(images(), validation=(images(30)[:, :4], None))


def test_resizing_keeps_range_and_mean():
    one = data.from_arrays(images(), image_size=4, batch_size=8)
    assert one.shape == (4, 4, 3) and one.train_samples.dtype == np.uint8
    assert abs(one.train_samples.mean() - 127.5) < 2
    floats = data.from_arrays(images() / 255.0, value_range=(0, 1), image_size=(16, 20), batch_size=8)
    assert floats.shape == (16, 20, 3) and floats.train_samples.min() >= 0 and floats.train_samples.max() <= 1


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": 81}, "80 training samples do not fill"),
        ({"validation": 1.5}, "share between 0 and 1"),
        ({"with_labels": True}, "there are no labels"),
        ({"labels": [1, 2]}, "labels of shape"),
        ({"images": images(1)}, "cannot be split"),
        ({"seed": -1}, "seed=-1"),
        ({"image_size": 0}, "image_size=0"),
        ({"validation": (images(3),)}, "validation has 1 parts"),
        (
            {"labels": np.arange(100) % 4, "with_labels": True, "validation": (images(3), None)},
            "validation images have no labels",
        ),
        ({"labels": np.arange(100) % 4, "class_names": "abc"}, "3 class_names, and labels up to 3"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        data.from_arrays(**{"images": images(), **arguments})


def test_unknown_arguments_name_the_closest():
    with pytest.raises(TypeError, match="from_arrays: Unknown argument 'bach_size'. Did you mean 'batch_size'"):
        data.from_arrays(images(), bach_size=3)


def test_samples_keep_their_units_and_are_split():
    table = np.random.default_rng(0).normal(100, 20, (200, 3))
    found = data.from_samples(table, batch_size=16, name="mine")
    assert found.shape == (3,) and len(found.train_samples) + len(found.validation_samples) == 200
    everything = np.sort(np.concatenate([found.train_samples, found.validation_samples]), 0)
    np.testing.assert_allclose(everything, np.sort(table.astype("float32"), 0))
    assert "vectors of 3 in their own units" in repr(found)
    ordered = data.from_samples(np.arange(300.0).reshape(100, 3), in_order=True)
    assert ordered.validation_samples.min() > ordered.train_samples.max()
    held = data.from_samples(table[:100], validation=table[100:])
    np.testing.assert_allclose(held.validation_samples, table[100:].astype("float32"))


@pytest.mark.parametrize(
    "samples,message",
    [
        (np.zeros((4, 2)), r"samples: feature 0, 1 \(of 0 to 1\) has one value everywhere. Drop it"),
        (np.full((4, 2), np.nan), "NaN"),
        (np.zeros(4), r"expected vectors \(n, features\) or sequences"),
        (np.zeros((4, 8, 8, 1)), "expected vectors"),
        (np.array([["a", "b"]]), "samples are numbers"),
    ],
)
def test_samples_are_checked(samples, message):
    with pytest.raises(ValueError, match=message):
        data.from_samples(samples)


def test_other_batches_of_the_same_data():
    digits = data.load("digits", batch_size=64, labels=True)
    other = digits.batched(100, seed=3)
    samples, labels = next(iter(other.train))
    assert samples.shape == (100, 8, 8, 1) and labels.shape == (100,) and other.batch_size == 100
    assert other.train.order.seed == 3 and other.train.split == "train" and other.train.extractor == digits.train.extractor
    assert other.fingerprint == digits.fingerprint and other.validation is digits.validation
    same = digits.batched(64)
    for a, b in zip(digits.train.take(2), same.train.take(2)):
        np.testing.assert_array_equal(a[0], b[0])
    with pytest.raises(ValueError, match="do not fill one batch of 5000"):
        digits.batched(5000)


def test_a_test_split_is_a_third_one_and_leaves_the_training_as_it_is():
    every, labels = images(), np.arange(100) % 4
    every[:, 0, 0, 0] = np.arange(100)
    plain, split = (data.from_arrays(every, labels, batch_size=8, test=test, validation=0.4) for test in (None, 0.5))
    assert plain.test is None and plain.test_samples is None and plain.fingerprint != split.fingerprint
    parts = [set(images[:, 0, 0, 0]) for images in (split.train_samples, split.validation_samples, split.test_samples)]
    assert (
        len(parts[1]) == len(parts[2]) == 16
        and not parts[1] & parts[2]
        and parts[1] | parts[2] == set(plain.validation_samples[:, 0, 0, 0])
    )
    np.testing.assert_array_equal(plain.train_samples, split.train_samples)
    np.testing.assert_array_equal(labels[split.test_samples[:, 0, 0, 0]], split.test_labels)
    assert split.test.split == "test" and sum(len(batch) for batch in split.test) == 16
    assert split.batched(4).test is split.test
    series = data.from_samples(np.arange(100.0)[:, None] + np.zeros(2), in_order=True, gap=3, batch_size=8, test=0.5)
    held, last = series.validation_samples[:, 0], series.test_samples[:, 0]
    assert series.train_samples[:, 0].max() + 3 < held.min() and held.max() + 3 < last.min() and last.max() == 99
    with pytest.raises(ValueError, match="test: validation=2"):
        data.from_arrays(every, batch_size=8, test=2)


def test_groups_stay_together():
    every, groups = images(), np.arange(100) // 5
    every[:, 0, 0, 0] = groups
    split = data.from_arrays(every, batch_size=8, groups=groups, validation=0.3, test=0.5)
    parts = [set(images[:, 0, 0, 0]) for images in (split.train_samples, split.validation_samples, split.test_samples)]
    assert list(map(len, parts)) == [14, 3, 3] and len(set.union(*parts)) == 20
    with pytest.raises(ValueError, match="groups"):
        data.from_arrays(every, batch_size=8, groups=groups[:5])


@pytest.mark.parametrize("names", [("a",), ("a", "b", "c"), ("a", "a")])
def test_names_that_are_not_one_for_each_feature(names):
    with pytest.raises(ValueError, match="2 features and the names a.*expected one name for each, all different"):
        data.from_samples(np.random.default_rng(0).normal(size=(20, 2)), batch_size=4, feature_names=names)


def test_a_message_has_the_names_of_features():
    rows = np.random.default_rng(0).normal(size=(20, 3))
    rows[3, 1], rows[5, 2] = np.nan, np.inf
    with pytest.raises(ValueError, match="2 values are NaN or infinite in features weight, age"):
        data.from_samples(rows, batch_size=4, feature_names=["height", "weight", "age"])
