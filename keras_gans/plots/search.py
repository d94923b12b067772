"""A search for settings as one picture."""

import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from keras_gans.plots.pictures import require_pictures, save_figure
from keras_gans.types import Path

COLUMNS = 4


def save_search(
    trials: Sequence[Mapping[str, Any]],
    path: Path,
    score: str = "score",
    better: str = "min",
    logarithmic: Sequence[str] = (),
    floor: float | None = None,
) -> pathlib.Path:
    """Writes a search: the best score so far, the trials as lines over all settings, and the score against each setting.

    Args:
        trials: dicts with `values` {name: value}, and `score` of those that finished.
        path: of the picture.
        score: its name.
        better: "min" or "max".
        logarithmic: names of settings drawn on a logarithmic scale.
        floor: score of the recipe without changes, drawn as a dashed line.

    Returns:
        the path.
    """
    require_pictures()
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(name for trial in trials for name in trial["values"]))
    rows = 1 + -(-len(names) // COLUMNS)
    figure = Figure(figsize=(3.8 * COLUMNS, 3.4 * rows), layout="constrained")
    places = figure.add_gridspec(rows, COLUMNS)
    progress(figure.add_subplot(places[0, 0]), trials, score, better, floor)
    parallel(figure.add_subplot(places[0, 1:]), trials, names, score, better, logarithmic)
    for i, name in enumerate(names):
        against(figure.add_subplot(places[1 + i // COLUMNS, i % COLUMNS]), trials, name, score, better, logarithmic, floor)
    return save_figure(figure, path)


def progress(axis, trials, score, better, floor):
    """Each trial's score in the order of the trials, and the best up to there."""
    from matplotlib.ticker import MaxNLocator

    choose, best, so_far = (min if better == "min" else max), None, []
    for number, trial in enumerate(trials):
        if "score" in trial:
            best = trial["score"] if best is None else choose(best, trial["score"])
            axis.plot(number, trial["score"], "o", color="C0", markersize=4)
        else:
            axis.axvline(number, color="C3", linewidth=0.8, alpha=0.5)
        so_far.append(math.nan if best is None else best)
    axis.step(range(len(so_far)), so_far, where="post", color="C1", label="best so far")
    if any("score" not in trial for trial in trials):
        axis.plot([], [], color="C3", linewidth=0.8, label="failed")
    draw_floor(axis, floor)
    axis.set(xlabel="trial", ylabel=score, yscale=scale([trial["score"] for trial in trials if "score" in trial]))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(fontsize="small")


def parallel(axis, trials, names, score, better, logarithmic):
    """One line a trial over all settings, the best on top and dark."""
    done = [trial for trial in trials if "score" in trial]
    done.sort(key=lambda trial: trial["score"], reverse=better == "min")
    heights = {name: places([trial["values"].get(name) for trial in trials], name in logarithmic) for name in names}
    for rank, trial in enumerate(done):
        quality = rank / max(len(done) - 1, 1)
        line = [heights[name][word(trial["values"].get(name))] for name in names]
        axis.plot(
            range(len(names)),
            line,
            color=colours()(0.15 + 0.85 * quality),
            alpha=0.35 + 0.65 * quality,
            linewidth=1 + quality,
        )
    for at, name in enumerate(names):
        values = sorted(heights[name], key=heights[name].get)
        for value in dict.fromkeys([values[0], values[-1]] if len(values) > 4 else values):
            axis.annotate(
                shortened(value), (at, heights[name][value]), fontsize="x-small", textcoords="offset points", xytext=(3, 2)
            )
    axis.set_xticks(range(len(names)), names, fontsize="small", rotation=15)
    axis.set(yticks=[], title="trials over all settings; dark is best", xlim=(-0.1, len(names) - 0.6))
    axis.grid(axis="x")


def against(axis, trials, name, score, better, logarithmic, floor):
    """The score against one setting."""
    done = [trial for trial in trials if "score" in trial and name in trial["values"]]
    values = [trial["values"][name] for trial in done]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    heights = [trial["score"] for trial in done]
    if numbers:
        axis.scatter(values, heights, s=18)
        axis.set_xscale("log" if name in logarithmic else "linear")
        axis.xaxis.set_minor_formatter("")
    else:
        words = sorted({word(value) for value in values})
        axis.scatter([words.index(word(value)) for value in values], heights, s=18)
        axis.set_xticks(range(len(words)), [shortened(one) for one in words], fontsize="small")
    draw_floor(axis, floor)
    axis.set(xlabel=name, ylabel=score, yscale=scale(heights))
    axis.grid(alpha=0.3)


def draw_floor(axis, floor):
    if floor is not None and math.isfinite(floor):
        axis.axhline(floor, color="0.5", linestyle="--", linewidth=1, label="default recipe")


def scale(values):
    """Logarithmic where positive scores span more than a factor of ten."""
    return "log" if values and min(values) > 0 and max(values) > 10 * min(values) else "linear"


def places(values, logarithmic):
    """{value as a word: height in [0, 1]}: numbers by their size, others by their order."""
    known = {word(value): value for value in values}
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known.values())
    if not numbers or (logarithmic and min(known.values()) <= 0):
        return {name: i / max(len(known) - 1, 1) for i, name in enumerate(sorted(known))}
    sizes = {name: math.log(value) if logarithmic else float(value) for name, value in known.items()}
    low, high = min(sizes.values()), max(sizes.values())
    return {name: (size - low) / (high - low) if high > low else 0.5 for name, size in sizes.items()}


def word(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def shortened(text):
    return text if len(text) <= 18 else text[:17] + "…"


def colours():
    from matplotlib import colormaps

    return colormaps["viridis_r"]
