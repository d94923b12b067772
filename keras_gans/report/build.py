"""Reads the folder of a run or a search and writes its report."""

import math
import pathlib
import shlex
import tempfile

from keras_gans import files, plots
from keras_gans.callbacks.run_folder import read_history
from keras_gans.plots.run import epoch_pictures
from keras_gans.report import page, words
from keras_gans.types import Path

LAST = 10  # rows of the history
PICTURES = {
    "samples.png": "Samples of the trained generator.",
    "interpolation.png": "From one sample to another through the latent space: jumps would mean that it learned samples by heart.",
    "nearest.png": "Samples beside the training images nearest to them, with their distance: copies would show.",
    "comparison.png": "Generated samples against real ones.",
}

WIDE = ("nearest.png", "comparison.png")  # with writing that is too small on a phone


def report(folder: Path, path: Path | None = None) -> pathlib.Path:
    """Writes a run, or a search for settings, as one HTML page: pictures are inside it, nothing is fetched and no script runs.

    Args:
        folder: of the run or search. One that was killed, or still goes on, gets a report of what there is.
        path: of the page; by default `report.html` in the folder.

    Returns:
        the path.

    Raises:
        FileNotFoundError: neither a run's folder nor a search's. ValueError: a damaged one. OSError: the page cannot be written there.
    """
    folder = pathlib.Path(folder)
    path = folder / "report.html" if path is None else pathlib.Path(path)
    files.check_place(path)
    with tempfile.TemporaryDirectory() as drawn:
        try:
            text = page.page(*parts_of(folder, pathlib.Path(drawn)))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{folder}: damaged: its JSON files are not what a run or a search writes ({type(error).__name__}: {error})."
            ) from error
    files.write_text(path, text)
    return path


def parts_of(folder, drawn):
    """(title, parts) of the page of a run or a search."""
    if (folder / "search.json").exists():
        from keras_gans.report import search  # which needs KerasTuner

        return search.parts(folder, drawn)
    return run_parts(folder, drawn)


def run_parts(folder, drawn):
    """(title, parts) of a run's page."""
    run = files.read_json(folder / "run.json", None)
    if not isinstance(run, dict):
        raise FileNotFoundError(
            f"{folder}: not a run folder (it has no readable run.json). Pass one that `keras-gans train` or `keras-gans tune` made."
        )
    rows = read_history(folder / "history.csv")
    summary = files.read_json(folder / "summary.json", {})
    alarms = files.read_json(folder / "alarms.json", [])
    title = f"{run.get('architecture')} on {run.get('data', {}).get('name')}"
    return title, [
        heading(title, run, rows, summary),
        page.section("Scores", scores(rows, summary)),
        page.section("Alarms", *(page.paragraph(words.sentence(alarm), "alarm") for alarm in alarms)),
        page.section("Curves", curves(rows, summary, alarms, drawn)),
        page.section("Samples", pictures(folder, drawn)),
        page.section("Classes drawn", classes(summary)),
        page.section(f"The last {min(LAST, len(rows))} epochs", history(rows)),
        page.section("Go on, draw, score", *following(run, folder, rows)),
        page.section("Settings", settings(run, summary)),
    ]


def heading(title, run, rows, summary):
    """Title, and how far the run is."""
    done, wanted = (int(rows[-1]["epoch"]) if rows else 0), run.get("epochs", 0)
    seconds = sum(row.get("seconds", 0) for row in rows)
    state = f"{done} of {wanted} epochs, {seconds:,.0f} s of training, started {run.get('started')}."
    parts = [f"<h1>{page.html.escape(title)}</h1>", page.paragraph(state)]
    if done < wanted or not summary:
        parts.append(page.paragraph("This run has not finished: here is what there is so far.", "alarm"))
    return "\n".join(parts)


def scores(rows, summary):
    """A table of each score: the last, of real training samples, the best with its epoch; and how to read each."""
    real, finished = summary.get("real_scores", {}), bool(rows) and summary.get("epochs") == rows[-1]["epoch"]
    last = summary.get("scores", {}) if finished else measured(rows)
    lines = []
    for key, value in last.items():
        if value is None:
            continue
        line = [key, page.number(f"score {key}", value, words.short(value))]
        floor = real.get(key)
        line.append("" if floor is None else page.number(f"real {key}", floor, words.short(floor)))
        lines.append([*line, *best(rows, key)])
    record = summary.get("record", {})
    about = ""
    if finished and record.get("n_fake"):
        about = f"{record['n_fake']:,} of each against {record['n_real']:,} {record['split']} samples, features of {record['extractor']}. "
        about += "Real: what real training samples score."
    heads = ["score", "last", "real", "best", "in epoch"]
    read = page.pairs({key: words.meaning(key) for key in last if words.meaning(key)})
    return page.table(heads, lines) + (page.paragraph(about, "soft") if about else "") + read


