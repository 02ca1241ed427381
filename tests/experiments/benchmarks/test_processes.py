"""Workers: what comes back, what a death is called, and whose memory is counted."""

import subprocess
import sys
import time

import numpy as np
import pytest

from experiments.benchmarks import processes
from experiments.benchmarks.cases import Spec

SPEC = Spec("full", "paper", 64)


def run_instead(monkeypatch, program: str) -> dict:
    monkeypatch.setattr(processes, "WORKER", (sys.executable, "-c", program))
    return processes.run_worker(SPEC)


def test_a_worker_is_given_the_spec_and_its_last_line_counts(monkeypatch):
    program = "import sys; print('noise'); print(sys.stdin.read())"
    assert run_instead(monkeypatch, program) == SPEC._asdict()


def test_what_a_worker_prints_meanwhile_is_heard(monkeypatch):
    program = "print('one'); print('two'); print('{}')"
    monkeypatch.setattr(processes, "WORKER", (sys.executable, "-c", program))
    heard = []
    assert processes.run_worker(SPEC, heard.append) == {}
    assert heard == ["one", "two"]


def test_a_worker_does_not_outlive_who_hears_it(monkeypatch):
    program = "import time; print('one', flush=True); print('two', flush=True); time.sleep(60)"
    monkeypatch.setattr(processes, "WORKER", (sys.executable, "-c", program))

    def stop(line: str) -> None:
        raise KeyboardInterrupt

    started = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        processes.run_worker(SPEC, stop)
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise MemoryError",
        "raise RuntimeError('RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes')",
        "import sys, os; print('std::bad_alloc', file=sys.stderr, flush=True); os.abort()",
    ],
)
def test_a_worker_without_memory_is_told_from_others(monkeypatch, program):
    with pytest.raises(processes.WorkerMemoryError):
        run_instead(monkeypatch, program)


def test_any_other_fault_shows_what_the_worker_said(monkeypatch):
    with pytest.raises(RuntimeError, match="no such thing"):
        run_instead(monkeypatch, "raise ValueError('no such thing')")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a program's own peak")
def test_the_peak_memory_is_the_workers_own():
    held = np.ones(40_000_000)  # 320 MB in the parent
    program = "from experiments.benchmarks.processor import peak_memory_mb; print(peak_memory_mb())"
    command = (sys.executable, "-c", program)
    printed = subprocess.run(command, capture_output=True, text=True, cwd=processes.ROOT).stdout
    assert 1 < float(printed) < held.nbytes / 1e6
