"""The part `pretrain` from end to end at a tiny size, what is left out, and what the rows say.

Streams are trained in this process; searches are made up, and have tests of their own.
"""

import dataclasses
import json
from collections import namedtuple
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.data import DataError
from drp.settings import BenchmarkSettings
from experiments import benchmark
from experiments.benchmarks import pretraining, rates, searches
from experiments.benchmarks.cases import STREAM_CASES, Timing
from experiments.benchmarks.floors import Floors
from experiments.benchmarks.pretraining_verdict import conclude_pretraining
from experiments.benchmarks.processes import WorkerMemoryError
from experiments.benchmarks.sizes import Stream
from experiments.benchmarks.table import COLUMNS, Label, format_markdown, make_row, tabulate
from experiments.benchmarks.worker import answer, read_spec
from experiments.flags import SettingsError
from tests.experiments.benchmarks.made_up_searches import FOUND

TINY = Stream(20, (8, 4), batch_size=16, buffer=100, seconds=0, refills=2, rounds=1)
FLOORS = Floors(0.001, 0.002)


def answer_here(spec) -> dict:
    """Answer as a worker does, through JSON both ways."""
    asked = read_spec(json.loads(json.dumps(spec._asdict())))
    return json.loads(json.dumps(answer(asked)))


@pytest.fixture(scope="module")
def measured(tmp_path_factory, quick_compilation) -> Path:
    """The folder of a benchmark that has run."""
    out = tmp_path_factory.mktemp("benchmark") / "run"
    settings = BenchmarkSettings(out=str(out), part="pretrain", tumor_counts=(600, 300))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pretraining, "STREAM", TINY)
        patch.setattr(rates, "TRIES", 1)
        patch.setattr(pretraining, "run_worker", answer_here)
        patch.setattr(benchmark, "run_worker", answer_here)
        patch.setattr(searches, "run_worker", lambda spec, hear: FOUND[spec.strategy])
        benchmark.run(settings)
    return out


def test_every_case_has_its_row_at_every_count(measured):
    table = pd.read_csv(measured / "benchmark.csv", dtype={"size": str})
    assert tuple(table) == COLUMNS
    assert table["case"].tolist() == 2 * list(STREAM_CASES)
    assert table["size"].tolist() == ["300"] * 4 + ["600"] * 4
    assert set(table["part"]) == {"pretrain"}
    assert set(table["unit"]) == {"thousand_tumors"}
    known = ["seconds", "peak_memory_mb", "floor_seconds", "over_floor"]
    assert (table[known] > 0).all(axis=None)
    assert table["slots"].isna().all()
    is_backed = table["case"].str.startswith("backed")
    assert (table.loc[is_backed, "refills"] >= TINY.refills).all()
    assert table.loc[~is_backed, "refills"].isna().all()


def test_only_the_products_stay(measured):
    assert {path.name for path in measured.iterdir()} == {
        "run.json", "benchmark.csv", "benchmark.md", "pretrain_search.csv",
    }  # fmt: skip


