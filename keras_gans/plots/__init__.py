"""Pictures: samples, curves, animations, interpolations, nearest real images, comparisons, searches; each written in one rename."""

from keras_gans.plots.animation import save_animation
from keras_gans.plots.comparison import save_comparison
from keras_gans.plots.curves import save_curves
from keras_gans.plots.latent import interpolate, save_interpolations
from keras_gans.plots.nearest import save_nearest
from keras_gans.plots.pictures import require_pictures
from keras_gans.plots.run import save_run
from keras_gans.plots.samples import grid, save_grid, save_samples
from keras_gans.plots.search import save_search

__all__ = [
    "grid",
    "interpolate",
    "require_pictures",
    "save_animation",
    "save_comparison",
    "save_curves",
    "save_grid",
    "save_interpolations",
    "save_nearest",
    "save_run",
    "save_samples",
    "save_search",
]
