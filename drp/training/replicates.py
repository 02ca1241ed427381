"""Many replicates at once: slots that are filled from a queue. The only place with an R axis."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from drp.training.prediction import FittedPredictor
from drp.training.replicate import Lines, Replicate, Task

BYTES_FOR_SLOTS = 2 * 2**30  # more slots than that gain nothing on a CPU, and leave a longer tail


class FinishedReplicate(NamedTuple):
    """A replicate as it leaves its slot.

    Attributes:
      number: the replicate's number.
      fitted: its product, on the device.
      train_loss: (epochs,) mean loss of each epoch's batches.
      validation_loss: (epochs,) loss after each epoch.
    """

    number: int
    fitted: FittedPredictor
    train_loss: np.ndarray
    validation_loss: np.ndarray


def fit_replicates(
    key: Array, tasks: Iterable[Task], lines: Lines, pretrained: Mapping, replicate: Replicate,
    slots: int,
) -> Iterator[FinishedReplicate]:  # fmt: skip
    """Train every task, `slots` at a time, and yield each replicate when it is done.

    A replicate's random keys follow from its number alone, so its result depends neither on the
    slots nor on the order of the queue. A finished replicate is taken out between two calls and
    its slot gets the next task; when the queue is empty, the slot stays frozen.

    Args:
      key: one key for all.
      tasks: the queue; all of one shape. Read as slots become free, so it may be a generator.
      lines: the cell lines, shared.
      pretrained: modality -> encoder weights to start from; empty for a random start.
      replicate: from `make_replicate`.
      slots: replicates that train side by side.

    Raises:
      ValueError: no slot to train in.
    """
    if slots < 1:
        raise ValueError(f"expected at least 1 slot, found {slots}")
    init, run_R, product_at = compile_replicate(replicate)
    lines, pretrained = jax.device_put((lines, pretrained))  # once, and not at every call
    queue = iter(tasks)
    table = _SlotTable(slots)
    states_R = tasks_R = None
    while True:
        for slot in table.free():
            task = next(queue, None)
            if task is None:
                break
            state = init(key, task, lines, pretrained)
            states_R = put(make_slots(state, slots) if states_R is None else states_R, state, slot)
            tasks_R = put(make_slots(task, slots) if tasks_R is None else tasks_R, task, slot)
            table.occupy(slot, int(task.number))
        if not table.occupied():
            return
        states_R, progress_R = run_R(states_R, tasks_R, lines)
        table.record(jax.device_get(progress_R))
        done_R = np.asarray(states_R.stopping.done)
        for slot in table.occupied():
            if done_R[slot]:
                yield table.leave(slot, product_at(states_R, slot))


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


RUNNERS = {"cpu": run_in_turn}  # by backend; every other one runs slots side by side


@lru_cache(maxsize=8)
def compile_replicate(replicate: Replicate) -> tuple[Callable, Callable, Callable]:
    """Return jitted (init, run_epochs over slots, product of a slot), the same for every call.

    Kept, so that a second `fit_replicates` with the same replicate and slots compiles nothing.
    """
    init = jax.jit(replicate.init)
    make_runner = RUNNERS.get(jax.default_backend(), run_side_by_side)
    run_R = jax.jit(make_runner(replicate), donate_argnums=0)
    product_at = jax.jit(lambda states_R, slot: replicate.product(take(states_R, slot)))
    return init, run_R, product_at


def choose_slots(n_tasks: int, replicate: Replicate, key: Array, example: tuple) -> int:
    """Return how many replicates fit side by side: by the bytes that one of them needs.

    Args:
      n_tasks: replicates in the queue.
      replicate: from `make_replicate`.
      key: any key.
      example: (task, lines, pretrained) as `replicate.init` takes them.
    """
    state = jax.eval_shape(replicate.init, key, *example)
    # Twice: a frozen replicate's old state is held until the epoch's end.
    held = 2 * sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(state) if leaf.size)
    return int(max(1, min(n_tasks, BYTES_FOR_SLOTS // held)))


class _SlotTable:
    """Which replicate sits in which slot, and its losses so far. Lives on the host."""

    def __init__(self, slots: int):
        self._number: list[int | None] = [None] * slots
        self._losses: list[list[tuple[float, float]]] = [[] for _ in range(slots)]

    def free(self) -> list[int]:
        return [slot for slot, number in enumerate(self._number) if number is None]

    def occupied(self) -> list[int]:
        return [slot for slot, number in enumerate(self._number) if number is not None]

    def occupy(self, slot: int, number: int) -> None:
        self._number[slot], self._losses[slot] = number, []

    def record(self, progress_R) -> None:
        """Add the epochs that ran; `progress_R` holds (R, epochs per call) arrays."""
        for slot in self.occupied():
            ran = progress_R.ran[slot]
            both = progress_R.train_loss[slot][ran], progress_R.validation_loss[slot][ran]
            self._losses[slot] += list(zip(*both, strict=True))

    def leave(self, slot: int, fitted: FittedPredictor) -> FinishedReplicate:
        train, validation = np.array(self._losses[slot], np.float32).T
        finished = FinishedReplicate(self._number[slot], fitted, train, validation)
        self._number[slot] = None
        return finished


def make_slots(example: Any, slots: int) -> Any:
    """Return a tree with a leading axis of slots, every slot a copy of `example`.

    Copies and not zeros, because a slot that no task ever takes is computed all the same.
    """
    return jax.tree.map(lambda x: jnp.broadcast_to(x, (slots, *jnp.shape(x))), example)


@partial(jax.jit, donate_argnums=0)
def put(tree_R: Any, one: Any, slot: Array) -> Any:
    """Write one replicate's tree into a slot, in place."""
    return jax.tree.map(lambda x_R, x: x_R.at[slot].set(x), tree_R, one)


def take(tree_R: Any, slot: Array) -> Any:
    """Read one replicate's tree out of a slot."""
    return jax.tree.map(lambda x_R: x_R[slot], tree_R)
