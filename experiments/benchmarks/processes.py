"""One process per measurement. It refuses to know what is measured."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from experiments.benchmarks.cases import Spec

ROOT = Path(__file__).parents[2]  # where `python -m experiments...` finds the packages
WORKER = (sys.executable, "-m", "experiments.benchmarks.worker")
# What a process says that found no memory: XLA, Python, C++, torch on a GPU, torch on a CPU.
OUT_OF_MEMORY = (
    "resource_exhausted", "memoryerror", "bad_alloc", "out of memory", "can't allocate memory",
)  # fmt: skip


class WorkerMemoryError(Exception):
    """A worker that the memory did not suffice for."""


def run_worker(spec: Spec) -> dict:
    """Measure something in a process of its own, and return the fields of its result.

    Raises:
      WorkerMemoryError: the memory did not suffice.
      RuntimeError: anything else went wrong there; holds what the worker said last.
    """
    asked = json.dumps(spec._asdict())
    ended = subprocess.run(WORKER, input=asked, capture_output=True, text=True, cwd=ROOT)
    if ended.returncode == 0:
        return json.loads(ended.stdout.splitlines()[-1])  # libraries may have printed before
    said = ended.stderr.lower()
    # The kernel kills without a word what takes too much.
    if ended.returncode == -signal.SIGKILL or any(words in said for words in OUT_OF_MEMORY):
        raise WorkerMemoryError(f"out of memory: {spec}")
    raise RuntimeError(f"the worker for {spec} ended with {ended.returncode}:\n{ended.stderr}")
