"""Matrices of numbers from every container, and the messages for cells that are no numbers."""

import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.readers.matrices import read_matrix, reject_gaps

VALUES = np.array([[0.1, 1e-30, 123456.789], [np.nan, -9.9658, 16777217]])
ROWS, COLUMNS = ["s1", "s2"], ["TP53 (7157)", "NA", "nan"]


def as_text(delimiter):
    rows = [["", *COLUMNS]] + [
        [name, *("" if np.isnan(x) else repr(float(x)) for x in row)]
        for name, row in zip(ROWS, VALUES, strict=True)
    ]
    return "".join(delimiter.join(row) + "\n" for row in rows)


def write_csv(path):
    path.write_text(as_text(","))


def write_tsv(path):
    path.write_text(as_text("\t"))


def write_r(path):
    names = "\t".join(f'"{name}"' for name in COLUMNS)
    rows = as_text("\t").splitlines()[1:]
    path.write_text("\n".join([names, *rows]).replace("\t\t", "\tNA\t"))


def write_gz(path):
    frame().to_csv(path, compression="gzip")


def write_workbook(path):
    frame().to_excel(path)


def write_parquet(path):
    frame().to_parquet(path)


def write_flat_parquet(path):
    frame().rename_axis("ModelID").reset_index().to_parquet(path, index=False)


def frame():
    return pd.DataFrame(VALUES, ROWS, COLUMNS)


@pytest.mark.parametrize(
    ("write_file", "name"),
    [
        (write_csv, "m.csv"), (write_tsv, "m.tsv"), (write_r, "m.txt"), (write_gz, "m.csv.gz"),
        (write_workbook, "m.xlsx"), (write_parquet, "m.parquet"), (write_flat_parquet, "m.parquet"),
    ],
)  # fmt: skip
def test_every_container_gives_the_same_matrix(tmp_path, write_file, name):
    path = tmp_path / name
    write_file(path)
    matrix = read_matrix(path)
    assert (matrix.rows.tolist(), matrix.columns.tolist()) == (ROWS, COLUMNS)
    assert matrix.values.dtype == np.float32
    np.testing.assert_array_equal(matrix.values, VALUES.astype(np.float32))
    assert matrix.leading.iloc[:, 0].tolist() == ROWS


def test_numbers_are_rounded_once_from_what_python_reads(write):
    rng = np.random.default_rng(0)
    # Halfway between two float32, but for a last digit that float64 does not hold any more.
    texts = ["1.00000005960464477539062500000000000001", *map(repr, rng.normal(size=999).tolist())]
    matrix = read_matrix(write("id,x\n" + "".join(f"{i},{x}\n" for i, x in enumerate(texts))))
    assert matrix.values[:, 0].tolist() == [float(np.float32(float(x))) for x in texts]


def test_leading_columns_are_text_and_others_are_left_out(write):
    path = write("id,flag,A,note,B,flag\nr1,Yes,1,x,2,No\nr2,No,3,y,4,Yes\n")
    matrix = read_matrix(path, leading=["flag", "absent"], left_out=["note"])
    assert matrix.columns.tolist() == ["A", "B"]
    assert matrix.leading.to_dict("list") == {"id": ["r1", "r2"], "flag": ["Yes", "No"]}
    np.testing.assert_array_equal(matrix.values, [[1, 2], [3, 4]])


def test_a_gct_gives_its_leading_columns(write):
    text = (
        "#1.2\n2\t2\nName\tDescription\tA_LUNG\tB_SKIN\n1956_at\tEGFR\t1\t2\n7157_at\tTP53\t3\t4\n"
    )
    matrix = read_matrix(write(text))
    assert matrix.leading.columns.tolist() == ["Name", "Description"]
    assert matrix.leading["Description"].tolist() == ["EGFR", "TP53"]
    np.testing.assert_array_equal(matrix.values, [[1, 2], [3, 4]])


def test_a_gct_with_metadata_on_both_sides_gives_numbers_only(write):
    text = (
        "#1.3\n2\t2\t2\t1\nid\tgene_id\tid\tA\tB\nplate\tna\tna\tp1\tp2\n"
        "g1\t1956\tEGFR\t1\tNaN\ng2\t7157\tTP53\t3\t4\n"
    )
    matrix = read_matrix(write(text))
    assert matrix.leading.to_dict("list") == {"id": ["g1", "g2"], "gene_id": ["1956", "7157"]}
    np.testing.assert_array_equal(matrix.values, [[1, np.nan], [3, 4]])


def test_repeated_and_empty_names_are_left_to_the_caller(write):
    matrix = read_matrix(write("id,A,A,\nr,1,2,3\nr,4,5,6\n"))
    assert (matrix.rows.tolist(), matrix.columns.tolist()) == (["r", "r"], ["A", "A", ""])


def test_a_matrix_of_one_sample_from_r_has_its_corner(write):
    matrix = read_matrix(write("S1\nTP53\t1\nEGFR\t2\n"))
    assert (matrix.rows.tolist(), matrix.columns.tolist()) == (["TP53", "EGFR"], ["S1"])


