"""Architectures, one room each, and the `GAN` they all are."""

from keras_gans.models import recipes
from keras_gans.models.base import GAN
from keras_gans.models.dcgan import DCGAN
from keras_gans.models.dense_gan import DenseGAN
from keras_gans.models.r3gan import R3GAN
from keras_gans.models.recurrent_gan import RecurrentGAN
from keras_gans.models.saving import load_model
from keras_gans.models.sngan import SNGAN
from keras_gans.models.wgan_gp import WGANGP

ARCHITECTURES = {
    "dcgan": DCGAN,
    "dense_gan": DenseGAN,
    "r3gan": R3GAN,
    "recurrent_gan": RecurrentGAN,
    "sngan": SNGAN,
    "wgan_gp": WGANGP,
}

__all__ = ["ARCHITECTURES", *(cls.__name__ for cls in ARCHITECTURES.values()), "GAN", "load_model", "recipes"]
