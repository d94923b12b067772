import numpy as np
import pytest
from keras.optimizers import SGD, Adam

import keras_gans
from keras_gans import penalties
from keras_gans.models import recipes


def adam(optimizer):
    assert isinstance(optimizer, Adam)
    return [round(float(value), 6) for value in (optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2)]


@pytest.mark.parametrize(
    "name,rates,loss,n_critic",
    [
        ("dcgan", [2e-4, 0.5, 0.999], "non_saturating", None),
        ("wgan_gp", [1e-4, 0.0, 0.9], "wasserstein", 5),
        ("sngan", [2e-4, 0.0, 0.9], "hinge", 5),
        ("r3gan", [2e-4, 0.0, 0.99], "relativistic", None),
        ("doppelganger", [1e-3, 0.5, 0.999], "wasserstein", None),
    ],
)
def test_published_numbers(name, rates, loss, n_critic):
    recipe = recipes.get(name)
    assert adam(recipe["d_optimizer"]) == adam(recipe["g_optimizer"]) == rates
    assert recipe["d_optimizer"] is not recipe["g_optimizer"]
    assert recipe["loss"] == loss and recipe.get("n_critic") == n_critic


def test_penalties_of_the_recipes():
    assert recipes.wgan_gp()["penalty"].weight == 10.0 and recipes.wgan_gp()["penalty"].target == 1.0
    assert [type(one) for one in recipes.r3gan()["penalty"]] == [penalties.R1, penalties.R2]


def test_rgan():
    recipe = recipes.rgan()
    assert (
        recipe["n_critic"] == 5
        and isinstance(recipe["d_optimizer"], SGD)
        and float(recipe["d_optimizer"].learning_rate) == pytest.approx(0.1)
    )


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_any_recipe_trains_vectors_and_sequences(name):
    rng = np.random.default_rng(0)
    for gan, shape in (
        (keras_gans.DenseGAN(3, widths=(8,), seed=0), (20, 3)),
        (keras_gans.RecurrentGAN((4, 2), units=4, widths=(8,), seed=0), (20, 4, 2)),
    ):
        gan.compile(recipe=name, n_critic=2)
        assert gan.n_critic == 2  # what is said goes before the recipe
        logs = gan.fit(rng.normal(size=shape).astype("float32"), batch_size=5, verbose=0).history
        assert all(np.isfinite(values).all() for values in logs.values())


def test_an_unknown_recipe():
    with pytest.raises(ValueError, match="Did you mean 'wgan_gp'"):
        keras_gans.DenseGAN(2).compile(recipe="wgangp")
