"""Workbooks and parquet files, which hold types where text holds characters."""

import datetime
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from drp.data.errors import DataError
from drp.data.readers.matrices import read_matrix
from drp.data.readers.tables import read_header, read_table


@pytest.fixture
def save(tmp_path):
    def save_workbook(rows, name="table.xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return save_workbook


@pytest.fixture
def store(tmp_path):
    def store_parquet(columns, schema=None):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns, schema)
        parquet.write_table(table, tmp_path / "table.parquet")
        return tmp_path / "table.parquet"

    return store_parquet


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), ("x", "x"), (7157, "7157"), (905933.0, "905933"), (0.1, "0.1"), (True, "True"),
        (-3.5e-20, "-3.5e-20"), (datetime.datetime(2017, 7, 19), "2017-07-19"),
        (datetime.datetime(2017, 7, 19, 1, 2), "2017-07-19T01:02:00"),
        (datetime.time(1, 2), "01:02:00"), ("a\nb", "a\nb"), ("=NA()", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("categorical", [False, True])
def test_a_workbook_gives_text(save, value, text, categorical):
    path = save([["id", "x"], ["a", value]])
    assert read_table(path, ["x"], categorical=categorical)["x"].tolist() == [text]


def test_empty_rows_and_columns_of_a_workbook_are_passed_over(save):
    path = save([[], [None], ["id", "x", None], [], ["a", 1], [None, None], ["b"], [None] * 5, []])
    header = read_header(path)
    assert (header.fields, header.first, header.n_before) == (["id", "x"], ["a", "1"], 3)
    frame = read_table(path, ["id", "x"], numeric=["x"])
    assert frame.index.tolist() == [5, 7]
    np.testing.assert_array_equal(frame["x"], [1, np.nan])


def test_a_stated_size_far_beyond_the_last_cell_is_not_believed(save):
    path = save([["id", "x"], ["a", 1]])
    book = openpyxl.load_workbook(path)
    book.active.cell(100_000, 300).number_format = "0.00"  # as one click in Excel does
    book.save(path)
    assert read_table(path, ["id"])["id"].tolist() == ["a"]


@pytest.mark.parametrize("name", ["TABLE.XLSX", "table.xlsm"])
def test_a_workbook_may_have_other_names(save, name):
    assert read_table(save([["id"], ["a"]], name), ["id"])["id"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "expected a header line, found an empty workbook"),
        ([[None], []], "expected a header line, found an empty workbook"),
        ([["id", "x"], ["a", 1], ["b", 2, "note"]], "as many fields in every row; .* 3 in row 3"),
        ([["id", "x"], ["a", "much"]], "column 'x', row 2: expected a number, found 'much'"),
        ([["id", "x"], [None, 1]], "column 'id', row 2: found an empty cell"),
        ([["id", "x", "x"], ["a", 1, 2]], "header: expected each name once, found repeats of x"),
        ([["id", "y"], ["a", 1]], "expected a column x, found id, y"),
    ],
)
def test_a_bad_workbook_is_named_with_its_place(save, rows, message):
    with pytest.raises(DataError, match=message):
        read_table(save(rows), ["id", "x"], numeric=["x"], keys=["id"])


def test_what_excel_says_about_styles_is_not_heard(save, monkeypatch):
    def warn(*args, load=openpyxl.load_workbook, **kwargs):
        warnings.warn("Workbook contains no default style", stacklevel=1)
        return load(*args, **kwargs)

    path = save([["id"], ["a"]])
    monkeypatch.setattr(openpyxl, "load_workbook", warn)
    assert len(read_table(path, ["id"])) == 1


