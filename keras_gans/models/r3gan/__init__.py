"""R3GAN: a modern baseline without tricks.

Idea: a loss that compares each fake with a real sample, penalties on the discriminator's gradient at both, and with training
thus stable, plain residual networks without any normalisation, initialised so that each block begins as the identity.

Paper: Huang, Gokaslan, Kuleshov, Tompkin, "The GAN is dead; long live the GAN! A Modern Baseline GAN", NeurIPS 2024 (arXiv
2501.05441), sections 3 and 4, configuration E.

What differs: the small configuration (one block a stage, equal widths, four groups) for any image size from 8x8 on; sizes are
halved by averaging, and the last map goes through one dense layer. Rates and gamma stay constant unless schedules are passed. As a recipe for other networks:
`gan.compile(recipe="r3gan")`.
"""

from keras_gans.models.r3gan.model import R3GAN

__all__ = ["R3GAN"]
