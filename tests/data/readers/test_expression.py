"""Expression files become samples x genes, log2(TPM+1), under names that can be matched."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from drp.data.errors import DataError, DataWarning
from drp.data.readers.expression import join_expression, read_expression_file

FLAG = "--tumors_expression_unit"
EXPECTED = np.array([[0, 3.5], [1, 2]], np.float32)


def read(path, unit="log2p1", **options):
    return read_expression_file(path, unit, FLAG, **options)


@pytest.mark.parametrize("stored", ["index", "column"])
def test_parquet(tmp_path, stored):
    frame = pd.DataFrame(EXPECTED, ["ACH-000001", "ACH-000002"], ["TP53 (7157)", "KRAS (3845)"])
    frame = frame.rename_axis("ModelID")
    frame = frame if stored == "index" else frame.reset_index()
    frame.to_parquet(tmp_path / "x.parquet", index=stored == "index")
    matrix, record = read(tmp_path / "x.parquet")
    assert record["recognised_as"] == "DepMap expression"
    assert list(matrix.obs_names) == ["ACH-000001", "ACH-000002"]
    np.testing.assert_array_equal(matrix.X, EXPECTED)


@pytest.mark.parametrize("pack", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("named_by", ["symbols", "Ensembl ids with symbols beside them"])
def test_anndata(tmp_path, pack, named_by):
    var = pd.DataFrame(index=["TP53", "KRAS"])
    if named_by != "symbols":
        var = pd.DataFrame(
            {"gene_symbol": ["TP53", "KRAS"]}, index=["ENSG00000141510", "ENSG00000133703"]
        )
    data = ad.AnnData(pack(EXPECTED), pd.DataFrame(index=["s1", "s2"]), var)
    data.write_h5ad(tmp_path / "x.h5ad")
    matrix, record = read(tmp_path / "x.h5ad")
    assert record["recognised_as"] == "AnnData"
    assert (list(matrix.obs_names), list(matrix.var_names)) == (["s1", "s2"], ["TP53", "KRAS"])
    np.testing.assert_array_equal(matrix.X, EXPECTED)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a complete .h5ad"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 90, "not a complete .h5ad"),
        (b"gene,s1\nTP53,1\n", "not a complete .h5ad"),
        (None, "no such file"),
    ],
)
def test_what_is_no_anndata_is_told(tmp_path, content, message):
    path = tmp_path / "x.h5ad"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=rf"x\.h5ad: {message}"):
        read(path)


def test_known_samples_tell_which_way_round_a_matrix_is(write):
    path = write("name,P1,P2,P3\nQ1,0,1,2\nQ2,3,4,5\n", "x.csv")
    for known, samples in (("Q1", ["Q1", "Q2"]), ("P2", ["P1", "P2", "P3"])):
        matrix, record = read(path, known_samples={known})
        assert list(matrix.obs_names) == samples
        assert "guessed" not in record["orientation"]
    with pytest.warns(DataWarning, match="no name tells genes from samples: samples in rows"):
        assert "guessed" in read(path)[1]["orientation"]


def test_genes_by_ensembl_id_need_a_map(write):
    with pytest.raises(DataError, match=r"Ensembl ids \(ENSG00000141510.*give --gene_map=hgnc"):
        read(write("gene\tS1\nENSG00000141510.16\t0\nENSG00000133703.7\t1\n", "x.tsv"))


def test_a_gene_that_has_only_an_ensembl_id_is_left_out_and_told(write):
    text = ",TP53 (7157),KRAS (3845),ENSG00000288724.1\nACH-000001,0,3.5,7\n"
    with pytest.warns(DataWarning, match=r"1 genes .* are left out: ENSG00000288724"):
        matrix, _ = read(write(text, "x.csv"))
    assert list(matrix.var_names) == ["TP53", "KRAS"]


def test_two_genes_of_one_symbol_are_told_apart_by_entrez_id(write):
    text = "ModelID,TBCE (6905),TBCE (100996521),KRAS (3845)\nL1,0,1,2\n"
    matrix, _ = read(write(text, "x.csv"))
    assert list(matrix.var_names) == ["TBCE (6905)", "TBCE (100996521)", "KRAS"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gene,S1,S2\nTP53,0,1\nTP53,1,3\n", r"gene symbols: .* repeats of TP53"),
        ("ModelID,TP53 (7157),TP53 (7157)\nL1,0,1\n", r"gene symbols: .* repeats of TP53"),
        ("gene,S1,S1\nTP53,0,1\n", r"samples: .* repeats of S1"),
        ("gene,S1,S1 \nTP53,0,1\n", r"samples: .* repeats of S1"),
    ],
)
def test_repeats_are_an_error_or_averaged(write, text, message):
    path = write(text, "x.csv")
    with pytest.raises(DataError, match=message + "; --duplicates=mean averages them"):
        read(path)
    matrix, record = read(path, duplicates="mean")
    assert matrix.X[0, 0] == 0.5
    assert record["samples_merged"] + record["genes_merged"] == 1


def test_further_vials_of_a_tumor_are_counted(write):
    text = "gene,TCGA-02-0001-01B,TCGA-02-0001-01A,TCGA-02-0002-01A\nTP53,0.5,2.5,3\n"
    matrix, record = read(write(text, "x.csv"))
    assert matrix.to_df()["TP53"].to_dict() == {"TCGA-02-0001-01": 2.5, "TCGA-02-0002-01": 3.0}
    assert (record["samples_merged"], record["further_vials_left_out"]) == (0, 1)


def test_full_names_of_genes_are_no_symbols(write):
    text = (
        "#1.2\n2\t2\nName\tDescription\tA549_LUNG\tBT20_BREAST\n"
        "TP53\ttumor protein p53\t0.5\t7\nKRAS\tKRAS proto-oncogene, GTPase\t3.5\t4\n"
    )
    assert list(read(write(text, "x.gct"))[0].var_names) == ["TP53", "KRAS"]


def test_a_gene_that_is_taken_for_a_column_beside_is_told(write):
    text = ",CellLine,ABC1,TP53 (7157),KRAS (3845),MYC (4609)\nACH-000001,HL60,0.5,0.25,2.5,7\n"
    with pytest.warns(DataWarning, match=r"1 columns before .* numbers and are left out: ABC1; "):
        assert list(read(write(text, "x.csv"))[0].var_names) == ["TP53", "KRAS", "MYC"]


@pytest.mark.parametrize("tpm", [0.0, 0.37, 12.5, 40_000.0])
@pytest.mark.parametrize(
    ("unit", "stored"),
    [
        ("log2p1", lambda x: np.log2(x + 1)),
        ("log2p001", lambda x: np.log2(x + 0.001)),
        ("tpm", lambda x: x),
    ],
)
def test_every_unit_becomes_log2_tpm_plus_1(write, unit, stored, tpm):
    values = stored(np.array([tpm, 0.0, 50_000.5]))
    text = "gene\tS1\n" + "".join(f"G{i}\t{float(value)!r}\n" for i, value in enumerate(values))
    found = read(write(text, "x.tsv"), unit)[0].X[0, 0]
    assert found == pytest.approx(np.log2(tpm + 1), abs=1e-5)
    assert found >= 0


@pytest.mark.parametrize(
    ("unit", "values", "message"),
    [
        ("log2p1", "-9.9658 3", rf"-9\.966 \(S1, G1\) to 3: .* Use {FLAG}=log2p001"),
        ("tpm", "-9.9658 3", rf"Use {FLAG}=log2p001"),
        ("log2p1", "2 -1.25", r"-1\.25 \(S1, G2\) .*z-scores cannot be converted"),
        ("tpm", "-1.25 900", "z-scores cannot be converted"),
        ("log2p001", "-12 3", "z-scores cannot be converted"),
        ("log2p001", "0 3.5", rf"use {FLAG}=log2p1"),
        ("log2p1", "0 250.5", rf"above log2\(1e6\+1\) = 19\.9: linear TPM\? Use {FLAG}=tpm"),
        ("log2p1", "0 250", "all whole: counts must be turned into TPM first"),
        ("tpm", "0 250", "all whole: counts must be turned into TPM first"),
        ("tpm", "0 12.5", rf"looks like a logarithm; use {FLAG}=log2p1"),
    ],
)  # fmt: skip
def test_values_that_the_unit_cannot_hold_name_the_cure(write, unit, values, message):
    rows = "".join(f"G{i}\t{value}\n" for i, value in enumerate(values.split(), start=1))
    with pytest.raises(DataError, match=rf"x\.tsv: declared {FLAG}={unit}, found .*{message}"):
        read(write("gene\tS1\n" + rows, "x.tsv"), unit)


def test_values_that_sum_to_more_than_a_million_are_not_tpm(write):
    with pytest.warns(DataWarning, match=r"not TPM: those of a sample sum to 1\.96e\+06"):
        read(write("gene\tS1\nTP53\t0\nKRAS\t19.9\nMYC\t19.9\n", "x.tsv"))


def test_the_first_file_wins_and_later_files_add_samples(write):
    texts = {
        "a.tsv": "gene\tS1\tS2\nTP53\t0\t1\nKRAS\t3.5\t2\n",
        "b.tsv": "gene\tS3\tS2\nMYC\t0\t9\nKRAS\t5\t2.25\nTP53\t4\t1\n",
        "c.tsv": "gene\tS4\tS3\nTP53\t0\t4.5\nKRAS\t6\t5\n",
    }
    paths = [write(text, name) for name, text in texts.items()]
    matrix, record = join_expression(paths, [read(path)[0] for path in paths])
    assert list(matrix.obs_names) == ["S1", "S2", "S3", "S4"]
    assert list(matrix.var_names) == ["TP53", "KRAS"]
    np.testing.assert_array_equal(matrix.X, np.array([[0, 3.5], [1, 2], [4, 5], [0, 6]]))
    assert list(record.values()) == [
        "adds 1 samples; 1 samples in both differ by 0.125 log2 in median; the first file stands",
        "adds 1 samples; 1 samples in both differ by 0.250 log2 in median; the first file stands",
    ]


def test_files_are_joined_by_entrez_id_where_symbols_differ(write):
    first = write(",KRAS (3845),RBFOX1 (54715)\nACH-000001,0,1\n", "a.csv")
    second = write(",A2BP1 (54715),KRAS (3845)\nACH-000002,0,3\n", "b.csv")
    matrix, _ = join_expression([first, second], [read(first)[0], read(second)[0]])
    assert list(matrix.var_names) == ["KRAS", "RBFOX1"]
    np.testing.assert_array_equal(matrix.X, [[0, 1], [3, 0]])


def test_files_that_plainly_disagree_are_told(write):
    first = write("gene\tS1\nTP53\t0\nKRAS\t3.5\n", "a.tsv")
    second = write("gene\tS1\nTP53\t0\nKRAS\t9\n", "b.tsv")
    with pytest.warns(DataWarning, match=r"b\.tsv: 1 samples in both differ by 2\.750 log2"):
        join_expression([first, second], [read(first)[0], read(second)[0]])


def test_a_later_file_must_have_the_first_ones_genes(write):
    first = write("gene\tS1\nTP53\t0\nKRAS\t3.5\n", "a.tsv")
    second = write("gene\tS3\nTP53\t0\n", "b.tsv")
    with pytest.raises(DataError, match=r"b\.tsv: lacks 1 genes of .*a\.tsv.*: KRAS"):
        join_expression([first, second], [read(first)[0], read(second)[0]])