def test_a_cut_workbook_is_told(save):
    path = save([["id", "x"], *([i, i] for i in range(300))])
    data = path.read_bytes()
    for kept in (5, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:kept])
        with pytest.raises(DataError, match="the workbook is cut short or damaged"):
            read_table(path, ["id"])


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([7157, None]), ["7157", ""]),
        (pa.array([7157.0, None]), ["7157", ""]),
        (pa.array([0.5, float("nan")]), ["0.5", ""]),
        (pa.array([True, None]), ["True", ""]),
        (pa.array(["x", None]), ["x", ""]),
        (pa.array([b"x", None]), ["x", ""]),
        (pa.array(["x", None]).dictionary_encode(), ["x", ""]),
        (pa.array(["x", None], pa.large_string()), ["x", ""]),
        (pa.array([None, None]), ["", ""]),
        (pa.array([datetime.datetime(2017, 7, 19), None]), ["2017-07-19", ""]),
    ],
)
@pytest.mark.parametrize("categorical", [False, True])
def test_parquet_gives_text(store, values, texts, categorical):
    path = store({"id": ["a", "b"], "x": values})
    frame = read_table(path, ["x", "id"], categorical=categorical)
    assert frame["x"].tolist() == texts
    assert frame.index.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("index", "corner"),
    [
        (pd.Index(["r1", "r2"], name="ModelID"), "ModelID"),
        (pd.Index(["r1", "r2"]), ""),
        (pd.Index([905933, 687983]), ""),
    ],
)
def test_the_index_that_pandas_stored_comes_first(tmp_path, index, corner):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"A": [1.0, 2.0], "A.1": [3.0, 4.0]}, index).to_parquet(path)
    assert read_header(path).fields == [corner, "A", "A.1"]
    matrix = read_matrix(path)
    assert matrix.rows.tolist() == [str(name) for name in index]
    assert matrix.values.tolist() == [[1, 3], [2, 4]]


def test_a_counted_index_is_no_column(tmp_path):
    pd.DataFrame({"id": ["a"], "x": [1]}).to_parquet(tmp_path / "t.parquet")
    header = read_header(tmp_path / "t.parquet")
    assert (header.fields, header.first) == (["id", "x"], ["a", "1"])


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, None], pa.int8()), pa.array([True, None]), pa.array([1, None], pa.float32()),
        pa.array(["1", "NA"]), pa.array([1, None], pa.decimal128(5, 2)),
        pa.array([1, None]).dictionary_encode(), pa.array([1, None], pa.uint64()),
        pa.array(np.array([1, np.nan], np.float16)),
    ],
    ids=lambda values: str(values.type),
)  # fmt: skip
def test_every_type_of_number_fills_a_matrix(store, values):
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8()).cast(pa.bool_())
    matrix = read_matrix(store({"id": ["a", "b"], "x": values}))
    np.testing.assert_array_equal(matrix.values, [[1], [np.nan]])


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path):
    folder = tmp_path / "release=24Q4"
    folder.mkdir()
    pd.DataFrame({"id": ["a"], "x": [1]}).to_parquet(folder / "t.parquet")
    assert read_table(folder / "t.parquet", ()).columns.tolist() == ["id", "x"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({}), "expected named columns, found none"),
        (pa.table([pa.array([1]), pa.array([2])], ["x", "x"]), "two columns have one name"),
        (pa.table({"id": ["a"], "y": [1]}), "expected a column x, found id, y"),
        (pa.table({"id": ["a"], "x": ["much"]}), "column 'x', row 1: expected a number"),
        (pa.table({"id": [""], "x": [1]}), "column 'id', row 1: found an empty cell"),
        (pa.table({"id": pa.array([b"\xff"]), "x": [1]}), "the parquet file is .* damaged"),
    ],
)
def test_a_bad_parquet_file_is_told(store, table, message):
    with pytest.raises(DataError, match=message):
        read_table(store(table), ["id", "x"], numeric=["x"], keys=["id"])


def test_a_parquet_file_without_rows_is_a_table_but_no_matrix(store):
    path = store({"id": pa.array([], pa.string()), "x": pa.array([], pa.float64())})
    assert read_table(path, ["id"]).shape == (0, 1)
    with pytest.raises(DataError, match="rows below the header, found none"):
        read_matrix(path)


def test_a_cut_parquet_file_is_told(store):
    path = store({"id": [str(i) for i in range(300)]})
    data = path.read_bytes()
    for kept in (4, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:kept])
        with pytest.raises(DataError, match="the parquet file is cut short or damaged"):
            read_table(path, ["id"])
