"""Expression files in both orientations and all units, and values that no unit can hold."""

import numpy as np
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.expression import read_expression, read_expression_file

DEPMAP = "ModelID,TP53 (7157),KRAS (3845)\nL1,0,3.5\nL2,1,2\n"
XENA = "gene\tS1\tS2\nTP53\t0\t1\nKRAS\t3.5\t2\n"
FLAG = "--tumors_expression_unit"


@pytest.fixture
def write(tmp_path):
    def write_file(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write_file


def test_depmap_and_xena_layouts_give_samples_by_genes(write):
    lines = read_expression_file(write("a.csv", DEPMAP), "log2p1", FLAG)
    tumors = read_expression_file(write("b.tsv", XENA), "log2p1", FLAG)
    for matrix, samples, ids in (
        (lines, ["L1", "L2"], ["7157", "3845"]),
        (tumors, ["S1", "S2"], ["", ""]),
    ):
        assert list(matrix.obs_names) == samples
        assert list(matrix.var_names) == ["TP53", "KRAS"]
        assert list(matrix.var["entrez_id"]) == ids
        assert matrix.X.dtype == np.float32
        np.testing.assert_array_equal(matrix.X, np.array([[0, 3.5], [1, 2]], np.float32))


@pytest.mark.parametrize(
    "text",
    [
        "gene\tTCGA-02-0001-01\tTCGA-02-0002-01\nTP53\t0\t1\nKRAS\t3.5\t2\n",
        "sample\tTP53\tKRAS\nTCGA-02-0001-01\t0\t3.5\nTCGA-02-0002-01\t1\t2\n",
        "Hugo_Symbol\tEntrez_Gene_Id\tTCGA-02-0001-01\tTCGA-02-0002-01\n"
        "TP53\t7157\t0\t1\nKRAS\t3845\t3.5\t2\n",
    ],
    ids=["Xena", "samples in rows", "cBioPortal"],
)
def test_barcodes_tell_samples_from_genes(write, text):
    matrix = read_expression_file(write("x.tsv", text), "log2p1", FLAG)
    assert list(matrix.obs_names) == ["TCGA-02-0001-01", "TCGA-02-0002-01"]
    assert list(matrix.var_names) == ["TP53", "KRAS"]
    np.testing.assert_array_equal(matrix.X, np.array([[0, 3.5], [1, 2]], np.float32))


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
    values = stored(np.array([tpm, 0.5, 50_000.5]))
    text = "gene\tS1\n" + "".join(f"G{i}\t{float(value)!r}\n" for i, value in enumerate(values))
    found = read_expression_file(write("x.tsv", text), unit, FLAG).X[0, 0]
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
        read_expression_file(write("x.tsv", "gene\tS1\n" + rows), unit, FLAG)


def test_a_symbol_with_two_entrez_ids_is_a_duplicate_gene(write):
    text = "ModelID,TBCE (6905),TBCE (100996521)\nL1,0,1\n"
    with pytest.raises(DataError, match=r"gene symbols: expected each name once, .* of TBCE"):
        read_expression_file(write("x.csv", text), "log2p1", FLAG)


def test_gene_ids_alone_are_no_samples(write):
    path = write("x.tsv", "Hugo_Symbol\tEntrez_Gene_Id\nTP53\t7157\n")
    with pytest.raises(DataError, match=r"x\.tsv: expected samples beside 'Entrez_Gene_Id'"):
        read_expression_file(path, "log2p1", FLAG)


def test_the_first_file_wins_and_later_files_add_samples(write):
    first = write("first.tsv", XENA)
    second = write("second.tsv", "gene\tS3\tS2\nMYC\t9\t9\nKRAS\t5\t2.25\nTP53\t4\t1\n")
    third = write("third.tsv", "gene\tS4\tS3\nTP53\t6\t4.5\nKRAS\t6\t5\n")
    matrix, record = read_expression([first, second, third], "log2p1", FLAG)
    assert list(matrix.obs_names) == ["S1", "S2", "S3", "S4"]
    assert list(matrix.var_names) == ["TP53", "KRAS"]
    np.testing.assert_array_equal(matrix.X, np.array([[0, 3.5], [1, 2], [4, 5], [6, 6]]))
    assert list(record.values()) == [
        "2 samples x 2 genes",
        "adds 1 samples; 1 samples in both differ by 0.125 log2 in median; the first file stands",
        "adds 1 samples; 1 samples in both differ by 0.250 log2 in median; the first file stands",
    ]


def test_files_that_plainly_disagree_are_told(write):
    first, second = write("a.tsv", XENA), write("b.tsv", XENA.replace("3.5", "9").replace("0", "8"))
    with pytest.warns(DataWarning, match=r"b\.tsv: 2 samples in both differ by .* log2 in median"):
        read_expression([first, second], "log2p1", FLAG)


def test_a_later_file_must_have_the_first_ones_genes(write):
    second = write("b.tsv", "gene\tS3\nTP53\t4\n")
    with pytest.raises(DataError, match=r"b\.tsv: lacks 1 genes of .*a\.tsv.*: KRAS"):
        read_expression([write("a.tsv", XENA), second], "log2p1", FLAG)
