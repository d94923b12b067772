"""Layers whose plain versions are slow, or missing, where GANs need them."""

from keras_gans.layers.activation import Activation
from keras_gans.layers.convolutions import Conv2D, Conv2DTranspose, DownConv2D, UpConv2D
from keras_gans.layers.features import FourierFeatures, MinibatchStdDev, OneHot
from keras_gans.layers.normalization import BatchNormalization, ClassAffine, SpectralNormalization

__all__ = [
    "Activation",
    "BatchNormalization",
    "ClassAffine",
    "Conv2D",
    "Conv2DTranspose",
    "DownConv2D",
    "FourierFeatures",
    "MinibatchStdDev",
    "OneHot",
    "SpectralNormalization",
    "UpConv2D",
]
