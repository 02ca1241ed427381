"""What other programs took is what the machine did and we did not."""

import math

import pytest

from experiments.benchmarks import processor
from experiments.benchmarks.processor import Usage, read_usage, share_of_others


@pytest.mark.parametrize(
    ("after", "share"),
    [
        (Usage(wall=12.0, own=8.0, all=138.0), 0.5),  # 20 s not ours, of 4 cores for 10 s
        (Usage(wall=12.0, own=28.0, all=126.0), 0.0),  # ticks are coarse: never below 0
        (Usage(wall=12.0, own=8.0, all=math.nan), math.nan),
    ],
)
def test_shares_by_hand(monkeypatch, after, share):
    monkeypatch.setattr(processor.os, "cpu_count", lambda: 4)
    found = share_of_others(Usage(wall=2.0, own=0.0, all=110.0), after)
    assert found == pytest.approx(share, nan_ok=True)


def test_the_machine_tells_of_its_use(monkeypatch, tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu  1 2 3 1000 1000 4 5 6 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n")
    monkeypatch.setattr(processor, "STAT", stat)
    ticks = processor.os.sysconf("SC_CLK_TCK")
    assert read_usage().all == (1 + 2 + 3 + 4 + 5 + 6) / ticks
    monkeypatch.setattr(processor, "STAT", tmp_path / "not there")
    assert math.isnan(read_usage().all)
