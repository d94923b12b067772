"""Writing files so that nothing already on disk is ever lost."""

import contextlib
import errno
import hashlib
import json
import math
import os
import pathlib
import re
import secrets


@contextlib.contextmanager
def replacing(path):
    """A temporary path beside `path`; renamed onto it when the block ends well, removed when it raises.

    The name keeps the suffix (Keras and matplotlib choose formats by it) and is this write's own, so that two processes, on one machine or
    two, writing the same file cannot mix their halves.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}-{secrets.token_hex(4)}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.filename is not None:
            raise
        # numpy and HDF5 have no number for a full disk, and nobody says which file it was
        full = "No space left" in str(error) or re.fullmatch(r"\d+ requested and \d+ written", str(error))
        number = errno.ENOSPC if full else error.errno
        raise OSError(number or errno.EIO, os.strerror(number) if number else str(error), str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def check_place(path):
    """Raises where a file cannot be written: before the work, not after it.

    Raises:
        OSError: the path is a folder, or its folder is a file or cannot be written.
    """
    path = pathlib.Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name a file.")
    there = next(parent for parent in path.absolute().parents if os.path.lexists(parent))
    if not there.is_dir():
        raise NotADirectoryError(f"{path}: {there} is a file, not a folder. Choose another place.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(f"{path}: the folder {there} cannot be written. Choose another place.")


def sweep(folder):
    """Removes the halves of files that a killed process was writing in a folder, and in those inside it."""
    for left in pathlib.Path(folder).rglob(".*-*"):
        if left.name[1:].partition("-")[0].isdigit():
            left.unlink()


def write_text(path, text):
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def to_json(value):
    """JSON text that every reader takes: numbers that are not finite are null."""

    def finite(part):
        if isinstance(part, dict):
            return {key: finite(inside) for key, inside in part.items()}
        if isinstance(part, (list, tuple)):
            return [finite(inside) for inside in part]
        return None if isinstance(part, float) and not math.isfinite(part) else part

    return json.dumps(finite(value), indent=2, allow_nan=False) + "\n"


def write_json(path, value):
    write_text(path, to_json(value))


def read_json(path, default):
    """What a JSON file holds; `default` where there is no such file, or a damaged one."""
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return default


def sha256(path):
    """sha256 (hex) of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest()


def shelf():
    """The folder of the package's own zoo entries: inside an installed package, beside the package in a clone."""
    package = pathlib.Path(__file__).resolve().parent
    installed = package / "zoo" / "shelf"
    return installed if installed.is_dir() else package.parent / "zoo"


def cache_folder():
    """Where downloads, rendered data sets and statistics are kept: $KERAS_GANS_HOME or ~/.cache/keras_gans."""
    return pathlib.Path(os.environ.get("KERAS_GANS_HOME") or pathlib.Path.home() / ".cache" / "keras_gans")
