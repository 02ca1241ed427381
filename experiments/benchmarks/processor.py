"""The machine as the operating system tells of it: cores, use, memory. Standard library only."""

import math
import os
import resource
import sys
import time
from pathlib import Path
from typing import NamedTuple

STAT = Path("/proc/stat")
STATUS = Path("/proc/self/status")
BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


def count_cores() -> int:
    """Return the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Usage(NamedTuple):
    """Seconds since some moment.

    Attributes:
      wall: by the clock.
      own: of processor time, by this process and the children that have ended.
      all: of processor time, by everything on the machine; NaN where it is not told.
    """

    wall: float
    own: float
    all: float


def read_usage() -> Usage:
    """Return what the processor has done so far."""
    times, wall = os.times(), time.perf_counter()
    own = times.user + times.system + times.children_user + times.children_system
    if not STAT.is_file():
        return Usage(wall, own, math.nan)
    fields = STAT.read_text(encoding="ascii").splitlines()[0].split()[1:]
    user, nice, system, _, _, *interrupts = map(int, fields[:8])  # idle and waiting left out
    ticks = user + nice + system + sum(interrupts)
    return Usage(wall, own, ticks / os.sysconf("SC_CLK_TCK"))


def share_of_others(before: Usage, after: Usage) -> float:
    """Return the share of all cores' time that other programs took, 0 to 1; NaN if not known."""
    wall, own, everything = (b - a for a, b in zip(before, after, strict=True))
    return max(everything - own, 0.0) / (wall * (os.cpu_count() or 1))


def describe_processor() -> str:
    """Return the processor in words."""
    return f"cpu, {count_cores()} cores"


def peak_memory_mb() -> float:
    """Return the most memory that this process has held, in MB (10^6 bytes).

    Linux hands `ru_maxrss` of the parent down to the child, so a small worker of a large parent
    would show the parent's; the kernel's own high-water mark starts anew with the program.
    """
    own = read_status("VmHWM")
    if own is not None:
        return own
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_OF_MAXRSS / 1e6


def held_memory_mb() -> float | None:
    """Return the memory that this process holds now, in MB; None where it is not told."""
    return read_status("VmRSS")


def read_status(name: str) -> float | None:
    """Return what the kernel says of this process's memory, in MB; None if it says nothing."""
    if STATUS.is_file():
        for line in STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024 / 1e6
    return None


def count_memory() -> int:
    """Return the bytes of memory that the machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
