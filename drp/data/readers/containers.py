"""Workbooks and parquet -> header and columns, as of a text. It refuses to know what they mean."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import openpyxl
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from drp.data.errors import DataError
from drp.data.readers.header import TEXT, Header
from drp.data.readers.progress import tell

WORKBOOK, PARQUET = "workbook", "parquet"  # containers beside text
STARTS = {b"PK\x03\x04": WORKBOOK, b"PAR1": PARQUET}
WORKBOOK_NAMES = (".xlsx", ".xlsm")
MAX_ROWS = 1 << 20  # Excel's; a damaged number of a row may be far above
ROWS_AT_A_TIME = 50


def find_container(path: Path) -> str:
    """Tell a container by its first bytes and its name: workbook, parquet, or text."""
    with path.open("rb") as handle:
        container = STARTS.get(handle.read(4), TEXT)
    # A zip archive is a workbook only if it is called one; the rest is told to be unpacked.
    if container == WORKBOOK and path.suffix.lower() not in WORKBOOK_NAMES:
        return TEXT
    return container


def read_workbook(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a workbook's first sheet as text; they end where their last cell is.

    Raises:
      DataError: no workbook, or a damaged one.
    """
    with (
        _reading(path, "workbook"),
        path.open("rb") as handle,  # openpyxl would leave it open if it fails
        closing(_open_workbook(handle)) as book,
    ):
        sheet = book.worksheets[0]
        total, count = sheet.max_row or 1, 0
        sheet.reset_dimensions()  # the stated size may be far beyond the last cell
        rows = sheet.iter_rows(max_row=MAX_ROWS, values_only=True)
        while part := _take_rows(rows):
            count += len(part)
            tell(path, min(count / total, 1.0))
            yield from part


def read_workbook_header(path: Path) -> Header:
    """Return the first row with a name in it as the header."""
    rows = read_workbook(path)
    for n_before, fields in enumerate(rows, start=1):
        if fields:
            return Header(fields, WORKBOOK, next(filter(None, rows), []), n_before=n_before)
    raise DataError(f"{path}: expected a header line, found an empty workbook")


def read_parquet_header(path: Path) -> Header:
    """Return the columns of a parquet file; the index that pandas stored comes first, if any."""
    with _reading(path, "parquet file"), parquet.ParquetFile(path) as file:
        fields = _order_fields(file.schema_arrow)
        first = next(file.iter_batches(1), None)
        row = [] if first is None else [_to_text(first[name][0].as_py()) for name in fields]
    if not fields:
        raise DataError(f"{path}: expected named columns, found none")
    names = ["" if name.startswith("__index_level_") else name for name in fields]
    return Header(names, PARQUET, row)


def read_parquet(path: Path, places: Sequence[int]) -> pa.Table:
    """Read the columns at the given places of `read_parquet_header`."""
    with _reading(path, "parquet file"), parquet.ParquetFile(path) as file:
        fields = _order_fields(file.schema_arrow)
        names = [fields[place] for place in places]
        table = file.read(columns=names).select(names)
        if any(len(column) != file.metadata.num_rows for column in table.columns):
            raise ValueError(f"expected {file.metadata.num_rows} rows in every column")
    tell(path, 1.0)
    return table


def to_text_column(column: pa.ChunkedArray, path: Path) -> pd.Series:
    """Return a column of any type as text, "" where it is empty."""
    with _reading(path, "parquet file"):
        if pa.types.is_binary(column.type):
            column = column.cast(pa.string())
        values = column.to_pandas().astype(object)
    return values.map(_to_text, na_action="ignore").fillna("")


@contextmanager
def _reading(path: Path, kind: str) -> Iterator[None]:
    """Turn whatever a parser raises into a DataError; a damaged file fails in countless ways."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path}: the {kind} is cut short or damaged ({type(error).__name__}: {text})"
        ) from error


def _open_workbook(handle: BinaryIO) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about fonts, styles and the like
        return openpyxl.load_workbook(handle, read_only=True, data_only=True)


def _take_rows(rows: Iterator[tuple]) -> list[list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about dates that no calendar has
        return [_cut([_to_text(value) for value in row]) for row in islice(rows, ROWS_AT_A_TIME)]


def _cut(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _order_fields(schema: pa.Schema) -> list[str]:
    """Return the names of all columns, those of the index that pandas stored first."""
    if len({*schema.names}) < len(schema.names):
        raise ValueError("two columns have one name")
    stored = (schema.pandas_metadata or {}).get("index_columns", [])
    index = [name for name in stored if isinstance(name, str) and name in schema.names]
    return index + [name for name in schema.names if name not in index]


def _to_text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a workbook holds every number as a float
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    return str(value)
