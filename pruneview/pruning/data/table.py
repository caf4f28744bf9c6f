"""A table of numbers with a column of labels, as comma-separated values."""

import csv
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.reading import Arrays, Reading, split
from pruneview.pruning.errors import DataError

_LABELS = ("label", "target", "class")
_DELIMITERS = (",", ";", "\t")
_FEW_TEXT_CLASSES = 10_000
_LONGEST_HEADER = 10_000_000  # characters


def read_csv(path: Path, label: str | None, reading: Reading) -> Arrays:
    """Read a table: one row a sample, its label in the column called `label`.

    Inputs are 32-bit floats. Labels that are whole numbers stay such; other numbers
    are floats; words become class numbers in alphabetical order, which is said.

    Raises
    ------
    DataError, Cancelled
    """
    reading.progress(f"Reading {path.name}")
    try:
        header, delimiter = read_header(path)
        column = _label_column(path.name, header, label)
        others = [place for place in range(len(header)) if place != column]
        if not others:
            raise DataError(f"{path.name} has no column beside the labels.")
        x = _load(path, delimiter, others, np.dtype(np.float32))
        reading.progress(f"Reading the labels of {path.name}")
        words = _load(path, delimiter, [column], np.dtype(object))
    except DataError:
        raise
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not text in UTF-8, so it is not read as a table."
        ) from error
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DataError(_where(path.name, header, str(error))) from error
    y = _labels(path.name, header[column], words.reshape(-1), reading)
    return split(path.name, x, y, reading)


def read_header(path: Path) -> tuple[list[str], str]:
    """Return the names of a table's columns, and what separates them.

    Raises
    ------
    DataError, OSError, UnicodeDecodeError
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline(_LONGEST_HEADER)
    delimiter = max(_DELIMITERS, key=first.count)
    names = [
        name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])
    ]
    if not any(names):
        raise DataError(f"{path.name} is empty: its first line must name the columns.")
    if all(_is_number(name) for name in names):
        raise DataError(
            f"The first line of {path.name} holds numbers; it must name the columns."
        )
    return names, delimiter


def _label_column(file: str, header: list[str], label: str | None) -> int:
    if label is not None:
        wanted = [place for place, name in enumerate(header) if name == label]
    else:
        wanted = [p for p, name in enumerate(header) if name.lower() in _LABELS]
    if len(wanted) == 1:
        return wanted[0]
    shown = ", ".join(header[:20]) + (", ..." if len(header) > 20 else "")
    if label is not None:
        how = "no column" if not wanted else "more than one column"
        raise DataError(f"{file} has {how} {label!r}; its columns are {shown}.")
    raise DataError(
        f"Which column of {file} holds the labels? Say it as {file}:label=NAME; its "
        f"columns are {shown}."
    )


def _load(path: Path, delimiter: str, columns: list[int], dtype: np.dtype) -> NDArray:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stream.readline()
        if not any(line.strip() for line in stream):
            raise DataError(f"{path.name} has a header and no rows.")
        stream.seek(0)
        return np.loadtxt(
            stream,
            dtype=dtype,
            delimiter=delimiter,
            usecols=columns,
            quotechar='"',
            comments=None,
            skiprows=1,
            ndmin=2,
        )


def _where(file: str, header: list[str], error: str) -> str:
    """Turn what numpy says into a sentence that names the column."""
    short = re.match(r"invalid column index \d+ at row (\d+) with (\d+) col", error)
    if short:
        return (
            f"Row {int(short[1]) + 1} of {file} has fewer columns, {short[2]}, than "
            f"the first line names, {len(header)}."
        )
    found = re.match(
        r"could not convert string '(.*)' to \w+ at row (\d+), column (\d+)", error
    )
    if not found:
        return f"{file} cannot be read as a table: {error.rstrip('.')}."
    value, row, column = found[1], int(found[2]), int(found[3])
    name = header[column - 1] if column <= len(header) else str(column)
    what = f"{value!r}, which is no number" if value else "nothing"
    return (
        f"Row {row + 2} of {file} holds {what}, in column {name!r}: every column but "
        "the labels must hold numbers. Replace or leave out what is missing."
    )


def _labels(file: str, column: str, words: NDArray, reading: Reading) -> NDArray:
    texts = [str(word).strip() for word in words]
    if not all(texts):
        row = texts.index("") + 2
        raise DataError(f"Row {row} of {file} has no label in column {column!r}.")
    if all(_is_number(text) for text in texts):
        numbers = np.array([float(text) for text in texts])
        whole = numbers.astype(np.int64)
        return whole if np.array_equal(whole, numbers) else numbers.astype(np.float32)
    names, classes = np.unique(texts, return_inverse=True)
    if len(names) > _FEW_TEXT_CLASSES:
        raise DataError(
            f"Column {column!r} of {file} holds {len(names)} different words; those "
            "are no classes. Name another column of labels."
        )
    shown = ", ".join(f"{place} {name}" for place, name in enumerate(names[:20]))
    more = ", ..." if len(names) > 20 else ""
    reading.say(f"The labels of {file} are numbered by name: {shown}{more}.")
    return classes.reshape(-1)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
