"""WGAN-GP: a critic that is smooth, so that its loss is a distance.

Idea: the critic estimates the Wasserstein-1 distance between real and generated samples; a penalty holds the norm of its
gradient near 1 on the lines between them. It trains five times, each time on a fresh batch, for one step of the generator.

Paper: Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville, "Improved Training of Wasserstein GANs", NeurIPS 2017 (arXiv
1704.00028), algorithm 1 and section 5.1.

What differs: the networks are DCGAN's (the paper's first baseline, without batch normalisation in the critic), for any image
size from 8x8 on. As a recipe for other networks: `gan.compile(recipe="wgan_gp")`.
"""

from keras_gans.models.wgan_gp.model import WGANGP

__all__ = ["WGANGP"]
