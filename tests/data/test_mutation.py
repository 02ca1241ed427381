"""Who was sequenced, which rows count, and what is wild type rather than unknown."""

import numpy as np
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.mutation import KNOWN_CLASSES, VARIANT_CLASSES, read_mutations

FILTERS = ("PASS", ".", "wga")
MAF = [
    "Hugo_Symbol Variant_Classification Tumor_Sample_Barcode FILTER Entrez_Gene_Id",
    "TP53 Missense_Mutation TCGA-02-0001-01A-01D PASS 7157",
    "TP53 Nonsense_Mutation TCGA-02-0001-01A-01D PASS 7157",
    "KRAS Silent TCGA-02-0001-01A-01D PASS 3845",
    "EGFR In_Frame_Del TCGA-02-0002-01A-01D PASS 0",
    "TTN Missense_Mutation TCGA-02-0002-01A-01D oxog 7273",
    "MYC Frame_Shift_Ins TCGA-02-0002-01A-01D PASS,wga 4609",
    "RB1 Frame_Shift_Del TCGA-02-0002-01A-01D wga,oxog 5925",
    "Unknown Missense_Mutation TCGA-02-0002-01A-01D PASS 0",
]
SAMPLES = ["TCGA-02-0001-01", "TCGA-02-0002-01", "TCGA-02-0003-01"]


@pytest.fixture
def read(tmp_path):
    """Write a MAF and its list of sequenced samples, and read them."""

    def read_maf(rows=MAF, sequenced=SAMPLES, classes="paper", name="x.maf"):
        path, listed = tmp_path / name, None
        path.write_text("\n".join(row.replace(" ", "\t") for row in rows) + "\n")
        if sequenced is not None:
            listed = tmp_path / "sequenced.csv"
            listed.write_text("\n".join(["sample,source", *(f"{name},own" for name in sequenced)]))
        return read_mutations(path, listed, classes, FILTERS)

    return read_maf


def mutated(matrix):
    return {
        sample: set(matrix.var_names[np.flatnonzero(row)])
        for sample, row in zip(matrix.obs_names, matrix.X.toarray(), strict=True)
    }


def test_counting_rows_are_of_a_counted_class_and_pass_every_filter(read):
    matrix, record = read()
    assert matrix.X.format == "csr"
    assert matrix.X.dtype == np.uint8
    assert mutated(matrix) == dict(zip(SAMPLES, [{"TP53"}, {"MYC"}, set()], strict=True))
    assert matrix.X.max() == 1
    assert list(matrix.var_names) == ["EGFR", "KRAS", "MYC", "RB1", "TP53", "TTN"]
    assert list(matrix.var["entrez_id"]) == ["", "3845", "4609", "5925", "7157", "7273"]
    assert record == {
        "rows": 8,
        "rows_failing_filter": 2,
        "rows_of_other_classes": 2,
        "rows_without_gene_name": 1,
        "samples_sequenced": 3,
        "samples_without_any_call": 1,
        "genes_named": 6,
    }


def test_nonsilent_counts_in_frame_deletions_but_not_silent_ones(read):
    found = mutated(read(classes="nonsilent")[0])
    assert found[SAMPLES[0]] == {"TP53"}
    assert found[SAMPLES[1]] == {"MYC", "EGFR"}


@pytest.mark.parametrize(
    ("token", "counts"),
    [
        ("PASS", True), (".", True), ("wga", True), ("wga,PASS", True), ("oxog", False),
        ("PASS,oxog", False), ("", True), ("PASS;wga", True), ("pass", False),
    ],
)  # fmt: skip
def test_a_row_counts_when_all_its_filter_tokens_are_accepted(read, token, counts):
    rows = [MAF[0], MAF[1], f"BRAF Missense_Mutation TCGA-02-0001-01A {token} 673"]
    assert ("BRAF" in mutated(read(rows)[0])[SAMPLES[0]]) == counts


@pytest.mark.parametrize("kind", sorted(KNOWN_CLASSES))
def test_every_known_class_is_read_and_counts_by_the_table(read, kind):
    rows = [MAF[0], MAF[1], f"BRAF {kind} TCGA-02-0001-01A PASS 673"]
    for classes, counted in VARIANT_CLASSES.items():
        found = mutated(read(rows, classes=classes)[0])[SAMPLES[0]]
        assert ("BRAF" in found) == (kind in counted)


def test_a_maf_without_filter_and_entrez_columns_counts_every_row(read):
    rows = [" ".join(row.split(" ")[:3]) for row in MAF]
    matrix, record = read(rows)
    assert mutated(matrix)[SAMPLES[1]] == {"MYC", "RB1", "TTN"}
    assert record["rows_failing_filter"] == 0
    assert set(matrix.var["entrez_id"]) == {""}


