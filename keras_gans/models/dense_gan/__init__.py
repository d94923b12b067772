"""DenseGAN: vectors and tables of numbers.

Idea: two multilayer perceptrons, and a normaliser fitted on the data that is part of the model, so that `fit` takes and
`generate` gives the data's own units.

Paper: Goodfellow et al., "Generative Adversarial Networks", NeurIPS 2014 (arXiv 1406.2661), for the networks; the compiled
recipe is that of Huang et al., "The GAN is dead; long live the GAN!", NeurIPS 2024 (arXiv 2501.05441): relativistic pairing
loss with R1 and R2, which finds all modes of the ring and grid of Gaussians where the 2014 loss loses some
(benchmarks/modes.py).

What differs: numeric columns alone. For categories, dates and constraints use a table synthesiser.
"""

from keras_gans.models.dense_gan.model import DenseGAN

__all__ = ["DenseGAN"]
