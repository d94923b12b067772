"""An entry's folder on disk: what is in it, whether it is whole, how it is written."""

import json
import os
import pathlib
import shutil
import tempfile

from keras_gans import files

MANIFEST = "manifest.json"
NEEDED = ("config.json", "model.weights.h5")
KNOWN = (*NEEDED, "scores.json", "recipe.json", "samples.png", "README.md")
LARGEST = 2**31  # bytes of one file
FORMAT = 1


def check(folder):
    """The manifest of an entry whose every file is there and is what the manifest says; nothing else of it is parsed before.

    Raises:
        FileNotFoundError: not an entry, or a file of it is missing. ValueError: a damaged file, a foreign one, a later format.
    """
    folder = pathlib.Path(folder)
    path = folder / MANIFEST
    if not path.is_file():
        raise FileNotFoundError(f"{folder}: not an entry with weights (it has no {MANIFEST}).")
    if path.stat().st_size > 2**20:
        raise ValueError(f"{path}: {path.stat().st_size:,} bytes; a manifest is small. Get the entry again.")
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        manifest = json.loads(text)
        listed = {name: (entry["sha256"], entry["bytes"]) for name, entry in manifest["files"].items()}
        whole = files.to_json(manifest) == text and isinstance(manifest["format"], int)
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ValueError(f"{path}: damaged. Get the entry again.")
    if manifest["format"] > FORMAT:
        raise ValueError(f"{folder}: format {manifest['format']}; this version reads up to {FORMAT}. Upgrade keras-gans.")
    if foreign := set(listed) - set(KNOWN):
        raise ValueError(f"{path}: lists {', '.join(sorted(foreign))}; an entry has {', '.join(KNOWN)} alone.")
    for name in dict.fromkeys([*NEEDED, *listed]):
        file = folder / name
        if name not in listed or not file.is_file() or file.is_symlink() and outside(file, folder):
            raise FileNotFoundError(f"{file}: missing. Get the entry again.")
        size = file.stat().st_size
        if size > LARGEST or size != listed[name][1] or files.sha256(file) != listed[name][0]:
            raise ValueError(
                f"{file}: its size or sha256 is not what {MANIFEST} says: damaged, or changed. Get the entry again."
            )
    return manifest


def outside(file, folder):
    """Whether a link leads out of the entry; the cache of huggingface_hub links to files two folders up, which is its own."""
    target = file.resolve()
    allowed = [folder.resolve()]
    if folder.parent.name == "snapshots":
        allowed.append(folder.parent.parent.resolve() / "blobs")
    return not any(target.is_relative_to(place) for place in allowed)


def read(folder, name):
    """A JSON file of an entry that `check` has passed; None where there is none."""
    path = pathlib.Path(folder) / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write(folder, fill):
    """Makes an entry: `fill(temporary folder)` writes its files, the manifest is added, and the whole takes its place at once.

    An entry that was there is replaced; a folder with anything else in it is not touched.

    Raises:
        FileExistsError: the folder holds something that is no entry.
    """
    folder = pathlib.Path(folder)
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file. Choose another folder.")
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if foreign := there - {*KNOWN, MANIFEST}:
        raise FileExistsError(f"{folder} holds {sorted(foreign)[0]}, which is of no entry. Choose another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = pathlib.Path(tempfile.mkdtemp(prefix=f".{os.getpid()}-", dir=folder.parent))
    try:
        fill(made)
        listed = {name: made / name for name in KNOWN if (made / name).exists()}
        entries = {name: {"sha256": files.sha256(path), "bytes": path.stat().st_size} for name, path in listed.items()}
        files.write_json(made / MANIFEST, {"format": FORMAT, "files": entries})
        made.chmod(0o755)
        if folder.exists():
            old = folder.with_name(f".{os.getpid()}-old-{folder.name}")
            folder.rename(old)
            made.rename(folder)
            shutil.rmtree(old)
        else:
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder
