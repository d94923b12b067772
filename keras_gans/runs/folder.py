"""The folder of one run: whose it is, and that nothing in it is taken from another."""

import contextlib
import json
import os
import pathlib
import platform
import re
import time
from collections.abc import Iterator
from typing import Any

from keras_gans import files


def open_folder(folder: pathlib.Path, identity: dict[str, Any], epochs: int, resume: bool, about: dict[str, Any]) -> None:
    """Makes the folder this run's own, or raises. One whose run never saved a state may be started again."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file. Choose another folder.")
    path = folder / "run.json"
    if path.exists():
        files.sweep(folder)
    if not path.exists() or not (folder / "model.keras").exists():
        if not path.exists() and folder.exists() and any(not item.name.startswith(".") for item in folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty and holds no run. Choose another folder.")
        notes = {"epochs": epochs, "started": time.strftime("%Y-%m-%d %H:%M:%S"), "machine": machine()}
        files.write_json(path, {**identity, **notes, **about})
        return
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{path}: damaged, so this run cannot be told from another. Choose another folder.") from None
    if not resume:
        raise FileExistsError(
            f"{folder} holds a run that was started on {there.get('started')}. Go on with it (resume=True, --resume), or "
            "choose another folder."
        )
    found = [text for name, value in identity.items() for text in differences(there.get(name), value, name)]
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise ValueError(
            f"{folder} holds another run: {'; '.join(found[:5])}{more}. Resume with the settings it was started with, or choose another "
            "folder."
        )
    named = {name: value for name, value in about.items() if there.get(name) is None}  # what an older version did not note
    files.write_json(path, {**there, **named, "epochs": max(epochs, there.get("epochs", 0))})


def differences(there: Any, asked: Any, name: str) -> Iterator[str]:
    """Each value that is another one, in words: `config.width is 32, asked for 64`."""
    if isinstance(there, dict) and isinstance(asked, dict):
        for key in dict.fromkeys([*there, *asked]):
            yield from differences(there.get(key), asked.get(key), f"{name}.{key}")
    elif is_listed(there) and is_listed(asked) and len(there) == len(asked):
        for place, (one, other) in enumerate(zip(there, asked)):
            yield from differences(one, other, f"{name}[{place}]")
    elif name == "data.fingerprint" and there != asked:
        yield "its samples are others (another data set, other options of it, or a file that has changed)"
    elif there != asked:
        yield f"its {name} is {in_words(there)}, asked for {in_words(asked)}"


def is_listed(value: Any) -> bool:
    """Whether it is a list of things with settings of their own."""
    return isinstance(value, list) and all(isinstance(one, (dict, list)) for one in value)


def in_words(value: Any) -> str:
    """A value for a message: of an object that Keras serialised its class, and never more than a line."""
    if isinstance(value, dict) and "class_name" in value:
        return str(value["class_name"])
    text = "not set" if value is None else str(value)
    text = text[:12] if re.fullmatch("[0-9a-f]{64}", text) else text  # of a hash enough to tell it
    return text if len(text) <= 80 else text[:80] + "..."


def machine() -> str:
    """What the run computes on, in words."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores"


def plain(config: Any) -> Any:
    """A config as JSON holds it, without the names that Keras numbers anew in every process."""
    if isinstance(config, dict):
        return {key: plain(value) for key, value in config.items() if key != "name"}
    if isinstance(config, (tuple, list)):
        return [plain(value) for value in config]
    return config
