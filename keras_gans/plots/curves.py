"""Curves of a run: everything in its history, with its alarms and the stages of its curriculum."""

import dataclasses
import pathlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_gans.plots.pictures import panels, save_figure
from keras_gans.types import Path

BOOKKEEPING = {"epoch", "seconds", "alarms", "g_steps", "curriculum_stage", "curriculum_progress"}
GROUPS = {  # title: (keys, which may come with val_ as well; scale)
    "loss": (("d_loss", "g_loss"), "linear"),
    "discriminator's accuracy": (("d_real_accuracy", "d_fake_accuracy"), "linear"),
    "gradient penalty": (("gradient_penalty",), "linear"),
    "class loss": (("d_class_loss", "g_class_loss"), "linear"),
    "class accuracy": (("d_class_accuracy",), "linear"),
    "self-supervision, loss": (("d_task_loss", "g_task_loss"), "linear"),
    "self-supervision, accuracy": (("d_task_accuracy",), "linear"),
    "augmentation's probability": (("augment_probability",), "linear"),
    "gradient norm": (("d_gradient_norm", "g_gradient_norm"), "log"),
    "weight norm": (("d_weight_norm", "g_weight_norm"), "linear"),
    "learning rate": (("d_learning_rate", "g_learning_rate"), "log"),
}
PLAYERS = ("d_", "g_")
LABELS = 8  # alarms that are named on the picture


@dataclasses.dataclass(frozen=True)
class Panel:
    """One panel: its title, the log keys in it, "linear" or "log", and whether they are scores."""

    title: str
    keys: list
    scale: str = "linear"
    is_score: bool = False


def groups(rows, scores=()):
    """What is drawn of a history, in order: the known groups, each score, and whatever else was logged.

    Args:
        rows: dicts, one an epoch.
        scores: keys that are scores, beside those with an extractor's name in brackets.

    Returns:
        list of `Panel`; every key that is not bookkeeping is in one.
    """
    named = list(dict.fromkeys(name for row in rows for name in row if name not in BOOKKEEPING))
    found = []
    for title, (keys, scale) in GROUPS.items():
        there = [name for name in (*keys, *(f"val_{key}" for key in keys)) if name in named]
        if there:
            found.append(Panel(title, there, scale))
    left = [name for name in named if not any(name in panel.keys for panel in found)]
    measured = sorted(name for name in left if "[" in name or name in scores)
    found += [Panel(bare(name), [name], "log" if bare(name).startswith("fid") else "linear", True) for name in measured]
    others = dict.fromkeys(bare(name) for name in left if name not in measured)
    return found + [Panel(name, [key for key in (name, f"val_{name}") if key in left]) for name in others]


def bare(name):
    return name.removeprefix("val_")


