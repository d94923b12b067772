import keras
import numpy as np
import pytest

import keras_gans
from keras_gans import backend
from keras_gans.models.recurrent_gan import cells, networks

SERIES = (np.random.default_rng(0).normal(size=(40, 10, 2)).cumsum(1) * [1.0, 50.0] + [0.0, 300.0]).astype("float32")


@pytest.mark.parametrize("steps,per_cell", [(10, 4), (10, 1), (10, 10), (7, 3), (1, 4)])
def test_any_length_in_any_number_of_cells(steps, per_cell):
    gan = keras_gans.RecurrentGAN((steps, 2), 3, step_latent=2, steps_per_cell=per_cell, units=4, widths=(8,), seed=0)
    assert gan.latent_dim == 3 + -(-steps // per_cell) * 2
    gan.fit(SERIES[:, :steps], batch_size=20, verbose=0)
    drawn = gan.generate(6, seed=0)
    assert drawn.shape == (6, steps, 2) and (np.abs(drawn.mean((0, 1)) - SERIES.mean((0, 1))) < 5 * SERIES.std((0, 1))).all()


def test_the_global_latent_is_the_same_at_every_cell():
    latents = np.arange(2 * 7, dtype="float32").reshape(2, 7)
    out = np.asarray(networks.StepLatents(cells=2, whole=3, each=2)(latents))
    np.testing.assert_array_equal(out[0], [[0, 1, 2, 3, 4], [0, 1, 2, 5, 6]])


def test_differences_are_what_changed_since_the_step_before():
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    out = np.asarray(networks.StepDifferences()(x))
    np.testing.assert_array_equal(out[..., :3], x)
    np.testing.assert_allclose(out[:, 1:, 3:], np.diff(x, axis=1), rtol=1e-6)
    assert (out[:, 0, 3:] == 0).all()


@pytest.mark.parametrize("kind,step_logits", [("flat", False), ("conv", False), ("recurrent", False), ("recurrent", True)])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_every_discriminator_trains_with_a_gradient_penalty(kind, step_logits, cell):
    gan = keras_gans.RecurrentGAN(
        (10, 2), 2, units=4, widths=(4, 4), cell=cell, discriminator_type=kind, step_logits=step_logits, seed=0
    )
    gan.compile(recipe="wgan_gp", n_critic=1)
    history = gan.fit(SERIES, batch_size=20, epochs=2, verbose=0).history
    assert np.isfinite(history["gradient_penalty"]).all() and history["gradient_penalty"][-1] > 0
    assert gan.discriminator.output_shape == ((None, 10, 1) if step_logits else (None, 1))


def test_long_sequences_run_in_a_loop():
    gan = keras_gans.RecurrentGAN((200, 1), 2, steps_per_cell=1, units=4, widths=(4,), seed=0)
    cell = next(layer for layer in gan.generator.layers if isinstance(layer, keras.layers.GRU))
    assert not cell.unroll
    gan.compile()
    long = np.random.default_rng(0).normal(size=(8, 200, 1)).astype("float32")
    assert np.isfinite(gan.fit(long, batch_size=4, verbose=0).history["g_loss"]).all()


def test_the_2017_preset():
    gan = keras_gans.RecurrentGAN.rgan((10, 2), seed=0)
    assert gan.compiled and isinstance(gan.d_optimizer, keras.optimizers.SGD)
    assert isinstance(gan.adversarial_loss, keras_gans.losses.NonSaturating) and not gan.penalties
    assert sum(isinstance(layer, keras.layers.LSTM) for layer in [*gan.generator.layers, *gan.discriminator.layers]) == 2
    assert gan.discriminator.output_shape == (None, 10, 1) and gan.latent_dim == 50
    assert np.isfinite(gan.fit(SERIES, batch_size=20, verbose=0).history["d_loss"]).all()


@pytest.mark.parametrize(
    "changes,message",
    [
        ({"sequence_shape": (28, 28, 1)}, r"an image's: use DCGAN.*expected \(steps, features\)"),
        ({"sequence_shape": 24}, r"expected \(steps, features\)"),
        ({"sequence_shape": (0, 2)}, r"at least 1. Try \(24, 5\)"),
        ({"cell": "gruu"}, "Did you mean 'gru'"),
        ({"discriminator_type": "convolution"}, "Unknown discriminator_type"),
        ({"step_logits": True}, 'only a "recurrent" one judges every step'),
        ({"units": 0}, "units=0"),
        ({"widths": ()}, "widths="),
        ({"normalise": "minmax", "output_activation": "sigmoid"}, "could never be generated"),
    ],
)
def test_nonsense_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        keras_gans.RecurrentGAN(**{"sequence_shape": (10, 2), **changes})


def test_sequences_of_unequal_length():
    gan = keras_gans.RecurrentGAN((10, 2), units=4, widths=(4,))
    with pytest.raises(ValueError, match="2 lengths, 8 to 10.*windows.*pad"):
        gan.fit([SERIES[0], SERIES[1, :8]], verbose=0)
    gan.fit(list(SERIES), batch_size=20, verbose=0)  # of one length they are an array


@pytest.mark.parametrize("name", ["GRU", "LSTM"])
@pytest.mark.parametrize(
    "options,is_fast",
    [
        ({}, True),
        ({"return_sequences": True}, True),
        ({"activation": "relu", "recurrent_activation": "hard_sigmoid"}, True),
        ({"unroll": False}, False),
        ({"go_backwards": True}, False),
        ({"use_bias": False}, False),
        ({"dropout": 0.5}, False),
        ({"recurrent_dropout": 0.5}, False),
        ({"reset_after": False}, False),
    ],
)
def test_our_cells_are_those_of_keras(name, options, is_fast, monkeypatch):
    """Same weights, same output, from zero states and from given ones; also where they leave the loop to Keras."""
    if name == "LSTM" and "reset_after" in options:
        pytest.skip("an LSTM has no reset gate")
    calls, project = [], getattr(cells, name).project
    monkeypatch.setattr(getattr(cells, name), "project", lambda *given: calls.append(1) or project(*given))
    options = {"unroll": True, "use_cudnn": False, "return_state": True, **options}
    theirs, ours = (getattr(module, name)(3, **options) for module in (keras.layers, cells))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 4)).astype("float32")
    theirs(x), ours(x)
    theirs.set_weights([rng.normal(size=weight.shape) for weight in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    given = [rng.normal(size=(2, 3)).astype("float32") for _ in theirs(x)[1:]]
    for states in (None, given):
        for a, b in zip(theirs(x, initial_state=states), ours(x, initial_state=states), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)
    assert bool(calls) is is_fast
    calls.clear()
    mask = np.array([[True, True, False, True, True], [True, True, True, False, False]])
    for a, b in zip(theirs(x, mask=mask), ours(x, mask=mask), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert not calls


@pytest.mark.parametrize("name", ["GRU", "LSTM"])
def test_our_cells_penalties_are_those_of_keras(name):
    """The gradient of a gradient penalty with respect to the weights, which takes the second derivative of a cell."""
    x, found = SERIES[:4] / 100.0, []
    for module in (keras.layers, cells):
        layer = getattr(module, name)(
            3, unroll=True, use_cudnn=False, kernel_initializer=keras.initializers.GlorotUniform(1)
        )
        network = keras.Sequential([keras.Input((10, 2)), layer, keras.layers.Dense(1, kernel_initializer="ones")])
        layer.set_weights([np.random.default_rng(i).normal(size=w.shape) for i, w in enumerate(layer.get_weights())])

        def penalty(network=network):
            _, _, gradient = backend.input_gradient(
                lambda x: (keras.ops.sum(network(x)), None), keras.ops.convert_to_tensor(x)
            )
            return keras.ops.sum(keras.ops.square(gradient)), None

        found.append(backend.gradient(penalty, network)[2][:3])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_our_cells_in_half_precision():
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    for cls in (cells.GRU, cells.LSTM):
        whole = cls(3, unroll=True, return_sequences=True)
        half = cls.from_config({**whole.get_config(), "dtype": "mixed_float16"})
        out, _ = whole(x), half(x)
        half.set_weights(whole.get_weights())
        assert keras.backend.standardize_dtype(half(x).dtype) == "float16"
        np.testing.assert_allclose(keras.ops.cast(half(x), "float32"), out, atol=2e-3)
