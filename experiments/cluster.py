"""The processes that train together. The first of them decides and writes; the others follow."""

import hashlib
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import jax
import numpy as np
from jax.experimental.multihost_utils import broadcast_one_to_all, process_allgather

from drp.data import DataError
from experiments.flags import SettingsError

T = TypeVar("T")
SECONDS_TO_SPEAK = 3  # the first process leaves last: without it the others could say nothing
SECONDS_TO_WAIT = 86_400  # at the end, while the first process fits baselines and writes tables
FROM_CLUSTER = "auto"  # as a coordinator's address: what the cluster's own manager says


def join_cluster(coordinator_address: str, num_processes: int, process_id: int) -> None:
    """Connect to the other processes, before anything is computed; one process alone needs none.

    Args:
      coordinator_address: host:port of the first process; auto to ask the cluster's manager (Slurm,
        Open MPI, Kubernetes, Cloud TPU); empty for a process on its own.
      num_processes: how many there are.
      process_id: which of them this is, from 0.

    Raises:
      SettingsError: the three do not fit together, or there is no cluster to ask.
    """
    if not coordinator_address:
        if num_processes > 1:
            raise SettingsError(
                f"--num_processes={num_processes}: expected --coordinator_address=HOST:PORT of the "
                f"first process, or --coordinator_address={FROM_CLUSTER} on a cluster"
            )
        return
    from_cluster = coordinator_address == FROM_CLUSTER
    if not from_cluster and not re.fullmatch(r".+:\d+", coordinator_address):
        raise SettingsError(
            f"--coordinator_address={coordinator_address}: expected HOST:PORT or {FROM_CLUSTER}"
        )
    if from_cluster and num_processes > 1:
        raise SettingsError(
            f"--num_processes={num_processes}: the cluster's manager knows, with "
            f"--coordinator_address={FROM_CLUSTER}"
        )
    if not from_cluster and num_processes < 2:
        raise SettingsError("--coordinator_address: expected --num_processes=2 or more beside it")
    if process_id >= num_processes:
        raise SettingsError(
            f"--process_id={process_id}: expected less than --num_processes={num_processes}"
        )
    if jax.distributed.is_initialized():
        return
    given = () if from_cluster else (coordinator_address, num_processes, process_id)
    print(
        f"waiting for the other processes (--coordinator_address={coordinator_address})", flush=True
    )
    try:
        jax.distributed.initialize(*given, shutdown_timeout_seconds=SECONDS_TO_WAIT)
    except ValueError as error:
        raise SettingsError(
            f"--coordinator_address={coordinator_address}: found no cluster ({error}); give "
            "HOST:PORT of the first process, --num_processes and --process_id"
        ) from error


@contextmanager
def ending_alone() -> Iterator[None]:
    """End this process at once if an error ends the block, where it is one of several.

    The usual end waits for the other processes, and they wait for this one's next exchange.
    """
    try:
        yield
    except BaseException as error:
        if not jax.distributed.is_initialized():
            raise
        code = error.code if isinstance(error, SystemExit) else None
        if not isinstance(code, int):
            said = code or "".join(traceback.format_exception(error))
            print(said, file=sys.stderr, flush=True)
            code = 1
        if is_first():
            time.sleep(SECONDS_TO_SPEAK)
        os._exit(code)


def is_first() -> bool:
    """Return whether this process decides and writes; so does one on its own."""
    return jax.process_index() == 0


def follow_first(tree: Any) -> Any:
    """Return the first process's version of a tree of numbers and arrays, on every process.

    Processes may differ in the last digit (an eigenvector's sign, say), and must train the same.
    """
    return tree if jax.process_count() == 1 else broadcast_one_to_all(tree)


def together(prepare: Callable[[], T]) -> T:
    """Return what `prepare` does; bad input in one process ends all of them, and each says why.

    Else the others would wait for it in the next exchange.

    Raises:
      SettingsError: another process was stopped by its input. This one's own error comes through.
    """
    result, error = None, None
    try:
        result = prepare()
    except (DataError, SettingsError, OSError) as caught:
        error = caught
    failed = np.atleast_1d(process_allgather(error is not None))
    if error is not None:
        raise error
    if failed.any():
        raise SettingsError(f"process {np.flatnonzero(failed)[0]} was stopped by its input")
    return result


def check_same(describe: Callable[[], Mapping[str, object]]) -> None:
    """Check that all processes were given the same.

    Args:
      describe: () -> name -> setting, data or method; the names are the same everywhere. Values of
        the same text are the same.

    Raises:
      SettingsError: a process differs from the first; says in what.
    """
    if jax.process_count() == 1:
        return
    facts = describe()
    names = sorted(facts)
    digests = [hashlib.sha256(repr(facts[name]).encode()).digest() for name in names]
    all_PN = process_allgather(np.array([np.frombuffer(x, np.uint8) for x in digests]))
    differ_PN = (all_PN != all_PN[:1]).any(axis=-1)
    if differ_PN.any():
        process = int(np.flatnonzero(differ_PN.any(axis=1))[0])
        what = ", ".join(
            name for name, other in zip(names, differ_PN[process], strict=True) if other
        )
        raise SettingsError(f"process {process} was given other {what} than process 0")
