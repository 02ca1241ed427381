"""Seconds per useful replicate-epoch of a queue with real early stopping, end to end."""

import time
from collections.abc import Iterable

import jax

from drp.settings import RECIPES
from drp.training import FinishedReplicate, Task, choose_slots, fit_replicates
from experiments.benchmarks.cases import CASES, Spec, Timing
from experiments.benchmarks.machine import describe_device, device_peak_mb
from experiments.benchmarks.setups import SETUPS
from experiments.benchmarks.sizes import SIZES


def measure(spec: Spec) -> Timing:
    """Train a queue of replicates, bases included, at the slots that are chosen by default.

    One replicate goes before, so that everything is compiled; what it took is not counted.
    """
    setup = SETUPS[CASES[spec.task].first_layer](SIZES[spec.size], RECIPES["paper"], spec.seed)
    key, first = jax.random.key(spec.seed), setup.make_task(0)
    example = (first, setup.lines, setup.pretrained)
    slots = choose_slots(spec.queue, setup.replicate, key, example)

    def train(tasks: Iterable[Task]) -> list[FinishedReplicate]:
        shared = (setup.lines, setup.pretrained, setup.replicate)
        return list(fit_replicates(key, tasks, *shared, slots))

    train([first])
    started = time.perf_counter()
    finished = train(map(setup.make_task, range(spec.queue)))
    jax.block_until_ready(finished[-1].fitted)
    seconds = time.perf_counter() - started
    useful = sum(len(one.train_loss) for one in finished)
    return Timing(
        seconds / useful, slots, describe_device(),
        utilisation=useful / sum(one.slot_epochs for one in finished),
        peak_memory_mb=device_peak_mb(),
    )  # fmt: skip
