"""Timing of a call that is made again and again. It refuses to know what is called."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

AT_LEAST_SECONDS = 1.0  # three epochs of milliseconds would tell of the scheduler


class Times(NamedTuple):
    """Seconds of the first call, and the median of the calls after it."""

    first: float
    steady: float


def time_calls(call: Callable[[], object], at_least: int) -> Times:
    """Time one call, then `at_least` more, and on until they took AT_LEAST_SECONDS.

    Args:
      call: returns when its work is done, on the device too.
      at_least: calls after the first.
    """
    first, steady = time_call(call), []
    while len(steady) < at_least or sum(steady) < AT_LEAST_SECONDS:
        steady.append(time_call(call))
    return Times(first, median(steady))


def time_call(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
