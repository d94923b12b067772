"""DCGAN: convolutional networks that train stably.

Idea: all-convolutional networks, strides instead of pooling, batch normalisation in both, ReLU in the generator and
LeakyReLU in the discriminator, no hidden dense layers, Adam with a halved momentum.

Paper: Radford, Metz, Chintala, "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
Networks", ICLR 2016 (arXiv 1511.06434), section 3.

What differs: latents are normal, not uniform; kernels are 4x4 (as in the authors' Torch code), which the stride divides,
not 5x5 (`kernel_size=5` gives those); any image size from 8x8 on, not only 64x64.
"""

from keras_gans.models.dcgan.model import DCGAN

__all__ = ["DCGAN"]
