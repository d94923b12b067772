"""A file as a data set: a table, or an array."""

import array
import csv
import inspect
import io
import itertools
import pathlib
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras_gans.data.dataset import Data, from_arrays, from_samples
from keras_gans.data.sequences import windows
from keras_gans.errors import unknown
from keras_gans.types import Path

TABLES, ARRAYS = (".csv", ".tsv"), (".npy", ".npz")


def from_file(
    path: Path,
    *,
    drop: str | Sequence[str] = (),
    steps: int | None = None,
    stride: int | None = None,
    name: str | None = None,
    **options: Any,
) -> Data:
    """A data set from a file.

    Args:
        path: a .csv or .tsv table of numbers in UTF-8, a row a sample, whose first line may name the columns; a .npy array of vectors (n, features),
            sequences (n, steps, features) or images (n, height, width, channels); an .npz of one such array, or of `images` and `labels`.
        drop: names of columns of a table to leave out (an identifier, text, a date), a list or one string with commas.
        steps: the rows are times of one series: cut it into windows of so many. They are held out at random, so that a held-out one shares
            times with training windows; with `in_order=True` the last ones are, and `gap` is then by default so long that they share none.
        stride: times from the start of one window to the start of the next, 1 by default.
        name: by default the file's name.
        **options: of `from_samples`, for images of `from_arrays`.

    Raises:
        FileNotFoundError: no such file. ValueError: a cell that is no number (named by line and column), an unreadable file; and as
            `from_samples` or `from_arrays`.
    """
    path = pathlib.Path(path)
    check_options(path, options, from_arrays, from_samples)  # before what is wrong with the file
    samples, names, labels = read_file(path, tuple(drop.split(",")) if isinstance(drop, str) else tuple(drop))
    check_options(path, options, from_arrays if samples.ndim == 4 else from_samples)
    options = {"name": name or path.stem, "source": f"a {path.suffix} file", **options}
    if stride is not None and steps is None:
        raise ValueError(f"{path}: stride={stride} without steps=: only windows have one.")
    if steps is not None:
        if samples.ndim != 2:
            raise ValueError(f"{path}: steps={steps} is for a series (times, features), and this has shape {samples.shape}.")
        samples = windows(samples, steps, 1 if stride is None else stride)
        if options.get("in_order"):
            options.setdefault("gap", (steps - 1) // (1 if stride is None else stride))
    if samples.ndim == 4:
        return from_arrays(samples, labels, **options)
    if samples.ndim == 3 and samples.dtype == np.uint8:
        raise ValueError(
            f"{path}: uint8 values of shape {samples.shape}. Grey images need an axis of channels: save images[..., None]; of sequences "
            "save floats."
        )
    if names is not None:
        options.setdefault("feature_names", names)
        warn_of_identifiers(path, samples, names)
    return from_samples(samples, **options)


def warn_of_identifiers(path: pathlib.Path, samples: np.ndarray, names: tuple[str, ...]) -> None:
    """Warns of columns that count the rows: a GAN would learn to draw them."""
    rows = samples.reshape(len(samples), -1)[:, : len(names)]  # of windows the first times
    steps = np.diff(rows, axis=0)
    even = (
        (steps == steps[:1]).all(0) & (steps[:1] == np.rint(steps[:1])).all(0) & (steps[:1] != 0).all(0) & (len(steps) > 8)
    )
    counting = [name for name, counts in zip(names, even) if counts]
    if counting:
        warnings.warn(
            f"{path}: {', '.join(counting)} counts the rows in equal steps, as an identifier or a time does, and is learnt like any other "
            f"column. Leave it out: drop={','.join(counting)!r}, on the command line -d drop={','.join(counting)}.",
            stacklevel=3,
        )


def check_options(path: pathlib.Path, options: Mapping[str, Any], *makers: Callable[..., Any]) -> None:
    """Raises TypeError for an option that none of these functions takes, with the closest one that there is."""
    own = ["drop", "steps", "stride", "name"]
    given = ("images", "labels", "samples")
    takes = [option for make in makers for option in inspect.signature(make).parameters if option not in given]
    for option in options:
        if option not in takes:
            raise TypeError(f"from_file({str(path)!r}): {unknown('option', option, [*own, *dict.fromkeys(takes)])}")


def read_file(path: pathlib.Path, drop: Sequence[str] = ()) -> tuple[np.ndarray, tuple[str, ...] | None, np.ndarray | None]:
    """(array, names of its columns or None, labels or None) of a table, without the columns to drop, or an array file."""
    if path.suffix.lower() in TABLES:
        return (*read_table(path, drop), None)
    if drop:
        raise ValueError(f"{path}: drop={', '.join(drop)}: only columns of a table have names.")
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


def read_table(path: pathlib.Path, drop: Sequence[str] = ()) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """The numbers of a table, float64 (rows, columns), and the names that its first line has, or None, without the columns to drop. A
    first line 0, 1, 2 ... are the numbers of columns that have no names."""
    delimiter, names, begin = head(path)
    for name in drop:
        if name not in (names or ()):
            raise ValueError(f"{path}: drop: {unknown('column', name, names or ['no names in the first line'])}")
    values, width = array.array("d"), 0
    kept = None if names is None else [column for column, name in enumerate(names) if name not in drop]
    if kept == []:
        raise ValueError(f"{path}: drop={', '.join(drop)} leaves no column.")
    for line, row in records(path, delimiter):
        if line < begin:
            continue
        width = width or len(names or row)
        if len(row) != width:
            raise ValueError(f"{path}, line {line}: {len(row)} cells, expected {width}.")
        for column in range(width) if kept is None else kept:
            cell = row[column]
            if not is_number(cell):
                where = f"{path}, line {line}, column {names[column] if names else column + 1}"
                raise ValueError(f"{where}: {said_of(cell)}")
            values.append(float(cell))
    if not values:
        raise ValueError(f"{path}: {'no rows' if names is None else 'names and no rows'}.")
    rows = np.frombuffer(values, "float64").reshape(-1, width if kept is None else len(kept)).copy()
    return rows, None if names is None or kept is None else tuple(names[column] for column in kept)


def table_names(path: pathlib.Path) -> tuple[str, ...] | None:
    """The names of a table's columns, where it has some: what `read_table` finds, without its rows."""
    return head(path)[1]


def table_text(rows: np.ndarray, names: Sequence[str] | None) -> str:
    """What `read_table` reads as these float32 rows and names. Names that are all numbers are left out: it would take them for a row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if names is not None and not all(map(is_number, names)):
        writer.writerow(names)
    writer.writerows([f"{value:.9g}" for value in row] for row in rows)  # nine digits are a float32 again
    return text.getvalue()


def head(path: pathlib.Path) -> tuple[str, tuple[str, ...] | None, int]:
    """(delimiter, names of the columns or None, the line of the first row) of a table."""
    found = [(delimiter, list(itertools.islice(records(path, delimiter), 2))) for delimiter in ("\t", ";", ",")]
    if not found[0][1]:
        raise ValueError(f"{path}: no rows.")
    declared = re.fullmatch("sep=(.)", found[0][1][0][1][0])  # as spreadsheets write it
    if declared:
        delimiter = declared[1]
        rows = list(itertools.islice(records(path, delimiter), 1, 2))
    else:  # the one that cuts the first lines into as many cells each; otherwise the one that cuts at all
        even = [one for one in found if len(one[1][0][1]) > 1 and len({len(row) for _, row in one[1]}) == 1]
        delimiter, rows = even[0] if even else max(reversed(found), key=lambda one: len(one[1][0][1]))
    if not rows:
        raise ValueError(f"{path}: no rows.")
    line, first = rows[0]
    numbers = [is_number(cell) for cell in first]
    if all(numbers):
        numbered = len(first) > 2 and first == [str(i) for i in range(len(first))]
        return delimiter, None, line + numbered
    if "" in first and not any(numbers):
        raise ValueError(
            f"{path}: column {first.index('') + 1} has no name in the first line. Where it is an index, leave it out "
            "(pandas: to_csv(path, index=False))."
        )
    if any(numbers):
        column = numbers.index(False)
        raise ValueError(
            f"{path}, line {line}, column {column + 1}: {first[column]!r} beside numbers. In a row every cell is a number, and no name "
            "of a column is one: repair the cell, or rename the columns."
        )
    return delimiter, tuple(first), line + 1


def records(path: pathlib.Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of each line that is not empty; of a quoted cell its lines belong together."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader, line = csv.reader(file, delimiter=delimiter), 1
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield line, [cell.strip() for cell in row]
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text ({error}). Save the table as CSV in UTF-8.") from None
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: not a table ({error}).") from None


def said_of(cell: str) -> str:
    """What is wrong with a cell, and what helps."""
    if not cell:
        return "no value. Fill it or leave the row out."
    if cell.lower() in ("na", "n/a", "null", "none", "-", "?"):
        return f"{cell!r} is no value. Fill it or leave the row out."
    if re.fullmatch(r"[-+]?[\d.]*\d,\d+", cell):
        return f"{cell!r} has a comma. Write a decimal point, and nothing between thousands."
    return (
        f"{cell!r} is not a number. Encode it as numbers, or leave the column out (drop=, on the command line -d drop=NAME)."
    )


def is_number(cell: str) -> bool:
    """Whether it is one, as `float` reads it but for underscores."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
