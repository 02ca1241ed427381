"""Which way round the portals' matrices are."""

import time

import pytest

from drp.data.readers.orientation import find_orientation

DEPMAP_LINES = ["ACH-001113", "ACH-000242"]
BARCODES = ["TCGA-OR-A5J1-01", "TCGA-OR-A5J2-01", "GTEX-S4Q7-0003-SM-3NM8M"]
SYMBOLS = ["TSPAN6", "TNMD", "DPM1", "SCYL3", "TP53"]
DEPMAP_GENES = ["TSPAN6 (7105)", "TNMD (64102)", "DPM1 (8813)"]
ENSEMBL = ["ENSG00000242268.2", "ENSG00000259041.1"]
ENTREZ = ["1", "100", "1000", "7157"]
CCLE = ["22RV1_PROSTATE", "2313287_STOMACH", "HEL_HAEMATOPOIETIC_AND_LYMPHOID_TISSUE"]

SIDES = [  # samples, genes, corner if genes are the rows, corner if samples are
    (DEPMAP_LINES, DEPMAP_GENES, "", ""),
    (DEPMAP_LINES, ["ZNF781 (Unknown)", "MIR (1&2)"], "", "ModelID"),
    (["PR-AdBjpG", "PR-x1y2z3"], ["TSPAN6 (ENSG00000000003)"], "gene", "ProfileID"),
    (BARCODES, ENSEMBL, "sample", "sample"),
    (BARCODES, SYMBOLS, "sample", "sample"),
    ([name.replace("-", ".") for name in BARCODES], SYMBOLS[:3], "Sample", ""),
    (BARCODES, ENSEMBL, "Ensembl_ID", "sample_id"),
    (BARCODES, ENTREZ, "gene_id", "sample_id"),
    (BARCODES, ["?|100130426", "A1BG|1"], "gene_id", ""),
    (CCLE, ["ENSG00000223972.4", "ENSG00000227232.4"], "Name", ""),
    ([f"{name} (ACH-00095{i})" for i, name in enumerate(CCLE)], ENSEMBL, "Name", ""),
    (CCLE, ["1956_at", "7157_at"], "Name", ""),
    (["DATA.906826", "DATA.1503362.1"], SYMBOLS, "GENE_SYMBOLS", ""),
    (["COSMIC_687983", "COSMIC_910927"], SYMBOLS[:2], "", ""),
    (["SIDM00837", "SIDM01774"], SYMBOLS[:2], "symbol", "model_id"),
    (["patient 1", "patient 2"], SYMBOLS, "", ""),
    (["patient 1", "patient 2"], ["FMO2", "APIP"], "Hugo_Symbol", "patient_id"),
]


@pytest.mark.parametrize(("samples", "genes", "gene_corner", "sample_corner"), SIDES)
def test_names_tell_which_side_holds_the_samples(samples, genes, gene_corner, sample_corner):
    told = find_orientation(samples, genes, sample_corner, ())
    assert (told.samples_in_rows, told.is_told) == (True, True)
    assert str(told) == "samples in rows"
    told = find_orientation(genes, samples, gene_corner, ())
    assert (told.samples_in_rows, told.is_told) == (False, True)
    assert str(told) == "samples in columns"


@pytest.mark.parametrize(
    ("samples", "genes"),
    [(["905933", "687983"], ENTREZ), (["A253", "MET"], ["FMO2", "APIP"])],
    ids=["COSMIC ids", "plain names"],
)
def test_known_samples_tell(samples, genes):
    for known in (samples, {*samples, "other"}, dict.fromkeys(samples)):
        assert find_orientation(samples, genes, "", known) == (True, True)
        assert find_orientation(genes, samples, "", known) == (False, True)


@pytest.mark.parametrize(
    ("rows", "columns", "samples_in_rows"),
    [
        (["a", "b"], ["x", "y", "z"], True),
        (["x", "y", "z"], ["a", "b"], False),
        (["x", "y"], ["a", "b"], False),
        ([], [], False),
    ],
)
def test_where_nothing_tells_the_longer_side_is_taken_for_genes(rows, columns, samples_in_rows):
    assert find_orientation(rows, columns, "", ()) == (samples_in_rows, False)


def test_a_line_called_like_a_gene_does_not_turn_a_file():
    genes = ["TSPAN6 (7105)", "MET (4233)"]
    assert find_orientation(["MET", "ACH-000001", "ACH-000002"], genes, "", ()) == (True, True)


def test_long_sides_are_quick():
    genes, samples = [f"G{i}" for i in range(60_000)], [f"s{i}" for i in range(11_000)]
    start = time.perf_counter()
    assert find_orientation(genes, samples, "", samples) == (False, True)
    assert time.perf_counter() - start < 2  # seconds
