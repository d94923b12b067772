"""What `GAN.fit` puts around Keras's own loop: the order of the data, a stop at the first NaN, callbacks in order."""

import math
import warnings

import keras

from keras_gans.errors import TrainingDiverged

LOG_READERS = (keras.callbacks.CSVLogger, keras.callbacks.TensorBoard)


class Guard(keras.callbacks.Callback):
    """First of the callbacks of every fit.

    Sets where in their order the data begin, from the model's own step count: a resumed run then sees the batches that
    an uninterrupted one would have seen. Raises `TrainingDiverged` as soon as a loss, or at the end of an epoch a weight,
    is not finite, which ends the training before a callback behind it can save over a good checkpoint.
    """

    def __init__(self, order=None, callbacks=()):
        super().__init__()
        self.order = order
        self.rescuers = [callback for callback in callbacks if hasattr(callback, "rescue")]

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
                return self.stop(f"The weight {weight.path}", "")

    def check(self, logs, where):
        for name, value in (logs or {}).items():
            if name.endswith("_loss") and not math.isfinite(float(value)):
                return self.stop(name, where)

    def stop(self, what, where):
        """Raises, unless a callback brings the model back to a good state."""
        if any([rescuer.rescue(what, self.epoch) for rescuer in self.rescuers]):
            return
        raise TrainingDiverged(
            f"{what} became NaN or infinite in epoch {self.epoch + 1}{where}. Training stopped and nothing was saved after "
            "that: a checkpoint of an earlier epoch is still good. Lower the learning rates, or look for NaN and for samples "
            "far outside the range of the others in the data (of a pipeline, fit looks at the first batch alone)."
        )


class TechniquesLog(keras.callbacks.Callback):
    """Logs the state of augmentation and curriculum after each epoch, and moves the curriculum on.

    Args:
        curriculum: `training.Curriculum`, or None.
        orders: `EpochOrder` of the training data and of held-out ones, or None: for stages with classes.
        known: keys that the logs of this fit will have, and "gap" where it has validation data.
    """

    def __init__(self, curriculum, orders, known):
        super().__init__()
        self.curriculum, self.orders = curriculum, [order for order in orders if order is not None]
        if curriculum is None:
            return
        for number, stage in enumerate(curriculum.stages[:-1]):
            if number >= curriculum.stage and stage.key is not None and stage.key not in known:
                missing = "Pass validation_data=" if stage.key == "gap" else "Let callbacks.GenerativeMetrics measure it"
                raise ValueError(
                    f"curriculum: stage {number} ends with until={stage.until!r}, which is not in the logs of this fit, so that it never "
                    f"holds. {missing}, or leave it out. Known: {', '.join(sorted(known))}."
                )
        if any(stage.classes is not None for stage in curriculum.stages) and (orders[0] is None or orders[0].labels is None):
            raise ValueError(
                "curriculum: classes, and the labels of the training samples are not known. Use fit(x, y), or data.load and "
                "data.from_arrays with labels."
            )

    def on_train_begin(self, logs=None):
        if self.curriculum is None:
            return
        steps = self.params.get("steps")
        self.curriculum.progress.rate.assign(1.0 / steps if steps else 0.0)
        self.choose_classes()
        if self.curriculum.stage == 0 and float(self.curriculum.progress.passed.numpy()) == 0:
            try:
                self.curriculum.check_reached(self.params["epochs"])
            except ValueError as error:
                warnings.warn(f"{error} (In this fit; another one goes on from here.)", stacklevel=2)
        if any(stage.classes for stage in self.curriculum.stages) and steps != len(self.orders[0]):
            raise ValueError("curriculum: classes change from epoch to epoch; leave out steps_per_epoch=.")

    def on_epoch_begin(self, epoch, logs=None):
        if self.curriculum is not None:
            self.choose_classes()

    def choose_classes(self):
        allowed = self.curriculum.stages[self.curriculum.stage].allowed_classes
        for order in self.orders:
            order.choose(allowed)

    def on_epoch_end(self, epoch, logs=None):
        if self.model.augmentation is not None and logs is not None:
            logs["augment_probability"] = float(self.model.augmentation.probability.numpy())
        if self.curriculum is None:
            return
        if logs is not None:
            logs.update(self.curriculum.logs())
        if self.curriculum.advance(logs or {}):
            number, stages = self.curriculum.stage, self.curriculum.stages
            if epoch + 1 < self.params["epochs"] and self.params.get("verbose"):
                print(f"curriculum: stage {number} of 0 to {len(stages) - 1} from epoch {epoch + 2}: {stages[number]}")


def check_callbacks(callbacks, stages=False):
    """Raises when a callback would read a score before it is measured, waits for one under a name nobody measures, or keeps the
    best of epochs of which some have no score; with `stages` of a curriculum, when it would save before they move on.

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
            saves = isinstance(reader, (keras.callbacks.ModelCheckpoint, keras.callbacks.BackupAndRestore))
            if produced and saves and stages and place < at:
                raise ValueError(
                    f"{who} stands before {type(producer).__name__}: it would save the curriculum before the epoch's scores have moved it "
                    f"on. Put {type(producer).__name__} first in callbacks=[...]."
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
