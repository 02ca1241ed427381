"""Delimited text in all its spellings, and the messages for text that is no table."""

import bz2
import gzip
import lzma
import tarfile
import zipfile

import numpy as np
import pytest

from drp.data.errors import DataError
from drp.data.readers import text as text_reader
from drp.data.readers.tables import read_header, read_table

GCT_2 = (
    "#1.2\t\n2\t3\t\nName\tDescription\tA\tB\tC\n1956_at\tEGFR\t1\t2\t3\n7157_at\tTP53\t4\t5\t6\n"
)
GCT_3 = (
    "#1.3\n2\t2\t2\t1\nid\tpr_gene_id\tpr_gene_symbol\tA\tB\nplate\tna\tna\tp1\tp2\n"
    "g1\t1956\tEGFR\t1\t2\ng2\t7157\tTP53\t3\t4\n"
)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("content", "n_before"),
    [
        ("id,n\ns1,1\ns2,2\n", 1),
        ("\ufeffid,n\ns1,1\ns2,2\n", 1),
        ("\ufeff#note\nid,n\ns1,1\ns2,2\n", 2),
        ("id,n\r\ns1,1\r\ns2,2\r\n", 1),
        ("id,n\rs1,1\rs2,2\r", 1),
        ("#a\r\rid,n\rs1,1\rs2,2", 3),
        ("id\tn\ns1\t1\ns2\t2", 1),
        ('"id","n"\n"s1","1"\n"s2",2', 1),
        ('"id"\t"n"\n"s1"\t1\ns2\t"2"\n', 1),
        ('id\tn\n"s1"\t"1"\ns2\t2\n', 1),
        ("\n\n#version 2.4\n#x\n\nid,n\n\n\ns1,1\n\ns2,2\n\n\n", 6),
    ],
    ids=[
        "plain", "byte order mark", "byte order mark and comment", "CRLF", "lone CR",
        "lone CR, comment, no last end", "tabs, no last end", "quotes", "quotes and tabs",
        "quotes below a plain header", "blank lines",
    ],
)  # fmt: skip
def test_every_spelling_reads_the_same(write, content, n_before, packed):
    path = write(content, "table.gz" if packed else "table")
    header = read_header(path)
    assert (header.fields, header.first[0].strip('"')) == (["id", "n"], "s1")
    assert header.n_before == n_before
    for categorical in (False, True):
        frame = read_table(path, ["id", "n"], numeric=["n"], categorical=categorical)
        assert frame["id"].tolist() == ["s1", "s2"]
        assert frame["n"].tolist() == [1, 2]
        assert frame.index.tolist() == [n_before + 1, n_before + 2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_names_may_hold_line_breaks_and_delimiters(write, end):
    path = write(f'id,"a{end}b","x\t\t\t,y"{end}1,"2,5",3{end}')
    header = read_header(path)
    assert header.fields == ["id", f"a{end}b", "x\t\t\t,y"]
    assert header.n_before == 2
    assert read_table(path, ())[f"a{end}b"].tolist() == ["2,5"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('5" plate', '5" plate'), ('"', '"'), ('""', ""), ('"a ""b"" c"', 'a "b" c'),
        ('"a" and "b"', 'a" and "b'), ("'s", "'s"), ("\u2028", "\u2028"), ("\x85", "\x85"),
    ],
)  # fmt: skip
def test_quotes_in_a_text_with_tabs_go_in_pairs_around_a_cell(write, cell, found):
    path = write(f"id\tn\nr\t{cell}\ns\tx\n")
    for categorical in (False, True):
        assert read_table(path, ["n"], categorical=categorical)["n"].tolist() == [found, "x"]


def test_a_lone_quote_inside_a_cell_of_a_csv_is_a_character(write):
    assert read_table(write('id,n\na,5" plate\nb,x\n'), ["n"])["n"].tolist() == ['5" plate', "x"]


def test_a_gzip_file_of_several_members_is_read_whole(tmp_path):
    parts = [b"id,n\ns1,1\n", b"s2,2\ns3", b",3\n", b""]
    path = tmp_path / "table.csv.bgz"
    path.write_bytes(b"".join(map(gzip.compress, parts)))
    assert read_table(path, ["id"])["id"].tolist() == ["s1", "s2", "s3"]