def save_curves(
    rows: Sequence[Mapping[str, Any]] | keras.callbacks.History,
    path: Path,
    title: str | None = None,
    floors: Mapping[str, float] | None = None,
    alarms: Sequence[Mapping[str, Any]] = (),
    columns: int | None = None,
) -> pathlib.Path:
    """Writes the curves of a run: losses, accuracies, each score in a panel of its own, and everything else that was logged.

    Args:
        rows: what `fit` returns; or the run's history, a dict an epoch, as `callbacks.RunFolder` keeps it. A column `curriculum_stage`
            shades the stages.
        path: of the picture.
        title: above it.
        floors: {log key: what real samples score}, drawn as a dashed line.
        alarms: dicts with `epoch` (from 1) and `kind`, drawn as numbered lines and named below.
        columns: panels beside each other; by default up to 3.
    """
    if isinstance(rows, keras.callbacks.History):
        rows = rows_of(rows)
    shown = groups(rows, floors or ()) or [Panel("nothing is logged yet", [])]
    columns = columns or (3 if len(shown) > 6 else 2 if len(shown) > 3 else len(shown))
    figure, axes = panels(-(-len(shown) // columns), columns, 4.6, 3.6)
    named = merged(alarms)
    for axis, panel in zip(axes.flat, shown):
        draw(axis, panel, rows, floors or {})
        shade_stages(axis, rows)
        mark_alarms(axis, named)
    for axis in axes.flat[len(shown) :]:
        axis.set_axis_off()
    if title:
        figure.suptitle(title)
    if named:
        figure.supxlabel("alarms:  " + in_words(named), fontsize="medium", color="C3", wrap=True)
    return save_figure(figure, path)


def rows_of(history):
    """A dict an epoch of what `fit` returns, which lists the values of each name."""
    rows = [{"epoch": epoch + 1} for epoch in history.epoch]
    for name, values in history.history.items():
        if len(values) != len(rows):
            warnings.warn(
                f"{name}: {len(values)} values for {len(rows)} epochs, and a History does not say of which: not drawn. A run folder's "
                "history does (keras_gans.runs.train).",
                stacklevel=3,
            )
            continue
        for row, value in zip(rows, values):
            row[name] = value
    return rows


def draw(axis, panel, rows, floors):
    """One panel: its keys in the players' colours, held-out ones thin."""
    from matplotlib.ticker import MaxNLocator

    for name in panel.keys:
        points = [(row["epoch"], row[name]) for row in rows if name in row]
        held = name.startswith("val_") and bare(name) in panel.keys
        style = {"linewidth": 0.8, "alpha": 0.6} if held else {"linewidth": 1.6}
        marker = "." if panel.is_score or len(points) < 4 else None
        label = in_legend(name, panel) + (" (held out)" if held else "")
        axis.plot(*zip(*points), label=label, color=colour(name, panel), marker=marker, **style)
        if name in floors:
            axis.axhline(floors[name], color="0.5", linestyle="--", label="real training samples")
    positive = all(row.get(name, 1) > 0 for row in rows for name in panel.keys)
    axis.set(xlabel="epoch", yscale=panel.scale if positive else "linear")
    axis.set_title(panel.title)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.grid(alpha=0.3)
    if panel.keys and not (
        len(panel.keys) == 1 and in_legend(panel.keys[0], panel) == panel.title and panel.keys[0] not in floors
    ):
        axis.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, frameon=False)


def in_legend(name, panel):
    """A key as the legend has it; that all in this panel are the discriminator's its title says."""
    return bare(name).removeprefix("d_") if panel.title.startswith("disc") else bare(name)


def colour(name, panel):
    """A key and its held-out twin in one colour, the first key in the first colour and the next in the second."""
    return f"C{list(dict.fromkeys(map(bare, panel.keys))).index(bare(name))}"


def stages(rows):
    """[(stage, first epoch, last epoch)] of a history with a column `curriculum_stage`, in order."""
    spans: list[tuple[int, int, int]] = []
    for row in rows:
        if "curriculum_stage" not in row:
            continue
        stage = int(row["curriculum_stage"])
        if spans and spans[-1][0] == stage:
            spans[-1] = (stage, spans[-1][1], row["epoch"])
        else:
            spans.append((stage, row["epoch"], row["epoch"]))
    return spans


def shade_stages(axis, rows):
    """Every other stage of the curriculum on grey, each with its number at the top."""
    for i, (stage, first, last) in enumerate(stages(rows)):
        if i % 2 == 0:
            axis.axvspan(first - 0.5, last + 0.5, color="0.5", alpha=0.13, linewidth=0, zorder=0)
        axis.text(
            (first + last) / 2, 0.985, f"stage {stage}" if i == 0 else str(stage), transform=axis.get_xaxis_transform(),
            ha="center", va="top", fontsize="x-small", color="0.35", clip_on=True,
        )  # fmt: skip


def merged(alarms):
    """[(epoch, kinds)] by epoch, each kind once."""
    found: dict[int, list[str]] = {}
    for alarm in sorted(alarms, key=lambda alarm: alarm["epoch"]):
        kinds = found.setdefault(alarm["epoch"], [])
        if alarm["kind"] not in kinds:
            kinds.append(alarm["kind"])
    return [(epoch, ", ".join(kinds)) for epoch, kinds in found.items()]


def mark_alarms(axis, named):
    """A line at each epoch with an alarm; the first ones bear the number under which the picture names them."""
    for number, (epoch, _) in enumerate(named, 1):
        axis.axvline(epoch, color="C3", linewidth=0.9, alpha=0.7, linestyle=":")
        if number <= LABELS:
            axis.text(
                epoch, 0.015, f" {number}", transform=axis.get_xaxis_transform(), va="bottom", fontsize="x-small", color="C3"
            )


def in_words(named):
    """What the numbers at the lines mean."""
    words = [f"{number} {kinds} (epoch {epoch})" for number, (epoch, kinds) in enumerate(named[:LABELS], 1)]
    more = [f"and {len(named) - LABELS} more"] if len(named) > LABELS else []
    return "   ".join(words + more)
