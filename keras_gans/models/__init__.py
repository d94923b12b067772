"""Architectures, one room each, and the `GAN` they all are."""

from keras_gans.models.base import GAN
from keras_gans.models.dcgan import DCGAN
from keras_gans.models.saving import load_model

ARCHITECTURES = {"dcgan": DCGAN}

__all__ = ["ARCHITECTURES", "DCGAN", "GAN", "load_model"]
