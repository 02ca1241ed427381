"""Delimited text, plain or gzipped -> record batches. It refuses to know what a table means."""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from drp.data.errors import DataError
from drp.data.readers.header import TEXT, Header
from drp.data.readers.progress import tell
from drp.data.readers.streams import EXPECTED, Stream, open_stream

TAB, COMMA = "\t", ","
COMMENT = "#"  # a MAF of the GDC starts with `#version` and further such lines
# Broad's gene cluster text has a line of four sizes: rows, columns, leading columns beside the
# first, and lines below the header that describe the columns. Version 1.2 leaves the last two out.
GCT = {"#1.2": (1, 0), "#1.3": ()}
FIREHOSE = ("Hybridization REF", "gene_id")  # starts of its two header lines
BLOCK = 16 << 20  # bytes parsed at a time: the widest row must fit
GAPS = (  # how portals, R and Python write a missing number
    "", "NA", "N/A", "#N/A", "na", "n/a", "NaN", "nan", "null", "NULL", "<NA>",
)  # fmt: skip
IN_QUOTES = re.compile(r'"[^"]*("|$)')
END = "\0 end"  # a last line of our own: it is part of another row only if a quote is left open
RAGGED = "expected as many fields in every row"


class CellError(DataError):
    """Some cell is no number."""


def read_text_header(path: Path) -> Header:
    """Read the header line; if it has a tab, then tabs part the fields, and else commas.

    Raises:
      DataError: not UTF-8 text, or empty; sizes of a GCT that contradict its header.
    """
    try:
        with open_stream(path) as stream:
            return _parse_header(_read_lines(stream, path), path)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: {EXPECTED}, or a workbook, found other bytes ({error})"
        ) from error
    except csv.Error as error:
        raise DataError(f"{path}: {RAGGED}; is a quote never closed? ({error})") from error


