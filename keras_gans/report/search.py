"""The page of a search for settings."""

import shlex

from keras_gans.report import page, words
from keras_gans.tuning import results
from keras_gans.tuning import words as phrases

SHOWN = 30  # trials in the table


def parts(folder, drawn):
    """(title, parts) of the page of a search's folder; `drawn` is a folder for pictures made on the way."""
    found = results.read(folder)
    search = found.search
    title = f"{search['architecture']} on {search['data']['name']}, {search['tuner']} search"
    return title, [
        heading(title, found),
        page.section("Best", page.paragraph(found.verdict()), page.pairs(in_text(found.best_values)), again(found)),
        page.section("Trials", trials(found)),
        page.section("Failed", failed(found)),
        page.section("Picture", picture(found, drawn)),
        page.section("Go on", page.commands(*following(found))),
        page.section("Settings", page.pairs({name: words.readable(value) for name, value in search.items()})),
    ]


def heading(title, found):
    """Title, and how far the search is."""
    wanted = found.search["max_trials"]
    seconds = sum(trial["seconds"] for trial in found.trials)
    state = f"{len(found.trials)}{f' of {wanted}' if wanted else ''} trials, {seconds:,.0f} s in all, started {found.search['started']}."
    lines = [f"<h1>{page.html.escape(title)}</h1>", page.paragraph(state)]
    return "\n".join(lines)


def again(found):
    """What the best and the default recipe came to over several seeds."""
    rows = []
    for one in found.reruns:
        half = "" if one.half_width is None else f"± {phrases.short(one.half_width)}"
        mean = page.number(f"mean {one.name}", one.mean, phrases.short(one.mean))
        rows.append([one.name, mean, half, phrases.each(one)])
    return page.table(["settings", found.key.removeprefix("val_"), "95 %", "each seed"], rows)


def trials(found):
    """A table of the trials that finished, best first."""
    name = found.key.removeprefix("val_")
    rows = [
        [
            str(int(trial["trial"])),
            page.number(f"score {int(trial['trial'])}", trial["score"], phrases.short(trial["score"])),
            f"{trial['epochs']:.0f}",
            f"{trial['steps']:.0f}",
            f"{trial['seconds']:.0f}",
            phrases.in_words(trial["values"]),
        ]
        for trial in found.ranked()[:SHOWN]
    ]
    return page.table(["trial", name, "epochs", "steps", "seconds", "values"], rows)


def failed(found):
    """The trials that failed, with their reason and values."""
    rows = [
        [str(int(trial["trial"])), " ".join(trial["reason"].split())[:300], phrases.in_words(trial["values"])]
        for trial in found.trials
        if trial["status"] == "FAILED"
    ]
    return page.table(["trial", "reason", "values"], rows)


def picture(found, drawn):
    if not found.trials:
        return ""
    return page.figure(
        found.draw(drawn / "search.png"), "The best so far, the trials over all settings, the score against each.", wide=True
    )


def following(found):
    """Commands: the same search again, and a training with the best settings."""
    lines = [found.search["command"]] if found.search.get("command") else []
    if (found.folder / "best.json").exists():
        lines.append(f"keras-gans train --recipe {shlex.quote(str(found.folder / 'best.json'))}")
    return lines


def in_text(values):
    return {name: phrases.short(value) for name, value in values.items()}
