"""Delimited text (plain or gzipped) -> checked frames. It refuses to know what a table means."""

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from drp.data.errors import DataError, name_first

DELIMITERS = {"\t": "tabs", ",": "commas"}


def read_header(path: str | Path) -> tuple[list[str], str]:
    """Return the first line's fields and the delimiter, told by which of tab and comma splits it.

    Raises:
      DataError: no such file, not text, empty, or neither tabs nor commas.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as handle:
            line = handle.readline()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected UTF-8 text, plain or gzipped ({error})") from error
    if not line.strip():
        raise DataError(f"{path}: expected a header line, found an empty file")
    delimiter = max(DELIMITERS, key=line.count)
    if delimiter not in line:
        raise DataError(f"{path}: expected tabs or commas in the header, found {line.strip()[:60]!r}")
    return next(csv.reader([line], delimiter=delimiter)), delimiter


def read_table(
    path: str | Path, columns: Sequence[str], numeric: Sequence[str] = (), optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Read named columns of a table, one record per row.

    Args:
      path: file, `.gz` or plain.
      columns: columns that must be there; empty for all the file has.
      numeric: those of them that hold numbers; all others are read as text, "" where empty.
      optional: columns that are read if they are there.

    Raises:
      DataError: what `read_header` raises, a column that is missing or not numeric, a cut file.
    """
    header, delimiter = read_header(path)
    missing = [name for name in columns if name not in header]
    if missing:
        raise DataError(f"{path}: no column {missing[0]!r}; found {name_first(header, 12)}")
    wanted = [name for name in header if name in {*columns, *optional}] if columns else header
    frame = _parse(path, sep=delimiter, usecols=wanted, dtype=str, keep_default_na=False)
    for name in numeric:
        frame[name] = _to_numbers(frame[name], f"{path}: column {name!r}")
    return frame


def read_matrix(path: str | Path) -> tuple[pd.DataFrame, str]:
    """Read a matrix with one header line and one leading column of row names.

    Returns:
      The matrix (float32, NaN-free; row and column names as in the file) and the header of its
      first column.

    Raises:
      DataError: a repeated name, a cell that is empty, not a number or infinite, a cut file.
    """
    header, delimiter = read_header(path)
    if len(header) < 2:
        raise DataError(f"{path}: expected a column of names and a matrix, found one column")
    reject_repeats(header[1:], f"{path}: header")
    types = dict.fromkeys(range(1, len(header)), np.float32)
    try:
        frame = _parse(path, sep=delimiter, index_col=0, header=0, dtype={0: str, **types})
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        frame = _parse(path, sep=delimiter, index_col=0, dtype=str, keep_default_na=False)
        frame = frame.apply(lambda column: _to_numbers(column, f"{path}: column {column.name!r}"))
    frame.index = frame.index.astype(str)
    reject_repeats(frame.index, f"{path}: first column")
    _reject_gaps(frame, path)
    return frame, header[0]


def reject_repeats(names: Sequence[str], where: str) -> None:
    """Raise a DataError that lists the names that occur more than once."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise DataError(f"{where}: expected each name once, found repeats of {name_first(repeated)}")


def _parse(path: str | Path, **options) -> pd.DataFrame:
    try:
        return pd.read_csv(path, encoding="utf-8-sig", engine="c", **options)
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError, OSError) as error:
        raise DataError(f"{path}: the file is cut short or damaged ({error})") from error
    except pd.errors.ParserError as error:
        raise DataError(f"{path}: rows of unequal length ({error})") from error


def _to_numbers(column: pd.Series, where: str) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    bad = numbers.isna() & ~column.astype(str).str.strip().str.lower().isin({"", "na", "nan"})
    if bad.any():
        row = bad.idxmax()
        raise DataError(f"{where}, row {row!r}: expected a number, found {column[row]!r}")
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
