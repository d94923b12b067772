import keras
import numpy as np
import pytest
from rows import LOSSES

from keras_gans import losses

REAL, FAKE = np.array([[2.0], [-1.0]]), np.array([[0.5], [-3.0]])


def generator(loss, fake, real=REAL):
    return loss.generator(fake, real) if loss.pairs else loss.generator(fake)


def test_every_loss_has_a_row():
    assert set(LOSSES) == set(losses.REGISTRY)


@pytest.mark.parametrize("name", LOSSES)
def test_values_by_hand(name):
    loss = losses.get(name)
    assert float(loss.discriminator(REAL, FAKE)) == pytest.approx(LOSSES[name][0], rel=1e-6)
    assert float(generator(loss, FAKE)) == pytest.approx(LOSSES[name][1], rel=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_logits_of_any_shape_give_the_mean(name):
    loss = losses.get(name)
    tiled = [np.broadcast_to(logits[:, None], (2, 7, 1)) for logits in (REAL, FAKE)]
    assert float(loss.discriminator(*tiled)) == pytest.approx(LOSSES[name][0], rel=1e-6)
    assert float(generator(loss, tiled[1], tiled[0])) == pytest.approx(LOSSES[name][1], rel=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_which_way_each_player_is_pushed(name):
    loss = losses.get(name)
    if name == "least_squares":  # it pulls to its targets, 1 and 0, from both sides: look below one and above the other
        assert loss.discriminator(REAL - 1.5, FAKE + 3) < loss.discriminator(REAL - 2, FAKE + 3)
        assert loss.discriminator(REAL - 2, FAKE + 3) < loss.discriminator(REAL - 2, FAKE + 3.5)
        assert generator(loss, FAKE + 0.1) < generator(loss, FAKE)
        return
    assert loss.discriminator(REAL + 0.1, FAKE) < loss.discriminator(REAL, FAKE) < loss.discriminator(REAL, FAKE + 0.1)
    assert generator(loss, FAKE + 0.1) < generator(loss, FAKE)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_logits_stay_finite(name, dtype):
    loss, large = losses.get(name), np.array([[-6e4], [6e4]], dtype)
    for value in (loss.discriminator(large, large[::-1]), generator(loss, large, large[::-1])):
        assert np.isfinite(float(value)) and keras.backend.standardize_dtype(value.dtype) == "float32"


def test_label_smoothing_is_one_sided():
    smooth = losses.NonSaturating(label_smoothing=0.2)
    # target 0.8 for real: softplus(x) - 0.8 x
    expected = np.mean(np.log1p(np.exp(REAL)) - 0.8 * REAL) + np.mean(np.log1p(np.exp(FAKE)))
    assert float(smooth.discriminator(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)
    assert float(smooth.generator(FAKE)) == float(losses.NonSaturating().generator(FAKE))
    back = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(smooth))
    assert isinstance(back, losses.NonSaturating) and back.label_smoothing == 0.2
    with pytest.raises(ValueError, match="below 0.5"):
        losses.NonSaturating(0.5)


def test_get():
    assert isinstance(losses.get("minimax"), losses.Minimax)
    with pytest.raises(ValueError, match="Did you mean 'non_saturating'"):
        losses.get("nonsaturating")
    with pytest.raises(TypeError, match="expected a name"):
        losses.get(3)
    pair = losses.get((lambda fake: fake.sum(), lambda real, fake: real.sum() - fake.sum()))
    assert pair.generator(FAKE) == -2.5 and pair.discriminator(REAL, FAKE) == 3.5
    with pytest.raises(ValueError, match=r"generator_loss gave shape \(.*End it with keras.ops.mean"):
        losses.get((lambda fake: -fake, lambda real, fake: real - fake)).generator(FAKE)


def test_a_model_with_functions_as_its_loss_saves_without_them(small, images, tmp_path):
    plain = losses.NonSaturating()
    small.compile(loss=(plain.generator, plain.discriminator))
    small.fit(images, batch_size=10, verbose=0)
    with pytest.warns(UserWarning, match="Saved without its compile settings"):
        small.save(tmp_path / "gan.keras")
    back = keras.models.load_model(tmp_path / "gan.keras")
    assert not back.compiled and (back.generate(2, seed=0) == small.generate(2, seed=0)).all()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a tensor of unknown rank is TensorFlow's")
def test_a_callable_loss_of_unknown_rank_passes():
    import tensorflow as tf

    pair = losses.get((lambda fake: tf.py_function(lambda: 2.0, [], tf.float32), lambda real, fake: real.sum()))
    assert float(tf.function(lambda: pair.generator(FAKE))()) == 2.0
