"""The part `pretrain`: tumours read from disk beside tumours in memory, at several counts."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from drp.atomic import remove
from drp.settings import BenchmarkSettings
from experiments.benchmarks.cases import STREAM_CASES, RatesSpec, StreamSpec, Timing
from experiments.benchmarks.floors import (
    Floors,
    Rates,
    Work,
    count_layers,
    find_floors,
    list_autoencoder_layers,
)
from experiments.benchmarks.machine import Machine
from experiments.benchmarks.processes import WorkerMemoryError, run_worker
from experiments.benchmarks.processor import count_memory, read_usage, share_of_others
from experiments.benchmarks.random_tumors import PROFILES, count_file_bytes, write_tumors
from experiments.benchmarks.sizes import STREAM
from experiments.benchmarks.table import Label, Row, make_row
from experiments.console import say, show_progress

THOUSAND = 1_000
SHARE_HELD = 1 / 2  # of the memory, by a cohort: the training needs some of it too
SHARE_FILLED = 0.9  # of what is free on the disk


class Try(NamedTuple):
    """What a worker measured, None without memory, and the share that other programs took."""

    timing: Timing | None
    others_share: float


def measure_pretraining(settings: BenchmarkSettings, machine: Machine) -> Iterator[Row]:
    """Yield the rows of every count of tumours, the fewest first."""
    counts = sorted(set(settings.tumor_counts))
    if not counts:
        return
    floors = measure_floors()
    # The same at every count: what differs then is the number of tumours alone.
    buffer = min(STREAM.buffer, counts[0] // 2)
    for count in counts:
        with lend_tumors(Path(settings.out), count, settings.seed) as path:
            if path:
                specs = list_specs(path, count, buffer, settings.seed)
                rows = measure_in_turn(specs, floors)
                yield from show_progress(rows, len(specs), name_count(count), describe_row)


def measure_floors() -> Floors:
    """Return the least seconds for a thousand tumours."""
    work = count_batch()
    rates = Rates(**run_worker(RatesSpec("rates", {"autoencoder": work.state_bytes})))
    batches = THOUSAND / STREAM.batch_size
    return Floors(*(batches * least for least in find_floors(work, rates, "autoencoder")))


def count_batch() -> Work:
    """Count what a step cannot do without."""
    layers = list_autoencoder_layers(STREAM.genes, STREAM.widths)
    return count_layers(layers, STREAM.batch_size, 0, STREAM.batch_size)


@contextmanager
def lend_tumors(folder: Path, count: int, seed: int) -> Iterator[Path | None]:
    """Write so many tumours for the length of the block; None, and a line, if they do not fit."""
    path = (folder / ".partial-tumors.h5mu").resolve()  # a worker has a working folder of its own
    remove(path)  # of a benchmark that was killed
    needed, free = count_file_bytes(count, STREAM.genes), shutil.disk_usage(folder).free
    if needed > SHARE_FILLED * free:
        say(
            f"{name_count(count)} tumours left out: they take {needed / 1e9:.1f} GB, and the disk "
            f"of {folder} has {free / 1e9:.1f} GB free"
        )
        yield None
        return
    try:
        say(f"writing {name_count(count)} random tumours, {needed / 1e9:.2g} GB")
        write_tumors(path, count, STREAM.genes, seed)
        yield path
    finally:
        remove(path)


def list_specs(path: Path, count: int, buffer: int, seed: int) -> list[StreamSpec]:
    """Return what is measured on a file; a line says what the memory is too small for."""
    specs = []
    for name, case in STREAM_CASES.items():
        held = count * PROFILES[case.modality].count_bytes(STREAM.genes)
        if case.in_memory and held > SHARE_HELD * count_memory():
            say(
                f"{name} of {name_count(count)} left out: {held / 1e9:.1f} GB in memory, of "
                f"{count_memory() / 1e9:.1f} GB"
            )
            continue
        rows = count if case.in_memory else buffer
        fewest = 1 if case.in_memory else STREAM.refills * buffer
        specs.append(StreamSpec(
            "streaming", name, name_count(count), str(path), rows, STREAM.widths,
            STREAM.batch_size, STREAM.seconds, fewest, seed,
        ))  # fmt: skip
    return specs


def measure_in_turn(specs: Sequence[StreamSpec], floors: Floors) -> Iterator[Row]:
    """Yield the row of each case; those of a modality are measured in turn, several times.

    Another program may take its share of the machine for a while.
    """
    for modality in PROFILES:
        own = [spec for spec in specs if STREAM_CASES[spec.case].modality == modality]
        rounds = [[measure_once(spec) for spec in own] for _ in range(STREAM.rounds)]
        for spec, tries in zip(own, zip(*rounds, strict=True), strict=True):
            label = Label("pretrain", spec.case, spec.size, None, "thousand_tumors")
            share = median(one.others_share for one in tries)
            yield make_row(label, floors, take_median([one.timing for one in tries]), share)


def measure_once(spec: StreamSpec) -> Try:
    """Run a worker; a line says so where the memory did not suffice."""
    before = read_usage()
    try:
        timing = Timing(**run_worker(spec))
    except WorkerMemoryError:
        say(f"{spec.size}: {spec.case}: out of memory")
        timing = None
    return Try(timing, share_of_others(before, read_usage()))


def take_median(timings: Sequence[Timing | None]) -> Timing | None:
    """Return the median of every number; None if no worker had enough memory."""
    found = [timing for timing in timings if timing]
    if not found:
        return None
    columns = zip(Timing._fields, zip(*found, strict=True), strict=True)
    return found[0]._replace(
        **{name: median(values) for name, values in columns if isinstance(values[0], float)}
    )


def name_count(count: int) -> str:
    """Return a count of tumours in few letters: 10k, 1M."""
    for factor, letter in ((10**6, "M"), (10**3, "k")):
        if count % factor == 0:
            return f"{count // factor}{letter}"
    return str(count)


def describe_row(row: Row) -> str:
    """Return a case in a few words, and how fast it was."""
    if row.seconds is None:
        return row.case
    return f"{row.case}: {THOUSAND / row.seconds:,.0f} tumours/s, {row.peak_memory_mb:,.0f} MB"
