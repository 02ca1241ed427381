"""How far a reader has come, for whoever wants to see it. It refuses to know how that looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

# path, share of the file that is read (0 to 1)
Watcher = Callable[[Path, float], None]
_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Call `watcher` with each step that a reader makes inside the block."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def tell(path: Path, share: float) -> None:
    """Tell the watcher, if there is one, how much of a file is read."""
    watcher = _WATCHER.get()
    if watcher:
        watcher(path, share)
