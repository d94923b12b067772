"""Published training settings by name, so that one architecture's can be tried on another: `gan.compile(recipe="wgan_gp")`.

Each function gives fresh arguments for `GAN.compile`.
"""

from keras.optimizers import SGD, Adam

from keras_gans.errors import unknown
from keras_gans.penalties import R1, R2, GradientPenalty
from keras_gans.types import Config


def dcgan() -> Config:
    """Non-saturating loss, Adam 2e-4 with beta_1 0.5 (Radford et al. 2015, section 4)."""
    return {"d_optimizer": Adam(2e-4, beta_1=0.5), "g_optimizer": Adam(2e-4, beta_1=0.5), "loss": "non_saturating"}


def wgan_gp() -> Config:
    """Wasserstein loss, gradient penalty of weight 10, five critic steps for one of the generator, Adam 1e-4 with betas 0 and
    0.9 (Gulrajani et al. 2017, algorithm 1)."""
    return {
        "d_optimizer": Adam(1e-4, beta_1=0.0, beta_2=0.9),
        "g_optimizer": Adam(1e-4, beta_1=0.0, beta_2=0.9),
        "loss": "wasserstein",
        "penalty": GradientPenalty(10.0),
        "n_critic": 5,
    }


def sngan() -> Config:
    """Hinge loss, five discriminator steps for one of the generator, Adam 2e-4 with betas 0 and 0.9 (Miyato et al. 2018,
    appendix B.4, the setting of the residual networks)."""
    return {
        "d_optimizer": Adam(2e-4, beta_1=0.0, beta_2=0.9),
        "g_optimizer": Adam(2e-4, beta_1=0.0, beta_2=0.9),
        "loss": "hinge",
        "n_critic": 5,
    }


def r3gan() -> Config:
    """Relativistic pairing loss with R1 and R2, Adam 2e-4 with betas 0 and 0.99 (Huang et al. 2024, section 4 and appendix).

    The paper anneals the rate and gamma over the run; `keras.optimizers.schedules` for the rates and as weight of
    `penalties.R1` and `R2` does so.
    """
    return {
        "d_optimizer": Adam(2e-4, beta_1=0.0, beta_2=0.99),
        "g_optimizer": Adam(2e-4, beta_1=0.0, beta_2=0.99),
        "loss": "relativistic",
        "penalty": [R1(1.0), R2(1.0)],
    }


def rgan() -> Config:
    """Non-saturating loss, gradient descent with rate 0.1 for the discriminator, Adam 1e-3 for the generator, five steps of the
    one for one of the other (Esteban et al. 2017, the authors' code for sine waves)."""
    return {"d_optimizer": SGD(0.1), "g_optimizer": Adam(1e-3), "loss": "non_saturating", "n_critic": 5}


def doppelganger() -> Config:
    """Wasserstein loss, gradient penalty of weight 10, Adam 1e-3 with beta_1 0.5, as many critic steps as generator steps (Lin et
    al. 2020, appendix and the authors' code)."""
    return {
        "d_optimizer": Adam(1e-3, beta_1=0.5),
        "g_optimizer": Adam(1e-3, beta_1=0.5),
        "loss": "wasserstein",
        "penalty": GradientPenalty(10.0),
    }


RECIPES = {recipe.__name__: recipe for recipe in (dcgan, wgan_gp, sngan, r3gan, rgan, doppelganger)}


def get(name: str) -> Config:
    """The settings for a name; raises ValueError with the closest one for an unknown name."""
    if name not in RECIPES:
        raise ValueError(unknown("recipe", name, RECIPES))
    return RECIPES[name]()
