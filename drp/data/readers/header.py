"""What the top of a file tells before the rest is read. It refuses to know what the names mean."""

from collections.abc import Container, Sequence
from pathlib import Path
from typing import NamedTuple

from drp.data.errors import DataError, name_first

TEXT = "text"  # the container that is none


class Header(NamedTuple):
    """The names above the columns, and how the rows below them are reached.

    Attributes:
      fields: names of the columns, "" where there is none.
      container: text, workbook or parquet.
      first: the first row below, as text.
      delimiter: what parts the fields of a text.
      n_before: lines of a text before its first row.
      quoted: whether fields of a text may stand in double quotes.
      preamble: the first comment line, such as `#1.2`; "" if there is none.
      n_leading: columns of text before the numbers, if the container states them.
      n_rows: rows below the header, if the container states them.
    """

    fields: list[str]
    container: str
    first: list[str]
    delimiter: str = ""
    n_before: int = 0
    quoted: bool = False
    preamble: str = ""
    n_leading: int = 1
    n_rows: int | None = None

    @property
    def lacks_corner(self) -> bool:
        """Whether the rows have one field more, as R's write.table leaves the first one unnamed."""
        return len(self.first) == len(self.fields) + 1

    def with_corner(self) -> "Header":
        """Return the header with a place above the row names."""
        return self._replace(fields=["", *self.fields]) if self.lacks_corner else self

    def has(self, *names: str) -> bool:
        """Tell whether all the names are among the columns."""
        return {*names} <= {*self.fields}

    def pick(self, names: Sequence[str]) -> str | None:
        """Return the first of the names that is a column, or None."""
        return pick(names, self.fields)

    def require(self, names: Sequence[str], path: str | Path) -> str:
        """Return the first of the names that is a column.

        Raises:
          DataError: none is.
        """
        name = self.pick(names)
        if name is None:
            reject_one_field(self, path)
            found = name_first(self.fields, 12)
            raise DataError(f"{path}: expected a column {' or '.join(names)}, found {found}")
        return name


def pick(names: Sequence[str], there: Container[str]) -> str | None:
    """Return the first of the names that is there, or None."""
    return next((name for name in names if name in there), None)


def reject_one_field(header: Header, path: str | Path) -> None:
    """Raise a DataError for a header that neither tabs nor commas split."""
    if len(header.fields) == 1:
        found = header.fields[0].strip()[:60]
        raise DataError(f"{path}: expected tabs or commas in the header, found {found!r}")