def test_quoted_numbers_below_a_plain_header_are_numbers(write):
    matrix = read_matrix(write('id\tA\n"r"\t"1.5"\n'))
    assert (matrix.rows.tolist(), matrix.values.tolist()) == (["r"], [[1.5]])


def test_a_matrix_is_turned_with_its_names(write):
    turned = read_matrix(write("id,A,B\nr,1,2\n")).transposed()
    assert (turned.rows.tolist(), turned.columns.tolist()) == (["A", "B"], ["r"])
    assert turned.values.tolist() == [[1], [2]]
    assert turned.leading.empty


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id;G1\ns1;1\n", "expected tabs or commas in the header, found 'id;G1'"),
        ("id\ns1\n", "expected tabs or commas in the header, found 'id'"),
        ("id,G1\n", "rows below the header, found none"),
        ("id,G1\n\n\n", "rows below the header, found none"),
        ("id,G1\ns1,1\ns2,x\n", "column 'G1', row 's2': expected a number, found 'x'"),
        ("id,G1\ns1,1\ns1,x\n", "column 'G1', row 's1': expected a number, found 'x'"),
        ('id,G1,G2\ns1,1,"1,5"\n', "column 'G2', row 's1': expected a number, found '1,5'"),
        ("id,G1,G2\ns1,1,True\n", "column 'G2', row 's1': expected a number, found 'True'"),
        ("id,G1,G2\ns1,1\n", "as many fields in every row; .*, 2 in row 2"),
        ("id,G1\ns1,1\ns2,1,2\n", "as many fields in every row; .*, 3 in row 3"),
        ("G1,G2\ns1,1,2\ns2,1\n", "as many fields in every row; .*, 2 in row 3"),
        ('id,"G1\ns1,1\n', "as many fields in every row; the header opens a quote"),
        ('id,G1\ns1,1\ns2,"2\n', "as many fields in every row; row 3 opens a quote"),
        (b"id,G1\ns1,\xff\n", "expected UTF-8 text"),
    ],
)
def test_a_bad_matrix_is_named_with_its_place(write, content, message):
    path = write(content)
    with pytest.raises(DataError, match=message) as caught:
        read_matrix(path)
    assert str(caught.value).startswith(str(path))


def test_a_matrix_without_numbers_is_refused(write):
    with pytest.raises(DataError, match="expected numbers beside the names, found none"):
        read_matrix(write("id,note\nr,x\n"), leading=["note"])


@pytest.mark.parametrize("name", ["m.xlsx", "m.parquet"])
def test_a_word_in_a_container_is_named(tmp_path, name):
    path = tmp_path / name
    table = pd.DataFrame({"id": ["r1", "r2"], "A": [1.5, 2], "B": ["1", "high"]})
    (table.to_excel if name == "m.xlsx" else table.to_parquet)(path, index=False)
    with pytest.raises(DataError, match="column 'B', row 'r2': expected a number, found 'high'"):
        read_matrix(path)


@pytest.mark.parametrize(
    ("cell", "found"),
    [("inf", "inf"), ("-inf", "-inf"), ("1e39", "inf"), ("", "an empty cell"), ("NA", "an empty")],
)
def test_cells_that_are_not_finite_are_named(write, cell, found):
    path = write(f"id,G1,G2\ns1,1,2\ns2,3,{cell}\n")
    matrix = read_matrix(path)
    with pytest.raises(DataError, match=f"row 's2', column 'G2': expected a finite .* {found}"):
        reject_gaps(matrix, path)
    if "empty" in found:
        reject_gaps(matrix, path, gaps_allowed=True)
    else:
        with pytest.raises(DataError, match=f"found {found}"):
            reject_gaps(matrix, path, gaps_allowed=True)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("cells/CCLE_Expression_Entrez_2012-09-29_toy.gct", (7, 231)),
        ("cells/DeepDEP_exp.file.txt.gz", (20_000, 3)),
        ("cells/DeepCDR_GDSC_IC50.csv.gz", (266, 200)),
        ("cells/SWnet_CCLE_DepMap_mutation_counts.csv.gz", (435, 1478)),
        ("cells/gdsctools_IC50_v17.csv.gz", (200, 265)),
        ("cells/moffitt_LungCancerGeneExpression_first50genes.tsv", (50, 194)),
        ("cells/oncoPredict_GDSC_RMA_500genes.csv.gz", (500, 90)),
        ("tumors/firehose_acc_rsem_normalized_40x300.tsv.gz", (40, 300)),
        ("tumors/gdc_htseq_counts_kich_head.tsv.gz", (1000, 65)),
        ("tumors/pancanatlas_ebpp_log2rsem_entrez_50x399.tsv.gz", (50, 399)),
        ("tumors/rnaseqdb_ucs_rsem_fpkm_head.tsv.gz", (300, 47)),
        ("tumors/toil_blca_log2tpm0.001_head.csv.gz", (25, 1577)),
    ],
)
def test_real_matrices_have_their_shapes(real_data, name, shape):
    assert read_matrix(real_data / "raw_samples" / name, ["Entrez_Gene_Id"]).values.shape == shape
