"""The bytes of a text file, unpacked if they are gzipped. It refuses to know what they say."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from drp.data.errors import DataError

GZIP = b"\x1f\x8b"
PART = 1 << 20  # bytes that are parted into lines at a time
TAR_PLACE = 257  # where an archive of tar says that it is one
OTHER_KINDS = (  # what else users have: place, the bytes that stand there, what it is
    (0, b"\xff\xfe", "UTF-16 text"),
    (0, b"\xfe\xff", "UTF-16 text"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (0, b"\xd0\xcf\x11\xe0", "an old or locked Excel workbook (save it as .xlsx)"),
    (0, b"\x89HDF", "an HDF5 file"),
    (TAR_PLACE, b"ustar", "a tar archive"),
)
EXPECTED = "expected UTF-8 text, plain or gzipped"
# A file that is cut or damaged shows it in one of these ways while it is read.
READING_ERRORS = (OSError, EOFError, zlib.error)


class Stream:
    """The bytes of one file, watched on their way to whoever parses them.

    Attributes:
      n_quotes: double quotes that `read` has passed on.
    """

    closed = False

    def __init__(self, raw: BinaryIO, path: Path):
        self._raw, self._path = raw, path
        self._size = max(path.stat().st_size, 1)
        self._bytes = raw
        self._reject_other_kinds()
        if raw.peek(2).startswith(GZIP):
            self._bytes = io.BufferedReader(gzip.GzipFile(fileobj=raw))
            self._reject_other_kinds()
        self.n_quotes = 0

    @property
    def share(self) -> float:
        """The share of the file that is read, 0 to 1."""
        return self._raw.tell() / self._size

    def read(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
          DataError: one of them is NUL, which no text holds.
        """
        data = self._bytes.read(size)
        if b"\0" in data:
            raise DataError(f"{self._path}: {EXPECTED}, found NUL bytes; it may be damaged")
        self.n_quotes += data.count(b'"')
        return data

    def lines(self) -> Iterator[bytes]:
        """Yield lines with their ends, which are LF, CRLF or a lone CR."""
        rest = b""
        while data := self._bytes.read(PART):
            *lines, rest = (rest + data).splitlines(keepends=True)
            yield from lines
        if rest:
            yield rest

    def skip_lines(self, count: int) -> bool:
        """Go on behind the first lines, and tell whether anything but empty lines follows."""
        lines = self.lines()
        place = sum(len(next(lines, b"")) for _ in range(count))
        more = any(line.strip(b"\r\n") for line in lines)
        self._bytes.seek(place)
        return more

    def close(self) -> None:
        """Do nothing: the file is closed by `open_stream`."""

    def _reject_other_kinds(self) -> None:
        start = self._bytes.peek(TAR_PLACE + 5)
        for place, mark, kind in OTHER_KINDS:
            if start[place:].startswith(mark):
                raise DataError(f"{self._path}: {EXPECTED}, found {kind}")


@contextmanager
def open_stream(path: Path) -> Iterator[Stream]:
    """Open a file for reading.

    Raises:
      DataError: another kind of file, or one that is cut short or damaged.
    """
    try:
        with path.open("rb") as raw:
            yield Stream(raw, path)
    except READING_ERRORS as error:
        raise DataError(f"{path}: the file is cut short or damaged ({error})") from error
