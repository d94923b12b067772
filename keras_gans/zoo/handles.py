"""What a handle stands for: an entry of the package, a folder, a repository of the Hugging Face hub, an archive on the web."""

import contextlib
import hashlib
import os
import pathlib
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from typing import Any

from keras_gans import files
from keras_gans.errors import OfflineError, unknown
from keras_gans.types import Path
from keras_gans.zoo import folder as folders

MOST_BYTES = 4 * 2**30  # of an archive, and of what is in it
PATIENCE = 600.0  # seconds to wait for another process that downloads the same


def entries(with_weights):
    found = files.shelf().iterdir() if files.shelf().is_dir() else ()
    kept = [place for place in found if (place / "recipe.json").exists() and not place.name.startswith(".")]
    return sorted(place.name for place in kept if (place / folders.MANIFEST).exists() == with_weights)


def names() -> list[str]:
    """Names of the entries that come with weights."""
    return entries(True)


def recipes() -> list[str]:
    """Names of the recipes without weights, whose data have to be downloaded: `keras-gans train --recipe NAME` trains one."""
    return entries(False)


def card(handle: Path) -> dict[str, Any]:
    """An entry's facts: {"config", "scores", "recipe", "text"}, checked by hash; of a recipe without weights the recipe and a text.

    Raises:
        ValueError: an unknown name, or a damaged entry.
    """
    if handle in recipes():
        recipe = folders.read(files.shelf() / handle, "recipe.json")
        text = f"# {handle}\n\nUntrained: a recipe alone. `keras-gans train --recipe {handle}` downloads its data and trains it.\n"
        return {"config": None, "scores": None, "recipe": recipe, "text": text}
    place = find(handle)
    manifest = folders.check(place)
    found = {name: folders.read(place, f"{name}.json") for name in ("config", "scores", "recipe")}
    text = (place / "README.md").read_text(encoding="utf-8") if "README.md" in manifest["files"] else ""
    return {**found, "text": text}


def find(handle: Path) -> pathlib.Path:
    """The folder that a handle stands for, downloaded where it has to be.

    Raises:
        ValueError: an unknown name; an archive that is unsafe or is not what its hash says. FileNotFoundError: no such folder.
        OfflineError: it cannot be downloaded. TypeError: not a string or a path.
    """
    if not isinstance(handle, (str, os.PathLike)):
        raise TypeError(
            f"handle={handle!r}: expected a name ({', '.join(names())}), a folder, hf://user/repo or an https address."
        )
    text = os.fspath(handle)
    if text in names():
        return files.shelf() / text
    if text.startswith("hf://"):
        return from_hub(text.removeprefix("hf://"))
    if text.startswith("http://"):
        raise ValueError(f"{text}: not encrypted, so that anybody between could change it. Use https.")
    if text.startswith("https://"):
        return from_web(text)
    if pathlib.Path(text).is_dir():
        return pathlib.Path(text)
    if text in recipes():
        raise ValueError(f"{text!r} is a recipe without weights. Train it: keras-gans train --recipe {text}")
    if pathlib.Path(text).is_file():
        raise ValueError(
            f"{text}: a file. Unpack it: an entry is a folder, and archives are read from https addresses alone."
        )
    if os.sep in text:
        raise FileNotFoundError(f"{text}: no such folder.")
    raise ValueError(unknown("entry", text, [*names(), *recipes()]))


def from_hub(name):
    """A repository of the Hugging Face hub, only the files that an entry has."""
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ImportError(
            f"hf://{name} needs huggingface_hub, which is not installed: pip install huggingface_hub"
        ) from None
    user, _, rest = name.partition("/")
    repository, _, revision = rest.partition("@")
    if not user or not repository or "/" in repository:
        raise ValueError(f"hf://{name}: expected hf://user/repo, or hf://user/repo@revision.")
    try:
        patterns = [*folders.KNOWN, folders.MANIFEST]
        return pathlib.Path(snapshot_download(f"{user}/{repository}", revision=revision or None, allow_patterns=patterns))
    except Exception as error:
        raise OfflineError(f"hf://{name}: could not be downloaded ({type(error).__name__}: {str(error)[:200]}).") from error


