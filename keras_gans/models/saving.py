"""A model's whole state in its files, and no file lost to a write that fails."""

import importlib
import pathlib
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras

from keras_gans.files import replacing
from keras_gans.types import Path

if TYPE_CHECKING:
    from typing_extensions import Self

    from keras_gans.models import GAN


class Saving:
    """What `GAN` adds to the saving of `keras.Model`."""

    def _own_state(self):
        """What no layer of the two networks saves: the step count, and every seed generator (Keras saves none)."""
        return [self.steps, *(variable for variable in self.variables if variable.name == "seed_generator_state")]

    def save_own_variables(self, store: Any) -> None:
        for i, variable in enumerate(self._own_state()):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        own = self._own_state()
        if len(store.keys()) != len(own):
            raise ValueError(
                f"The file has {len(store.keys())} state values of its own, this {type(self).__name__} has {len(own)}: it was "
                "saved from a model with other arguments."
            )
        for i, variable in enumerate(own):
            variable.assign(store[str(i)])

    def save(self, filepath: Path, overwrite: bool = True, **options: Any) -> None:
        """As `keras.Model.save`, but a `.keras` file that was there stays whole until the new one is."""
        if str(filepath).endswith((".h5", ".hdf5")):
            raise ValueError(f"{filepath}: the old HDF5 format cannot be loaded again. Save as .keras, or use save_weights.")
        self._replace(super().save, filepath, ".keras", overwrite, options)  # type: ignore[misc]  # that of keras.Model

    def save_weights(self, filepath: Path, overwrite: bool = True, **options: Any) -> None:
        """As `keras.Model.save_weights`, but a `.weights.h5` file that was there stays whole until the new one is."""
        self._replace(super().save_weights, filepath, ".weights.h5", overwrite, options)  # type: ignore[misc]  # as above

    @staticmethod
    def _replace(write, filepath, suffix, overwrite, options):
        """`write(filepath)` through a temporary file; straight where it is not one local file of the usual kind."""
        name = str(filepath)
        if options or "://" in name or not name.endswith(suffix) or (pathlib.Path(name).exists() and not overwrite):
            write(filepath, overwrite=overwrite, **options)
            return
        with replacing(name) as temporary:
            write(temporary)

    def save_to_preset(self, folder: Path, scores: Mapping[str, Any] | None = None, **facts: Any) -> pathlib.Path:
        """Writes an entry of the zoo, a folder to keep or to share: networks and how they were compiled (not the optimizers' moments,
        which `save` keeps), scores, a card with a picture, hashes. See `keras_gans.zoo.save`.

        Args:
            folder: missing, empty, or an entry, which is replaced whole.
            scores: what `keras_gans.zoo.measure(gan, data)` gave; None: the card says that nothing was measured.
            **facts: recipe, training, precision, as in `keras_gans.zoo.save`.
        """
        return zoo().save(self, folder, scores, **facts)

    @classmethod
    def from_preset(cls, handle: Path, **changes: Any) -> "Self":
        """A pretrained GAN, as `keras_gans.zoo.load` gives it.

        Raises:
            ValueError: as there; an entry of another architecture than this class.
        """
        gan = zoo().load(handle, **changes)
        if not isinstance(gan, cls):
            raise ValueError(
                f"{handle}: a {type(gan).__name__}, not a {cls.__name__}. Use keras_gans.{type(gan).__name__}.from_preset."
            )
        return gan

    def export(self, filepath: Path, *args: Any, **options: Any) -> Any:
        """As `keras.Model.export`, of what draws: latents (batch, latent_dim), and labels (batch,) of a conditional GAN, in;
        samples in the data's units out. With `ema_decay` it is the averaged generator."""
        network = self.sampler
        if self.normaliser is not None:
            network = keras.Model(network.input, self.normaliser(network.output, inverse=True))
        return network.export(filepath, *args, **options)


def zoo():
    """`keras_gans.zoo`, which is made of models, so that they can only ask for it when it is used."""
    return importlib.import_module("keras_gans.zoo")


def load_model(filepath: Path) -> "GAN":
    """A GAN from a `.keras` file, compiled as it was saved, both optimizers' moments included.

    Raises:
        FileNotFoundError: no such file. ValueError: a truncated or damaged file, or one that holds something else.
    """
    path = pathlib.Path(filepath)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file.")
    if path.is_file() and not zipfile.is_zipfile(path):
        raise ValueError(
            f"{path}: not a saved model: it is truncated, damaged or of another kind. Save with gan.save('x.keras')."
        )
    try:
        model = keras.models.load_model(path)
    except Exception as error:
        raise ValueError(
            f"{path}: cannot be read as a saved model ({type(error).__name__}: {str(error)[:300]}). It is truncated, damaged "
            "or of another kind; a GAN is saved with gan.save('name.keras')."
        ) from error
    if not isinstance(model, Saving):
        raise ValueError(f"{path}: holds a {type(model).__name__}, not a GAN. Load it with keras.models.load_model.")
    return model  # type: ignore[return-value]  # which is what has `Saving`
