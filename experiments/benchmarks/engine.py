"""Seconds per replicate-epoch of the engine when every slot is busy."""

import dataclasses

import jax
import jax.numpy as jnp

from drp.settings import RECIPES
from drp.training.slots import Engine, Slots, make_engine
from experiments.benchmarks.cases import CASES, Spec, Timing
from experiments.benchmarks.machine import describe_device, device_peak_mb
from experiments.benchmarks.setups import SETUPS, Setup
from experiments.benchmarks.sizes import SIZES
from experiments.benchmarks.stopwatch import time_calls

NEVER = 10**9  # epochs: a slot that stopped would cost nothing, and seem fast


def measure(spec: Spec) -> Timing:
    """Fill every slot, run one epoch to compile it, then time epochs."""
    recipe = dataclasses.replace(RECIPES["paper"], patience=NEVER, max_epochs=NEVER)
    setup = SETUPS[CASES[spec.task].first_layer](SIZES[spec.size], recipe, spec.seed)
    engine = make_engine(setup.replicate, spec.slots)
    lines, pretrained = engine.share((setup.lines, setup.pretrained))
    setup = setup._replace(lines=lines, pretrained=pretrained)
    slots = jax.block_until_ready(fill_slots(engine, setup, jax.random.key(spec.seed)))

    def run_epoch() -> None:
        nonlocal slots
        slots, progress_R = engine.run(slots, lines)
        jax.block_until_ready((slots, progress_R))

    times = time_calls(run_epoch, spec.epochs)
    return Timing(
        times.steady / engine.n_slots, engine.n_slots, describe_device(),
        compile_seconds=times.first - times.steady, peak_memory_mb=device_peak_mb(),
    )  # fmt: skip


def fill_slots(engine: Engine, setup: Setup, key: jax.Array) -> Slots:
    """Return slots with a replicate in each; all have the split and basis of the first."""
    task = setup.make_task(0)
    slots = engine.open(key, task, setup.lines, setup.pretrained)
    for slot in range(engine.n_slots):
        own = task._replace(number=jnp.int32(slot))
        slots = engine.enter(slots, slot, key, own, setup.lines, setup.pretrained)
    return slots
