import numpy as np
import pytest
import tensorflow as tf

from keras_gans.data.pipelines import batches, even_batch, to_range


def rows(dataset):
    return [batch[:, 0].astype(int).tolist() for batch in dataset.as_numpy_iterator()]


@pytest.fixture
def numbers():
    return np.arange(10, dtype="float32")[:, None]


def test_an_epoch_depends_on_seed_and_epoch_alone(numbers):
    first = batches(numbers, 3, shuffle=True, seed=1)
    epochs = [rows(first) for _ in range(3)]
    again = batches(numbers, 3, shuffle=True, seed=1)
    again.order.position = 2 * len(again.order)
    assert rows(again) == epochs[2]
    assert epochs[0] != epochs[1] != epochs[2]
    assert rows(batches(numbers, 3, shuffle=True, seed=2)) != epochs[0]
    for epoch in epochs:
        seen = [value for batch in epoch for value in batch]
        assert len(seen) == len(set(seen)) == 9 and len(epoch) == 3


def test_left_out_samples_change_from_epoch_to_epoch(numbers):
    dataset = batches(numbers, 3, shuffle=True)
    left = {(set(range(10)) - {v for batch in rows(dataset) for v in batch}).pop() for _ in range(30)}
    assert len(left) > 5


def test_without_shuffle_every_sample_comes_once_in_order(numbers):
    for size, lengths in ((3, [2] * 5), (4, [2] * 5), (5, [5, 5]), (64, [10])):
        dataset = batches(numbers, size)
        assert [len(batch) for batch in rows(dataset)] == lengths and sum(rows(dataset), []) == list(range(10))
        assert dataset.element_spec.shape == (lengths[0], 1) and dataset.cardinality() == len(lengths)
    more = batches(np.arange(17, dtype="float32")[:, None], 16)  # not 16 and 1
    assert [len(batch) for batch in rows(more)] == [9, 8] and sum(rows(more), []) == list(range(17))
    prime = batches(np.arange(11, dtype="float32")[:, None], 4)  # no even batch of at least half: a short last one
    assert [len(batch) for batch in rows(prime)] == [4, 4, 3] and sum(rows(prime), []) == list(range(11))
    assert prime.cardinality() == 3


def test_chosen_classes_reach_the_short_last_batch(numbers):
    prime = batches((np.arange(11, dtype="float32")[:, None], np.arange(11) % 2), 4)
    prime.order.choose((1,))
    found = list(prime.as_numpy_iterator())
    assert [len(labels) for _, labels in found] == [4, 4, 3] and all((labels == 1).all() for _, labels in found)
    prime.order.choose(None)
    assert sum(rows(prime.map(lambda samples, _: samples)), []) == list(range(11))


def test_shapes_are_static_and_autotuning_is_off(numbers):
    dataset = batches((numbers, np.arange(10, dtype="int32")), 4, shuffle=True)
    assert [spec.shape.as_list() for spec in dataset.element_spec] == [[4, 1], [4]]
    assert dataset.cardinality() == 2 and dataset.options().autotune.enabled is False
    for samples, labels in dataset.as_numpy_iterator():
        np.testing.assert_array_equal(samples[:, 0].astype(int), labels)


def test_too_few_for_a_batch(numbers):
    with pytest.raises(ValueError, match="10 training samples do not fill one batch of 11.*batch_size=10"):
        batches(numbers, 11, shuffle=True)


def test_range_and_even_batch():
    np.testing.assert_allclose(to_range(np.array([0, 128, 255], "uint8"), (0, 255)), [-1, 1 / 255, 1], atol=1e-6)
    np.testing.assert_allclose(to_range(tf.constant([0.0, 16.0]), (0, 16)), [-1, 1])
    assert [even_batch(*pair) for pair in ((352, 64), (7, 4), (100, 200))] == [44, 1, 100]
