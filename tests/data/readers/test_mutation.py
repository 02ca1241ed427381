"""Who was sequenced, which rows count, and what is wild type rather than unknown."""

import numpy as np
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.gene_map import GeneMap
from drp.data.readers.mutation import read_mutations
from drp.data.readers.sequenced import read_sequenced
from drp.data.readers.variant_classes import MAF_CLASSES, VARIANT_CLASSES

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

    def read_maf(rows=MAF, sequenced=SAMPLES, classes=("paper",), **options):
        path, listed = tmp_path / "x.maf", None
        path.write_text("\n".join(row.replace(" ", "\t") for row in rows) + "\n")
        if sequenced is not None:
            listed = tmp_path / "sequenced.csv"
            listed.write_text("\n".join(["sample,source", *(f"{name},own" for name in sequenced)]))
            listed, _ = read_sequenced(listed, options.get("duplicates", "error"))
        return read_mutations(path, listed, classes, FILTERS, **options)

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
        "recognised_as": "MAF",
        "rows": 8,
        "columns": 5,
        "class_column": "Variant_Classification",
        "variant_classes": "Frame_Shift_Del, Frame_Shift_Ins, Missense_Mutation, Nonsense_Mutation",
        "rows_failing_filter": 2,
        "rows_of_other_classes": 2,
        "genes_without_a_name": 1,
        "rows_without_gene_name": 1,
        "genes_merged": 0,
        "samples_sequenced": 3,
        "samples_without_any_call": 1,
        "genes_named": 6,
    }


def test_nonsilent_counts_in_frame_deletions_but_not_silent_ones(read):
    found = mutated(read(classes=["nonsilent"])[0])
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


@pytest.mark.parametrize("kind", MAF_CLASSES)
def test_every_known_class_is_read_and_counts_by_the_table(read, kind):
    rows = [MAF[0], f"BRAF {kind} TCGA-02-0001-01A PASS 673"]
    rows += [f"TP53 {other} TCGA-02-0001-01A PASS 7157" for other in ("Missense_Mutation", kind)]
    for classes, counted in (*VARIANT_CLASSES.items(), (kind, [kind])):
        found = mutated(read(rows, classes=[classes])[0])[SAMPLES[0]]
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


def test_a_list_that_is_far_longer_than_the_calls_is_told(read):
    others = [f"TCGA-03-{n:04d}-01" for n in range(20)]
    with pytest.warns(
        DataWarning, match="21 of 23 sequenced samples have no mutation and count as"
    ):
        read(sequenced=SAMPLES + others)


def test_more_mutations_than_wild_types_are_told(read, tmp_path):
    rows = (
        ["sample_id", *(f"G{n}" for n in range(10))],
        *([f"S{n}", *"1110111011"] for n in range(10)),
    )
    path = tmp_path / "m.tsv"
    path.write_text("\n".join("\t".join(row) for row in rows))
    with pytest.warns(DataWarning, match="80% of all genes of all samples are mutated: does 1 sta"):
        read_mutations(path, None, ("paper",), FILTERS)


@pytest.mark.parametrize(
    ("rows", "sequenced", "message"),
    [
        ([*MAF, "TP53 Misense TCGA-02-0001-01A PASS 1"], SAMPLES, "unknown Variant_.*: Misense"),
        (["Hugo_Symbol Barcode", "A B"], SAMPLES, "expected mutations: .*; found Hugo_Symbol, Bar"),
        (["Gene Variant_Classification", "A B"], SAMPLES, "a column Hugo_Symbol, found Gene"),
        (["HugoSymbol Line", "A B"], SAMPLES, "expected mutations: .*; found HugoSymbol, Line"),
        (["HugoSymbol VariantInfo", "A B"], SAMPLES, "a column ModelID or DepMap_ID, found Hugo"),
        (["ModelID VariantInfo", "A B"], SAMPLES, "expected a column HugoSymbol, found ModelID"),
        (["Hugo_Symbol Tumor_Sample_Barcode", "A B"], SAMPLES, "a column Variant_Class.*, found H"),
        (["Hugo_Symbol;Variant_Classification", "A;B"], SAMPLES, "expected tabs or commas in the"),
        ([MAF[0], MAF[3]], SAMPLES, "no row is left .*rows_of_other_classes 1, "),
        ([MAF[0]], SAMPLES, "expected rows below the header, found none"),
        ([MAF[0], "TP53 Silent  PASS 1"], SAMPLES, "'Tumor_Sample_Barcode', row 2: found an empty"),
        (MAF, ["TCGA-99-0001-01"], r"none of its samples \(TCGA-02.*\) is listed in .*TCGA-99"),
        (MAF, ["TCGA-02-0001-01"] * 2, r"sequenced\.csv: column 'sample': expected each name once"),
    ],
)  # fmt: skip
def test_bad_calls_are_refused(read, rows, sequenced, message):
    with pytest.raises(DataError, match=message):
        read(rows, sequenced)


