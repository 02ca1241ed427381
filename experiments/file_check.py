"""The table that `prepare --check` prints: what every file was taken for, and how it matches."""

from collections.abc import Sequence

from drp.data.readers.ledger import Entry, Ledger

COLUMNS = ("file", "recognised as", "rows", "columns", "unit", "matched", "unmatched")
NUMBERS = ("rows", "columns", "matched", "unmatched")


def describe_files(ledger: Ledger, messages: Sequence[str]) -> list[str]:
    """Return the lines of the table: a row per file, below it its examples, warnings and error.

    Args:
      ledger: the files that were read.
      messages: all warnings of the reading; those of no single file stand at the end.
    """
    rows = [_cells(entry) for entry in ledger.entries]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    lines = [_align(COLUMNS, widths)]
    for entry, row in zip(ledger.entries, rows, strict=True):
        lines += [_align(row, widths), *_remarks(entry)]
    told = {message for entry in ledger.entries for message in entry.warnings}
    return lines + [f"warning: {message}" for message in messages if message not in told]


def _cells(entry: Entry) -> tuple[str, ...]:
    record = entry.record
    counts = [f"{record[name]:,}" if name in record else "-" for name in NUMBERS]
    kind = record.get("recognised_as", "cannot be used" if entry.error else "-")
    kind += f", {record['orientation']}" if "orientation" in record else ""
    return (f"--{entry.role}", kind, *counts[:2], str(record.get("unit", "-")), *counts[2:])


def _remarks(entry: Entry) -> list[str]:
    remarks = [entry.path]
    if examples := entry.record.get("unmatched_examples"):
        remarks.append(f"unmatched: {', '.join(examples)}")
    remarks += [f"warning: {_shorten(text, entry)}" for text in entry.warnings]
    remarks += [f"error: {_shorten(entry.error, entry)}"] if entry.error else []
    return [f"    {remark}" for remark in remarks]


def _shorten(text: str, entry: Entry) -> str:
    """Leave out the path, which stands above."""
    return text.removeprefix(f"{entry.path}: ")


def _align(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(COLUMNS, cells, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()
