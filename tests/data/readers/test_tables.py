"""Tables with named columns, and the messages for columns and cells that are not as expected."""

import math

import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError, name_first
from drp.data.readers.header import Header
from drp.data.readers.tables import read_header, read_table, reject_repeats, to_numbers


def test_a_missing_file_and_a_folder_are_no_file(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_header(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="expected a file, found a folder"):
        read_header(tmp_path)


@pytest.mark.parametrize("categorical", [False, True])
def test_a_table_gives_the_columns_asked_for_and_rows_as_in_the_file(write, categorical):
    path = write("#note\nid,IMPACT,n,IMPACT,note\na,x,1,y,\nb,x,,y,NA\n")
    frame = read_table(
        path, ["id", "n"], numeric=["n", "absent"], optional=["note", "absent"], keys=["id"],
        categorical=categorical,
    )  # fmt: skip
    assert frame.columns.tolist() == ["id", "n", "note"]
    assert frame.index.tolist() == [3, 4]
    assert frame["note"].tolist() == ["", "NA"]
    np.testing.assert_array_equal(frame["n"], [1, np.nan])
    assert isinstance(frame["id"].dtype, pd.CategoricalDtype) == categorical


def test_a_table_gives_everything_if_nothing_is_asked_for(write):
    frame = read_table(write(',id,"a\nb",id\n0,x,1,z\n1,y,2,z\n'), ())
    assert frame["id"].tolist() == ["x", "y"]
    assert frame["a\nb"].tolist() == ["1", "2"]
    assert frame.shape == (2, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,n\na,1\n", "expected a column id, found name, n"),
        ("id,n,n\na,1,2\n", "header: expected each name once, found repeats of n"),
        ("id,n\na,1\nb,much\n", "column 'n', row 3: expected a number, found 'much'"),
        ("id,n\na,1\nb,1_0\n", "column 'n', row 3: expected a number, found '1_0'"),
        ('id,n\na,1\nb,"1,5"\n', "column 'n', row 3: expected a number, found '1,5'"),
        ("id,n\na,1\n,2\n", "column 'id', row 3: found an empty cell"),
        ("id,n\na,1,x\nb,2,y\n", "as many fields in every row; found 2 in the header, 3 below it"),
        ("id,n\na,1\nb,2,3\n", "as many fields in every row; .* 3 in row 3"),
    ],
)
@pytest.mark.parametrize("categorical", [False, True])
def test_a_bad_table_is_named_with_its_place(write, content, message, categorical):
    path = write(content)
    with pytest.raises(DataError, match=message) as caught:
        read_table(path, ["id", "n"], numeric=["n"], keys=["id"], categorical=categorical)
    assert str(caught.value).startswith(str(path))


def test_numbers_are_what_python_makes_of_them():
    rng = np.random.default_rng(0)
    values = rng.normal(size=3000) * 10.0 ** rng.integers(-30, 30, 3000)
    texts = [repr(value) for value in values.tolist()]
    texts += [" 7 ", "+1.5", ".5", "5.", "1e5", "1E-5", "inf", "-Infinity", "1e400", "9" * 400]
    numbers = to_numbers(pd.Series(texts), "here")
    assert numbers.tolist() == [float(text) for text in texts]


@pytest.mark.parametrize("gap", ["", " ", "NA", "N/A", "#N/A", "nan", "NaN", "null", "NULL", "n/a"])
def test_a_gap_is_not_a_number(gap):
    assert math.isnan(to_numbers(pd.Series([gap]), "here")[0])
    assert to_numbers(pd.Series([gap, "1"], dtype="category"), "here")[1] == 1


@pytest.mark.parametrize("cell", ["x", "0x10", "1_0", "True", "٣", "1,5", "1d5", "1 000", "-", "²"])
def test_what_is_no_number_is_named(cell):
    with pytest.raises(DataError, match=f"^here, row 'b': expected a number, found '{cell}'$"):
        to_numbers(pd.Series(["1", cell, "y"], ["a", "b", "c"]), "here")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "b", "a", "b"], "here: expected each name once, found repeats of a, b; mend it"),
        (["a", ""], "here: expected a name in each place, found an empty one"),
    ],
)
def test_repeats_are_listed(names, message):
    with pytest.raises(DataError, match=message):
        reject_repeats(names, "here", "; mend it")
    reject_repeats(["a", "b"], "here")


def test_a_header_picks_and_requires_names():
    header = Header(["id", "x"], "text", ["1", "2", "3"])
    assert header.has("id", "x") and not header.has("id", "y")
    assert (header.pick(["y", "x"]), header.pick(["y"])) == ("x", None)
    assert header.require(["y", "x"], "file") == "x"
    with pytest.raises(DataError, match="file: expected a column y or z, found id, x"):
        header.require(["y", "z"], "file")
    assert header.with_corner().fields == ["", "id", "x"]
    assert header.with_corner().with_corner().fields == ["", "id", "x"]


def test_name_first_says_how_many_more():
    assert name_first("abc") == "a, b, c"
    assert name_first(range(7), 5) == "0, 1, 2, 3, 4 and 2 more"