def test_a_gene_map_joins_the_spellings_of_a_gene(read):
    known = GeneMap(
        entrez={"KMT2D": "8085", "TP53": "7157"},
        by_entrez={"8085": "KMT2D", "7157": "TP53"},
        by_synonym={"MLL2": "KMT2D"},
    )
    sample = "TCGA-02-0001-01A PASS"
    rows = [
        MAF[0], f"MLL2 Missense_Mutation {sample} 8085", f"KMT2D Silent {sample} 8085",
        f"ALR Silent {sample} 8085", f"TP53 Silent {sample} 0", f"TP53 Silent {sample} 7157",
    ]  # fmt: skip
    matrix, record = read(rows, gene_map=known)
    assert mutated(matrix)[SAMPLES[0]] == {"KMT2D"}
    assert list(matrix.var_names) == ["KMT2D", "TP53"]
    assert list(matrix.var["entrez_id"]) == ["8085", "7157"]
    assert record["genes_merged"] == 2
    assert list(read(rows)[0].var_names) == ["ALR", "KMT2D", "MLL2", "TP53"]
    rows = [MAF[0], f"MLL2 Missense_Mutation {sample} 0"]
    assert mutated(read(rows, gene_map=known)[0])[SAMPLES[0]] == {"KMT2D"}


def test_repeats_in_the_list_are_taken_once_if_told(read):
    matrix, _ = read(sequenced=[*SAMPLES, SAMPLES[0]], duplicates="mean")
    assert list(matrix.obs_names) == SAMPLES


@pytest.mark.parametrize("column", ["VariantType", "Variant_annotation", "Variant_Type"])
def test_genes_with_kinds_of_variants_but_no_classes_are_refused(tmp_path, column):
    path = tmp_path / "calls.csv"
    path.write_text(f"ModelID,HugoSymbol,{column}\nA,TP53,x\n")
    with pytest.raises(DataError, match=f"column '{column}' groups variants and does not tell"):
        read_mutations(path, None, ("paper",), (".",))


def test_a_maf_with_groups_instead_of_classes_is_refused(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("Hugo_Symbol,DepMap_ID,Variant_annotation\nTP53,ACH-000001,damaging\n")
    with pytest.raises(
        DataError, match=r"'Variant_annotation' groups .* expected a column Variant_Cl"
    ):
        read_mutations(path, None, ("paper",), (".",))


def test_a_list_of_one_column_is_a_list_of_sequenced_samples(tmp_path):
    calls, listed = tmp_path / "calls.csv", tmp_path / "listed.csv"
    calls.write_text("ModelID,HugoSymbol\nA,TP53\n")
    listed.write_text("ModelID\nA\nB\n")
    matrix, record = read_mutations(calls, read_sequenced(listed)[0], ("paper",), (".",))
    assert list(matrix.obs_names) == ["A", "B"]
    assert record["variant_classes"] == "not given by the source: every row counts"


REAL = {
    "cells/CCLE_hybrid_capture1650_hg19_NoCommonSNPs_NoNeutralVariants_CDS_2012.05.07_toy.maf": (
        "MAF", (175, 7), 258,
    ),
    "tumors/tcga_laml.maf.gz": ("MAF", (187, 1611), 1563),
    "tumors/brca_maftools.maf.gz": ("MAF", (1, 1062), 30),
    "tumors/mc3_UCS_nonsyn_excerpt.tsv.gz": ("MAF", (45, 2464), 2789),
    "tumors/firehose_LUSC_nonsyn_excerpt.tsv.gz": ("MAF", (173, 496), 1783),
    "cells/SWnet_CCLE_DepMap_mutation_counts.csv.gz": ("matrix of mutations", (435, 1478), 23632),
    "cells/DeepDEP_mut.file.txt.gz": ("matrix of mutations", (3, 10000), 1602),
    "cells/gdsctools_genomic_features_v17.csv.gz": (
        "gdsctools genomic features", (928, 270), 4542,
    ),
    "tumors/cbioportal_mutation_table_head.tsv.gz": (
        "cBioPortal matrix of mutations", (299, 96), 1274,
    ),
}  # fmt: skip


@pytest.mark.realdata
@pytest.mark.filterwarnings("ignore:(?s).*no list of sequenced samples")
@pytest.mark.parametrize("name", REAL)
def test_the_portals_real_excerpts_are_read(real_data, name):
    matrix, record = read_mutations(
        real_data / "raw_samples" / name, None, ["paper"], ["PASS", "."]
    )
    assert (record["recognised_as"], matrix.shape, matrix.X.nnz) == REAL[name]


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name",
    [
        "cells/DeepDEP_exp.file.txt.gz", "tumors/toil_blca_log2tpm0.001_head.csv.gz",
        "tumors/gdc_htseq_counts_kich_head.tsv.gz",
        "cells/CCLE_Expression_Entrez_2012-09-29_toy.gct",
    ],
)  # fmt: skip
def test_real_expression_is_no_mutation(real_data, name):
    with pytest.raises(DataError, match="it looks like measurements, such as expression"):
        read_mutations(real_data / "raw_samples" / name, None, ["paper"], ["."])


@pytest.mark.realdata
def test_the_real_tumors_agree_with_the_rates_that_are_known(real_data):
    tumors = real_data / "tumors"
    matrix, record = read_mutations(
        tumors / "tcga_mutations.maf.gz", read_sequenced(tumors / "sequenced_samples.csv")[0],
        ["nonsilent"],
        ["PASS", ".", "wga", "native_wga_mix"],
    )  # fmt: skip
    assert matrix.n_obs == 9021
    assert record["rows"] == 1_626_058
    assert matrix[:, "TP53"].X.mean() == pytest.approx(0.367, abs=5e-4)  # the data's own README
