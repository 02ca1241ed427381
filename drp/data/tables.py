"""Delimited text (plain or gzipped) -> checked frames. It refuses to know what a table means."""

import csv
import gzip
import itertools
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError, name_first

DELIMITERS = {"\t": "tabs", ",": "commas"}
COMMENT = "#"  # a MAF of the GDC starts with `#version` and further such lines


class Header(NamedTuple):
    """The names in a file's header line, what parts them, and the comment lines before it."""

    fields: list[str]
    delimiter: str
    n_comments: int


def read_header(path: str | Path) -> Header:
    """Read the header; the delimiter is told by which of tab and comma splits it.

    Raises:
      DataError: no such file, not text, or empty.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path}: expected a file, found a folder")
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as handle:
            return _parse_header(handle, path)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path}: expected UTF-8 text, plain or gzipped, not a spreadsheet; save it as CSV in "
            f"UTF-8 ({error})"
        ) from error


def _parse_header(lines: Iterator[str], path: Path) -> Header:
    n_comments = 0
    line = next(lines, "")
    while line.startswith(COMMENT):
        n_comments += 1
        line = next(lines, "")
    if not line.strip():
        raise DataError(f"{path}: expected a header line, found an empty file")
    delimiter = max(DELIMITERS, key=line.count)  # neither: a list, one name in a row
    # The reader gets the whole file: a quoted name may hold a line break.
    fields = next(csv.reader(itertools.chain([line], lines), delimiter=delimiter))
    return Header(fields, delimiter, n_comments)


def read_table(
    path: str | Path, columns: Sequence[str], numeric: Sequence[str] = (),
    optional: Sequence[str] = (), keys: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Read named columns of a table, one record per row.

    Args:
      path: file, `.gz` or plain.
      columns: columns that must be there; empty for all the file has.
      numeric: those of them that hold numbers; all others are read as text, "" where empty.
      optional: columns that are read if they are there.
      keys: columns that have a value in every row.

    Returns:
      One row per record; the index is the row of the file, from 1.

    Raises:
      DataError: what `read_header` raises; a column that is missing or not numeric; a row without
        its key; a cut file.
    """
    header = read_header(path)
    missing = [name for name in columns if name not in header.fields]
    if missing:
        reject_one_field(header, path)
        found = name_first(header.fields, 12)
        raise DataError(f"{path}: expected a column {missing[0]!r}, found {found}")
    wanted = {*columns, *optional} & {*header.fields} if columns else None
    frame = _parse(path, header, usecols=wanted, dtype=str, index_col=False)
    frame.index += header.n_comments + 2
    for name in keys:
        if (empty := frame[name] == "").any():
            raise DataError(f"{path}: column {name!r}, row {empty.idxmax()}: found an empty cell")
    for name in numeric:
        frame[name] = _to_numbers(frame[name], f"{path}: column {name!r}")
    return frame


def read_matrix(path: str | Path) -> pd.DataFrame:
    """Read a matrix with one header line and one leading column of row names.

    Returns:
      The matrix (float32, finite), with row and column names as in the file.

    Raises:
      DataError: a repeated name, a cell that is empty, not a number or infinite, a cut file.
    """
    header = read_header(path)
    fields = header.fields
    reject_one_field(header, path)
    reject_repeats(fields[1:], f"{path}: header")
    types = dict.fromkeys(range(1, len(fields)), np.float32)
    try:
        frame = _parse(path, header, index_col=0, dtype={0: str, **types})
    except CellError:  # slower, and able to say which cell it is
        frame = _parse(path, header, index_col=0, dtype=str)
        frame = frame.apply(lambda column: _to_numbers(column, f"{path}: column {column.name!r}"))
    if len(frame.columns) != len(fields) - 1:
        raise DataError(
            f"{path}: expected a name above the first column; the header is a field too short"
        )
    frame.index = frame.index.astype(str)
    reject_repeats(frame.index, f"{path}: first column")
    _reject_gaps(frame, path)
    return frame.astype(np.float32, copy=False)


def reject_repeats(names: Sequence[str], where: str) -> None:
    """Raise a DataError that lists the names that occur more than once, or if one is empty."""
    counts = Counter(names)
    if "" in counts:
        raise DataError(f"{where}: expected a name in each place, found an empty one")
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise DataError(
            f"{where}: expected each name once, found repeats of {name_first(repeated)}"
        )


def reject_one_field(header: Header, path: str | Path) -> None:
    """Raise a DataError for a header that neither tabs nor commas split."""
    if len(header.fields) == 1:
        found = header.fields[0].strip()[:60]
        raise DataError(f"{path}: expected tabs or commas in the header, found {found!r}")


class CellError(DataError):
    """Some cell is no number."""


def _parse(path: str | Path, header: Header, **options) -> pd.DataFrame:
    """Read all below the header. Empty cells stay text, so a gap in a matrix is no number."""
    try:
        with np.errstate(over="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path, sep=header.delimiter, skiprows=header.n_comments, encoding="utf-8-sig",
                engine="c", keep_default_na=False, **options,
            )  # fmt: skip
    except (EOFError, zlib.error, UnicodeDecodeError, OSError) as error:
        raise DataError(f"{path}: the file is cut short or damaged ({error})") from error
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise DataError(
            f"{path}: expected as many fields in every row ({str(error).strip()})"
        ) from error
    except ValueError as error:
        raise CellError(f"{path}: {error}") from error


def _to_numbers(column: pd.Series, where: str) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype(np.float64)
    bad = numbers.isna() & ~column.str.strip().str.lower().isin({"", "na", "nan"})
    if bad.any():
        place = bad.to_numpy().argmax()
        row, found = column.index.tolist()[place], column.iloc[place]
        raise DataError(f"{where}, row {row!r}: expected a number, found {found!r}")
    return numbers


def _reject_gaps(frame: pd.DataFrame, path: str | Path) -> None:
    finite = np.isfinite(frame.to_numpy())
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        found = frame.iat[row, column]
        raise DataError(
            f"{path}: row {frame.index[row]!r}, column {frame.columns[column]!r}: "
            f"expected a finite number, found {'an empty cell' if np.isnan(found) else found}"
        )
    if not len(frame):
        raise DataError(f"{path}: expected rows below the header, found none")
