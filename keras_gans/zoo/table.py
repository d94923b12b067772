"""The table of all entries, which README and docs show."""

from keras_gans.zoo import folder, handles
from keras_gans.zoo.text import short


def table():
    """The package's entries as a Markdown table: what each is, its main scores beside real samples and an untrained network."""
    lines = [
        "| entry | architecture, data | MB | first score | real samples | untrained | trained in |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in handles.names():
        place = handles.find(name)
        config, scores = (folder.read(place, f"{part}.json") for part in ("config", "scores"))
        key, one = next(iter(scores["scores"].items()))
        size = sum(path.stat().st_size for path in place.iterdir()) / 1e6
        half = one["interval"][1] - one["value"]
        cells = [
            f"`{name}`",
            f"{config['architecture']}, {scores['data']['name']}",
            f"{size:.2f}",
            f"{key} {short(one['value'])} ± {half:.2g}",
            short(one["real"]),
            short(scores["rows"].get("untrained", {}).get(key)),
            f"{scores['training']['seconds']} s",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
