"""The table of files: what each was taken for, how it matches, and what it was counted to hold."""

from collections.abc import Sequence
from pathlib import Path

from drp.data.readers.ledger import Entry, Ledger

COLUMNS = ("file", "recognised as", "rows", "columns", "unit", "matched", "unmatched")
NUMBERS = ("rows", "columns", "matched", "unmatched")
COUNTS_PER_LINE = 4


def describe_files(ledger: Ledger, messages: Sequence[str] | None = None) -> list[str]:
    """Return the lines of the table: a row per file, below it its counts, warnings and error.

    Args:
      ledger: the files that were read.
      messages: all warnings of the reading; those of no single file stand at the end. None leaves
        out all warnings, where they are shown elsewhere.
    """
    rows = [_cells(entry) for entry in ledger.entries]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    names = {entry.path: Path(entry.path).name for entry in ledger.entries}
    lines = [_align(COLUMNS, widths)]
    for entry, row in zip(ledger.entries, rows, strict=True):
        lines += [_align(row, widths), *_remarks(entry)]
        texts = [] if messages is None else [f"warning: {text}" for text in entry.warnings]
        texts += [f"error: {entry.error}"] if entry.error else []
        lines += [f"    {_shorten(text, entry, names)}" for text in texts]
    told = {message for entry in ledger.entries for message in entry.warnings}
    return lines + [f"warning: {text}" for text in messages or () if text not in told]


def _cells(entry: Entry) -> tuple[str, ...]:
    record = entry.record
    counts = [f"{record[name]:,}" if name in record else "-" for name in NUMBERS]
    kind = record.get("recognised_as", "cannot be used" if entry.error else "-")
    return (f"--{entry.role}", kind, *counts[:2], str(record.get("unit", "-")), *counts[2:])


def _remarks(entry: Entry) -> list[str]:
    record = entry.record
    remarks = [entry.path]
    told = [record["orientation"]] if "orientation" in record else []
    told += [
        f"{name.replace('_', ' ')} {count:,}" for name, count in record.items()
        if name not in NUMBERS and type(count) is int and count
    ]  # fmt: skip
    for start in range(0, len(told), COUNTS_PER_LINE):
        remarks.append("; ".join(told[start : start + COUNTS_PER_LINE]))
    if "variant_classes" in record:
        remarks.append(f"variant classes: {record['variant_classes']}")
    if examples := record.get("unmatched_examples"):
        remarks.append(f"unmatched: {', '.join(examples)}")
    return [f"    {remark}" for remark in remarks]


def _shorten(text: str, entry: Entry, names: dict[str, str]) -> str:
    """Leave out the path that stands above, and the folders of all others."""
    text = text.replace(f" {entry.path}: ", " ", 1)
    for path, name in names.items():
        text = text.replace(path, name)
    return text


def _align(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(COLUMNS, cells, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()
