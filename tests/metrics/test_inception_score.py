import numpy as np
import pytest

from keras_gans.metrics import inception_score


def test_closed_forms():
    assert inception_score(probabilities=np.eye(10)[np.arange(100) % 10], splits=1) == (pytest.approx(10), 0)
    assert inception_score(probabilities=np.full((50, 4), 0.25)) == (pytest.approx(1), pytest.approx(0))
    # two classes at p = (0.9, 0.1) and (0.1, 0.9) in equal shares: log IS = log 2 - H(0.9)
    p = np.tile([[0.9, 0.1], [0.1, 0.9]], (20, 1))
    entropy = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    assert inception_score(probabilities=p, splits=1)[0] == pytest.approx(np.exp(np.log(2) - entropy))


def test_logits_and_probabilities_agree_and_saturate_safely():
    logits = np.random.default_rng(0).normal(size=(200, 5)) * 3
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert inception_score(logits) == pytest.approx(inception_score(probabilities=p))
    assert inception_score(logits + 1e4) == pytest.approx(inception_score(logits))
    assert np.isfinite(inception_score(np.eye(5)[np.arange(50) % 5] * 1e5)).all()


def test_samples_in_the_order_of_their_classes_are_shuffled():
    ordered = np.repeat(np.eye(10), 100, 0)
    assert inception_score(probabilities=ordered)[0] > 9.5
    assert inception_score(probabilities=ordered, seed=None) == (pytest.approx(1), pytest.approx(0))
    assert inception_score(probabilities=ordered, seed=1) == inception_score(probabilities=ordered, seed=1)


def test_splits_follow_the_reference():
    p = np.random.default_rng(0).dirichlet(np.ones(4), 53)
    parts = [p[i * 53 // 10 : (i + 1) * 53 // 10] for i in range(10)]
    scores = [np.exp(np.mean(np.sum(q * (np.log(q) - np.log(q.mean(0))), 1))) for q in parts]
    assert inception_score(probabilities=p, seed=None) == (pytest.approx(np.mean(scores)), pytest.approx(np.std(scores)))


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({}, "either logits or probabilities"),
        ({"logits": np.zeros((4, 3)), "splits": 5}, "splits=5 of 4"),
        ({"logits": np.full((20, 3), np.nan)}, "NaN"),
        ({"probabilities": np.ones((20, 3))}, "Are these logits"),
        ({"logits": np.zeros(20)}, "expected \\(n, classes\\)"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        inception_score(**arguments)
