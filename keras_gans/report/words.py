"""How to read each score, and values as a reader wants them."""

import shlex

# score: (which way it gets better, or "one" where it should be 1; how to read it)
SCORES = {
    "fid": ("min", "Fréchet distance between features of samples and of real ones; 0 is the same mean and covariance."),
    "is": ("max", "Inception score: clear classes, many of them; at most the number of classes. Blind to copies."),
    "kid": (
        "min",
        "Kernel distance between features; 0 in the mean for the same distribution, so small ones may be negative.",
    ),
    "precision": ("max", "Share of samples that lie among the real ones: quality."),
    "recall": ("max", "Share of real samples that lie among the generated ones: variety."),
    "density": ("max", "How densely real samples lie around the generated ones; about 1 for the same distribution."),
    "coverage": ("max", "Share of real samples with a generated one among their near neighbours; 1 is all of them."),
    "ms_ssim": ("min", "Similarity of pairs of samples; far above that of real ones means that they are all alike."),
    "nearest_ratio": (
        "one",
        "Distance to the nearest training sample over that of new real ones; far under 1 means copies, far over 1 samples unlike the data.",
    ),
    "psnr": ("min", "Likeness to the nearest training image in dB; far above that of new real images means copies."),
    "ssim": ("min", "Likeness to the nearest training image; far above that of new real images means copies."),
    "modes": ("max", "How many of the known modes are hit."),
    "high_quality": ("max", "Share of samples close to a mode."),
    "reverse_kl": ("min", "How unevenly the modes are hit; 0 is as evenly as the real ones."),
    "deviation_ratio": ("one", "Spread within a mode over the real one; 1 is the same."),
    "quantile": ("min", "Difference of the distributions of values, in deviations; 0 is the same."),
    "correlation": ("min", "Difference of the correlations between features; 0 is the same."),
    "autocorrelation": ("min", "Difference of the correlations between steps; 0 is the same."),
    "step": ("min", "Difference of the sizes of steps; 0 is the same."),
    "spread": ("min", "Difference of the spread at each step; 0 is the same."),
    "discriminative": ("min", "Accuracy above one half of a classifier trained to tell real from generated; 0 is best."),
    "predictive": ("min", "Error on real sequences of a predictor trained on generated ones."),
    "boosted_trees": ("min", "Accuracy above one half of boosted trees that tell real from generated; 0 is best."),
    "kernel": ("min", "Kernel distance between sequences; 0 is the same distribution."),
}

SAID = {"min": "Lower", "max": "Higher", "one": "Nearer to 1"}


def base(key):
    """`val_fid[digits]` -> "fid"."""
    return key.removeprefix("val_").partition("[")[0]


def better(key):
    """ "min", "max" or "one"; "" of a score that is not known."""
    return SCORES.get(base(key), ("", ""))[0]


def meaning(key):
    """One line on how to read a score."""
    way, line = SCORES.get(base(key), ("", ""))
    return f"{line} {SAID[way]} is better." if line else ""


def short(value):
    """A number in four digits."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e6 else f"{value:.4g}"


def readable(value):
    """A value of run.json: objects that Keras serialised as their class with the arguments that are set."""
    if isinstance(value, dict) and "class_name" in value:
        found = {key: part for key, part in (value.get("config") or {}).items() if part not in (None, False, "name")}
        return f"{value['class_name']}({', '.join(f'{key}={readable(part)}' for key, part in found.items())})"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {readable(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(readable, value)) or "none"
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def sentence(alarm):
    """An alarm (dict) as a sentence."""
    message = str(alarm.get("message", alarm.get("kind", "")))
    return f"Epoch {alarm.get('epoch')}: {message.rstrip('.')}."


def resume_command(run, folder, done):
    """The line that goes on with a run to its last epoch, or of one that is there for as many epochs again: the one that started it, or
    of a run without one a call."""
    wanted, place = run.get("epochs", 1), str(folder)
    epochs = wanted if done < wanted else 2 * wanted
    if not run.get("command"):
        return f"keras_gans.runs.train(gan, data, {place!r}, epochs={epochs}, every={run.get('every')}, resume=True)"
    kept, skip, renewed = [], False, ("--epochs", "-o", "--output", "--run")
    for word in shlex.split(run["command"]):
        if not skip and not word.startswith(("--epochs=", "--output=", "--run=")) and word not in (*renewed, "--resume"):
            kept.append(word)
        skip = word in renewed
    return shlex.join([*kept, "--epochs", str(epochs), "-o", place, "--resume"])
