import keras
import numpy as np
import pytest

import keras_gans


def test_recipe_is_algorithm_1():
    gan = keras_gans.WGANGP((8, 8, 1), width=4)
    gan.compile()
    assert isinstance(gan.adversarial_loss, keras_gans.losses.Wasserstein) and gan.n_critic == 5
    (penalty,) = gan.penalties
    assert type(penalty) is keras_gans.penalties.GradientPenalty and penalty.weight == 10.0 and not penalty.one_sided
    for optimizer in (gan.d_optimizer, gan.g_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.9)
    kinds = [type(layer) for layer in gan.discriminator._flatten_layers()]
    assert keras.layers.BatchNormalization not in kinds


def test_batch_norm_in_the_critic_is_refused():
    for norm in ("batch", ("batch", "batch"), (None, "batch")):
        with pytest.raises(ValueError, match="critic cannot have batch normalisation.*section 4.*Try norm="):
            keras_gans.WGANGP((8, 8, 1), norm=norm)
    keras_gans.WGANGP((8, 8, 1), width=4, norm=("batch", "layer"))


@pytest.mark.filterwarnings("ignore:x has values from")
def test_the_critic_becomes_one_lipschitz():
    """Its gradient norm on the lines between real and fake comes near 1."""
    rng = np.random.default_rng(0)
    real = np.clip(rng.normal(0.6, 0.1, (256, 8, 8, 1)), -1, 1).astype("float32")
    gan = keras_gans.WGANGP((8, 8, 1), 4, width=8, seed=0)
    gan.compile(keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.9), keras.optimizers.Adam(1e-5))
    history = gan.fit(real, batch_size=32, epochs=12, verbose=0).history["gradient_penalty"]
    assert history[0] > 3 and history[-1] < 0.7, history
