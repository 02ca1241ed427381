"""The processes that train together. The first of them decides and writes; the others follow."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import numpy as np
from jax.experimental.multihost_utils import broadcast_one_to_all, process_allgather

from drp.data import DataError
from experiments.flags import SettingsError

T = TypeVar("T")
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
    if process_id >= num_processes:
        raise SettingsError(
            f"--process_id={process_id}: expected less than --num_processes={num_processes}"
        )
    if jax.distributed.is_initialized():
        return
    if coordinator_address != FROM_CLUSTER:
        jax.distributed.initialize(coordinator_address, num_processes, process_id)
        return
    try:
        jax.distributed.initialize()
    except ValueError as error:
        raise SettingsError(
            f"--coordinator_address={FROM_CLUSTER}: found no cluster to ask ({error}); give "
            "HOST:PORT of the first process, --num_processes and --process_id"
        ) from error


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


def check_same(what: str, description: str) -> None:
    """Check that all processes were given the same.

    Args:
      what: the description's subject, as the error names it.
      description: of settings and data; equal texts are the same.

    Raises:
      SettingsError: a process differs from the first.
    """
    if jax.process_count() == 1:
        return
    digest = np.frombuffer(hashlib.sha256(description.encode()).digest(), np.uint8)
    digests = process_allgather(digest)
    other = np.flatnonzero((digests != digests[0]).any(axis=1))
    if len(other):
        raise SettingsError(f"process {other[0]} was given other {what} than process 0")
