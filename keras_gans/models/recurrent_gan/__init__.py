"""RecurrentGAN: sequences.

Idea: a recurrent generator with one latent vector for the whole sequence (what stays constant: a price level, a frequency) and
another at every cell (what varies), which emits several steps at each cell, so that it has few cells to learn through; and a
discriminator that sees the flat sequence.

Paper: Lin, Jain, Wang, Fanti, Sekar, "Using GANs for Sharing Networked Time Series Data" (DoppelGANger), IMC 2020 (arXiv
1909.13403), section 4. `RecurrentGAN.rgan` is the older Esteban, Hyland, Rätsch, "Real-valued (Medical) Time Series Generation
with Recurrent Conditional GANs", 2017 (arXiv 1706.02633): LSTM against LSTM, a logit at every step.

What differs: no attributes beside the sequence, a global latent in their place, GRU by default.
"""

from keras_gans.models.recurrent_gan.model import RecurrentGAN

__all__ = ["RecurrentGAN"]
