"""Seconds per thousand tumours of pre-training, and the memory that it takes on the host."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import jax

from drp.data.backed import TumorFile
from drp.models import Autoencoder
from drp.settings import PretrainSettings
from drp.training.feeding import Feed
from drp.training.objectives import make_objective
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import Place, PretrainStep, fit_autoencoder, init_pretraining
from experiments.benchmarks.cases import STREAM_CASES, StreamSpec, Timing
from experiments.benchmarks.machine import describe_device
from experiments.benchmarks.processor import held_memory_mb
from experiments.pretraining.tumor_set import TumorSet, open_tumors

THOUSAND = 1_000
NEVER = 10**9  # epochs


class Call(NamedTuple):
    """What one step of `fit_autoencoder` did, and the seconds that it took."""

    batches: int
    tumors: int
    seconds: float


class Stretch(NamedTuple):
    """What was watched: calls, the tumours that they trained on, the seconds that they took."""

    calls: int
    tumors: int
    seconds: float


def measure(spec: StreamSpec) -> Timing:
    """Train on all tumours of a file, as `experiments.pretrain` does, and watch a stretch of it.

    None is held out: those are in memory in both cases, and 10,000 at most.
    """
    case = STREAM_CASES[spec.case]
    with TumorFile(spec.tumors) as file:
        tumors = open_tumors(file, case.modality, held_out=0.0, seed=spec.seed)
        feed = Feed(tumors.x, tumors.train, spec.batch_size, spec.buffer)
        with closing(start_training(tumors, feed, spec)) as steps:
            calls = time_steps(steps, feed)
            first = next(calls)
            first_memory = held_memory_mb()
            stretch = watch(calls, first, spec.seconds, spec.fewest)
    return Timing(
        THOUSAND * stretch.seconds / stretch.tumors, None, describe_device(),
        compile_seconds=first.seconds - stretch.seconds / stretch.calls,
        first_memory_mb=first_memory,
        refills=None if case.in_memory else stretch.tumors / spec.buffer,
    )  # fmt: skip


def start_training(tumors: TumorSet, feed: Feed, spec: StreamSpec) -> Iterator[PretrainStep]:
    """Return a training that goes on for ever: the published one."""
    defaults, key = PretrainSettings(), jax.random.key(spec.seed)
    objective = make_objective("paper", tumors.moments)
    model = Autoencoder(len(tumors.genes), tuple(spec.widths), objective.output)
    optimiser = make_optimiser("adam", defaults.learning_rate, defaults.weight_decay)
    init = jax.jit(lambda: init_pretraining(key, model, objective, optimiser))
    return fit_autoencoder(key, feed, model, objective, optimiser, NEVER, init())


def time_steps(steps: Iterator[PretrainStep], feed: Feed) -> Iterator[Call]:
    """Yield what each step did; it waits for the device by itself, since it reads the losses."""
    before, started = Place(), time.perf_counter()
    for step in steps:
        seconds = time.perf_counter() - started
        epochs, batches = step.place.epoch - before.epoch, step.place.batch - before.batch
        yield Call(
            epochs * feed.n_batches + batches,
            epochs * feed.n_tumors + batches * feed.batch_size, seconds,
        )  # fmt: skip
        before, started = step.place, time.perf_counter()


def watch(calls: Iterator[Call], first: Call, seconds: float, fewest: int) -> Stretch:
    """Add calls up until they are enough; those with a new number of batches compile: left out.

    Args:
      calls: all after the first.
      first: the first one.
      seconds: the least that they shall have taken together.
      fewest: tumours that they shall have trained on together, at least.
    """
    compiled, total = {first.batches}, Stretch(0, 0, 0.0)
    for call in calls:
        if call.batches in compiled:
            one = Stretch(1, call.tumors, call.seconds)
            total = Stretch(*(a + b for a, b in zip(total, one, strict=True)))
        compiled.add(call.batches)
        if total.calls and total.seconds >= seconds and total.tumors >= fewest:
            break
    return total