@pytest.mark.parametrize("packed", [False, True])
def test_gzip_is_told_by_content(tmp_path, packed):
    data = b"id,n\ns1,1\n"
    path = tmp_path / ("packed.csv" if packed else "plain.csv.gz")
    path.write_bytes(gzip.compress(data) if packed else data)
    assert read_table(path, ["id"])["id"].tolist() == ["s1"]


def test_a_gzip_file_cut_anywhere_is_told(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"s{i}," + ",".join(map(str, rng.random(30))) for i in range(40)]
    data = gzip.compress("\n".join(["id," + ",".join(f"G{i}" for i in range(30)), *rows]).encode())
    path = tmp_path / "matrix.csv.gz"
    for kept in (1, 2, 3, 9, 10, 11, 20, 200, len(data) // 2, len(data) - 8, len(data) - 1):
        path.write_bytes(data[:kept])
        with pytest.raises(DataError, match=r"matrix\.csv\.gz: "):
            read_table(path, ["id", "G1"])


def pack_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("table.csv", "id,n\n")


def pack_tar(path):
    with tarfile.open(path, "w:gz") as archive:
        archive.add(__file__, "table.csv")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        ("id,n\n".encode("utf-16"), "UTF-16 text"),
        ("id,n\n".encode("utf-16-be"), "NUL bytes in line 1"),
        (b"\xfe\xff" + "id,n\n".encode("utf-16-be"), "UTF-16 text"),
        (pack_zip, "a zip archive"),
        (pack_tar, "a tar archive"),
        (bz2.compress(b"id,n\n"), "a bzip2 archive"),
        (lzma.compress(b"id,n\n"), "an xz archive"),
        (gzip.compress(bz2.compress(b"id,n\n")), "a bzip2 archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or locked Excel workbook"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path, make, kind):
    path = tmp_path / "table.csv"
    make(path) if callable(make) else path.write_bytes(make)
    with pytest.raises(DataError, match=f"expected UTF-8 text, plain or gzipped, found {kind}"):
        read_table(path, ["id"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "header line, found an empty file"),
        ("\n\r\n\r", "header line, found an empty file"),
        ("#only comments\n", "header line, found an empty file"),
        (gzip.compress(b""), "header line, found an empty file"),
        ("id;n\na;1\n", "expected tabs or commas in the header, found 'id;n'"),
        ("id,n\na,1\n\nb,1,2\n", "as many fields in every row; found 2 in the header, 3 in row 4"),
        ("#x\nid,n\na,1\nb\n", "as many fields in every row; found 2 in the header, 1 in row 4"),
        ("id,n\na,1\n \n", "as many fields in every row; found 2 in the header, 1 in row 3"),
        ('id,n\na,"1\n2"\nb\n', "as many fields in every row; .*, 1 in row 4"),
        ('id,n\na,"1\nb,2\n', "as many fields in every row; row 2 opens a quote and never ends"),
        ('id,n\na,1\nb,"2', "as many fields in every row; row 3 opens a quote and never ends"),
        ('id,n\n"a,1\nb,2\n', "as many fields in every row; row 2 opens a quote and never ends"),
        ('id,"n\na,1\n', "as many fields in every row; the header opens a quote"),
        ('id\t"n"\na\t"1\n', "as many fields in every row; row 2 opens a quote and never ends"),
        (b"id,n\n\xff,1\n", "expected UTF-8 text"),
        (b"id,\xff\na,1\n", "expected UTF-8 text"),
        (b"id,n\n" + b"a,1\n" * 5000 + b"\xff,1\n", "expected UTF-8 text"),
        (b"id,n\n" + b"a,1\n" * 5000 + b"\0,1\n", "found NUL bytes"),
        (b"id,n\0\na,1\n", "found NUL bytes in line 1"),
        ("id," + "n" * 200_000 + "\n", "as many fields in every row.*field larger"),
        ('id,n\na,"' + "x\n" * 200_000, "as many fields in every row.*field larger"),
        ('id,n\nb,1\na,"' + "x\n" * 200_000, "as many fields in every row; row 3 never ends"),
    ],
)
def test_bad_text_is_named_with_its_place(write, content, message):
    path = write(content)
    with pytest.raises(DataError, match=message) as caught:
        read_table(path, ["id"])
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", ["id,n\n" + "a," + "1" * 3000 + "\n", 'id,n\nb,2\na,"1\n' + "b,2\n" * 900]
)
def test_a_row_wider_than_a_block_is_told(write, monkeypatch, content):
    monkeypatch.setattr(text_reader, "BLOCK", 1024)
    with pytest.raises(DataError, match="as many fields in every row"):
        read_table(write(content), ["id"])


