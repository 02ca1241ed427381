"""Whatever bytes a file holds, the containers give a table or a DataError, and nothing else."""

import gzip
import io
import warnings
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError
from drp.data.readers.gene_map import read_gene_map
from drp.data.readers.matrices import read_matrix
from drp.data.readers.streams import OTHER_KINDS
from drp.data.readers.tables import read_header, read_table

FEW = settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
TABLE = pd.DataFrame({"id": ["a", "b", "c"] * 9, "symbol": "TP53", "n": np.arange(27) / 7})
STARTS = [
    b"", b"\x1f\x8b\x08\x00", b"\xef\xbb\xbf", b"#1.2\n2\t1\n", b"#1.3\n1\t1\t1\t1\n", b"PAR1",
    b"id,n\n", b"id\tn\n", b'"id"\t"n"\n', b"Hybridization REF\ta\ngene_id\tb\n",
    b"symbol\talias_symbol\n",
    *(mark.rjust(place + len(mark)) for place, mark, _ in OTHER_KINDS),
]  # fmt: skip


def make_workbook():
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for row in [tuple(TABLE), *TABLE.itertuples(index=False)]:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


def repack(workbook, spoil):
    """Return a workbook with spoilt parts, whose checksums are right."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as book, zipfile.ZipFile(packed, "w") as spoilt:
        for name in book.namelist():
            spoilt.writestr(name, spoil(book.read(name)))
    return packed.getvalue()


def flip(whole, data):
    """Return bytes of which a few are changed."""
    spoilt, places = bytearray(whole), st.integers(0, len(whole) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=4)):
        spoilt[place] = byte
    return bytes(spoilt)


WHOLE = {
    "t.csv": TABLE.to_csv(index=False).encode(),
    "t.tsv": TABLE.to_csv(sep="\t", index=False, quoting=1).encode(),
    "t.csv.gz": gzip.compress(TABLE.to_csv(index=False).encode()),
    "t.parquet": TABLE.to_parquet(index=False),
    "named.parquet": TABLE.set_index("id").to_parquet(),
    "t.xlsx": make_workbook(),
}


def check_all(path):
    """Read the file in every way; each gives what it promises or a DataError of one line."""
    for read in (
        read_header,
        read_matrix,
        read_gene_map,
        lambda path: read_table(path, ()),
        lambda path: read_table(path, (), numeric=["n"], keys=["id"], categorical=True),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = read(path)
        except DataError as error:
            assert str(path) in str(error)
            assert "\n" not in str(error)
        else:
            if read is read_matrix:
                assert found.values.shape == (len(found.rows), len(found.columns))
                assert found.values.dtype == np.float32


@pytest.mark.parametrize("name", ["file", "file.gz", "file.xlsx", "file.parquet"])
@FEW
@given(start=st.sampled_from(STARTS), data=st.binary(max_size=200), packed=st.booleans())
@example(start=b"", data=b'"' + b"a,b" * 60_000, packed=False)
@example(start=b"id,n\n", data=b'a,"1\r\r\n"', packed=True)
@example(start=b"id\tn\n", data=b'"a""\t"', packed=False)
@example(start=b"", data=b"PAR1" * 9, packed=False)
@example(start=b"PK\x03\x04", data=b"PK\x05\x06" + b"\0" * 18, packed=False)
def test_any_bytes(tmp_path, name, start, data, packed):
    path = tmp_path / name
    path.write_bytes(gzip.compress(start + data) if packed else start + data)
    check_all(path)


CELLS = st.sampled_from([
    "", "0", "1.5", "-2", "1e400", "9" * 400, "inf", "NA", '"', '""', '"x"', "#", "1_0", "²", "٣",
    "\x00", "\u2028", "\ufeff", "a b", " ", "\r", "'", "|", "TP53",
])  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", "\t"])
@FEW
@given(
    header=st.sampled_from(["id{}n", "symbol{}prev_symbol", '"id"{}n', "#1.2\n1\t1\nid{0}d{0}n"]),
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_rows_below_a_good_header(tmp_path, delimiter, header, rows, end):
    lines = [header.format(delimiter), *map(delimiter.join, rows)]
    path = tmp_path / "file"
    path.write_bytes(end.join(lines).encode())
    check_all(path)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_files_are_read(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(WHOLE[name])
    frame = read_table(path, ["id", "symbol", "n"], numeric=["n"])
    assert frame["id"].tolist() == TABLE["id"].tolist()
    np.testing.assert_allclose(frame["n"], TABLE["n"], rtol=1e-15)


@pytest.mark.parametrize("name", WHOLE)
@FEW
@given(data=st.data())
def test_cut_files(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(WHOLE[name][: data.draw(st.integers(0, len(WHOLE[name]) - 1))])
    check_all(path)


@pytest.mark.parametrize("name", WHOLE)
@FEW
@given(data=st.data())
def test_flipped_bytes(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(flip(WHOLE[name], data))
    check_all(path)


@FEW
@given(data=st.data())
def test_flipped_bytes_inside_a_workbook(tmp_path, data):
    path = tmp_path / "t.xlsx"
    path.write_bytes(repack(WHOLE["t.xlsx"], lambda part: flip(part, data)))
    check_all(path)
