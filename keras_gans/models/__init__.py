"""Architectures, one room each, and the `GAN` they all are."""

from keras_gans.models.base import GAN, load_model
from keras_gans.models.dcgan import DCGAN

ARCHITECTURES = {"dcgan": DCGAN}

__all__ = ["ARCHITECTURES", "DCGAN", "GAN", "load_model"]
