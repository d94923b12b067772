"""What `GAN.fit` puts around Keras's own loop: the order of the data, a stop at the first NaN, callbacks in order."""

import math

import keras

from keras_gans.errors import TrainingDiverged

LOG_READERS = (keras.callbacks.CSVLogger, keras.callbacks.TensorBoard)


class Guard(keras.callbacks.Callback):
    """First of the callbacks of every fit.

    Sets where in their order the data begin, from the model's own step count: a resumed run then sees the batches that
    an uninterrupted one would have seen. Raises `TrainingDiverged` as soon as a loss, or at the end of an epoch a weight,
    is not finite, which ends the training before a callback behind it can save over a good checkpoint.
    """

    def __init__(self, order=None):
        super().__init__()
        self.order = order

    def on_train_begin(self, logs=None):
        self.begin()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if self.order is not None and self.params["steps"] == len(self.order):  # else Keras goes on in the same reading
            self.begin()

    def begin(self):
        if self.order is not None and self.order.shuffle:
            self.order.position = int(self.model.steps.numpy())

    def on_train_batch_end(self, batch, logs=None):
        self.check(logs, f", by batch {batch + 1}")

    def on_epoch_end(self, epoch, logs=None):
        self.check(logs, "")
        for weight in self.model.trainable_weights:
            if not bool(keras.ops.all(keras.ops.isfinite(weight))):
                self.stop(f"The weight {weight.path}", "")

    def check(self, logs, where):
        for name, value in (logs or {}).items():
            if name.endswith("_loss") and not math.isfinite(float(value)):
                self.stop(name, where)

    def stop(self, what, where):
        raise TrainingDiverged(
            f"{what} became NaN or infinite in epoch {self.epoch + 1}{where}. Training stopped and nothing was saved after "
            "that: a checkpoint of an earlier epoch is still good. Lower the learning rates, or look for NaN and for samples "
            "far outside the range of the others in the data (of a pipeline, fit looks at the first batch alone)."
        )


def check_callbacks(callbacks):
    """Raises when a callback would read a score before it is measured, waits for one under a name nobody measures, or keeps the
    best of epochs of which some have no score.

    A callback that measures says so in `produces`: {log key: "min" or "max"}. Keras cannot know which way such a key gets
    better, so readers whose mode is "auto" are told.
    """
    directions = {"d_loss": "min", "g_loss": "min", "val_d_loss": "min", "val_g_loss": "min"}
    for at, producer in enumerate(callbacks):
        produced = getattr(producer, "produces", {})
        directions.update(produced)
        for place, reader in enumerate(callbacks):
            key, who = getattr(reader, "monitor", None), type(reader).__name__
            for name in produced:
                if key is not None and key != name and name.startswith(f"{key}["):
                    raise ValueError(f"{who}(monitor={key!r}): scores name their extractor. Monitor {name!r}.")
                if "{" + name in str(getattr(reader, "filepath", "")):
                    raise ValueError(
                        f"{who}: a file name cannot hold {name!r}, whose brackets mean an index there. Use {{epoch}}."
                    )
            if key in produced and getattr(reader, "save_best_only", False) and getattr(producer, "every", 1) > 1:
                raise ValueError(
                    f"{who}(save_best_only=True): {key!r} is measured every {producer.every} epochs alone, and Keras saves at each "
                    f"epoch without it, over the best. Measure with every=1."
                )
            wants = key in produced or isinstance(reader, LOG_READERS) or getattr(reader, "reads_logs", False)
            if produced and wants and place < at:
                raise ValueError(
                    f"{who} stands before {type(producer).__name__}, which measures {next(iter(produced))!r} at the end of the "
                    f"epoch: it would never see it. Put {type(producer).__name__} first in callbacks=[...]."
                )
    for reader in callbacks:
        if getattr(reader, "mode", None) == "auto" and getattr(reader, "monitor", None) in directions:
            reader.mode = directions[reader.monitor]
