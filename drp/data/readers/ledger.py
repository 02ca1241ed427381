"""What each file was taken for and what came of it. It refuses to know how a file is read."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from drp.data.errors import DataError, DataWarning

Result = TypeVar("Result")


@dataclass
class Entry:
    """One file.

    Attributes:
      role: what the file is for: the setting that names it, such as `cells_expression`.
      path: the file.
      record: what was recognised, counted and dropped.
      warnings: what the reader warned of.
      error: why the file cannot be used, "" if it can.
    """

    role: str
    path: str
    record: dict = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    error: str = ""


class Ledger:
    """The list of all files that were read.

    Args:
      keep_going: whether an unusable file is noted and the next one read, as a check wants it;
        otherwise its error ends the reading.
    """

    def __init__(self, keep_going: bool = False):
        self.entries: list[Entry] = []
        self._failures: list[str] = []
        self._keep_going = keep_going

    def read(
        self, role: str, path: str, reader: Callable[..., tuple[Result, dict]], *arguments
    ) -> Result | None:
        """Call `reader(path, *arguments)` and note its record, its warnings or its error.

        Returns:
          What was read; None for an unusable file of a ledger that keeps going.

        Raises:
          DataError: what the reader raises, unless the ledger keeps going.
        """
        entry = Entry(role, str(path))
        self.entries.append(entry)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", DataWarning)
                result, entry.record = reader(path, *arguments)
        except DataError as error:
            entry.error = str(error)
            if not self._keep_going:
                raise
            return None
        finally:
            for warning in caught:
                entry.warnings.append(str(warning.message))
                warnings.warn(warning.message, warning.category, stacklevel=2)
        return result

    def find_all(self, role: str) -> list[Entry]:
        """Return the files of a role."""
        return [entry for entry in self.entries if entry.role == role]

    def find(self, role: str, path: str) -> Entry:
        """Return one file of a role."""
        return next(entry for entry in self.find_all(role) if entry.path == str(path))

    def put_off(self, step: Callable[..., Result], *arguments) -> Result | None:
        """Call `step(*arguments)`; its error waits for `reject_errors` if the ledger keeps going.

        Returns:
          What the step returns, or None.

        Raises:
          DataError: what the step raises, unless the ledger keeps going.
        """
        earlier, self._failures = self._failures, []  # of other steps: this one goes on
        try:
            return step(*arguments)
        except DataError as error:
            if not self._keep_going:
                raise
            earlier.append(str(error))
            return None
        finally:
            self._failures = earlier

    def reject_errors(self) -> None:
        """Raise a DataError if a file was unusable, or a step that used several of them failed."""
        faulty = [entry for entry in self.entries if entry.error]
        if faulty:
            raise DataError(
                f"{len(faulty)} of {len(self.entries)} files cannot be used: "
                + ", ".join(f"--{entry.role}" for entry in faulty)
            )
        if self._failures:
            raise DataError("; ".join(self._failures))

    def as_dict(self) -> dict:
        """Return the records by role and path."""
        table: dict = {}
        for entry in self.entries:
            table.setdefault(entry.role, {})[entry.path] = entry.record
        return table
