"""A search in words: numbers, settings, reasons, tables."""

import math

KINDS = (
    "nan",
    "collapse",
    "out of memory",
    "divergence",
)  # of reasons; the rest of such a reason differs from trial to trial


def short(value):
    """A number in few digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.3g}"


def in_words(values):
    """{name: value} on one line."""
    return ", ".join(f"{name} {short(value)}" for name, value in values.items() if not name.startswith("tuner/"))


def called(trial):
    """A trial's name: its number as KerasTuner's folders have it, without zeros in front."""
    return f"trial {int(trial['trial'])}"


def grouped(failed):
    """{kind of reason: trial numbers}."""
    found: dict[str, list[str]] = {}
    for trial in failed:
        reason = " ".join(trial.get("reason", "not said").split())
        kind = reason.partition(":")[0] if reason.startswith(KINDS) else reason[:100]
        found.setdefault(kind, []).append(str(int(trial["trial"])))
    return found


def line(trial, name, best, ended, total):
    """A trial that has ended on one line: what it came to, the best so far, what it was."""
    what = f"{name} {short(trial['score'])}" if trial["status"] == "COMPLETED" else None
    what = what or "failed: " + " ".join(trial.get("reason", "").split())[:100]
    lead = f"; best {short(best['score'])}, {called(best)}" if best else ""
    count = f"[{ended}/{total}] " if total else f"[{ended}] "
    return f"{count}{called(trial)}: {what}{lead}; {trial['seconds']:.0f} s; {in_words(trial['drawn'])}"


def table(found, count=10):
    """The best trials of a `TuneResult`, what failed, what was trained again, the verdict."""
    name, ranked = found.key.removeprefix("val_"), found.ranked()
    lines = [f"{'trial':>6} {name:>14} {'epochs':>7} {'steps':>8} {'seconds':>8}  values"]
    for trial in ranked[:count]:
        cells = f"{int(trial['trial']):>6} {short(trial['score']):>14} {trial['epochs']:>7.0f} {trial['steps']:>8.0f} "
        lines.append(cells + f"{trial['seconds']:>8.1f}  {in_words(trial['values'])}")
    failed = [trial for trial in found.trials if trial["status"] == "FAILED"]
    lines.append(f"{len(ranked)} of {len(found.trials)} trials finished, {len(failed)} failed.")
    lines += [f"  {reason}: trial {', '.join(trials)}" for reason, trials in grouped(failed).items()]
    if found.reruns:
        lines.append(f"again over {len(found.reruns[0].scores)} seeds, mean with 95 % interval:")
    for one in found.reruns:
        half = "" if one.half_width is None else f" ± {short(one.half_width)}"
        lines.append(f"{one.name:>10}  {name} {short(one.mean)}{half} ({each(one)})")
    return "\n".join([*lines, found.verdict()])


def each(rerun):
    """The score of each seed."""
    return ", ".join("failed" if score is None else short(score) for score in rerun.scores)
