"""SNGAN: residual networks and a discriminator with spectral normalisation.

Idea: each kernel of the discriminator is divided by its largest singular value, which bounds how fast its output can change
everywhere; no penalty and no batch normalisation is needed there. Hinge loss.

Paper: Miyato, Kataoka, Koyama, Yoshida, "Spectral Normalization for Generative Adversarial Networks", ICLR 2018 (arXiv
1802.05957), section 2.1, appendix B.4 table 4. With labels: Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018
(arXiv 1802.05637).

What differs: any image size from 8x8 on (the paper's 32x32 gives its table 4: three doublings from 4x4), the width is an argument.
"""

from keras_gans.models.sngan.model import SNGAN

__all__ = ["SNGAN"]
