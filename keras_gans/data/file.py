"""A file as a data set: a table, or an array."""

import csv
import pathlib
from typing import Any

import numpy as np

from keras_gans.data.dataset import Data, from_arrays, from_samples
from keras_gans.data.sequences import windows
from keras_gans.types import Path

TABLES, ARRAYS = (".csv", ".tsv"), (".npy", ".npz")


def from_file(
    path: Path, *, steps: int | None = None, stride: int | None = None, name: str | None = None, **options: Any
) -> Data:
    """A data set from a file.

    Args:
        path: a .csv or .tsv table of numbers, a row a sample, whose first line may name the columns; a .npy array of vectors (n, features),
            sequences (n, steps, features) or images (n, height, width, channels); an .npz of one such array, or of `images` and `labels`.
        steps: the rows are times of one series: cut it into windows of so many.
        stride: times from the start of one window to the start of the next, 1 by default.
        name: by default the file's name.
        **options: of `from_samples`, for images of `from_arrays`.

    Raises:
        FileNotFoundError: no such file. ValueError: a cell that is no number (named by line and column), an unreadable file; and as
            `from_samples` or `from_arrays`.
    """
    path = pathlib.Path(path)
    array, names, labels = read_file(path)
    options = {"name": name or path.stem, "source": f"a {path.suffix} file", **options}
    if stride is not None and steps is None:
        raise ValueError(f"{path}: stride={stride} without steps=: only windows have one.")
    if array.ndim == 4:
        if steps is not None:
            raise ValueError(f"{path}: steps={steps} is for a series (times, features), and these are images.")
        return from_arrays(array, labels, **options)
    if steps is not None:
        if array.ndim != 2:
            raise ValueError(f"{path}: steps={steps} is for a series (times, features), and this has shape {array.shape}.")
        array = windows(array, steps, 1 if stride is None else stride)
    if names is not None:
        options.setdefault("feature_names", names)
    return from_samples(array, **options)


def read_file(path: pathlib.Path) -> tuple[np.ndarray, tuple[str, ...] | None, np.ndarray | None]:
    """(array, names of its columns or None, labels or None) of a table or an array file."""
    if path.suffix.lower() in TABLES:
        return (*read_table(path), None)
    if path.suffix.lower() not in ARRAYS:
        raise ValueError(f"{path}: expected one of {', '.join((*TABLES, *ARRAYS))}.")
    try:
        stored = np.load(path, allow_pickle=False)
        arrays = {"": stored} if isinstance(stored, np.ndarray) else {name: stored[name] for name in stored.files}
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: not a readable array file ({error}).") from None
    if set(arrays) == {"images", "labels"}:
        return arrays["images"], None, arrays["labels"]
    if len(arrays) != 1:
        raise ValueError(f"{path}: holds {', '.join(arrays) or 'nothing'}; expected one array, or images and labels.")
    return next(iter(arrays.values())), None, None


def read_table(path: pathlib.Path) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """The numbers of a table, float64 (rows, columns), and the names that its first line has, or None."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text ({error}). Save the table as CSV in UTF-8.") from None
    first = text.partition("\n")[0]
    delimiter = max("\t" if path.suffix.lower() == ".tsv" else ",", ";", "\t", key=first.count)
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError(f"{path}: no rows.")
    names = None if all(map(is_number, rows[0][1])) else tuple(rows.pop(0)[1])
    if names is not None and "" in names:
        raise ValueError(
            f"{path}: column {names.index('') + 1} has no name in the first line. Where it is an index, leave it out "
            "(pandas: to_csv(path, index=False))."
        )
    if not rows:
        raise ValueError(f"{path}: names and no rows.")
    width = len(names or rows[0][1])
    for line, row in rows:
        if len(row) != width:
            raise ValueError(f"{path}, line {line}: {len(row)} cells, expected {width}.")
        for column, cell in enumerate(row):
            if not is_number(cell):
                where = f"{path}, line {line}, column {names[column] if names else column + 1}"
                advice = "Fill it or leave the row out." if not cell else "Encode it as numbers, or leave the column out."
                raise ValueError(f"{where}: {repr(cell) + ' is not a number' if cell else 'no value'}. {advice}")
    return np.array([row for _, row in rows], "float64"), names


def is_number(cell: str) -> bool:
    """Whether `float` reads it."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
