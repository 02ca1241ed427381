"""Any container -> checked frames with named columns. It refuses to know what a table means."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from drp.data.errors import DataError, name_first
from drp.data.readers.containers import (
    PARQUET,
    WORKBOOK,
    find_container,
    read_parquet,
    read_parquet_header,
    read_workbook,
    read_workbook_header,
    to_text_column,
)
from drp.data.readers.header import TEXT, Header
from drp.data.readers.text import GAPS, RAGGED, read_batches, read_text_header

HEADERS = {
    TEXT: read_text_header,
    WORKBOOK: read_workbook_header,
    PARQUET: read_parquet_header,
}


def read_header(path: str | Path) -> Header:
    """Read the names of a file's columns and its first row.

    Raises:
      DataError: no such file, none of the known containers, or empty.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path}: expected a file, found a folder")
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    try:
        container = find_container(path)
    except OSError as error:
        raise DataError(f"{path}: the file cannot be read ({error})") from error
    return HEADERS[container](path)


def read_table(
    path: str | Path, columns: Sequence[str], numeric: Sequence[str] = (),
    optional: Sequence[str] = (), keys: Sequence[str] = (), categorical: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Read named columns of a table, one record per row.

    Args:
      path: text, workbook or parquet.
      columns: columns that must be there; empty for all the file has.
      numeric: those of them that hold numbers; all others are read as text, "" where empty.
      optional: columns that are read if they are there.
      keys: columns that have a value in every row.
      categorical: whether text columns are given as pandas categories, which takes a tenth of the
        memory where values repeat.

    Returns:
      One row per record; the index is the row of the file, from 1. (In a text, blank lines and
      line breaks inside quotes below the header are not counted.)

    Raises:
      DataError: what `read_header` raises; a column that is missing, stands twice or is not
        numeric; a row without its key; a cut file.
    """
    path = Path(path)
    header = read_header(path)
    for name in columns:
        header.require([name], path)
    if header.lacks_corner:
        raise DataError(
            f"{path}: {RAGGED}; found {len(header.fields)} in the header, "
            f"{len(header.first)} below it"
        )
    wanted = {*columns, *optional} & {*header.fields} if columns else {*header.fields}
    if columns:
        reject_repeats([name for name in header.fields if name in wanted], f"{path}: header")
    # Of a name that stands twice in a table read whole, the first column counts.
    places = sorted(header.fields.index(name) for name in wanted)
    frame = pd.DataFrame(dict(enumerate(read_columns(path, header, places, categorical))))
    frame.columns = [header.fields[place] for place in places]
    for name in filter(wanted.__contains__, keys):
        if (empty := frame[name] == "").any():
            raise DataError(f"{path}: column {name!r}, row {empty.idxmax()}: found an empty cell")
    for name in filter(wanted.__contains__, numeric):
        frame[name] = to_numbers(frame[name], f"{path}: column {name!r}")
    return frame


def read_columns(
    path: Path, header: Header, places: Sequence[int], categorical: bool = False
) -> Iterator[pd.Series]:
    """Yield the columns at the given places as text or categories; the index is the file's row."""
    return COLUMN_READERS[header.container](path, header, places, categorical)


def to_numbers(column: pd.Series, where: str) -> pd.Series:
    """Return a column of text as float64; a gap becomes NaN, and what is infinite stays so.

    Raises:
      DataError: a cell holds something else; the message names its row.
    """
    cells = pc.utf8_trim_whitespace(pa.array(column.astype(object), pa.string()))
    cells = pc.if_else(pc.is_in(cells, pa.array(GAPS)), None, cells)
    try:
        numbers = cells.cast(pa.float64())
    except pa.ArrowInvalid as error:
        place = next(place for place, cell in enumerate(cells) if not _is_number(cell))
        raise DataError(
            f"{where}, row {column.index.tolist()[place]!r}: expected a number, found "
            f"{column.iloc[place]!r}"
        ) from error
    return pd.Series(numbers.to_numpy(zero_copy_only=False), column.index, name=column.name)


def reject_repeats(names: Sequence[str], where: str, cure: str = "") -> None:
    """Raise a DataError that lists the names that occur more than once, or if one is empty."""
    counts = Counter(names)
    if "" in counts:
        raise DataError(f"{where}: expected a name in each place, found an empty one")
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise DataError(
            f"{where}: expected each name once, found repeats of {name_first(repeated)}{cure}"
        )


def _is_number(cell: pa.Scalar) -> bool:
    try:
        cell.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _read_text_columns(path: Path, header: Header, places: Sequence[int], categorical: bool):
    kind = pa.dictionary(pa.int32(), pa.string()) if categorical else pa.string()
    schema = pa.schema([(str(place), kind) for place in places])
    batches = read_batches(path, header, places, [kind] * len(places))
    table = pa.Table.from_batches(batches, schema).unify_dictionaries()
    rows = pd.RangeIndex(table.num_rows) + header.n_before + 1
    columns = table.columns[::-1]
    del table
    while columns:  # each is given up as soon as the caller holds it
        yield columns.pop().to_pandas().set_axis(rows)


def _read_workbook_columns(path: Path, header: Header, places: Sequence[int], categorical: bool):
    rows: list[int] = []
    columns: list[list[str]] = [[] for _ in places]
    for number, row in enumerate(read_workbook(path), start=1):
        if number <= header.n_before or not row:
            continue
        if len(row) > len(header.fields):
            raise DataError(
                f"{path}: {RAGGED}; found {len(header.fields)} in the header, {len(row)} in row "
                f"{number}"
            )
        rows.append(number)
        for place, cells in zip(places, columns, strict=True):
            cells.append(row[place] if place < len(row) else "")
    for cells in columns:
        yield pd.Series(cells, rows, dtype="category" if categorical else object)


def _read_parquet_columns(path: Path, header: Header, places: Sequence[int], categorical: bool):
    del header
    for column in read_parquet(path, places).columns:
        text = to_text_column(column, path)
        text.index = pd.RangeIndex(1, len(text) + 1)
        yield text.astype("category") if categorical else text


COLUMN_READERS = {
    TEXT: _read_text_columns,
    WORKBOOK: _read_workbook_columns,
    PARQUET: _read_parquet_columns,
}
