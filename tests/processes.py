"""Python processes beside the one that runs the tests: how they start, and how they end."""

import os
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]  # where `python -m` finds our packages
# On a CPU whatever the machine has, so that a number of devices can be asked for.
ON_CPU = {"JAX_PLATFORMS": "cpu"}


# What would speak for the process of the tests, or for a cluster that it runs on.
NOT_INHERITED = ("JAX_", "XLA_", "SLURM_", "OMPI_", "KUBERNETES_")


class Ended(NamedTuple):
    """What a process left: its exit code, and all that it printed."""

    code: int
    said: str


def start(module: str, *arguments: str, **jax: object) -> subprocess.Popen:
    """Start `python -m module`; `jax`: JAX's settings there, which does not inherit ours."""
    ours = {name: x for name, x in os.environ.items() if not name.startswith(NOT_INHERITED)}
    theirs = {f"JAX_{name.upper()}": str(value) for name, value in jax.items()}
    return subprocess.Popen(
        (sys.executable, "-m", module, *arguments), cwd=ROOT, env={**ours, **ON_CPU, **theirs},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def share_programs(folder: Path) -> dict[str, object]:
    """Return JAX's settings with which all starts compile a program once."""
    return {
        "compilation_cache_dir": folder,
        "persistent_cache_min_compile_time_secs": 0,
        "persistent_cache_min_entry_size_bytes": -1,
    }


def write_flags(settings, **changes: object) -> list[str]:
    """Return the command line of a settings dataclass."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)} | changes
    texts = {name: write_flag(value) for name, value in values.items()}
    return [f"--{name}={text}" for name, text in texts.items()]


def write_flag(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def wait(*processes: subprocess.Popen, seconds: float) -> list[Ended]:
    """Wait for processes that work together; if time runs out, kill all and fail."""
    last = time.monotonic() + seconds
    try:
        for process in processes:
            process.wait(max(0, last - time.monotonic()))
        late = False
    except subprocess.TimeoutExpired:
        late = True
    for process in processes:
        process.kill()  # those that are late; nothing happens to one that has ended
    said = [process.communicate()[0] for process in processes]
    if late:
        pytest.fail(f"not done after {seconds} s:\n" + "\n".join(said))
    return [Ended(process.returncode, text) for process, text in zip(processes, said, strict=True)]


def wait_for_success(*processes: subprocess.Popen, seconds: float) -> None:
    """Wait, and show what was said if one fails."""
    for ended in wait(*processes, seconds=seconds):
        assert ended.code == 0, ended.said
