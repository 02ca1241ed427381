"""compare by two processes with four devices each gives what one process with one device gives."""

import json
import shutil
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.settings import CompareSettings
from experiments.cluster import check_same, follow_first, is_first, join_cluster
from experiments.flags import SettingsError
from experiments.parts import PLAIN
from tests.processes import start, wait, wait_for_success, write_flags

SECONDS = 300
# How well the compiler optimises has no say in who trains what, and costs half of the time.
QUICK = {"disable_most_optimizations": 1}
KEYS = ["design", "recipe", "replicate"]
ERRORS = ["mse_train", "mse_imputed", "mse_measured"]
CORRELATIONS = ["pearson_drug", "spearman_drug", "pearson_sample", "spearman_sample"]
MODERN = "modern:members=2:max_epochs=6:batch_size=16"
REMOVED = (
    f"complete-{MODERN}".translate(PLAIN) + "/00001.npz", "pca-paper/00003.npz",
    "drug_mean-paper/00000.npz",
)  # fmt: skip


@pytest.fixture(scope="module")
def settings(prepared, encoders) -> CompareSettings:
    """Five replicates: of eight slots, three stay empty. The full layer, the span, components."""
    return CompareSettings(
        cells=str(prepared / "cells.h5mu"),
        encoders=str(encoders),
        designs=("complete", "pca", "drug_mean"),
        recipe=("paper", MODERN),
        replicates=5,
        encoder_widths=(8, 6, 4),
        head_widths=(5,),
    )


def start_alone(settings: CompareSettings, out: Path):
    flags = write_flags(replace(settings, out=str(out)))
    return start("experiments.compare", *flags, num_cpu_devices=1, **QUICK)


