"""Readers tell how far they have come to whoever watches."""

import gzip
import itertools

import openpyxl
import pandas as pd
import pytest

from drp.data.readers import text as text_reader
from drp.data.readers.matrices import read_matrix
from drp.data.readers.progress import tell, watching
from drp.data.readers.tables import read_table

N_ROWS = 3000


def write_text(path):
    path.write_text("".join(["id,n\n", *(f"s{i},{i:0100}\n" for i in range(N_ROWS))]))


def write_gz(path):
    write_text(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


def write_workbook(path):
    book = openpyxl.Workbook()
    for row in [("id", "n"), *((f"s{i}", i) for i in range(N_ROWS))]:
        book.active.append(row)
    book.save(path)


def write_parquet(path):
    pd.DataFrame({"id": [f"s{i}" for i in range(N_ROWS)], "n": range(N_ROWS)}).to_parquet(path)


@pytest.mark.parametrize(
    ("write", "name", "n_steps"),
    [
        (write_text, "t.csv", 3),  # much is read ahead
        (write_gz, "t.csv.gz", 1),
        (write_workbook, "t.xlsx", 10),
        (write_parquet, "t.parquet", 1),
    ],
)
@pytest.mark.parametrize("read", [read_matrix, lambda path: read_table(path, ["id"])])
def test_shares_rise_to_the_whole(tmp_path, monkeypatch, write, name, n_steps, read):
    monkeypatch.setattr(text_reader, "BLOCK", 4096)
    path = tmp_path / name
    write(path)
    seen = []
    with watching(lambda *step: seen.append(step)):
        read(path)
    paths, shares = zip(*seen, strict=True)
    assert {*paths} == {path}
    rises = sum(later < earlier for earlier, later in itertools.pairwise(shares))
    assert rises <= 2  # a file is opened once more for its header, or for its names
    assert shares[-1] == pytest.approx(1, abs=0.01)
    assert all(0 <= share <= 1 for share in shares)
    assert len({*shares}) >= n_steps


def test_nothing_is_told_outside_the_block(tmp_path):
    path = tmp_path / "t.csv"
    write_text(path)
    seen = []
    with pytest.raises(KeyError), watching(lambda *step: seen.append(step)):
        raise KeyError
    read_table(path, ["id"])
    tell(path, 0.5)
    assert seen == []


def test_the_inner_watcher_is_told():
    outer, inner = [], []
    with watching(lambda *step: outer.append(step)):
        with watching(lambda *step: inner.append(step)):
            tell("a", 0.5)
        tell("b", 1.0)
    assert (outer, inner) == ([("b", 1.0)], [("a", 0.5)])
