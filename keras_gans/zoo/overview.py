"""The table of all entries, which README and docs show."""

from collections.abc import Mapping
from typing import Any

from keras_gans.zoo import folder, handles
from keras_gans.zoo.text import short

ROWS = ("default recipe", "plain Keras", "untrained")  # that stand beside an entry


def main_score(scores: Mapping[str, Any]) -> str:
    """The key of the one score that the table has of an entry. Of mixtures with known modes that is the reverse KL divergence of how often
    each is drawn (PacGAN, Lin et al. 2018, section 4.1): a Fréchet distance takes eight modes for one cloud."""
    return "reverse_kl" if "reverse_kl" in scores["scores"] else next(iter(scores["scores"]))


def lines() -> list[str]:
    """The package's entries, a line each: what each is, its main score, what as many real samples score."""
    found = []
    for name in handles.names():
        config, scores = (folder.read(handles.find(name), f"{part}.json") for part in ("config", "scores"))
        key = main_score(scores)
        one = scores["scores"][key]
        about = f"{config['architecture']}, {scores['data']['name']}"
        found.append(f"{name:22}{about:24}{key} {short(one['value'])} (real samples {short(one['real'])})")
    return found


def table() -> str:
    """The package's entries as a Markdown table: what each is, its main score beside that of real samples and of what it has to beat."""
    lines = [
        "| entry | architecture, data | MB | main score | real samples | " + " | ".join(ROWS) + " | trained in |",
        "|---|---|---|---|---|" + "---|" * (len(ROWS) + 1),
    ]
    for name in handles.names():
        place = handles.find(name)
        config, scores = (folder.read(place, f"{part}.json") for part in ("config", "scores"))
        key = main_score(scores)
        one = scores["scores"][key]
        size = sum(path.stat().st_size for path in place.iterdir()) / 1e6
        half = one["interval"][1] - one["value"]
        cells = [
            f"`{name}`",
            f"{config['architecture']}, {scores['data']['name']}",
            f"{size:.2f}",
            f"{key} {short(one['value'])} ± {half:.2g}",
            short(one["real"]),
            *(short(scores["rows"].get(row, {}).get(key)) for row in ROWS),
            f"{scores['training']['seconds']} s",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