def test_the_page_holds_both_tables_and_what_they_say(measured):
    page = (measured / "benchmark.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert len(rows) == (2 + 8) + (2 + 2)
    assert "- expression: from disk, 600 tumours take" in page
    assert "- mutation: 300 from disk reach" in page
    assert "- halving: a loss +0.40%" in page


def test_the_search_has_a_table_of_its_own(measured):
    table = pd.read_csv(measured / "pretrain_search.csv")
    assert table["strategy"].tolist() == ["grid", "halving"]
    assert {
        "n_settings", "epochs_spent", "share_of_grid_epochs", "held_out_loss", "excess_percent",
        "seconds", "widths", "batch_size",
    } <= set(table)  # fmt: skip


def test_parts_are_what_can_be_asked_for():
    fields = {field.name: field for field in dataclasses.fields(BenchmarkSettings)}
    assert set(benchmark.CHOICES) == set(fields["part"].metadata["choices"])
    assert benchmark.CHOICES["all"] == tuple(benchmark.PARTS)


@pytest.mark.parametrize(
    ("change", "expected", "kind"),
    [
        ({"tumor_counts": (1,)}, "--tumor_counts: expected at least 2", SettingsError),
        ({"tumors": "nowhere.h5mu"}, "nowhere.h5mu: no such file", DataError),
    ],
)
def test_settings_that_cannot_be_used(tmp_path, change, expected, kind):
    settings = BenchmarkSettings(out=str(tmp_path / "run"), part="pretrain", **change)
    with pytest.raises(kind, match=expected):
        benchmark.run(settings)
    assert not (tmp_path / "run").exists()


def test_tumours_are_gone_whatever_happens(tmp_path, monkeypatch):
    monkeypatch.setattr(pretraining, "STREAM", TINY)
    with pytest.raises(KeyboardInterrupt), pretraining.lend_tumors(tmp_path, 30, 0) as path:
        assert path.is_file()
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_line_says_what_the_disk_is_too_small_for(tmp_path, monkeypatch, capsys):
    usage = namedtuple("usage", "total used free")(10**9, 10**9, 1000)
    monkeypatch.setattr(pretraining.shutil, "disk_usage", lambda folder: usage)
    with pretraining.lend_tumors(tmp_path, 1_000_000, 0) as path:
        assert path is None
    assert "1M tumours left out" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_line_says_what_the_memory_is_too_small_for(monkeypatch, capsys):
    monkeypatch.setattr(pretraining, "count_memory", lambda: 12e9)
    specs = pretraining.list_specs(Path("tumors.h5mu"), 1_000_000, 4_096, seed=0)
    assert [spec.case for spec in specs] == [
        "backed_expression", "backed_mutation", "in_memory_mutation",
    ]  # fmt: skip
    assert [spec.buffer for spec in specs] == [4_096, 4_096, 1_000_000]
    assert "in_memory_expression of 1M left out: 8.0 GB" in capsys.readouterr().out


def test_cases_of_a_modality_take_turns_and_the_median_counts(monkeypatch, capsys):
    asked = []

    def run_worker(spec):
        asked.append(spec.case)
        if spec.case == "in_memory_mutation":
            raise WorkerMemoryError
        return Timing(float(len(asked)), None, "made up", 1.0, peak_memory_mb=7.0)._asdict()

    monkeypatch.setattr(pretraining, "run_worker", run_worker)
    monkeypatch.setattr(pretraining, "STREAM", TINY._replace(rounds=3))
    specs = pretraining.list_specs(Path("tumors.h5mu"), 300, 100, seed=0)
    table = tabulate(pretraining.measure_in_turn(specs, FLOORS)).set_index("case")
    assert asked == 3 * [*STREAM_CASES][:2] + 3 * [*STREAM_CASES][2:]
    assert table.loc["backed_expression", "seconds"] == 3  # of 1, 3, 5
    assert table.loc["in_memory_expression", "peak_memory_mb"] == 7
    assert np.isnan(table.loc["in_memory_mutation", "seconds"])
    assert "300: in_memory_mutation: out of memory" in capsys.readouterr().out


@pytest.mark.parametrize(("count", "name"), [(10_000, "10k"), (10**6, "1M"), (1_500, "1500")])
def test_counts_in_few_letters(count, name):
    assert pretraining.name_count(count) == name


def make_rows(case: str, by_size: dict[str, tuple[float, float]]) -> list:
    return [
        make_row(
            Label("pretrain", case, size, None, "thousand_tumors"), FLOORS,
            Timing(seconds, None, "made up", peak_memory_mb=memory), 0.0,
        )
        for size, (seconds, memory) in by_size.items()
    ]  # fmt: skip


def test_sentences_by_hand():
    """At 1M nothing stands in memory: the next smaller count is what it is compared with."""
    backed = make_rows("backed_mutation", {"10k": (1.0, 400), "100k": (1.0, 410), "1M": (2.0, 420)})
    in_memory = make_rows("in_memory_mutation", {"10k": (0.9, 500), "100k": (0.7, 900)})
    pairs = zip(backed, [*in_memory, None], strict=True)
    table = tabulate([row for pair in pairs for row in pair if row])
    memory, few, more, most = conclude_pretraining(table)
    assert memory == (
        "mutation: from disk, 1M tumours take 1.05 times the memory of 10k (420 and 400 MB at "
        "their peaks): flat"
    )
    assert few == (
        "mutation: 10k from disk reach 90% of the throughput of 10k in memory (1,000 and 1,111 "
        "tumours/s): within 20%"
    )
    assert "100k from disk reach 70% of the throughput of 100k in memory" in more
    assert more.endswith(": not within 20%")
    assert "1M from disk reach 35% of the throughput of 100k in memory" in most


def test_nothing_measured_says_nothing():
    assert conclude_pretraining(tabulate([])) == []
    assert format_markdown(tabulate([])) == "no rows"
    assert list(pretraining.measure_pretraining(BenchmarkSettings(tumor_counts=()), None)) == []
