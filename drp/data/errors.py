"""The one error that bad input gets. It refuses to know what a valid file is: readers say that."""

from collections.abc import Sequence


class DataError(ValueError):
    """Input that cannot be used. The message names the place, the expected and the found."""


class DataWarning(UserWarning):
    """Input that is used only in part. The message says how much was left out, and which."""


def name_first(items: Sequence, limit: int = 5) -> str:
    """Return the first few items and the count of the rest, for messages of one line."""
    items = [" ".join(str(item).split()) for item in items]
    rest = len(items) - limit
    return ", ".join(items[:limit]) + (f" and {rest} more" if rest > 0 else "")