def measured(rows):
    """{score: its last value} of a history."""
    keys = dict.fromkeys(
        name for row in rows for name in row if "[" in name or (words.better(name) and name.startswith("val_"))
    )
    return {key.removeprefix("val_"): [row[key] for row in rows if key in row][-1] for key in keys}


def best(rows, key):
    """Cells of the best value of a score in the history and its epoch; empty where which way is better is not known."""
    found = [row for row in rows if math.isfinite(row.get(f"val_{key}", math.nan))]
    way = words.better(key)
    if not found or not way:
        return ["", ""]
    rank = {"min": lambda value: value, "max": lambda value: -value, "one": lambda value: abs(value - 1)}[way]
    row = min(found, key=lambda row: rank(row[f"val_{key}"]))
    value = row[f"val_{key}"]
    return [
        page.number(f"best {key}", value, words.short(value)),
        page.number(f"epoch {key}", row["epoch"], str(row["epoch"])),
    ]


def curves(rows, summary, alarms, drawn):
    """The curves, drawn anew: for wide windows and, one below the other, for narrow ones."""
    if not rows:
        return ""
    floors = {f"val_{key}": value for key, value in summary.get("real_scores", {}).items() if value is not None}
    wide = plots.save_curves(rows, drawn / "wide.png", floors=floors, alarms=alarms)
    narrow = plots.save_curves(rows, drawn / "narrow.png", floors=floors, alarms=alarms, columns=1)
    return page.figure(wide, "Everything logged, epoch by epoch.", narrow)


def pictures(folder, drawn):
    """The run's pictures, and its samples over time."""
    there = epoch_pictures(folder)
    shown = {folder / name: text for name, text in PICTURES.items() if (folder / name).exists()}
    if there and not (folder / "samples.png").exists():
        shown = {there[-1]: f"Samples after epoch {int(there[-1].stem.split('_')[1])}."} | shown
    if len(there) > 1:
        shown[plots.save_animation(there, drawn / "samples.gif")] = "The same latents from the first epoch to the last."
    if not shown:
        return ""
    return (
        '<div class="pictures">\n'
        + "\n".join(page.figure(path, text, wide=path.name in WIDE) for path, text in shown.items())
        + "\n</div>"
    )


def classes(summary):
    """How many samples a classifier gave to each class."""
    counts = summary.get("class_counts", {})
    total = sum(counts.values()) or 1
    rows = [[name, page.number(f"class {name}", n, f"{n:,}"), f"{n / total:.1%}"] for name, n in counts.items()]
    return page.table(["class", "samples", "share"], rows)


def history(rows):
    """The last rows of the history."""
    columns = list(dict.fromkeys(name for row in rows[-LAST:] for name in row))
    return page.table(columns, [[words.short(row[name]) if name in row else "" for name in columns] for row in rows[-LAST:]])


def following(run, folder, rows):
    """Commands to go on with the run, to draw from it, to score it."""
    place = shlex.quote(str(folder))
    lines = [words.resume_command(run, folder, rows[-1]["epoch"] if rows else 0)]
    if (folder / "model.keras").exists():
        lines += [f"keras-gans generate {place} -n 64 --seed 1 -o grid.png", f"keras-gans evaluate {place}"]
    return (page.commands(*lines),)


def settings(run, summary):
    """What was asked for, the data's fingerprint, the versions."""
    found = {
        "architecture": run.get("architecture"),
        **{name: words.readable(v) for name, v in run.get("config", {}).items()},
    }
    found |= {name: words.readable(value) for name, value in run.get("compile", {}).items()}
    found |= {f"data: {name}": words.readable(value) for name, value in run.get("data", {}).items()}
    others = {name: v for name, v in run.items() if name not in ("architecture", "config", "compile", "data")}
    found |= {name: words.readable(value) for name, value in others.items()}
    return page.pairs(found | {f"version of {name}": value for name, value in summary.get("versions", {}).items()})