def test_comment_lines_of_the_gdc_are_passed_over(read):
    assert mutated(read(["#version gdc-1.0.0", "#annotation.spec gdc", *MAF])[0])[SAMPLES[0]] == {
        "TP53"
    }


def test_a_gene_table_counts_every_row_and_its_order_is_the_lists(read):
    rows = ["ModelID HugoSymbol EntrezGeneID", "B TP53 7157.0", "A KRAS 3845", "B TP53 7157.0"]
    matrix, record = read(rows, ["C", "B", "A"])
    assert mutated(matrix) == {"C": set(), "B": {"TP53"}, "A": {"KRAS"}}
    assert list(matrix.obs_names) == ["C", "B", "A"]
    assert list(matrix.var["entrez_id"]) == ["3845", "7157"]
    assert record["rows"] == 3


def test_two_vials_of_a_tumor_are_one_sample(read):
    rows = [MAF[0], MAF[1], MAF[6].replace("0002-01A", "0001-01B")]
    matrix, _ = read(rows, ["TCGA-02-0001-01A", "TCGA-02-0001-01B"])
    assert mutated(matrix) == {"TCGA-02-0001-01": {"TP53", "MYC"}}


def test_without_a_list_only_samples_with_a_call_are_sequenced(read):
    with pytest.warns(DataWarning, match="no list of sequenced samples"):
        matrix, _ = read(sequenced=None)
    assert list(matrix.obs_names) == SAMPLES[:2]


def test_a_sample_with_calls_that_is_not_listed_is_told(read):
    with pytest.warns(
        DataWarning, match="1 samples have calls but are not listed .*: TCGA-02-0002"
    ):
        matrix, _ = read(sequenced=SAMPLES[:1])
    assert list(matrix.obs_names) == SAMPLES[:1]


@pytest.mark.parametrize(
    ("rows", "sequenced", "message"),
    [
        ([*MAF, "TP53 Misense TCGA-02-0001-01A PASS 1"], SAMPLES, "unknown Variant_.*: Misense"),
        (["Hugo_Symbol Barcode", "A B"], SAMPLES, "a column 'Variant_Class.*, found Hugo_Symbol"),
        (["Gene Variant_Classification", "A B"], SAMPLES, "a column 'Hugo_Symbol', found Gene"),
        (["HugoSymbol Line", "A B"], SAMPLES, "a column 'ModelID', found HugoSymbol, Line"),
        ([MAF[0], MAF[3]], SAMPLES, "no row is left .*'rows_of_other_classes': 1"),
        ([MAF[0]], SAMPLES, "no row is left after --variant_classes and --maf_filters"),
        ([MAF[0], "TP53 Silent  PASS 1"], SAMPLES, "'Tumor_Sample_Barcode', row 2: found an empty"),
        (MAF, ["TCGA-99-0001-01"], r"none of its samples \(TCGA-02.*\) is listed in .*TCGA-99"),
        (MAF, ["TCGA-02-0001-01"] * 2, r"sequenced\.csv: column 'sample': expected each name once"),
    ],
)  # fmt: skip
def test_bad_calls_are_refused(read, rows, sequenced, message):
    with pytest.raises(DataError, match=message):
        read(rows, sequenced)


def test_a_list_without_an_id_column_is_refused(tmp_path):
    (tmp_path / "x.maf").write_text("\n".join(row.replace(" ", "\t") for row in MAF))
    (tmp_path / "list.csv").write_text("barcode,n\nTCGA-02-0001-01,1\n")
    with pytest.raises(DataError, match=r"list\.csv: expected a column Tumor_Sample_Barcode or"):
        read_mutations(tmp_path / "x.maf", tmp_path / "list.csv", "paper", FILTERS)


def test_a_gene_table_with_variant_classes_is_refused(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("ModelID,HugoSymbol,VariantInfo\nA,TP53,SILENT\n")
    with pytest.raises(DataError, match="column 'VariantInfo' holds variant classes"):
        read_mutations(path, None, "paper", (".",))


def test_a_list_of_one_column_is_a_list_of_sequenced_samples(tmp_path):
    calls, listed = tmp_path / "calls.csv", tmp_path / "listed.csv"
    calls.write_text("ModelID,HugoSymbol\nA,TP53\n")
    listed.write_text("ModelID\nA\nB\n")
    matrix, _ = read_mutations(calls, listed, "paper", (".",))
    assert list(matrix.obs_names) == ["A", "B"]
