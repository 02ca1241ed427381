"""Delimited text in all its spellings, and the messages for text that is no table."""

import gzip

import numpy as np
import pytest

from drp.data.errors import DataError, name_first
from drp.data.tables import read_header, read_matrix, read_table


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="table.csv"):
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write_file


@pytest.mark.parametrize("name", ["matrix.csv", "matrix.csv.gz"])
@pytest.mark.parametrize(
    "text",
    [
        "id,G1,G2\ns1,0.5,1\ns2,2,3e0\n",
        "\ufeffid,G1,G2\ns1,0.5,1\ns2,2,3\n",
        "id,G1,G2\r\ns1,0.5,1\r\ns2,2,3\r\n",
        "id\tG1\tG2\ns1\t0.5\t1\ns2\t2\t3\n",
        '"id","G1","G2"\n"s1",0.5,1\n"s2","2",3',
        "#version 2.4\n#more\nid,G1,G2\ns1,0.5,1\ns2,2,3\n",
    ],
    ids=["plain", "byte order mark", "CRLF", "tabs", "quotes, no last line end", "comments"],
)
def test_every_spelling_of_a_matrix_reads_the_same(write, name, text):
    matrix = read_matrix(write(text, name))
    assert (list(matrix.index), list(matrix.columns)) == (["s1", "s2"], ["G1", "G2"])
    np.testing.assert_array_equal(matrix, np.array([[0.5, 1], [2, 3]], np.float32))
    assert set(matrix.dtypes) == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "header line, found an empty file"),
        ("\n\n", "header line, found an empty file"),
        ("#only comments\n", "header line, found an empty file"),
        ("id;G1\ns1;1\n", "expected tabs or commas in the header, found 'id;G1'"),
        ("id,G1\n", "rows below the header, found none"),
        ("id,G1,G1\ns1,1,2\n", "header: expected each name once, found repeats of G1"),
        ("id,G1\ns1,1\ns1,2\n", "first column: expected each name once, found repeats of s1"),
        ("id,,G2\ns1,1,2\n", "header: expected a name in each place, found an empty one"),
        ("id,G1\n,1\n", "first column: expected a name in each place, found an empty one"),
        ("id,G1\ns1,1\ns2,x\n", "column 'G1', row 's2': expected a number, found 'x'"),
        ("id,G1\ns1,1\ns1,x\n", "column 'G1', row 's1': expected a number, found 'x'"),
        ("id,G1\ns1,inf\n", "row 's1', column 'G1': expected a finite number, found inf"),
        ("id,G1\ns1,1e39\n", "row 's1', column 'G1': expected a finite number, found inf"),
        ("id,G1,G2\ns1,1,\n", "row 's1', column 'G2': expected a finite number, found an empty"),
        ("id,G1,G2\ns1,1,NA\n", "row 's1', column 'G2': expected a finite number, found an empty"),
        ("id,G1,G2\ns1,1\n", "row 's1', column 'G2': expected a finite number, found an empty"),
        ("id,G1\ns1,1\ns2,1,2\n", "as many fields in every row .*line 3, saw 3"),
        (
            "G1,G2\ns1,1,2\ns2,1,2\n",
            "expected a name above the first column; the header is a field too short",
        ),
        ('id,"G1\ns1,1\n', "as many fields in every row .*EOF inside string"),
    ],
)
def test_a_bad_matrix_is_named_with_its_place(write, text, message):
    path = write(text)
    with pytest.raises(DataError, match=message) as caught:
        read_matrix(path)
    assert str(path) in str(caught.value)


def test_a_bad_number_is_found_in_a_column_that_reads_as_text(write):
    with pytest.raises(DataError, match="column 'G2', row 's1': expected a number, found '1,5'"):
        read_matrix(write('id,G1,G2\ns1,1,"1,5"\n'))


def test_names_that_pandas_takes_for_gaps_stay_names(write):
    matrix = read_matrix(write("id,NA,None\nnan,1,2\n"))
    assert (list(matrix.index), list(matrix.columns)) == (["nan"], ["NA", "None"])


def test_a_missing_file_and_a_folder_are_no_file(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_header(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="expected a file, found a folder"):
        read_header(tmp_path)


@pytest.mark.parametrize("kept", [0.001, 0.5, 0.999])
def test_a_cut_gzip_file_is_told(tmp_path, kept):
    rng = np.random.default_rng(0)
    rows = [f"s{i}," + ",".join(map(str, rng.random(50))) for i in range(200)]
    data = gzip.compress("\n".join(["id," + ",".join(f"G{i}" for i in range(50)), *rows]).encode())
    path = tmp_path / "matrix.csv.gz"
    path.write_bytes(data[: int(len(data) * kept)])
    for read in (read_matrix, lambda file: read_table(file, ["id", "G1"])):
        with pytest.raises(DataError, match=r"matrix\.csv\.gz: .*end-of-stream"):
            read(path)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"id,a\nx,1\n", "plain.csv.gz"),
        (gzip.compress(b"id,a\nx,1\n"), "packed.csv"),
        (b"\xff\xfe", "b"),
    ],
)
def test_bytes_that_are_not_what_the_name_says_are_told(tmp_path, data, name):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match="expected UTF-8 text, plain or gzipped"):
        read_table(tmp_path / name, ["id"])


def test_a_table_gives_the_columns_asked_for_and_rows_as_in_the_file(write):
    path = write("#note\nid,IMPACT,n,IMPACT,note\na,x,1,y,\nb,x,,y,NA\n")
    frame = read_table(path, ["id", "n"], numeric=["n"], optional=["note", "absent"])
    assert list(frame.columns) == ["id", "n", "note"]
    assert list(frame.index) == [3, 4]
    assert list(frame["note"]) == ["", "NA"]
    np.testing.assert_array_equal(frame["n"], [1, np.nan])


def test_a_table_gives_everything_if_nothing_is_asked_for(write):
    frame = read_table(write(',id,"a\nb"\n0,x,1\n1,y,2\n'), ())
    assert frame["id"].tolist() == ["x", "y"]
    assert frame["a\nb"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,n\na,1\n", "expected a column 'id', found name, n"),
        ("id,n\na,1\nb,much\n", "column 'n', row 3: expected a number, found 'much'"),
        ("id,n\na,1\n,2\n", "column 'id', row 3: found an empty cell"),
    ],
)
def test_a_bad_table_is_named_with_its_place(write, text, message):
    with pytest.raises(DataError, match=message):
        read_table(write(text), ["id", "n"], numeric=["n"], keys=["id"])


def test_a_table_read_whole_has_rows_of_one_length(write):
    for text in ("id,n\na,1,x\nb,2,y\n", "id,n\na,1\nb,2,3\n"):
        with pytest.raises(DataError, match="as many fields in every row"):
            read_table(write(text), ())


def test_name_first_says_how_many_more():
    assert name_first("abc") == "a, b, c"
    assert name_first(range(7), 5) == "0, 1, 2, 3, 4 and 2 more"