def test_many_blocks_read_as_one(write, monkeypatch):
    monkeypatch.setattr(text_reader, "BLOCK", 256)
    path = write("id,n\n" + "".join(f'"s\n{i % 7}",{i}\n' for i in range(900)), "table.csv.gz")
    for categorical in (False, True):
        frame = read_table(path, ["id", "n"], numeric=["n"], categorical=categorical)
        assert frame["id"].tolist() == [f"s\n{i % 7}" for i in range(900)]
        assert frame["n"].tolist() == list(range(900))


@pytest.mark.parametrize("rows", ["", "\n\n", "\r\n"])
def test_a_header_alone_is_a_table_without_rows(write, rows):
    for categorical in (False, True):
        frame = read_table(
            write("id,n\n" + rows), ["id", "n"], numeric=["n"], categorical=categorical
        )
        assert frame.shape == (0, 2)


@pytest.mark.parametrize(
    ("content", "n_leading", "first", "n_before"),
    [
        (GCT_2, 2, ["1956_at", "EGFR", "1", "2", "3"], 3),
        (GCT_3, 3, ["g1", "1956", "EGFR", "1", "2"], 4),
        (GCT_3.replace("\n", "\r\n"), 3, ["g1", "1956", "EGFR", "1", "2"], 4),
    ],
)
def test_a_gct_states_its_leading_columns(write, content, n_leading, first, n_before):
    header = read_header(write(content))
    assert (header.n_leading, header.n_rows, header.n_before) == (n_leading, 2, n_before)
    assert header.first == first


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GCT_2.replace("2\t3\t\n", "2\t4\n"), "line 2: expected 4 columns of numbers .*, found 3"),
        (GCT_2.replace("2\t3\t\n", "9\t3\n"), "line 2: expected 9 rows as it says, found 2"),
        (GCT_2.replace("2\t3\t\n", "2\n"), r"line 2: expected 2 sizes of a GCT, found '2\\n'"),
        (GCT_2.replace("2\t3\t\n", "2\t3.5\n"), "line 2: expected 2 sizes of a GCT"),
        (GCT_3.replace("2\t2\t2\t1\n", "2\t2\t1\t1\n"), "line 2: expected 2 columns .*, found 3"),
        (GCT_3.replace("2\t2\t2\t1\n", "2\t2\t2\t9\n"), "line 2: expected 2 rows .*, found 0"),
        (GCT_3.replace("2\t2\t2\t1\n", "2\t2\n"), "line 2: expected 4 sizes of a GCT"),
        ("#1.2\n", "header line, found an empty file"),
        ("#1.2\n2\t3\n", "header line, found an empty file"),
    ],
)
def test_sizes_of_a_gct_that_contradict_it_are_told(write, content, message):
    path = write(content)
    with pytest.raises(DataError, match=message):
        read_table(path, ())


def test_the_second_header_line_of_firehose_is_no_row(write):
    path = write(
        "Hybridization REF\tTCGA-OR-A5J1-01A\tTCGA-OR-A5J2-01A\n"
        "gene_id\tnormalized_count\tnormalized_count\n?|100130426\t0.5\t1\nTP53|7157\t2\t3\n"
    )
    header = read_header(path)
    assert (header.first[0], header.n_before) == ("?|100130426", 2)
    assert read_table(path, ())["Hybridization REF"].tolist() == ["?|100130426", "TP53|7157"]


def test_commas_in_names_do_not_make_a_csv(write):
    path = write('id\tIC50 (uM), log, "a,b,c,d"\nx\t1\n')
    assert read_header(path).delimiter == "\t"
    assert read_header(write('"a\tb","c\td\te",f\nx,1,2\n')).delimiter == ","


@pytest.mark.realdata
def test_a_real_gct_has_the_sizes_that_it_states(real_data):
    path = real_data / "raw_samples/cells/CCLE_Expression_Entrez_2012-09-29_toy.gct"
    header = read_header(path)
    assert (len(header.fields), header.n_leading, header.n_rows) == (233, 2, 7)
    assert len(read_table(path, ["Name"])) == 7


@pytest.mark.realdata
def test_real_names_with_line_breaks_are_read(real_data):
    path = real_data / "raw_samples/cells/Cell_Lines_Details.csv"
    frame = read_table(path, ["Sample Name", "GDSC\nTissue descriptor 1"])
    assert frame.shape == (942, 2)
    assert frame.index[0] == 8
