"""Device programs over slots, spread over the devices' axis `replica`. It refuses to know a queue.

A slot holds one replicate in training. Slots never exchange anything, so each device works on its
own; what the host must read (losses, a finished replicate) is handed to every device, because a
process of many sees none but its own.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from drp.training.blocks import CPU_ROWS, cut_rows, join_rows
from drp.training.prediction import FittedPredictor
from drp.training.replicate import Progress, Replicate, TrainState
from drp.training.task import Lines, Task

AXIS = "replica"
OVER_SLOTS, EVERYWHERE = PartitionSpec(AXIS), PartitionSpec()


class Slots(NamedTuple):
    """Replicates in training, a leading axis of slots on every array."""

    states_R: TrainState
    tasks_R: Task


class Engine(NamedTuple):
    """The programs over a fixed number of slots, each compiled once.

    Attributes:
      n_slots: a multiple of the number of devices.
      share: tree -> the same tree on every device.
      open: (key, task, lines, pretrained) -> Slots, all of them frozen.
      enter: (slots, slot, key, task, lines, pretrained) -> Slots, with that task at its start.
      run: (slots, lines) -> (Slots, Progress of each slot, (R, epochs per call)).
      read: Progress -> the same as host arrays.
      leave: (slots, slot) -> the product of that slot, on this process's first device.
    """

    n_slots: int
    share: Callable[[Any], Any]
    open: Callable[[Array, Task, Lines, Mapping], Slots]
    enter: Callable[[Slots, int, Array, Task, Lines, Mapping], Slots]
    run: Callable[[Slots, Lines], tuple[Slots, Progress]]
    read: Callable[[Progress], Progress]
    leave: Callable[[Slots, int], FittedPredictor]


@lru_cache(maxsize=8)
def make_engine(
    replicate: Replicate, slots: int, devices: tuple[jax.Device, ...] | None = None
) -> Engine:
    """Return the programs that train `slots` replicates at a time.

    Kept, so that a second run with the same replicate and slots compiles nothing.

    Args:
      replicate: from `make_replicate`.
      slots: how many at least; rounded up, so that every device has as many.
      devices: where; None for all devices of all processes.

    Raises:
      ValueError: no slot to train in.
    """
    if slots < 1:
        raise ValueError(f"expected at least 1 slot, found {slots}")
    mesh = Mesh(np.array(devices or jax.devices()), (AXIS,))
    per_device = -(-slots // mesh.size)
    everywhere = NamedSharding(mesh, EVERYWHERE)
    runner = find_runner(mesh.devices.flat[0].platform)
    programs = _make_programs(replicate, runner, per_device)

    def compile_(program, n_slots: int, n_same: int, out_specs):
        """Spread a program over the devices; what it is given first are slots, donated or not."""
        specs = (*(OVER_SLOTS,) * n_slots, *(EVERYWHERE,) * n_same)
        spread = jax.shard_map(
            program, mesh=mesh, in_specs=specs, out_specs=out_specs, check_vma=False
        )
        donated = (0,) if n_slots and out_specs is OVER_SLOTS else ()
        return jax.jit(spread, donate_argnums=donated)

    leave = compile_(programs["leave"], 1, 1, EVERYWHERE)
    gather = jax.jit(lambda tree: tree, out_shardings=everywhere)
    return Engine(
        n_slots=per_device * mesh.size,
        share=partial(_share, everywhere),
        open=compile_(programs["open"], 0, 4, OVER_SLOTS),
        enter=compile_(programs["enter"], 1, 5, OVER_SLOTS),
        run=compile_(programs["run"], 1, 1, OVER_SLOTS),
        read=partial(_read, gather),
        leave=lambda slots, slot: jax.tree.map(
            lambda x: x.addressable_data(0), leave(slots, slot)
        ),
    )  # fmt: skip


def _make_programs(replicate: Replicate, runner: "Runner", per_device: int) -> dict[str, Callable]:
    """Return what each device does with the slots that it has."""
    run_slots = runner.make(replicate)

    def start(key, task, lines, pretrained) -> Slots:
        state = replicate.init(key, task, lines, pretrained)
        tall = {name: getattr(state, name) for name in ("params", "opt_state", "kept")}
        state = state._replace(**cut_rows(tall, runner.block_rows))
        # Of use at the start alone.
        task = task._replace(bases=None, scaling=None, mixtures=None, offsets=None)
        return Slots(state, task)

    def open_slots(key, task, lines, pretrained) -> Slots:
        one = start(key, task, lines, pretrained)
        frozen = one.states_R.stopping._replace(done=jnp.bool_(True))
        return make_slots(one._replace(states_R=one.states_R._replace(stopping=frozen)), per_device)

    def enter(slots, slot, key, task, lines, pretrained) -> Slots:
        here, mine = _find_here(slot, per_device)
        # A slot of another device is out of range, and its write is dropped.
        there = jnp.where(mine, here, per_device)
        return put(slots, start(key, task, lines, pretrained), there)

    def run(slots, lines) -> tuple[Slots, Progress]:
        states_R, progress_R = run_slots(slots.states_R, slots.tasks_R, lines)
        return Slots(states_R, slots.tasks_R), progress_R

    def leave(slots, slot) -> FittedPredictor:
        here, mine = _find_here(slot, per_device)
        product = join_rows(replicate.product(take(slots.states_R, jnp.where(mine, here, 0))))
        return jax.tree.map(lambda x: jax.lax.psum(jnp.where(mine, x, 0), AXIS), product)

    return {"open": open_slots, "enter": enter, "run": run, "leave": leave}


def _share(everywhere: NamedSharding, tree: Any) -> Any:
    """Put a tree on every device; of several processes each does so with its own copy."""
    if jax.process_count() == 1:
        return jax.device_put(tree, everywhere)
    return jax.tree.map(
        lambda x: jax.make_array_from_callback(np.shape(x), everywhere, np.asarray(x).__getitem__),
        tree,
    )


def _read(gather: Callable, tree: Any) -> Any:
    """Bring what lies over the slots to the host, whole.

    One process sees all its devices. Several exchange theirs, when the devices are done: one that
    waited inside the exchange for another's epochs could be taken for dead.
    """
    if jax.process_count() == 1:
        return jax.device_get(tree)
    return jax.device_get(gather(jax.block_until_ready(tree)))


class Runner(NamedTuple):
    """How a device works through its slots.

    Attributes:
      make: replicate -> `run_epochs` over slots.
      gains_by_slots: whether more slots on a device make it faster.
      block_rows: rows of the blocks in which it holds tall matrices; None to hold them whole.
    """

    make: Callable[[Replicate], Callable]
    gains_by_slots: bool
    block_rows: int | None = None


def run_side_by_side(replicate: Replicate) -> Callable:
    """Return `run_epochs` over slots, all of them in every step: what an accelerator wants."""
    return jax.vmap(replicate.run_epochs, in_axes=(0, 0, None))


def run_in_turn(replicate: Replicate) -> Callable:
    """Return `run_epochs` over slots, one after the other: what a CPU wants.

    A replicate in the span fits into a CPU's cache, which all slots together do not. A frozen slot
    costs nothing.
    """

    def run_one(state, task, lines):
        return jax.lax.cond(
            state.stopping.done,
            lambda state: (state, replicate.idle()),
            lambda state: replicate.run_epochs(state, task, lines),
            state,
        )

    def run_slots(states_R, tasks_R, lines):
        return jax.lax.map(lambda pair: run_one(*pair, lines), (states_R, tasks_R))

    return run_slots


SIDE_BY_SIDE = Runner(run_side_by_side, gains_by_slots=True)
RUNNERS = {"cpu": Runner(run_in_turn, gains_by_slots=False, block_rows=CPU_ROWS)}  # by platform


def find_runner(platform: str) -> Runner:
    """Return how a device of that platform works through its slots."""
    return RUNNERS.get(platform, SIDE_BY_SIDE)


def make_slots(example: Any, slots: int) -> Any:
    """Return a tree with a leading axis of slots, every slot a copy of `example`."""
    return jax.tree.map(lambda x: jnp.broadcast_to(x, (slots, *jnp.shape(x))), example)


def put(tree_R: Any, one: Any, slot: Array) -> Any:
    """Write one replicate's tree into a slot; a slot that is not there is left alone."""
    return jax.tree.map(lambda x_R, x: x_R.at[slot].set(x, mode="drop"), tree_R, one)


def take(tree_R: Any, slot: Array) -> Any:
    """Read one replicate's tree out of a slot."""
    return jax.tree.map(lambda x_R: x_R[slot], tree_R)


def _find_here(slot: Array, per_device: int) -> tuple[Array, Array]:
    """Return a slot's place among this device's slots, and whether it is one of them."""
    here = slot - jax.lax.axis_index(AXIS) * per_device
    return here, (here >= 0) & (here < per_device)
