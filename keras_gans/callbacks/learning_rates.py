"""Learning rates of both players by epoch."""

from collections.abc import Callable
from typing import Any

import keras

from keras_gans.errors import named


class GANLearningRateScheduler(keras.callbacks.Callback):
    """Sets each player's learning rate at the start of an epoch, and logs both as `d_learning_rate` and `g_learning_rate`.

    (`keras.callbacks.LearningRateScheduler` and `ReduceLROnPlateau` drive both players at once, in the proportion they have. A
    schedule by step is an optimizer's own: `Adam(keras.optimizers.schedules.CosineDecay(...))`.)

    Args:
        d_schedule, g_schedule: functions of (epoch from 0, present rate) that return the new rate, above 0; None leaves that player
            alone. One function for both may be passed as `d_schedule` and `g_schedule`.

    Raises:
        TypeError: no function at all, or an optimizer that follows a schedule of its own. ValueError: a rate that is not a number
            above 0.
    """

    @named
    def __init__(
        self,
        d_schedule: Callable[[int, float], float] | None = None,
        g_schedule: Callable[[int, float], float] | None = None,
    ) -> None:
        super().__init__()
        for name, schedule in (("d_schedule", d_schedule), ("g_schedule", g_schedule)):
            if schedule is not None and not callable(schedule):
                raise TypeError(f"{name}={schedule!r}: expected a function of (epoch, rate) that returns the new rate.")
        if d_schedule is None and g_schedule is None:
            raise TypeError("GANLearningRateScheduler needs d_schedule=, g_schedule= or both.")
        self.schedules = {"d": d_schedule, "g": g_schedule}

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for player, schedule in self.schedules.items():
            if schedule is None:
                continue
            optimizer = getattr(self.model, f"{player}_optimizer")
            inner = getattr(optimizer, "inner_optimizer", optimizer)
            if not isinstance(inner._learning_rate, keras.Variable):
                raise TypeError(
                    f"{player}_optimizer follows a schedule of its own. Give it a number as learning rate first."
                )
            rate = float(schedule(epoch, float(inner.learning_rate)))
            if not 0 < rate < float("inf"):
                raise ValueError(f"{player}_schedule gave {rate} for epoch {epoch}: expected a rate above 0.")
            inner.learning_rate = rate

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for player in self.schedules:
            if logs is not None:
                logs[f"{player}_learning_rate"] = float(getattr(self.model, f"{player}_optimizer").learning_rate)
