"""The catalogue of bad inputs, part 4: what each portal's mutations can suffer from."""

import pytest

from tests.experiments.bad_input import (
    drop,
    edit_column,
    fill,
    repeat_column,
    repeat_row,
    set_cell,
    standardise,
    to_numbers,
)
from tests.experiments.refusal import assert_refused, bad

DAMAGING = "damaging matrix"
OMICS = "OmicsSomaticMutations"
LEGACY = "CCLE_mutations"
GDC = "GDC MAF"
CHANGES = "cBioPortal matrix"
N_LEADING = 6  # columns of DepMap's files before the first gene


MUTATION = {
    "DepMap: unknown class": bad(
        OMICS, set_cell(3, "VariantInfo", "missence"), "unknown VariantInfo: missence"
    ),
    "DepMap: no class": bad(
        OMICS, drop("VariantInfo", "MolecularConsequence"),
        "'VariantType' groups variants and does not tell their classes; expected a column Variant",
    ),
    "DepMap: no model": bad(
        OMICS, drop("ModelID"), "expected a column ModelID or DepMap_ID, found"
    ),
    "DepMap: no gene": bad(OMICS, drop("HugoSymbol"), "expected a column HugoSymbol, found"),
    "DepMap: unnamed model": bad(
        OMICS, set_cell(3, "ModelID", ""), "column 'ModelID', row 5: found an empty cell"
    ),
    "DepMap: no default entry of mutations": bad(
        OMICS, fill("IsDefaultEntryForModel", "No"), "no row is left .*not_the_default_entry 224"
    ),
    "DepMap: all silent": bad(
        OMICS, fill("VariantInfo", "synonymous_variant"), "no row is left .*of_other_classes 224"
    ),
    "DepMap: names of profiles": bad(
        OMICS, edit_column("ModelID", lambda column: "PR-" + column),
        r"none of its samples \(PR-LINE-0001.*\) is listed in .*sequenced\.csv \(LINE-0001",
    ),
    "legacy: unknown class": bad(
        LEGACY, set_cell(0, "Variant_Classification", "De_novo"), "unknown Variant_Cl.*: De_novo"
    ),
    "legacy: no line": bad(
        LEGACY, drop("DepMap_ID"), "expected a column Tumor_Sample_Barcode, found"
    ),
    "matrix: text": bad(DAMAGING, set_cell(1, 9, "yes"), "row '1': expected a number, found 'yes'"),
    "matrix: gap": bad(DAMAGING, set_cell(1, 9, ""), "row 'LINE-0002', .* found an empty cell"),
    "matrix: fraction": bad(DAMAGING, set_cell(1, 9, "0.5"), "a count of mutations; found 0.5"),
    "matrix: z-scores": bad(
        DAMAGING, to_numbers(standardise, N_LEADING), "expected 0, 1 or a count of mutations"
    ),
    "matrix: gene twice": bad(DAMAGING, repeat_column, r"genes: .* of GENE0073 .*=mean joins them"),
    "matrix: line twice": bad(
        DAMAGING, repeat_row, "samples: .* LINE-0001; --duplicates=mean joins"
    ),
    "matrix: nobody mutated": bad(
        DAMAGING, to_numbers(lambda x: x * 0, N_LEADING), "expected mutations, found none in any"
    ),
    "GDC: no gene": bad(
        GDC, drop("Hugo_Symbol"), "expected a column Hugo_Symbol, found Entrez_Gene"
    ),
    "GDC: no class": bad(
        GDC, drop("Variant_Classification"), "expected a column Variant_Classific"
    ),
    "GDC: no sample": bad(
        GDC, drop("Tumor_Sample_Barcode"), "a column Tumor_Sample_Barcode, found"
    ),
    "GDC: unnamed sample": bad(
        GDC, set_cell(4, "Tumor_Sample_Barcode", ""), "Barcode', row 6: found an empty cell"
    ),
    "GDC: no known gene": bad(
        GDC, fill("Hugo_Symbol", "Unknown"), "none of its 1 genes can be name"
    ),
    "GDC: other samples": bad(
        GDC, fill("Tumor_Sample_Barcode", "TCGA-ZZ-0001-01"),
        r"none of its samples \(TCGA-ZZ.* is listed in .*sequenced\.csv",
    ),
    "cBioPortal: number": bad(CHANGES, set_cell(1, 4, "1"), "a change of the protein, found '1'"),
    "cBioPortal: dash": bad(CHANGES, set_cell(1, 4, "-"), "a change of the protein, found '-'"),
    "cBioPortal: nobody sequenced": bad(
        CHANGES, lambda table: table.replace({"WT": "NS", "V600E": "NS"}), "sequenced in every gene"
    ),
    "cBioPortal table: no gene": bad(
        "cBioPortal table", drop("Gene"), "a column Gene, found Study"
    ),
    "cBioPortal table: copy number": bad(
        "cBioPortal table", set_cell(1, "Mutation Type", "Amplification"), "unknown Mutation Type"
    ),
    "Xena: text": bad("Xena matrix", set_cell(1, 4, "Missense"), "a number, found 'Missense'"),
    "Xena: sample twice": bad(
        "Xena matrix", repeat_column, "samples: .* repeats of TCGA-SY-0080-01"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MUTATION)
def test_it_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, MUTATION[kind], capsys)
