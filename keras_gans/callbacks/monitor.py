"""A callback that watches a training as a practitioner would, and acts."""

import dataclasses
import math
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from keras_gans import files
from keras_gans.callbacks import alarms
from keras_gans.callbacks.generative_metrics import due
from keras_gans.errors import named, unknown, whole_number
from keras_gans.types import Path

if TYPE_CHECKING:
    from keras_gans.models import GAN

ACTIONS = ("ignore", "warn", "stop", "lower_rate", "augment", "restore")


@dataclasses.dataclass(frozen=True)
class Alarm:
    """What was seen and done.

    Attributes:
        epoch: from 1.
        kind: a name in `alarms.SIGNS`, or "nan".
        message: one sentence with figures, and what was done.
        action: what was done.
    """

    epoch: int
    kind: str
    message: str
    action: str


class Monitor(keras.callbacks.Callback):
    """Raises an alarm when a training goes wrong: one sentence with figures on the console and in `alarms`, a count in the logs
    (`alarms`), a mark on the curves of a run; and does what it was told to.

    Kinds of alarms:
        "pinned": the discriminator tells nearly all real samples from nearly all fakes, so that the generator learns little.
        "overfitting": it is much surer of its training samples than of held-out ones (needs `validation_data`).
        "collapse": fakes are much closer to each other than real samples are, or a coverage in the logs has fallen low.
        "divergence": a loss, a gradient's norm or the weights have grown far beyond what they were.
        "spike": a loss leaves the range of the last epochs.
        "nan": a loss or a weight is NaN or infinite.

    Actions:
        "ignore"; "warn": nothing but the alarm; "stop": end the training after this epoch (of "nan", raise `TrainingDiverged`);
        "lower_rate": halve the learning rate of the player the alarm is about; "augment": raise the probability of the augmentation by
        0.1; "restore": put back the networks, the average and both optimizers of the epoch in which `monitor` was best, and halve both
        learning rates.

    Args:
        actions: one action for all kinds, or {kind: action}.
        default: the action for the kinds that `actions` leaves out; where it is "warn", "nan" stops.
        monitor: log key whose best epoch is kept for "restore", in memory; smaller is better, unless the callback that measures it
            says otherwise.
        patience: {kind: epochs in a row, of those that measured it, that a state must last before it is an alarm}; those left out are as in `alarms.LASTS`. The
            alarm is given again only after the state has been away for five epochs.
        warmup: steps of the generator before anything but NaN is an alarm: a young generator's samples are all alike.
        thresholds: changes to `alarms.THRESHOLDS`.
        every: epochs between looks at samples.
        samples: how many of them, real and fake.
        path: a file that keeps the alarms as JSON, or None.
        quiet: print nothing.

    It writes `alarms`, `sample_diversity` (mean distance of fakes over that of real samples), `d_weight_norm`, `g_weight_norm` and
    `g_steps` (of the generator so far) into the logs, and lets the steps log `d_gradient_norm` and `g_gradient_norm`. Everything it decides follows from the logs, so that
    `resume(rows)` takes up where a killed run was. Put it after the callbacks that measure and before those that write logs down.

    Raises:
        ValueError: an unknown kind or action. Before training: "restore" without a `monitor` that is measured, "augment" without an
            augmentation, "overfitting" told to act without validation data, a learning rate that cannot be lowered.
    """

    reads_logs = reads_gradient_norms = True
    logged = ("alarms", "sample_diversity", "d_weight_norm", "g_weight_norm", "g_steps")

    @named
    def __init__(
        self,
        actions: str | Mapping[str, str] = "warn",
        *,
        default: str = "warn",
        monitor: str | None = None,
        patience: Mapping[str, int] | None = None,
        warmup: int = 300,
        thresholds: Mapping[str, float] | None = None,
        every: int = 1,
        samples: int = 64,
        path: Path | None = None,
        quiet: bool = False,
    ) -> None:
        super().__init__()
        kinds = [*alarms.SIGNS, "nan"]
        given = actions if isinstance(actions, dict) else {}
        for kind in given:
            if kind not in kinds:
                raise ValueError(unknown("alarm", kind, kinds))
        if not isinstance(actions, (str, dict)):
            raise TypeError(f"Monitor: actions={actions!r}; expected one action, or a dict of kinds and actions.")
        default = actions if isinstance(actions, str) else default
        self.actions = {kind: given.get(kind, default) for kind in kinds}
        if "nan" not in given and default == "warn":
            self.actions["nan"] = "stop"
        for action in self.actions.values():
            if action not in ACTIONS:
                raise ValueError(unknown("action", action, ACTIONS))
        for name in thresholds or {}:
            if name not in alarms.THRESHOLDS:
                raise ValueError(unknown("threshold", name, alarms.THRESHOLDS))
        self.thresholds = {**alarms.THRESHOLDS, **(thresholds or {})}
        for kind, epochs in (patience or {}).items():
            if kind not in alarms.LASTS:
                raise ValueError(unknown("alarm in patience", kind, alarms.LASTS))
            whole_number(f"patience[{kind!r}]", epochs)
        self.patience, self.warmup = {**alarms.LASTS, **(patience or {})}, whole_number("warmup", warmup, least=0)
        self.every, self.samples = whole_number("every", every), whole_number("samples", samples, least=2)
        self.path, self.quiet = path, quiet
        self.monitor: Any = monitor
        self.alarms: list[Alarm] = []
        self.rows: list[dict[str, float]] = []
        self._lasting: dict[Any, Any] = {}
        self._kept: Any = None
        self._real: Any = None
        self._gan: Any = None
        self._best, self._sign = math.inf, 1.0

    # ---- before training

    def prepare(self, gan: "GAN", samples: Any, held_out: bool, measured: Mapping[str, str]) -> None:
        """Called by `GAN.fit`: checks what the actions need, and looks at real samples.

        Args:
            gan: the GAN.
            samples: `data.feed.Samples` of the training data.
            held_out: whether there are validation data.
            measured: {log key: "min" or "max"} of the callbacks that measure.
        """
        if self._gan is not None and self._gan() is not gan:  # another one: what was seen of the first says nothing about it
            self.rows, self.alarms, self._lasting, self._kept, self._best = [], [], {}, None, math.inf
        self._gan = weakref.ref(gan)
        losses = ("d_loss", "g_loss", *(("val_d_loss", "val_g_loss") if held_out else ()))
        for kind, action in self.actions.items():
            what = f"Monitor: action {action!r} for {kind!r}"
            if action == "restore" and self.monitor not in (*measured, *losses):
                known = ", ".join(measured) or "nothing: add callbacks.GenerativeMetrics before it"
                raise ValueError(
                    f"{what} needs a measured score in monitor=, and monitor={self.monitor!r}. Measured: {known}."
                )
            if action == "augment" and (gan.augmentation is None or kind == "nan"):
                raise ValueError(f"{what}: there is no augmentation to raise. Compile with augment=.")
            if action == "augment" and gan.augmentation.everywhere:
                raise ValueError(
                    f"{what}: the augmentation's probability is 1 already. Compile with augment=Augmentation(..., probability=0.2), say, or "
                    "with a target."
                )
            if action in ("lower_rate", "restore") and not all(map(settable, (gan.d_optimizer, gan.g_optimizer))):
                raise ValueError(f"{what}: an optimizer follows a schedule of its own. Give it a number as learning rate.")
        if not held_out and self.actions["overfitting"] not in ("warn", "ignore"):
            raise ValueError('Monitor: "overfitting" is seen on held-out samples. Pass validation_data=.')
        if self.monitor is not None and measured.get(self.monitor) == "max":
            self._sign = -1.0
        real = samples.first()[: self.samples]
        self._real = alarms.distance(real) if len(real) > 1 else None

    def resume(
        self,
        rows: Sequence[Mapping[str, Any]],
        gan: "GAN",
        alarms_there: Sequence[Mapping[str, Any]] = (),
        best: "GAN | None" = None,
    ) -> None:
        """Takes up the rows of a history (dicts of an epoch's logs) of a GAN, its alarms (dicts) and the GAN of its best epoch, as if it
        had watched them."""
        self.rows, self._lasting = [], {}
        self.set_model(gan)
        self._gan = weakref.ref(gan)
        for row in rows:
            self.rows.append(dict(row))
            list(self._new())
        measured = [(self._sign * row[self.monitor], row["epoch"]) for row in rows if self.monitor in row]
        if best is not None and measured:
            self._best, epoch = min(measured)
            self._kept = (epoch, [variable.numpy() for variable in state(best)])
        last = rows[-1]["epoch"] if rows else 0
        self.alarms = [Alarm(**one) for one in alarms_there if one["epoch"] <= last]

    # ---- while it runs

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
        logs.update({f"{player}_weight_norm": norm(network) for player, network in players(self.model)})
        if due(epoch, self.every, self.params) and self._real:
            drawn = self.model.generate(self.samples, seed=0)
            logs["sample_diversity"] = alarms.distance(drawn) / self._real
        before = len(self.alarms)
        logs["g_steps"] = float(self.model.g_optimizer.iterations.numpy())
        self.rows.append({name: float(value) for name, value in logs.items()})
        self._keep(epoch, logs)
        for kind, sign in self._new():
            if self.actions[kind] != "ignore":
                self._act(epoch, kind, sign)
        logs["alarms"] = self.rows[-1]["alarms"] = float(len(self.alarms) - before)

    def _new(self):
        """(kind, `alarms.Sign`) of what becomes an alarm with the last row."""
        if self.rows[-1].get("g_steps", math.inf) < self.warmup:
            return
        for kind, signs in alarms.SIGNS.items():
            for look in signs:
                seen = look(self.rows, self.thresholds, self.model.adversarial_loss.boundary)
                if seen is not alarms.UNSEEN and self._lasts(look.__name__, seen is not None, self.patience[kind]):
                    yield kind, seen

    def _lasts(self, name, seen, patience):
        """Counts the epochs that a state has lasted; whether it becomes an alarm now. One that has been given waits until the state
        has been away for five epochs. Epochs that did not look are not counted."""
        lasting, away, given = self._lasting.get(name, (0, 0, False))
        lasting, away = (lasting + 1, 0) if seen else (0, away + 1)
        given = given and away < 5
        now = lasting >= patience and not given
        self._lasting[name] = (lasting, away, given or now)
        return now

    def rescue(self, what: str, epoch: int) -> bool:
        """Called at NaN. Puts the best state back where it was told to; returns whether it did."""
        done = self.actions["nan"]
        if done == "ignore":
            return False
        able = done == "restore" and self._kept is not None
        self._act(epoch, "nan", alarms.Sign(f"{what} became NaN or infinite", "both"), able)
        if able:
            self.model.means.reset_state()
        return able

    def _act(self, epoch, kind, sign, able=True):
        """Does what is to be done and says so."""
        action = self.actions[kind]
        if action == "restore" and self._kept is None:
            action, done = "warn", "no best state is kept yet, so nothing was done"
        else:
            done = {
                "warn": lambda player: "nothing was done",
                "stop": self._stop,
                "lower_rate": self._lower,
                "augment": self._augment,
                "restore": self._restore,
            }[action](sign.player)
        message = f"{kind}: {sign.text}; {done}."
        self.alarms.append(Alarm(epoch + 1, kind, message, action))
        if not self.quiet:
            print("\n" * (self.params.get("verbose") == 1) + f"epoch {epoch + 1}: {message}", flush=True)
        if self.path is not None:
            files.write_json(self.path, [dataclasses.asdict(alarm) for alarm in self.alarms])

    def _stop(self, player):
        self.model.stop_training = True
        return "the training stops"

    def _lower(self, player):
        said = []
        for name in ("d", "g") if player == "both" else (player,):
            optimizer = inner(getattr(self.model, f"{name}_optimizer"))
            optimizer.learning_rate = float(optimizer.learning_rate) / 2
            said.append(f"{name}_optimizer's learning rate is now {float(optimizer.learning_rate):.3g}")
        return " and ".join(said)

    def _augment(self, player):
        before = float(self.model.augmentation.probability.numpy())
        if before >= 1:
            return "the augmentation's probability is 1 already, so nothing was done"
        return f"the augmentation's probability is now {self.model.augmentation.raise_probability():.2f}"

    def _restore(self, player):
        epoch, values = self._kept
        for variable, value in zip(state(self.model), values):
            variable.assign(value)
        return f"the state of epoch {epoch} is back, and {self._lower('both')}"

    def _keep(self, epoch, logs):
        """Keeps the best state so far, where an action may want it back."""
        if self.monitor is None or "restore" not in self.actions.values():
            return
        score = self._sign * logs[self.monitor] if self.monitor in logs else math.inf
        if score < self._best:
            self._best, self._kept = score, (epoch + 1, [variable.numpy() for variable in state(self.model)])

    def __deepcopy__(self, memo):
        """A fresh one with the same settings, which tuners want for each trial."""
        names = ("actions", "monitor", "patience", "warmup", "thresholds", "every", "samples", "path", "quiet")
        return type(self)(**{name: getattr(self, name) for name in names})


def players(gan):
    return (("d", gan.players.discriminator), ("g", gan.players.generator))


def norm(network):
    """Euclidean norm of a network's trained weights."""
    return math.sqrt(sum(float(np.square(weight.numpy(), dtype="float64").sum()) for weight in network.trainable_weights))


def inner(optimizer):
    """The optimizer inside one that scales the loss."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def settable(optimizer):
    return isinstance(inner(optimizer)._learning_rate, keras.Variable)


def state(gan):
    """What "restore" puts back: both networks, the average, both optimizers but for their rates."""
    rates = {id(inner(optimizer)._learning_rate) for optimizer in (gan.d_optimizer, gan.g_optimizer)}
    networks = [
        gan.players.generator,
        gan.players.discriminator,
        *([gan.players.average] if gan.average is not None else []),
    ]
    weights = {id(weight): weight for network in networks for weight in network.weights}
    moments = [variable for optimizer in (gan.d_optimizer, gan.g_optimizer) for variable in optimizer.variables]
    return [*weights.values(), *(variable for variable in moments if id(variable) not in rates)]
