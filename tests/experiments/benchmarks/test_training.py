"""The plan of a size, and what becomes of a case that cannot be measured."""

import numpy as np
import pytest

from drp.settings import BenchmarkSettings
from experiments.benchmarks import training
from experiments.benchmarks.cases import CASES, TORCH_CASES, Timing
from experiments.benchmarks.floors import Rates
from experiments.benchmarks.machine import Machine
from experiments.benchmarks.processes import WorkerMemoryError
from experiments.benchmarks.table import tabulate

MACHINE = Machine("cpu, 2 cores", "cpu", n_devices=1, memory=1e9)
RATES = Rates({"full": 1e9, "span": 2e9}, matmul=1e10)


def test_what_is_compared_is_measured_in_turn():
    assert training.plan_cases("small", (4, 1), TORCH_CASES, MACHINE) == [
        ("full", 1), ("torch_fused", 1), ("torch_adam", 1), ("span", 1), ("full", 4), ("span", 4),
        ("span_queue", None),
    ]  # fmt: skip
    assert {case for case, _ in training.plan_cases("small", (), (), MACHINE)} == {
        "full", "span", "span_queue",
    }  # fmt: skip


def test_slots_are_rounded_up_to_the_devices():
    machine = MACHINE._replace(n_devices=4)
    assert training.list_slots("full", "tiny", (1, 2, 5), machine) == [4, 8]


def test_without_a_list_slots_double_while_they_fit():
    held = training.STATES_HELD * training.count_case("full", "small").state_bytes
    machine = MACHINE._replace(memory=5.0 * held)
    assert training.list_slots("full", "small", (), machine) == [1, 2, 4]
    assert training.list_slots("full", "small", (), machine._replace(memory=1.0)) == [1]
    assert training.list_slots("full", "tiny", (), machine)[-1] == training.MOST_SLOTS["cpu"]
    on_gpu = machine._replace(platform="gpu")
    assert training.list_slots("full", "tiny", (), on_gpu)[-1] == training.MOST_ELSEWHERE


def test_without_torch_a_line_says_so(monkeypatch, capsys):
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    assert training.list_peers("torch") == ()
    assert capsys.readouterr().out == f"{training.NO_TORCH}\n"
    assert training.list_peers("none") == ()
    assert not capsys.readouterr().out


@pytest.fixture
def measured(monkeypatch):
    """The table of a run whose workers are made up; two slots do not fit."""

    def answer(spec):
        if spec.task == "rates":
            return RATES._asdict()
        if spec.slots == 2:
            raise WorkerMemoryError
        seconds = {"torch_fused": 3.0, "full": 2.0}.get(spec.task, 1.0)
        return Timing(seconds, spec.slots or 5, "made up", peak_memory_mb=7.0)._asdict()

    monkeypatch.setattr(training, "run_worker", answer)
    monkeypatch.setattr(training, "find_spec", lambda name: name)
    settings = BenchmarkSettings(sizes=("tiny", "small"), slots=(1, 2))
    return tabulate(training.measure_training(settings, MACHINE))


def test_every_case_has_its_row(measured):
    assert set(measured["case"]) == set(CASES)
    assert len(measured) == 2 * 7
    queue = measured[measured["case"] == "span_queue"]
    assert queue["slots"].tolist() == [5, 5]


def test_a_case_without_memory_leaves_an_empty_row(measured, capsys):
    empty = measured[measured["slots"] == 2]
    assert empty["case"].tolist() == ["full", "span"] * 2
    missing = ["seconds", "peak_memory_mb", "over_floor", "times_torch_fused", "compile_seconds"]
    assert empty[missing].isna().all(axis=None)
    assert empty["device"].isna().all()


def test_a_line_says_that_memory_did_not_suffice(measured, capsys, monkeypatch):
    settings = BenchmarkSettings(sizes=("tiny",), slots=(2,), peer="none")
    list(training.measure_training(settings, MACHINE))
    assert "tiny: full x2: out of memory" in capsys.readouterr().out


def test_floors_and_the_peer_stand_beside_the_times(measured):
    rows = measured[measured["size"] == "small"].set_index(["case", "slots"])
    np.testing.assert_allclose(rows["over_floor"], rows["seconds"] / rows["floor_seconds"])
    floors = rows[["adam_floor_seconds", "matmul_floor_seconds"]].max(axis=1)
    np.testing.assert_array_equal(rows["floor_seconds"], floors)
    assert rows.loc[("torch_adam", 1), "floor_seconds"] == rows.loc[("full", 1), "floor_seconds"]
    assert rows.loc[("span", 1), "floor_seconds"] < rows.loc[("full", 1), "floor_seconds"]
    assert rows.loc[("full", 1), "times_torch_fused"] == 1.5
    assert rows.loc[("torch_fused", 1), "times_torch_fused"] == 1.0
