"""Many replicates: a queue that fills the slots, on the host. It refuses to know how they train."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import jax
import numpy as np
from jax import Array

from drp.training.prediction import FittedPredictor
from drp.training.replicate import Progress, Replicate
from drp.training.slots import make_engine
from drp.training.task import Lines, Task


class FinishedReplicate(NamedTuple):
    """A replicate as it leaves its slot.

    Attributes:
      number: the replicate's number.
      fitted: its product, on this process's first device.
      train_loss: (epochs,) mean loss of each epoch's batches.
      validation_loss: (epochs,) loss after each epoch.
      slot_epochs: epochs that all slots together had since the one before was done; how many of
        them were of use, `len(train_loss)` of all replicates tells.
    """

    number: int
    fitted: FittedPredictor
    train_loss: np.ndarray
    validation_loss: np.ndarray
    slot_epochs: int


def fit_replicates(
    key: Array, tasks: Iterable[Task], lines: Lines, pretrained: Mapping, replicate: Replicate,
    slots: int, devices: tuple[jax.Device, ...] | None = None,
) -> Iterator[FinishedReplicate]:  # fmt: skip
    """Train every task, `slots` at a time, and yield each replicate when it is done.

    A replicate's random keys follow from its number alone, so its result depends neither on the
    slots nor on the order of the queue. A finished replicate is taken out between two calls and
    its slot gets the next task; when the queue is empty, the slot stays frozen.

    With several processes, each runs this with the same arguments, in step.

    Args:
      key: one key for all.
      tasks: the queue; all of one shape. Read as slots become free, so it may be a generator.
      lines: the cell lines, shared.
      pretrained: modality -> encoder weights to start from; empty for a random start.
      replicate: from `make_replicate`.
      slots: replicates in training at a time; rounded up to a multiple of the devices.
      devices: where to train; None for all devices of all processes.

    Raises:
      ValueError: no slot to train in.
    """
    engine = make_engine(replicate, slots, tuple(devices or jax.devices()))
    lines, pretrained = engine.share((lines, pretrained))  # once, and not at every call
    queue = iter(tasks)
    table, held = _SlotTable(engine.n_slots), None
    while True:
        for slot in table.free():
            task = next(queue, None)
            if task is None:
                break
            if held is None:
                held = engine.open(key, task, lines, pretrained)
            held = engine.enter(held, slot, key, task, lines, pretrained)
            table.occupy(slot, int(task.number))
        if not table.occupied():
            return
        held, progress_R = engine.run(held, lines)
        for slot in table.record(engine.read(progress_R)):
            yield table.leave(slot, engine.leave(held, slot))


class _SlotTable:
    """Which replicate sits in which slot, and its losses so far."""

    def __init__(self, slots: int):
        self._number: list[int | None] = [None] * slots
        self._losses: list[list[tuple[float, float]]] = [[] for _ in range(slots)]
        self._slot_epochs = 0

    def free(self) -> list[int]:
        return [slot for slot, number in enumerate(self._number) if number is None]

    def occupied(self) -> list[int]:
        return [slot for slot, number in enumerate(self._number) if number is not None]

    def occupy(self, slot: int, number: int) -> None:
        self._number[slot], self._losses[slot] = number, []

    def record(self, progress_R: Progress) -> list[int]:
        """Add the epochs that ran, (R, epochs per call); return the slots that are now done."""
        self._slot_epochs += progress_R.ran.size
        for slot in self.occupied():
            ran = progress_R.ran[slot]
            both = progress_R.train_loss[slot][ran], progress_R.validation_loss[slot][ran]
            self._losses[slot] += list(zip(*both, strict=True))
        return [slot for slot in self.occupied() if progress_R.done[slot, -1]]

    def leave(self, slot: int, fitted: FittedPredictor) -> FinishedReplicate:
        train, validation = np.array(self._losses[slot], np.float32).T
        finished = FinishedReplicate(
            self._number[slot], fitted, train, validation, self._slot_epochs
        )
        self._number[slot], self._slot_epochs = None, 0
        return finished