def read_batches(
    path: Path, header: Header, picked: Sequence[int], types: Sequence[pa.DataType]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows below the header in parts, with the picked columns in the given order.

    Args:
      path: the file.
      header: what `read_text_header` gave.
      picked: places of the wanted columns, from 0.
      types: one type per picked column; a gap in a column of numbers is null.

    Raises:
      CellError: a cell of a column of numbers holds something else.
      DataError: rows of unequal length, no UTF-8, a cut file, other sizes than a GCT says.
    """
    n_rows = 0
    with open_stream(path) as stream:
        try:
            for batch in _parse_body(stream, header, picked, types):
                n_rows += batch.num_rows
                tell(path, stream.share)
                yield batch if header.quoted else _unquote(batch)
        except pa.ArrowInvalid as error:
            raise _explain(error, path, header) from error
        if header.quoted and stream.n_quotes % 2:
            _reject_faults(path, header)
    if header.n_rows not in (None, n_rows):
        raise DataError(f"{path}: line 2: expected {header.n_rows} rows as it says, found {n_rows}")


def _read_lines(stream: Stream, path: Path) -> Iterator[str]:
    for count, line in enumerate(stream.lines()):
        if b"\0" in line:
            raise DataError(f"{path}: {EXPECTED}, found NUL bytes in line {count + 1}")
        yield line.decode("utf-8-sig" if count == 0 else "utf-8")


def _parse_header(lines: Iterator[str], path: Path) -> Header:
    preamble, sizes, n_before, line = _parse_preamble(lines, path)
    visible = IN_QUOTES.sub("", line)
    delimiter = COMMA if COMMA in visible and TAB not in visible else TAB
    # Tabs need no quotes, so a lone quote in a table with tabs is a character like any other.
    quoted = delimiter == COMMA or '"' in line
    # The parser gets the whole file: a quoted name may hold a line break.
    rows = _parse_rows(itertools.chain([line], lines), delimiter, quoted)
    fields = next(rows)
    if fields[-1].endswith(END):
        raise DataError(f"{path}: {RAGGED}; the header opens a quote and never ends")
    if sizes:
        _reject_sizes(sizes, fields, path)
        for _ in range(sizes[3]):
            next(rows, None)
    n_above = rows.line_num
    first = _next_row(rows)
    if (fields[0], *first[:1]) == FIREHOSE:
        n_above = rows.line_num
        first = _next_row(rows)
    return Header(
        fields, TEXT, first, delimiter, n_before + n_above, quoted, preamble,
        n_leading=1 + sizes[2] if sizes else 1, n_rows=sizes[0] if sizes else None,
    )  # fmt: skip


def _parse_preamble(lines: Iterator[str], path: Path) -> tuple[str, list[int] | None, int, str]:
    """Return the first comment, the sizes of a GCT, the lines before the header, and its first."""
    preamble, sizes = "", None
    for n_before, line in enumerate(lines):
        if preamble in GCT and sizes is None:
            sizes = _parse_sizes(preamble, line, path)
        elif line.startswith(COMMENT) and sizes is None:
            preamble = preamble or line.strip()
        elif line.strip():
            return preamble, sizes, n_before, line
    raise DataError(f"{path}: expected a header line, found an empty file")


def _parse_rows(lines: Iterator[str], delimiter: str, quoted: bool):
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    return csv.reader(itertools.chain(lines, [END]), delimiter=delimiter, quoting=quoting)


def _next_row(rows: Iterator[list[str]]) -> list[str]:
    row = next(filter(None, rows), [])
    return [] if row == [END] else row


def _parse_sizes(version: str, line: str, path: Path) -> list[int]:
    implied = GCT[version]
    expected = 4 - len(implied)
    found = line.split()[:expected]
    if len(found) < expected or not all(size.isdecimal() for size in found):
        raise DataError(f"{path}: line 2: expected {expected} sizes of a GCT, found {line[:60]!r}")
    return [*map(int, found), *implied]


def _reject_sizes(sizes: Sequence[int], fields: Sequence[str], path: Path) -> None:
    _, n_columns, n_leading, _ = sizes
    found = len(fields) - 1 - n_leading
    if n_columns != found:
        raise DataError(
            f"{path}: line 2: expected {n_columns} columns of numbers as it says, found {found}"
        )


def _parse_body(
    stream: Stream, header: Header, picked: Sequence[int], types: Sequence[pa.DataType]
) -> Iterator[pa.RecordBatch]:
    if not stream.skip_lines(header.n_before):
        return
    names = [str(place) for place in range(len(header.fields))]
    chosen = [names[place] for place in picked]
    yield from arrow_csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        arrow_csv.ReadOptions(column_names=names, block_size=BLOCK),
        arrow_csv.ParseOptions(
            delimiter=header.delimiter,
            quote_char='"' if header.quoted else False,
            newlines_in_values=header.quoted,
        ),
        arrow_csv.ConvertOptions(
            include_columns=chosen,
            column_types=dict(zip(chosen, types, strict=True)),
            null_values=GAPS,
            strings_can_be_null=False,
        ),
    )


def _unquote(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Take the quotes off single cells: Excel and HGNC quote those only that need it."""
    columns = [_unquote_cells(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _unquote_cells(column: pa.Array) -> pa.Array:
    packed = pa.types.is_dictionary(column.type)
    cells = column.dictionary if packed else column
    if not pa.types.is_string(cells.type) or not pc.any(pc.starts_with(cells, '"')).as_py():
        return column
    cells = column.dictionary_decode() if packed else column
    inner = pc.replace_substring(pc.utf8_slice_codeunits(cells, 1, -1), '""', '"')
    whole = pc.match_substring_regex(cells, '(?s)^".*"$')
    cells = pc.if_else(whole, inner, cells)
    return cells.dictionary_encode() if packed else cells


def _explain(error: pa.ArrowInvalid, path: Path, header: Header) -> DataError:
    text = " ".join(str(error).split())[:200]
    if "UTF8" in text:
        return DataError(f"{path}: expected UTF-8 text; save the file in UTF-8 ({text})")
    if "conversion error" in text:
        return CellError(f"{path}: {text}")
    _reject_faults(path, header)
    return DataError(f"{path}: {RAGGED}, and none above {BLOCK >> 20} MB ({text})")


def _reject_faults(path: Path, header: Header) -> None:
    """Raise a DataError that names the first row of another length, or the quote left open."""
    width, place = len(header.fields), header.n_before + 1
    with open_stream(path) as stream:
        lines = (line.decode("utf-8", "replace") for line in stream.lines())
        body = itertools.islice(lines, header.n_before, None)
        rows = _parse_rows(body, header.delimiter, header.quoted)
        try:
            for row in rows:
                if row == [END]:
                    return
                if row and row[-1].endswith(END):
                    raise DataError(f"{path}: {RAGGED}; row {place} opens a quote and never ends")
                if row and len(row) != width:
                    raise DataError(
                        f"{path}: {RAGGED}; found {width} in the header, {len(row)} in row {place}"
                    )
                place = header.n_before + rows.line_num + 1
        except csv.Error as error:
            raise DataError(f"{path}: {RAGGED}; row {place} never ends ({error})") from error
