"""The signs by which `Monitor` knows that a training goes wrong: plain functions of the epochs' logs."""

import statistics
from typing import NamedTuple

import numpy as np

THRESHOLDS = {
    "pinned": 0.99,  # both accuracies of the discriminator at least this
    "gap": 0.3,  # d_real_accuracy above val_d_real_accuracy
    "diversity": 0.05,  # mean distance of fakes as a share of real samples'
    "coverage": 0.05,  # of a coverage in the logs
    "loss": 10.0,  # size that a loss grew to, epoch by epoch
    "gradients": 20.0,  # times the median gradient norm, and above 100
    "weights": 10.0,  # times the first weight norm
    "spike": 10.0,  # times the spread of the last epochs' losses
}
LASTS = {"pinned": 10, "overfitting": 5, "collapse": 5, "divergence": 1, "spike": 1}  # epochs in a row that make an alarm


class Sign(NamedTuple):
    """What was seen, in words with figures; and whose rate may be to blame: "d", "g" or "both"."""

    text: str
    player: str


UNSEEN = Sign("", "")  # the epoch did not measure what the sign is in


def distance(samples):
    """Mean Euclidean distance between different samples, float32 array (n, ...)."""
    flat = np.asarray(samples, "float64").reshape(len(samples), -1)
    squares = np.square(flat).sum(1)
    between = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * flat @ flat.T, 0.0))
    return float(between.sum() / (len(flat) * (len(flat) - 1)))


def pinned(rows, thresholds, boundary):
    """Only for losses whose logits have an origin: a critic's accuracy is taken half way between its means, and is high in health."""
    now = rows[-1]
    real, fake = now["d_real_accuracy"], now["d_fake_accuracy"]
    if boundary is None or min(real, fake) < thresholds["pinned"]:
        return None
    return Sign(f"the discriminator is right about {real:.1%} of real samples and {fake:.1%} of fakes", "d")


def overfitting(rows, thresholds, boundary):
    now = rows[-1]
    if "val_d_real_accuracy" not in now:
        return UNSEEN
    here, held = now["d_real_accuracy"], now["val_d_real_accuracy"]
    if here - held < thresholds["gap"]:
        return None
    return Sign(f"the discriminator calls {here:.1%} of its training samples real and {held:.1%} of held-out ones", "d")


def collapse(rows, thresholds, boundary):
    diversity = rows[-1].get("sample_diversity")
    if diversity is None:
        return UNSEEN
    if diversity < thresholds["diversity"]:
        return Sign(f"fakes are {diversity:.2f} times as far from each other as real samples are", "g")
    return None


def coverage(rows, thresholds, boundary):
    found = {name: value for name, value in rows[-1].items() if name.split("[")[0].removeprefix("val_") == "coverage"}
    for name, value in found.items():
        if value < thresholds["coverage"]:
            return Sign(f"{name} is {value:.3f}", "g")
    return None if found else UNSEEN


def divergence(rows, thresholds, boundary):
    """A loss that is large, the largest so far, and has grown in five of the last six epochs."""
    now = rows[-1]
    for name in ("d_loss", "g_loss"):  # a young critic's loss is large as well, but falls
        sizes = [abs(row[name]) for row in rows if name in row]
        rising = len(sizes) > 6 and sum(a < b for a, b in zip(sizes[-7:], sizes[-6:])) >= 5
        if rising and sizes[-1] > thresholds["loss"] and sizes[-1] >= max(sizes):
            return Sign(f"{name} is {now[name]:.3g} and has grown over six epochs, from {rows[-7][name]:.3g}", name[0])
    for name in ("d_gradient_norm", "g_gradient_norm"):  # the generator's comes through the discriminator as well
        before = [row[name] for row in rows[:-1] if name in row]
        if len(before) >= 5 and now[name] > max(thresholds["gradients"] * statistics.median(before), 100.0):
            return Sign(f"{name} is {now[name]:.3g} after a median of {statistics.median(before):.3g}", "d")
    for name in ("d_weight_norm", "g_weight_norm"):
        if name in rows[0] and now[name] > thresholds["weights"] * rows[0][name]:
            return Sign(f"{name} is {now[name]:.3g}, and was {rows[0][name]:.3g} after the first epoch", name[0])
    return None


def spike(rows, thresholds, boundary):
    """A loss far outside the last twenty epochs', measured by their median absolute deviation (at least a tenth of the median, and 0.2)."""
    for name in ("d_loss", "g_loss"):
        before = [row[name] for row in rows[-21:-1] if name in row]
        if len(before) < 5:
            continue
        middle = statistics.median(before)
        spread = max(statistics.median(abs(value - middle) for value in before), 0.1 * abs(middle), 0.2)
        if abs(rows[-1][name] - middle) > thresholds["spike"] * spread:
            return Sign(f"{name} is {rows[-1][name]:.3g} after a median of {middle:.3g} over {len(before)} epochs", name[0])
    return None


SIGNS = {  # by which each kind of alarm is known
    "pinned": (pinned,),
    "overfitting": (overfitting,),
    "collapse": (collapse, coverage),
    "divergence": (divergence,),
    "spike": (spike,),
}