def start_two(settings: CompareSettings, *changes: dict) -> list:
    """Start a process for each change of the settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    where = {"coordinator_address": address, "num_processes": len(changes)}
    each = [write_flags(settings, process_id=i, **where, **x) for i, x in enumerate(changes)]
    return [start("experiments.compare", *flags, num_cpu_devices=4, **QUICK) for flags in each]


@pytest.fixture(scope="module")
def one(settings, tmp_path_factory) -> Path:
    """Folder of one process with one device."""
    out = tmp_path_factory.mktemp("one") / "run"
    wait_for_success(start_alone(settings, out), seconds=SECONDS)
    return out


@pytest.fixture(scope="module")
def two(settings, tmp_path_factory) -> list[Path]:
    """Folders of two processes with four devices each; what the second writes would be seen."""
    outs = [tmp_path_factory.mktemp("two") / "run" for _ in range(2)]
    processes = start_two(settings, *({"out": out} for out in outs))
    wait_for_success(*processes, seconds=SECONDS)
    return outs


def assert_same_replicates(folder: Path, expected: Path):
    """Equal but for the order in which numbers are added up."""
    found, other = (pd.read_csv(out / "replicates.csv") for out in (folder, expected))
    assert found[KEYS].equals(other[KEYS])
    assert_array_equal(found["epochs"], other["epochs"])
    assert_allclose(found[ERRORS], other[ERRORS], rtol=1e-4)
    assert_allclose(found[CORRELATIONS], other[CORRELATIONS], rtol=1e-4, atol=1e-4)


def assert_same_table1(folder: Path, expected: Path):
    found, other = (pd.read_csv(out / "table1.csv") for out in (folder, expected))
    pd.testing.assert_frame_equal(found, other, rtol=1e-4, atol=1e-4)


def test_two_processes_equal_one(two, one):
    assert_same_replicates(two[0], one)
    assert_same_table1(two[0], one)
    for name in ("splits.npz", "predictions.parquet", "figure2.svg"):
        assert (two[0] / name).is_file()


def test_predictions_are_those_of_one(two, one):
    found, expected = (pd.read_parquet(out / "predictions.parquet") for out in (two[0], one))
    numbers = ["pred_ln_ic50_um", "sd_members"]
    columns = found.columns.drop(numbers)
    pd.testing.assert_frame_equal(found[columns], expected[columns])
    assert_allclose(found[numbers], expected[numbers], rtol=1e-4, atol=1e-4)


def test_only_the_first_process_writes(two):
    assert two[0].exists()
    assert not two[1].exists()


def test_a_slot_on_every_device(two):
    settled = json.loads((two[0] / "run.json").read_text())["settled"]
    assert len(settled) == 4
    assert set(settled.values()) == {8}


def test_one_device_goes_on_where_eight_stopped(two, one, settings, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(two[0], out)
    for name in REMOVED:
        (out / "replicates" / name).unlink()
    kept = {path: path.stat().st_mtime_ns for path in out.glob("replicates/*/*.npz")}
    settled = json.loads((out / "run.json").read_text())["settled"]
    (ended,) = wait(start_alone(settings, out), seconds=SECONDS)
    assert ended.code == 0, ended.said
    assert "was begun with other device" in ended.said
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(out.glob("replicates/*/*.npz"))) == len(kept) + len(REMOVED)
    record = json.loads((out / "run.json").read_text())
    assert settled.items() < record["settled"].items()  # new slots for other devices
    assert len(record["resumed"]) == 1
    assert_same_replicates(out, one)
    assert_same_table1(out, one)


# Changes of each process's settings, and what one of them says.
BAD = {
    "other settings": ({}, {"seed": 1}, "process 1 was given other seed than process 0"),
    "other designs": ({}, {"designs": ("complete",)}, "was given other designs, method than"),
    "a missing file": ({}, {"cells": "none.h5mu"}, "error: none.h5mu: no such file"),
    "a folder of another run": ({"seed": 1}, {"seed": 1}, "holds a run with other settings: seed:"),
}


@pytest.mark.parametrize(("first", "second", "message"), BAD.values(), ids=BAD)
def test_what_stops_one_process_stops_both(one, settings, tmp_path, first, second, message):
    out = tmp_path / "run"
    if first:
        shutil.copytree(one, out)
    before = sorted(out.rglob("*"))
    both = wait(*start_two(settings, *({**x, "out": out} for x in (first, second))), seconds=60)
    assert message in both[0].said + both[1].said
    for ended in both:
        assert ended.code == 1, ended.said
        assert "Traceback" not in ended.said
    assert sorted(out.rglob("*")) == before


def test_without_a_cluster_there_is_none_to_ask(settings, tmp_path):
    flags = write_flags(settings, out=tmp_path / "run", coordinator_address="auto")
    (ended,) = wait(start("experiments.compare", *flags), seconds=60)
    assert ended.code == 1, ended.said
    assert "error: --coordinator_address=auto: found no cluster" in ended.said
    assert "Traceback" not in ended.said


@pytest.mark.parametrize(
    ("address", "num_processes", "process_id", "message"),
    [
        ("", 2, 0, "--num_processes=2: expected --coordinator_address=HOST:PORT"),
        ("localhost:1", 2, 2, "--process_id=2: expected less than --num_processes=2"),
        ("auto", 1, 1, "--process_id=1: expected less than --num_processes=1"),
        ("localhost:1", 1, 0, "expected --num_processes=2 or more"),
        ("auto", 2, 0, "--num_processes=2: the cluster's manager knows"),
        ("localhost", 2, 0, "--coordinator_address=localhost: expected HOST:PORT"),
    ],
)
def test_settings_that_join_no_cluster(address, num_processes, process_id, message):
    with pytest.raises(SettingsError, match=message):
        join_cluster(address, num_processes, process_id)


def test_a_process_on_its_own_follows_nobody():
    join_cluster("", 1, 0)
    tree = {"rows": np.arange(3), "slots": 4}
    assert is_first()
    assert follow_first(tree) is tree
    check_same(lambda: {"seed": 1})
