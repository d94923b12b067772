"""What an entry says of itself, in words, out of its facts."""

RATIOS = ("nearest_ratio", "deviation_ratio")  # of which neither more nor less is better: 1 is as real samples are


def short(value):
    return "" if value is None else f"{value:.4g}"


def card_text(name, config, scores, size):
    """The card, Markdown.

    Args:
        name: of the entry.
        config, scores: contents of its files; scores may be None.
        size: bytes of the weights.
    """
    lines = [f"# {name}", "", "![Samples](samples.png)", ""]
    lines += [f"{config['architecture']}, {size / 1e6:.2f} MB of weights, made with keras_gans {config['keras_gans']}.", ""]
    lines += [
        "```python",
        "import keras_gans",
        "",
        f'gan = keras_gans.zoo.load("{name}")',
        "samples = gan.generate(64, seed=0)",
        "```",
        "",
    ]
    if scores is None:
        return "\n".join([*lines, "Nothing was measured.", ""])
    known = scores["data"]
    extractor = f" on features of `{scores['extractor']}`" if scores["extractor"] else ""
    lines += [
        f"Scores of {scores['n_fake']:,} samples against {scores['n_real']:,} of the {scores['split']} split{extractor}: mean over "
        f"{len(scores['seeds'])} samplings, and the interval in which one more falls (95 %). Beside them what as many real training "
        f"samples score" + (f", and {', '.join(scores['rows'])}" if scores["rows"] else "") + ".",
        "",
        "| score | better | value | interval | real samples |" + "".join(f" {row} |" for row in scores["rows"]),
        "|---|---|---|---|---|" + "---|" * len(scores["rows"]),
    ]
    for key, one in scores["scores"].items():
        low, high = one["interval"]
        better = "near 1" if key.partition("[")[0] in RATIOS else one["better"]
        cells = [key, better, short(one["value"]), f"{short(low)} to {short(high)}", short(one["real"])]
        cells += [short(row.get(key)) for row in scores["rows"].values()]
        lines.append("| " + " | ".join(cells) + " |")
    training = scores.get("training") or {}
    lines += [
        "",
        f"Data: {known['name']}, {known['source']}; licence: {known['licence']}; fingerprint `{known['fingerprint']}`.",
    ]
    if training:
        chosen = training.get("chosen")
        lines += [
            "",
            f"Training: `{training['command']}`, {training['epochs']} epochs, {training['seconds']} s on {training['machine']}.",
        ]
        if chosen:
            lines[-1] += f" Epoch {chosen['epoch']} was chosen by {chosen['score']} on the {chosen['split']} split, "
            same = chosen["split"] == scores["split"]
            lines[-1] += "which the scores above are of, too: they flatter it." if same else "which no score above is of."
    own = known["recipe"] is None  # data that only their owner can load
    check = f'`keras_gans.zoo.verify("{name}", data=data)`, with the same data,' if own else f"`keras-gans verify {name}`"
    lines += ["", f"Check: {check} computes all of this again.", ""]
    return "\n".join(lines)
