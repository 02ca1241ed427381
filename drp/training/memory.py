"""How many replicates a device has memory for. It refuses to train any."""

import os
from collections.abc import Mapping
from typing import Any

import jax
from jax import Array

from drp.training.replicate import Replicate
from drp.training.slots import find_runner, make_engine
from drp.training.task import Lines, Task

SHARE_USED = 0.8  # of the free memory: starts, predictions and fragments need some too


def choose_slots(
    n_tasks: int, replicate: Replicate, key: Array, example: tuple[Task, Lines, Mapping],
    devices: tuple[jax.Device, ...] | None = None,
) -> int:  # fmt: skip
    """Return how many replicates to train at a time, on all devices together.

    Where slots run side by side, as many as fit into a device's free memory by the measured bytes
    of one; where they run in turn, one a device, since more would gain nothing.

    Args:
      n_tasks: replicates in the queue.
      replicate: from `make_replicate`.
      key: any key.
      example: (task, lines, pretrained) as `replicate.init` takes them; shapes will do.
      devices: where; None for all devices of all processes.
    """
    devices = tuple(devices or jax.devices())
    wanted = -(-n_tasks // len(devices))
    if not find_runner(devices[0].platform).gains_by_slots:
        return len(devices)
    shared, each = measure_bytes(replicate, key, example, devices)
    mine = [device for device in devices if device.process_index == jax.process_index()]
    free = min(free_bytes(device) for device in mine) * SHARE_USED - shared
    return max(1, min(wanted, int(free // each))) * len(devices)


def measure_bytes(
    replicate: Replicate, key: Array, example: tuple[Task, Lines, Mapping],
    devices: tuple[jax.Device, ...],
) -> tuple[int, int]:  # fmt: skip
    """Return the bytes on one device of what all slots share, and of each slot in training.

    As the compiler lays them out, with what a step needs for a while: from its own account of the
    program for one slot a device.
    """
    engine = make_engine(replicate, len(devices), devices)
    slots = jax.eval_shape(engine.open, key, *example)
    _, lines, pretrained = example
    account = engine.run.lower(slots, lines).compile().memory_analysis()
    for_a_while = account.temp_size_in_bytes
    for_a_while += account.output_size_in_bytes - account.alias_size_in_bytes
    each = count_bytes(slots) // len(devices) + for_a_while
    return count_bytes((lines, pretrained)), each


def free_bytes(device: jax.Device) -> int:
    """Return a device's free memory; a CPU's devices share half of what the machine has."""
    stats = device.memory_stats()
    if stats and "bytes_limit" in stats:
        return stats["bytes_limit"] - stats.get("bytes_in_use", 0)
    of_machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return of_machine // 2 // jax.local_device_count()


def count_bytes(tree: Any) -> int:
    """Return the bytes of all arrays of a tree, or of its shapes."""
    return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))
