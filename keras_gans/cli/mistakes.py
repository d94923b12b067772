"""What a user is told when something is wrong: what, what there was, what helps."""

import difflib
import errno
import pathlib
import re

from keras_gans.errors import OfflineError, SearchFailed, TrainingDiverged, WorkerLost

CODES = (
    (TrainingDiverged, 3),
    (WorkerLost, 4),
    ((ValueError, TypeError, OSError, ImportError, OfflineError, SearchFailed), 2),
)
NOT_EXPECTED = 70
PACKAGE = pathlib.Path(__file__).resolve().parent.parent
TEMPORARY = re.compile(r"\.\d+-[0-9a-f]{8}-")  # what `files.replacing` puts before a name
ADVICE = {
    errno.ENOSPC: "Free some space, or write elsewhere; what was saved before is whole.",
    errno.EDQUOT: "Free some space, or write elsewhere; what was saved before is whole.",
    errno.EACCES: "Choose a place that is yours to write and to read.",
    errno.EROFS: "Choose a place that can be written.",
    errno.EISDIR: "Name a file.",
    errno.ENOTDIR: "Choose another place.",
    errno.EEXIST: "Choose another place.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def told(error):
    """(message of one line, exit code) of an exception."""
    code = next((code for kinds, code in CODES if isinstance(error, kinds)), NOT_EXPECTED)
    if is_memory(error):
        return "out of memory. Ask for fewer samples (-n), a smaller --batch-size or a smaller model.", 2
    plain = isinstance(error, OSError) and type(error).__str__ is OSError.__str__
    if plain and error.errno in errno.errorcode and error.strerror:
        where = "" if error.filename is None else TEMPORARY.sub("", f"{error.filename}: ")
        return f"{where}{error.strerror.lower()}. {ADVICE.get(error.errno, '')}".rstrip(), code
    if isinstance(error, ModuleNotFoundError) and error.name and str(error).startswith("No module named"):
        return f"this needs {error.name}, which is not installed: pip install {error.name.partition('.')[0]}", code
    message = one_line(str(error)) or type(error).__name__
    if code == NOT_EXPECTED:
        message = f"{type(error).__name__}: {message.rstrip('.')}. This should not happen: the same command with --debug shows where."
    elif isinstance(error, (ValueError, TypeError)) and not is_own(error):  # another package's words for what it was given
        message = f"{message.rstrip('.')}. The same command with --debug shows where."
    return message, code


def is_own(error):
    """Whether this package raised it."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is None or pathlib.Path(place.tb_frame.f_code.co_filename).is_relative_to(PACKAGE)


def is_memory(error):
    """Whether memory ran out, here or on the device."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ in ("ResourceExhaustedError", "XlaRuntimeError")
        and ("RESOURCE_EXHAUSTED" in str(error) or "OOM" in str(error))
    )


def one_line(text):
    """A message on one line, its length that of a few sentences."""
    text = " ".join(text.split())
    return text if len(text) <= 1000 else text[:1000] + " ..."


def usage(message, parser):
    """What argparse complains of, with the closest word that there is."""
    known = [name for action in parser._actions for name in action.option_strings]
    if message.startswith("unrecognized arguments: "):
        got = message.removeprefix("unrecognized arguments: ").split()[0].partition("=")[0]
        message = f"unknown argument {got!r}"
    else:
        got = (re.search("invalid choice: '([^']*)'", message) or [None, None])[1]
        known = [name for action in parser._actions for name in action.choices or ()]
    close = difflib.get_close_matches(got, known, n=1, cutoff=0.5) if got else []
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{message.rstrip('.')}.{hint}"
