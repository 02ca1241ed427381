"""The columns in their order, and how numbers and gaps are printed."""

import pytest

from experiments.benchmarks.cases import Timing
from experiments.benchmarks.floors import Floors
from experiments.benchmarks.table import COLUMNS, Label, format_markdown, make_row, tabulate

FLOORS = Floors(adam=0.25, matmul=0.5)


@pytest.fixture
def table():
    timing = Timing(1.0, 8, "made up", compile_seconds=2.0, peak_memory_mb=1234.5)
    return tabulate([
        make_row(Label("train", "full", "small", 8, "replicate_epoch"), FLOORS, timing, 0.25),
        make_row(Label("train", "queue", "small", None, "replicate_epoch"), FLOORS, None, 0.0),
    ])  # fmt: skip


def test_columns_stand_in_their_order(table):
    assert tuple(table) == COLUMNS
    assert COLUMNS[:8] == (
        "part", "case", "size", "slots", "seconds", "unit", "peak_memory_mb", "floor_seconds",
    )  # fmt: skip
    assert table.loc[0, ["part", "unit", "over_floor"]].tolist() == ["train", "replicate_epoch", 2]


def test_a_table_without_a_peer_has_no_comparison(table):
    assert table["times_torch_fused"].isna().all()


def test_markdown_shows_gaps_as_dashes(table):
    head, marks, first, second = format_markdown(table).splitlines()
    assert head.startswith("| case | size | slots | seconds | unit |")
    assert marks.startswith("| --- | --- | ---: |")
    unit = "replicate_epoch"
    assert first == f"| full | small | 8 | 1 | {unit} | 0.5 | 2.0 | 1,234 | 2.0 | made up | 25% |"
    assert second == f"| queue | small | - | - | {unit} | 0.5 | - | - | - | - | 0% |"


def test_markdown_leaves_out_what_no_row_has(table):
    assert table["utilisation"].isna().all()
    assert "utilisation" not in format_markdown(table)
    assert "refills" in format_markdown(table.assign(refills=1.0))
