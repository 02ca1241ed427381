"""One process per measurement. It refuses to know what is measured."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

ROOT = Path(__file__).parents[2]  # where `python -m experiments...` finds the packages
WORKER = (sys.executable, "-m", "experiments.benchmarks.worker")
# What a process says that found no memory: XLA, Python, C++, torch on a GPU, torch on a CPU.
OUT_OF_MEMORY = (
    "resource_exhausted", "memoryerror", "bad_alloc", "out of memory", "can't allocate memory",
)  # fmt: skip


class WorkerMemoryError(Exception):
    """A worker that the memory did not suffice for."""


def run_worker(spec: NamedTuple, hear: Callable[[str], object] = lambda line: None) -> dict:
    """Measure something in a process of its own, and return the fields of its result.

    Args:
      spec: a type of `cases`.
      hear: is given what the worker prints meanwhile, line by line.

    Raises:
      WorkerMemoryError: the memory did not suffice.
      RuntimeError: anything else went wrong there; holds what the worker said last.
    """
    with TemporaryFile("w+") as asked, TemporaryFile("w+") as errors:
        asked.write(json.dumps(spec._asdict()))
        asked.seek(0)
        code, result = follow(asked, errors, hear)
        errors.seek(0)
        complaint = errors.read()
    if code == 0:
        return json.loads(result)
    # The kernel kills without a word what takes too much.
    if code == -signal.SIGKILL or any(words in complaint.lower() for words in OUT_OF_MEMORY):
        raise WorkerMemoryError(f"out of memory: {spec}")
    raise RuntimeError(f"the worker for {spec} ended with {code}:\n{complaint}")


def follow(asked, errors, hear: Callable[[str], object]) -> tuple[int, str]:
    """Run a worker between two open files; return its exit code and the last line it printed."""
    streams = {"stdin": asked, "stdout": subprocess.PIPE, "stderr": errors}
    with subprocess.Popen(WORKER, **streams, text=True, cwd=ROOT) as process:
        try:
            last = hold_back_last(process.stdout, hear)
        except BaseException:
            process.kill()  # it would go on alone
            raise
    return process.returncode, last


def hold_back_last(lines: Iterable[str], hear: Callable[[str], object]) -> str:
    """Pass lines on as they come, all but the last one: that is the result."""
    last = None
    for line in lines:
        if last is not None:
            hear(last.rstrip())
        last = line
    return last or ""
