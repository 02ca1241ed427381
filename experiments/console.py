"""What a person sees while a script runs, and how a script starts and ends."""

import errno
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from absl import app, flags, logging
from tqdm import tqdm

from drp.data import DataError
from drp.data.readers.progress import watching
from experiments.cluster import ending_alone
from experiments.flags import SettingsError, define_flags, read_flags

Item = TypeVar("Item")
SECONDS_BETWEEN_LINES = 20.0
READING = "reading {desc}: {percentage:3.0f}% |{bar}| {elapsed}"


def say(text: str) -> None:
    """Print a line of results or of progress."""
    tqdm.write(text, file=sys.stdout)
    sys.stdout.flush()


def show_progress(items: Iterable[Item], total: int, label: str, describe=None) -> Iterator[Item]:
    """Pass items through: a bar on a terminal, a plain line now and then elsewhere.

    Args:
      items: what the loop runs over.
      total: how many there will be.
      label: what is being done.
      describe: item -> a few words on it, such as its loss.
    """
    on_terminal = sys.stderr.isatty()
    spoken = time.perf_counter()
    with tqdm(total=total, desc=label, disable=not on_terminal, leave=False) as bar:
        for count, item in enumerate(items, start=1):
            words = describe(item) if describe else ""
            bar.set_postfix_str(words, refresh=False)
            bar.update()
            late = time.perf_counter() - spoken > SECONDS_BETWEEN_LINES
            if not on_terminal and (late or count == total):
                say(f"{label}: {count}/{total} {words}".rstrip())
                spoken = time.perf_counter()
            yield item


@contextmanager
def show_reading() -> Iterator[None]:
    """Show how far each file is read inside the block: a bar on a terminal, else now and then."""
    with ExitStack() as stack:
        bars: dict[Path, tqdm] = {}
        spoken = time.perf_counter()

        def watch(path: Path, share: float) -> None:
            nonlocal spoken
            if path not in bars:
                bar = tqdm(total=100, desc=path.name, bar_format=READING, leave=False, disable=None)
                bars[path] = stack.enter_context(bar)
            bars[path].update(int(100 * share) - bars[path].n)
            if bars[path].disable and time.perf_counter() - spoken > SECONDS_BETWEEN_LINES:
                say(f"reading {path.name}: {share:.0%}")
                spoken = time.perf_counter()

        with watching(watch):
            yield


def launch(run: Callable, settings_class: type) -> None:
    """Start a script: flags -> settings -> run(settings); bad input ends it with one line and 1."""
    define_flags(settings_class)
    flags.DEFINE_bool("debug", False, "show the traceback of an error")
    flags.FLAGS.register_key_flag_for_module(sys.argv[0], flags.FLAGS["debug"])

    def main(arguments: list[str]) -> None:
        if len(arguments) > 1:
            sys.exit(f"error: unexpected argument {arguments[1]!r}; flags are --name=value")
        warnings.showwarning = _show_warning
        logging.set_verbosity(logging.WARNING)  # libraries tell of their own housekeeping
        with ending_alone():
            run_or_exit(lambda: run(read_flags(settings_class)), flags.FLAGS.debug)

    app.run(main)


def run_or_exit(run: Callable[[], object], debug: bool = False) -> None:
    """Call `run`; end the process with one line and exit code 1 if its input is bad.

    Args:
      run: what to do.
      debug: whether an error shows its traceback instead.
    """
    try:
        run()
    except KeyboardInterrupt:
        if debug:
            raise
        print("stopped; the same command goes on from what is finished", file=sys.stderr)
        sys.exit(130)
    except (DataError, SettingsError, OSError) as error:
        if debug or not _is_expected(error):
            raise
        sys.exit(f"error: {error}")


def expand(path: str) -> str:
    """Return a path with ~ and environment variables filled in; $DRP_DATA has a default."""
    default = os.environ.get("DRP_DATA", "../shared/data")
    expanded = os.path.expandvars(path.replace("$DRP_DATA", default))
    return str(Path(expanded).expanduser()) if expanded else ""


def _is_expected(error: Exception) -> bool:
    """Tell bad input and a full or forbidden disk from a fault of ours."""
    user_errors = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.ENOTDIR)
    return not isinstance(error, OSError) or error.errno in user_errors


def _show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    print(f"warning: {message}", file=sys.stderr)
