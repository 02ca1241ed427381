"""benchmark from end to end at a tiny size: every case, both files, refusals. No time is judged.

The workers' answers are made in this process, all but the first: each would start JAX anew.
"""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.settings import BenchmarkSettings
from experiments import benchmark
from experiments.benchmarks import rates, stopwatch, training
from experiments.benchmarks.table import COLUMNS
from experiments.benchmarks.worker import answer
from experiments.flags import SettingsError


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> BenchmarkSettings:
    """Settings of a benchmark that has run; the peer has tests of its own."""
    out = tmp_path_factory.mktemp("benchmark") / "run"
    settings = BenchmarkSettings(
        out=str(out), peer="none", sizes=("tiny",), slots=(1,), epochs=1, queue=2
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "run_worker", lambda spec: json.loads(json.dumps(answer(spec))))
        patch.setattr(stopwatch, "AT_LEAST_SECONDS", 0)
        patch.setattr(rates, "TRIES", 1)
        benchmark.run(settings)
    return settings


def test_every_case_is_measured(measured):
    table = pd.read_csv(f"{measured.out}/benchmark.csv")
    assert tuple(table) == COLUMNS
    assert table["case"].tolist() == ["full", "span", "span_queue"]
    known = ["slots", "seconds", "peak_memory_mb", "floor_seconds", "over_floor"]
    assert (table[known] > 0).all(axis=None)
    assert np.isfinite(table[known]).all(axis=None)
    assert table["utilisation"].isna().tolist() == [True, True, False]
    assert 0 < table["utilisation"].iloc[-1] <= 1


def test_the_folder_tells_what_was_measured_where(measured):
    out = Path(measured.out)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["finished"]
    assert record["method"]["measured_on"]
    assert len((out / "benchmark.md").read_text(encoding="utf-8").splitlines()) == 2 + 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sizes": ("smal",)}, "did you mean small"),
        ({"slots": (0,)}, "--slots: expected at least 1"),
        ({"epochs": 0}, "--epochs: expected at least 1"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path, change, expected):
    settings = dataclasses.replace(BenchmarkSettings(out=str(tmp_path / "run")), **change)
    with pytest.raises(SettingsError, match=expected):
        benchmark.run(settings)
    assert not (tmp_path / "run").exists()
