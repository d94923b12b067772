"""The 2015 Inception network that Fréchet Inception Distance and Inception Score are defined with.

network: the graph as a table and a model · preprocessing: resizing and scaling · checkpoints: reads weights without torch ·
weights: finds or downloads them · features: all of it together, an extractor.
"""

from keras_gans.metrics.inception.features import InceptionFeatures

__all__ = ["InceptionFeatures"]
