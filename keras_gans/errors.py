"""What the library raises, and the one helper that names the closest match."""

import difflib


class TrainingDiverged(FloatingPointError):
    """A loss became NaN or infinite. Raised by `GAN.fit` before any callback can save over a good checkpoint."""


class OfflineError(RuntimeError):
    """Something has to be downloaded and this machine cannot."""


def unknown(kind, got, known):
    """The message for a name that does not exist: what it was, the closest one, and all there are."""
    close = difflib.get_close_matches(str(got), [str(name) for name in known], n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"Unknown {kind} {got!r}.{hint} Known: {', '.join(map(str, known))}."
