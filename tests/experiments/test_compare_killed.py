"""compare, killed without warning at random moments, ends as if nothing had happened."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from drp.settings import CompareSettings
from tests.processes import share_programs, start, wait_for_success, write_flags

SECONDS = 200  # for one command
PARTS = "replicates/*/[0-9]*.npz"
FIRST_WRITTEN, FIRST_TABLE = "splits.npz", "timings.csv"
KILLS = ("start", "training", "training", "training", "tables", "tables")  # of each run
TRIES = 3  # a moment that came after the end is drawn again

Start = Callable[[Path], subprocess.Popen]  # the command, for a folder


class Moment(NamedTuple):
    """Some seconds after a start of the command has written so many files of a pattern."""

    pattern: str
    files: int
    seconds: float


class Broken(NamedTuple):
    """A run that was killed again and again, and then left alone.

    Attributes:
      folder: where.
      kills: how many hit it while it ran.
      finished: when each part was written that a kill left behind, in ns.
    """

    folder: Path
    kills: int
    finished: dict[Path, int]


@pytest.fixture(scope="module")
def start_in(prepared, encoders, tmp_path_factory) -> Start:
    """The command; all of its starts share their programs."""
    settings = CompareSettings(
        cells=str(prepared / "cells.h5mu"),
        tumors=str(prepared / "tumors.h5mu"),
        encoders=str(encoders),
        designs=("complete", "svm"),
        recipe=("paper", "modern:members=2:max_epochs=4:batch_size=16"),
        replicates=8,
        encoder_widths=(8, 6, 4),
        head_widths=(5,),
        keep_weights=True,
    )
    cache = share_programs(tmp_path_factory.mktemp("programs"))
    return lambda folder: start(
        "experiments.compare", *write_flags(replace(settings, out=str(folder))), **cache
    )


class Unbroken(NamedTuple):
    """A run that nothing stopped, and the seconds that its first and last phase took."""

    folder: Path
    starting: float
    tables: float


@pytest.fixture(scope="module")
def unbroken(start_in, tmp_path_factory) -> Unbroken:
    folder, began = tmp_path_factory.mktemp("unbroken"), time.time()
    wait_for_success(start_in(folder), seconds=SECONDS)
    first, table = ((folder / name).stat().st_mtime for name in (FIRST_WRITTEN, FIRST_TABLE))
    return Unbroken(folder, first - began, time.time() - table)


@pytest.fixture(scope="module")
def broken(unbroken, start_in, tmp_path_factory) -> list[Broken]:
    """Two runs at a time, because most of a start keeps one core busy."""
    folders = [tmp_path_factory.mktemp(f"broken-{seed}") for seed in range(2)]
    with ThreadPoolExecutor(len(folders)) as pool:
        return list(pool.map(partial(break_run, start_in, unbroken), folders, range(2)))


def break_run(start_in: Start, unbroken: Unbroken, folder: Path, seed: int) -> Broken:
    """Kill the command time and again, then let it come to its end."""
    rng, kills, finished = np.random.default_rng(seed), 0, {}
    for phase in KILLS:
        moments = (draw_moment(rng, phase, unbroken) for _ in range(TRIES))
        kills += any(strike(start_in, folder, moment) for moment in moments)
        finished = {path: path.stat().st_mtime_ns for path in folder.glob(PARTS)} | finished
    wait_for_success(start_in(folder), seconds=SECONDS)
    return Broken(folder, kills, finished)


def draw_moment(rng: np.random.Generator, phase: str, unbroken: Unbroken) -> Moment:
    if phase == "training":
        return Moment(PARTS, int(rng.integers(10)), rng.uniform(0, 0.2))
    if phase == "tables":
        return Moment(FIRST_TABLE, 1, rng.uniform(0, unbroken.tables))
    return Moment(PARTS, 0, rng.uniform(0, unbroken.starting))


def strike(start_in: Start, folder: Path, moment: Moment) -> bool:
    """Kill a start of the command at a moment; return whether it still ran."""
    began, process = time.time(), start_in(folder)
    try:
        while process.poll() is None and count_new(folder, moment.pattern, began) < moment.files:
            assert time.time() < began + SECONDS
            time.sleep(0.01)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment.seconds)
    finally:
        process.kill()
        said, _ = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode != 0


def count_new(folder: Path, pattern: str, since: float) -> int:
    return sum(path.stat().st_mtime > since for path in folder.glob(pattern))


def test_most_kills_hit_a_run(broken):
    assert sum(run.kills for run in broken) >= 10


@pytest.mark.parametrize(
    "name",
    [
        "replicates.csv", "table1.csv", "evaluation.md", "paired.csv", "predictions.parquet",
        "figure2.svg", "figure2.png", "ranking.svg",
    ],
)  # fmt: skip
def test_tables_and_figures_are_the_same_bytes(broken, unbroken, name):
    expected = (unbroken.folder / name).read_bytes()
    for run in broken:
        assert (run.folder / name).read_bytes() == expected


@pytest.mark.parametrize("pattern", [FIRST_WRITTEN, "weights/*/*.npz"])
def test_splits_and_weights_are_the_same(broken, unbroken, pattern):
    expected = dict(read_arrays(unbroken.folder, pattern))
    assert expected
    for run in broken:
        found = dict(read_arrays(run.folder, pattern))
        assert found.keys() == expected.keys()
        for name, array in found.items():
            np.testing.assert_array_equal(array, expected[name], name, strict=True)


def read_arrays(folder: Path, pattern: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array of every file of that name."""
    for path in folder.glob(pattern):
        with np.load(path) as stored:
            yield from ((f"{path.relative_to(folder)}: {name}", stored[name]) for name in stored)


def test_finished_parts_are_not_made_again(broken):
    for run in broken:
        assert run.finished
        assert {path: path.stat().st_mtime_ns for path in run.finished} == run.finished


def test_nothing_half_written_is_left(broken, unbroken):
    expected = {path.relative_to(unbroken.folder) for path in unbroken.folder.rglob("*")}
    assert not any(path.name.startswith(".partial") for path in expected)
    for run in broken:
        assert {path.relative_to(run.folder) for path in run.folder.rglob("*")} == expected
