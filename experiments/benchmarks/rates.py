"""How fast a machine can copy and multiply at its best. It refuses to know what for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from experiments.benchmarks.cases import RatesSpec
from experiments.benchmarks.floors import Rates
from experiments.benchmarks.processor import count_cores
from experiments.benchmarks.stopwatch import time_call

# The best of many short tries counts: where others use the machine too, a floor would be too high.
TRIES = 30
# Moved in one try, so that starting it does not count.
BYTES_PER_TRY, BYTES_PER_TRY_ON_DEVICE = 2**28, 2**35
LEAST_BYTES = 2**18  # per core: below it the calls would be timed, and not the memory
FLOAT = np.dtype(np.float32).itemsize


class Probe(NamedTuple):
    """How a kind of device is measured.

    Attributes:
      copy: bytes of the working set -> bytes read and written per second.
      matmul_width: rows and columns of the matrices.
      adds_up: whether several devices do several times as much; a CPU's share its cores.
    """

    copy: Callable[[int], float]
    matmul_width: int
    adds_up: bool


def measure(spec: RatesSpec) -> Rates:
    """Return the rates at the working sets that are asked for."""
    probe = PROBES.get(jax.default_backend(), ACCELERATOR)
    devices = len(jax.devices()) if probe.adds_up else 1
    copy = {name: devices * probe.copy(n_bytes) for name, n_bytes in spec.working_sets.items()}
    return Rates(settle(spec.working_sets, copy), devices * rate_matmul(probe.matmul_width))


def settle(working_sets: dict[str, int], copy: dict[str, float]) -> dict[str, float]:
    """Let no working set be slower than a larger one: where it is, the measurement was."""
    return {
        name: max(copy[other] for other in copy if working_sets[other] >= working_sets[name])
        for name in copy
    }


def rate_copy_by_cores(working_set: int) -> float:
    """Return bytes per second that all cores copy from one half of the working set to the other."""
    cores = count_cores()
    length = max(working_set // cores, LEAST_BYTES) // 2 // FLOAT
    repeats = max(1, BYTES_PER_TRY // (cores * 2 * length * FLOAT))
    halves = [(np.ones(length, np.float32), np.zeros(length, np.float32)) for _ in range(cores)]

    def copy_own(pair) -> None:
        for _ in range(repeats):
            np.copyto(pair[1], pair[0])

    with ThreadPoolExecutor(cores) as pool:
        seconds = best_of(lambda: list(pool.map(copy_own, halves)))
    return repeats * cores * 2 * length * FLOAT / seconds


def rate_copy_on_device(working_set: int) -> float:
    """Return bytes per second that one device reads and writes in place."""
    length = max(working_set, LEAST_BYTES) // FLOAT
    repeats = max(1, BYTES_PER_TRY_ON_DEVICE // (2 * length * FLOAT))

    @partial(jax.jit, donate_argnums=0)
    def rewrite(x):
        # The barrier: two rounds fused into one would move half of what is counted.
        def add_one(_, x):
            return jax.lax.optimization_barrier(x + 1)

        return jax.lax.fori_loop(0, repeats, add_one, x)

    x = jnp.zeros(length, jnp.float32)

    def run() -> None:
        nonlocal x
        x = jax.block_until_ready(rewrite(x))

    return repeats * 2 * length * FLOAT / best_of(run)


def rate_matmul(width: int) -> float:
    """Return operations per second of a square product in full float32, as the engine has it."""
    x = jax.random.normal(jax.random.key(0), (width, width))
    multiply = jax.jit(partial(jnp.matmul, precision=jax.lax.Precision.HIGHEST))
    return 2 * width**3 / best_of(lambda: jax.block_until_ready(multiply(x, x)))


def best_of(call: Callable[[], object]) -> float:
    """Return the shortest of TRIES times of a call that was made once before."""
    call()
    return min(time_call(call) for _ in range(TRIES))


ACCELERATOR = Probe(rate_copy_on_device, matmul_width=8192, adds_up=True)
PROBES = {"cpu": Probe(rate_copy_by_cores, matmul_width=1024, adds_up=False)}  # by platform