def from_web(address, opener=None):
    """An archive's entry, in the cache folder. A download that was cut off goes on; of two processes one downloads, and both wait for a
    whole entry."""
    address, _, fragment = address.partition("#")
    wanted = fragment.removeprefix("sha256=").lower() if fragment else None
    if wanted is not None and (not fragment.startswith("sha256=") or len(wanted) != 64):
        raise ValueError(f"{address}#{fragment}: expected #sha256= and 64 hexadecimal digits, or nothing.")
    key = hashlib.sha256(f"{address}#{wanted}".encode()).hexdigest()[:24]
    place = files.cache_folder() / "zoo" / key
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with only_one(place.with_name(f"{key}.lock")):
        if place.is_dir():
            return place
        archive = place.with_name(f"{key}.part")
        download(address, archive, opener or urllib.request.urlopen)
        try:
            if wanted is not None and files.sha256(archive) != wanted:
                raise ValueError(
                    f"{address}: its sha256 is {files.sha256(archive)}, not {wanted}. It was changed, or cut off."
                )
            with tempfile.TemporaryDirectory(prefix=f".{os.getpid()}-", dir=place.parent) as made:
                folders.check(unpack(archive, pathlib.Path(made), address))
                pathlib.Path(made).rename(place)
                pathlib.Path(made).mkdir()  # which the context manager removes
        finally:
            archive.unlink(missing_ok=True)
    return place


def download(address, path, opener):
    """Fetches into `path`, from where an earlier try ended.

    Raises:
        OfflineError: no connection, or one that broke: what came is kept. ValueError: larger than an entry may be.
    """
    there = path.stat().st_size if path.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={there}-"} if there else {})
    try:
        with opener(request, timeout=30) as answer:
            if there and answer.status != 206:
                there = 0  # it sends the whole again
            length = answer.headers.get("Content-Length")
            whole = None if length is None else there + int(length)
            with open(path, "r+b" if there else "wb") as file:
                file.seek(there)
                while block := answer.read(2**20):
                    there += len(block)
                    if there > MOST_BYTES:
                        raise ValueError(f"{address}: larger than {MOST_BYTES / 2**30:.0f} GiB.")
                    file.write(block)
                file.truncate()
        if whole is not None and there < whole:
            raise ConnectionError(f"{there:,} of {whole:,} bytes came")
    except urllib.error.HTTPError as error:
        if error.code != 416:  # what is there is all there is
            raise OfflineError(f"{address}: {error.code} {error.reason}.") from error
    except OSError as error:
        raise OfflineError(f"{address}: could not be downloaded ({error}). The same call goes on from there.") from error


@contextlib.contextmanager
def only_one(lock):
    """A file that one process at a time holds; the kernel lets it go when a process dies."""
    import fcntl

    with open(lock, "w") as file:
        start = time.monotonic()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - start > PATIENCE:
                    raise TimeoutError(f"{lock}: another process has been downloading for {PATIENCE:.0f} s.") from None
                time.sleep(0.1)
        yield


def unpack(archive, target, address):
    """An entry's files out of a .zip or .tar.gz, flat or inside one folder; nothing else of it touches the disk.

    Raises:
        ValueError: a path that leaves the folder, a link, a device, a file that an entry has not, too much.
    """
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            members = [
                (m.filename, m.file_size, m.is_dir(), (m.external_attr >> 16) & 0o170000 in (0, 0o100000), m)
                for m in opened.infolist()
            ]
            write_members(members, opened.open, target, address)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as opened:
            write_members([(m.name, m.size, m.isdir(), m.isfile(), m) for m in opened], opened.extractfile, target, address)
    else:
        raise ValueError(f"{address}: neither a .zip nor a .tar archive, or cut off.")
    return target


def write_members(members, open_member, target, address):
    """Writes an archive's files to a folder; raises, before the first is written where that can be told, for what no entry has."""
    if sum(size for _, size, *_ in members) > MOST_BYTES:
        raise ValueError(f"{address}: unpacks to more than {MOST_BYTES / 2**30:.0f} GiB.")
    written = set()
    for name, size, is_folder, is_file, member in members:
        path = pathlib.PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise ValueError(f"{address}: has a file {name!r}, whose path leaves the folder.")
        if is_folder:
            continue
        if not is_file or path.name not in (*folders.KNOWN, folders.MANIFEST) or len(path.parts) > 2 or path.name in written:
            raise ValueError(
                f"{address}: has {name!r}, which no entry has. An entry is {', '.join(folders.KNOWN)}, {folders.MANIFEST}."
            )
        written.add(path.name)
        with open_member(member) as source, open(target / path.name, "wb") as file:
            left = size
            while left and (block := source.read(min(left, 2**20))):  # no more than it said
                file.write(block)
                left -= len(block)
