import numpy as np
import pytest

import keras_gans
from keras_gans.models import ARCHITECTURES, settings
from keras_gans.penalties import R1, R2
from keras_gans.runs.folder import plain


def test_values_reach_the_architecture_and_its_training():
    values = {"width": 4, "dropout": [0, 0.2], "learning_rate": 1e-3, "g_learning_rate": 5e-4, "beta_1": 0.1, "n_critic": 2}
    gan = settings.make(keras_gans.DCGAN, (8, 8, 1), {**values, "loss": "hinge", "augment": "flip"}, seed=3)
    assert gan.width == 4 and gan.dropout == (0, 0.2) and gan.seed == 3 and gan.n_critic == 2
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(1e-3)
    assert float(gan.g_optimizer.learning_rate) == pytest.approx(5e-4)
    assert gan.d_optimizer.beta_1 == gan.g_optimizer.beta_1 == 0.1 and gan.d_optimizer.beta_2 == 0.999
    assert type(gan.adversarial_loss).__name__ == "Hinge" and gan.augmentation is not None


def test_penalties_keep_their_kind_and_take_the_weight():
    gan = settings.make(keras_gans.DenseGAN, (2,), {"widths": [4], "penalty_weight": 0.5})
    assert [type(penalty) for penalty in gan.penalties] == [R1, R2] and {p.weight for p in gan.penalties} == {0.5}
    gan = settings.make(keras_gans.DenseGAN, (2,), {"widths": [4], "recipe": "dcgan", "norm": "batch"})
    assert gan.penalties == () and gan.n_critic == 1, "another recipe's settings, and none of its own"
    gan = settings.make(keras_gans.DenseGAN, (2,), {"widths": [4], "recipe": "wgan_gp"})
    assert gan.n_critic == 5 and type(gan.penalties[0]).__name__ == "GradientPenalty"


def test_without_values_it_is_the_published_recipe():
    made = settings.make(keras_gans.DCGAN, (8, 8, 1), {"width": 4}, seed=1)
    default = keras_gans.DCGAN((8, 8, 1), width=4, seed=1)
    default.compile()
    assert plain(made.get_compile_config()) == plain(default.get_compile_config())
    np.testing.assert_array_equal(made.generate(2, seed=0), default.generate(2, seed=0))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_takes_rates(name):
    shape = {"recurrent_gan": (12, 2), "dense_gan": (3,)}.get(name, (8, 8, 1))
    small = {"recurrent_gan": {"units": 4}, "dense_gan": {"widths": [4]}}.get(name, {"width": 4})
    gan = settings.make(ARCHITECTURES[name], shape, {**small, "d_learning_rate": 1e-5})
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(1e-5)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"widht": 4}, "Did you mean 'width'"),
        ({"n_critics": 4}, "Did you mean 'n_critic'"),
        ({"image_shape": (8, 8, 1)}, "the data decide it"),
        ({"seed": 1}, "beside the settings"),
        ({"learning_rate": 0.0}, "d_learning_rate=0.0: expected a number above 0"),
        ({"g_learning_rate": float("nan")}, "expected a number above 0"),
        ({"beta_1": 1.0}, r"expected a number in \[0, 1\)"),
        ({"beta_1": 0.5, "recipe": "rgan"}, "is SGD, which has none"),
        ({"penalty_weight": 1.0}, "this recipe has no penalty"),
        ({"penalty_weight": -1.0, "recipe": "wgan_gp", "norm": None}, "of at least 0"),
        ({"recipe": "wgan_pg"}, "Did you mean 'wgan_gp'"),
        ({"loss": "hing"}, "Did you mean 'hinge'"),
        ({"n_critic": 0}, "n_critic=0"),
    ],
)
def test_what_does_not_fit_raises(values, message):
    with pytest.raises(ValueError, match=message):
        settings.make(keras_gans.DCGAN, (8, 8, 1), {"width": 4, **values})


def test_rates_and_weights_fall():
    fall = {"initial": 1e-3, "final": 1e-4, "steps": 10}
    gan = settings.make(
        keras_gans.DenseGAN, (2,), {"widths": [4], "learning_rate": fall, "penalty_weight": {**fall, "power": 2}}
    )
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(1e-3)
    assert [float(gan.penalties[0].weight_at(step)) for step in (0, 5, 10, 99)] == pytest.approx([1e-3, 3.25e-4, 1e-4, 1e-4])
    gan.fit(np.zeros((32, 2), "float32") + np.arange(32)[:, None], batch_size=8, epochs=2, verbose=0)
    assert float(gan.g_optimizer.learning_rate) == pytest.approx(1e-3 - 8 * 9e-5, rel=1e-3)
    for wrong, message in (
        ({"initial": 1e-3}, 'expected a number above 0, or {"initial", "final", "steps"}'),
        ({**fall, "final": 0.0}, "d_learning_rate, final=0.0"),
        ({**fall, "steps": 0}, "steps=0"),
        ({**fall, "power": 0}, "power=0"),
    ):
        with pytest.raises(ValueError, match=message):
            settings.make(keras_gans.DenseGAN, (2,), {"widths": [4], "learning_rate": wrong})


def test_a_word_is_neither_true_nor_false():
    with pytest.raises(ValueError, match="minibatch_stddev='no': expected true or false"):
        settings.build(keras_gans.DCGAN, (8, 8, 1), {"width": 4, "minibatch_stddev": "no"})
