"""Any container -> a matrix of numbers with names on both sides. It refuses to know of what."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from drp.data.errors import DataError
from drp.data.readers.containers import PARQUET, WORKBOOK, read_parquet, to_text_column
from drp.data.readers.header import TEXT, Header, reject_one_field
from drp.data.readers.tables import read_columns, read_header, to_numbers
from drp.data.readers.text import CellError, read_batches

NUMBERS = (pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean, pa.types.is_null)


class Matrix(NamedTuple):
    """Numbers, with what stands beside them.

    Attributes:
      values: (rows, columns) float32; NaN where a cell is empty.
      rows: the rows' names, which may repeat.
      columns: the columns' names, which may repeat.
      leading: one column of text per leading column, by its name; the first gave the rows' names.
    """

    values: np.ndarray
    rows: pd.Index
    columns: pd.Index
    leading: pd.DataFrame

    def transposed(self) -> "Matrix":
        """Return the matrix the other way round, without leading columns."""
        return Matrix(self.values.T, self.columns, self.rows, pd.DataFrame())


def read_matrix(
    path: str | Path, leading: Sequence[str] = (), left_out: Sequence[str] = ()
) -> Matrix:
    """Read a matrix of numbers beside its leading columns, which hold text.

    Args:
      path: text, workbook or parquet.
      leading: columns of text besides those that the container states (see `Header.n_leading`).
      left_out: columns that are not read.

    Returns:
      The matrix; an infinite cell stays infinite, see `reject_gaps`.

    Raises:
      DataError: what `read_header` raises; a cell that is not a number; a cut file; no rows.
    """
    path, leading, left_out = Path(path), frozenset(leading), frozenset(left_out)
    header = read_header(path).with_corner()
    reject_one_field(header, path)
    fields = header.fields
    places = range(len(fields))
    texts = [place for place in places if place < header.n_leading or fields[place] in leading]
    numbers = [place for place in places if place not in texts and fields[place] not in left_out]
    if not numbers:
        raise DataError(f"{path}: expected numbers beside the names, found none")
    try:
        columns, values = READERS[header.container](path, header, texts, numbers)
    except CellError:  # slower, and able to say which cell it is
        columns, values = _read_as_text(path, header, texts, numbers)
    if not len(values):
        raise DataError(f"{path}: expected rows below the header, found none")
    beside = pd.DataFrame(dict(enumerate(columns)), dtype=object)
    beside.columns = [fields[place] for place in texts]
    beside = beside.loc[:, ~beside.columns.duplicated()]
    names = pd.Index([fields[place] for place in numbers], dtype=object)
    return Matrix(values, pd.Index(columns[0], dtype=object), names, beside)


def reject_gaps(matrix: Matrix, path: str | Path, gaps_allowed: bool = False) -> None:
    """Raise a DataError that names a cell which is infinite or, unless allowed, empty."""
    wrong = np.isinf(matrix.values) if gaps_allowed else ~np.isfinite(matrix.values)
    if wrong.any():
        row, column = np.unravel_index(wrong.argmax(), wrong.shape)
        found = matrix.values[row, column]
        raise DataError(
            f"{path}: row {matrix.rows[row]!r}, column {matrix.columns[column]!r}: "
            f"expected a finite number, found {'an empty cell' if np.isnan(found) else found}"
        )


def _read_text(path: Path, header: Header, texts: Sequence[int], numbers: Sequence[int]):
    # Numbers are parsed as Python does it, in float64, and rounded to float32 once more.
    types = [pa.string()] * len(texts) + [pa.float64()] * len(numbers)
    columns: list[list[str]] = [[] for _ in texts]
    parts = [np.empty((0, len(numbers)), np.float32)]
    for batch in read_batches(path, header, [*texts, *numbers], types):
        arrays = batch.columns  # made anew at every look
        for column, cells in zip(columns, arrays[: len(texts)], strict=True):
            column += cells.to_pylist()
        parts.append(_stack(arrays[len(texts) :], batch.num_rows))
    return columns, np.concatenate(parts)


def _read_parquet(path: Path, header: Header, texts: Sequence[int], numbers: Sequence[int]):
    columns = [
        to_text_column(column, path).tolist() for column in read_parquet(path, texts).columns
    ]
    table = read_parquet(path, numbers)
    for place, kind in zip(numbers, table.schema.types, strict=True):
        if not any(fits(kind) for fits in NUMBERS):
            raise CellError(f"{path}: column {header.fields[place]!r} holds {kind}")
    return columns, _stack([column.combine_chunks() for column in table.columns], table.num_rows)


def _read_as_text(path: Path, header: Header, texts: Sequence[int], numbers: Sequence[int]):
    """Read all cells as text, and refuse the first one that is no number."""
    columns = [column.tolist() for column in read_columns(path, header, texts)]
    values = np.empty((len(columns[0]), len(numbers)), np.float32)
    with np.errstate(over="ignore"):
        for place, column in enumerate(read_columns(path, header, numbers)):
            where = f"{path}: column {header.fields[numbers[place]]!r}"
            values[:, place] = to_numbers(column.set_axis(columns[0]), where)
    return columns, values


def _stack(columns: Sequence[pa.Array], n_rows: int) -> np.ndarray:
    """Return columns of numbers as (rows, columns) float32; NaN where they are null."""
    values = np.empty((n_rows, len(columns)), np.float32)
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        for place, column in enumerate(columns):
            numbers = column if pa.types.is_float64(column.type) else column.cast(pa.float64())
            values[:, place] = numbers.to_numpy(zero_copy_only=False)
    return values


READERS = {TEXT: _read_text, PARQUET: _read_parquet, WORKBOOK: _read_as_text}
