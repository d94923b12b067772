"""Keras's loops, for samples instead of inputs and targets."""

import contextlib
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gans import backend
from keras_gans.data import feed
from keras_gans.data.checks import varying
from keras_gans.errors import WorkerLost, named
from keras_gans.models.algorithm import NORMS
from keras_gans.training import loop
from keras_gans.training.ranges import output_range


@contextlib.contextmanager
def naming_the_lost():
    """What fails in this context because another worker is gone raises WorkerLost."""
    try:
        yield
    except Exception as error:
        if isinstance(error, WorkerLost) or not backend.is_loss(error):
            raise
        raise WorkerLost(
            "Another worker of this training is gone, and no step can be taken without it. Start all of them again; a run in a folder "
            f"goes on from its last saved state. ({str(error).splitlines()[0][:200]})"
        ) from error


class Fitting(keras.Model):
    """How a `GAN` goes through data."""

    @named
    def fit(
        self,
        x: Any = None,
        y: npt.ArrayLike | None = None,
        batch_size: int = 64,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_data: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> keras.callbacks.History:
        """Trains. As `keras.Model.fit`, for samples instead of inputs and targets.

        Args:
            x: samples: the pipelines of `keras_gans.data.load`, an array (n, ...), a tf.data.Dataset or a PyDataset;
                with `num_classes` pairs (samples, labels), or an array beside `y`. Labels that a GAN without classes does not
                take are ignored, with a warning. Arrays are checked whole; of pipelines the first batch and every label. Those of `load` and arrays come in an order that depends on seed and epoch alone; what order a pipeline
                of the caller's own has in a new process is up to it (of a PyDataset, pass shuffle=False).
            y: int labels (n,) of an array x, 0 to num_classes - 1.
            batch_size: for arrays; the n % batch_size samples that fill no batch are other ones each epoch.
            epochs, initial_epoch, steps_per_epoch, verbose, callbacks: as in Keras.
            validation_data: held-out samples, for `val_d_loss`, `val_d_real_accuracy` ...; as `x`, or a pair (x, y).
            shuffle: for arrays: a new order each epoch.
            validation_steps, validation_freq: as in Keras.

        Returns:
            keras History with d_loss, g_loss, d_real_accuracy, d_fake_accuracy, of a penalised discriminator
            gradient_penalty, of an auxiliary classifier d_class_loss, g_class_loss and d_class_accuracy (means over the epoch),
            and what callbacks add.

        Raises:
            ValueError: samples of another shape, outside the generator's range, NaN, constant features, too few for a batch, a
                pipeline that never ends without steps_per_epoch, labels missing or outside the classes, a batch that `pack`
                does not divide.
            TrainingDiverged: a loss became NaN or infinite.
            WorkerLost: another process of a training on several machines is gone.
            tf.errors.InvalidArgumentError: a label outside the classes in a later batch of a tf.data.Dataset (of a PyDataset a
                ValueError).
        """
        self.check_scope()
        if not self.compiled:
            self.compile()
        data, order, samples = self._prepare(x, y, batch_size, shuffle)
        feed.check_end(data, "steps_per_epoch", steps_per_epoch)
        batches: Any = feed.Samples(data) if samples is None else [samples]
        if self.normaliser is not None and not self.normaliser.is_fitted:
            self.normaliser.fit(batches)
        elif self.normaliser is not None and self.normaliser.is_strange(feed.Samples(data).first()):
            warnings.warn(
                "x lies far from the data that this model's scale was taken of by its first fit. Bring it to the same units, or "
                "call gan.normaliser.fit([x]) to take the scale anew.",
                stacklevel=3,
            )
        elif self.normaliser is None and self.features_vary and (samples is not None or not batches.endless):
            varying(batches, "x")
        if order is not None and steps_per_epoch not in (None, len(order)):
            data = data.repeat()  # Keras would cut the epoch in which the data end
        self._fit_steps_per_execution(data, steps_per_epoch)
        held = held_order = None
        if validation_data is not None:
            pair = validation_data if isinstance(validation_data, (tuple, list)) else (validation_data,)
            labels = pair[1] if len(pair) > 1 else None
            held, held_order, _ = self._prepare(pair[0], labels if self.num_classes else None, batch_size, None)
            if labels is not None and held_order is not None and held_order.labels is None:
                held_order.labels = np.asarray(labels)  # for stages with classes
            feed.check_end(held, "validation_steps", validation_steps)
        if isinstance(callbacks, keras.callbacks.CallbackList):
            raise TypeError("callbacks: pass a list of callbacks; fit puts its own in front of them.")
        callbacks = keras.tree.flatten(callbacks or [])
        loop.check_callbacks(callbacks, stages=self.curriculum is not None)
        callbacks = self._with_own(callbacks, feed.Samples(data), (order, held_order), held is not None)
        try:
            with naming_the_lost(), backend.untold_retracing():
                return super().fit(
                    self.own_part(data),
                    epochs=epochs,
                    verbose=verbose,
                    callbacks=callbacks,
                    validation_data=held,
                    shuffle=shuffle and isinstance(data, keras.utils.PyDataset),
                    initial_epoch=initial_epoch,
                    steps_per_epoch=steps_per_epoch,
                    validation_steps=validation_steps,
                    validation_freq=validation_freq,
                )
        finally:
            for one in (
                order,
                held_order,
            ):  # whose classes a stage may have chosen; Keras ends no callback of a fit that raises
                if one is not None:
                    one.choose(None)

    def evaluate(
        self,
        x: Any = None,
        y: npt.ArrayLike | None = None,
        batch_size: int = 64,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        return_dict: bool = True,
        **inner: Any,
    ) -> Any:
        """d_loss, g_loss and the discriminator's accuracies on held-out samples (see `held_out_step`), weighted by batch size.

        The fakes are the same at every call. Returns a dict, or a list in the order of the logs with
        `return_dict=False`.
        """
        if not self.compiled:
            self.compile()
        self.test_seed.state.assign([0, 0])
        if not inner.get("_use_cached_eval_dataset"):
            if self.normaliser is not None and not self.normaliser.is_fitted:
                raise ValueError(
                    "evaluate: the data's scale is not known yet. Fit first, or call gan.normaliser.fit([samples])."
                )
            x = self._prepare(x, y, batch_size, None).data
            feed.check_end(x, "steps", steps)
        elif x is None:
            raise ValueError("evaluate needs samples.")
        with backend.whole_batches():
            logs = super().evaluate(x, verbose=verbose, steps=steps, callbacks=callbacks, return_dict=True, **inner)
        logs = {name: value for name, value in logs.items() if name not in NORMS}  # which only training has
        return logs if return_dict else list(logs.values())

    def _fit_steps_per_execution(self, data, steps_per_epoch):
        """Where "auto" takes many steps a call, no more than an epoch has."""
        if not self._auto_steps:
            return
        count = data.num_batches if isinstance(data, keras.utils.PyDataset) else int(data.cardinality())
        there = steps_per_epoch or count
        steps = min(self._auto_steps, there) if there and there > 0 else self._auto_steps  # unknown and endless ones too
        if steps != self.steps_per_execution:
            self.steps_per_execution: int = steps
            self.train_function = self.test_function = self.predict_function = None

    def _prepare(self, x, y, batch_size, shuffle):
        """Checked data; `shuffle=None` means held-out data, every sample once."""
        wanted = feed.Wanted(
            shape=self.sample_shape,
            range=None if self.normaliser is not None else output_range(self.generator),
            num_classes=self.num_classes,
            pack=self.pack,
            devices=self.device_count,
            held_out=shuffle is None,
        )
        return feed.prepare(x, y, batch_size, bool(shuffle), self.seed or 0, wanted)
