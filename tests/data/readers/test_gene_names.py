"""Every spelling of a gene that the portals have, taken apart."""

import pandas as pd
import pytest

from drp.data.readers.gene_names import clean_entrez, looks_like_gene, parse_genes

SPELLINGS = [  # name, symbol, Entrez id, Ensembl id, whether it can only be a gene's
    ("TP53", "TP53", "", "", False),
    (" TP53 ", "TP53", "", "", False),
    ("NKX2-1", "NKX2-1", "", "", False),
    ("HLA-A", "HLA-A", "", "", False),
    ("TP53 (7157)", "TP53", "7157", "", True),
    ("TP53|7157", "TP53", "7157", "", True),
    ("?|100130426", "", "100130426", "", True),
    ("7157_at", "", "7157", "", True),
    ("7157", "", "7157", "", False),
    ("TP53..7157.", "TP53", "7157", "", True),
    ("ENSG00000141510", "", "", "ENSG00000141510", True),
    ("ENSG00000141510.16", "", "", "ENSG00000141510", True),
    ("TP53 (ENSG00000141510)", "TP53", "", "ENSG00000141510", True),
    ("TP53 (ENSG00000141510.16)", "TP53", "", "ENSG00000141510", True),
    ("SYMBOL (1&2)", "SYMBOL", "", "", True),
    ("ZNF781 (Unknown)", "ZNF781", "", "", True),
    ("Unknown (7157)", "", "7157", "", True),
    ("Unknown", "", "", "", False),
    ("?", "", "", "", False),
    ("", "", "", "", False),
    ("ENSG00000182162.10_PAR_Y", "", "", "", True),
    ("ENSGR0000182162.5", "", "", "", True),
    ("ASMTL (ENSG00000169093.15_PAR_Y)", "", "", "", False),
    ("BORTEZOMIB (CTRP:349006)", "BORTEZOMIB", "", "", False),
    ("22RV1_PROSTATE (ACH-000956)", "22RV1_PROSTATE", "", "", False),
    ("ENSG00000141510_x", "ENSG00000141510_x", "", "", False),
    ("٣", "٣", "", "", False),
    ("a\nb", "a\nb", "", "", False),
]


@pytest.mark.parametrize(("name", "symbol", "entrez", "ensembl", "telling"), SPELLINGS)
def test_every_spelling_is_taken_apart(name, symbol, entrez, ensembl, telling):
    assert parse_genes([name]).iloc[0].tolist() == [symbol, entrez, ensembl]
    assert looks_like_gene(name) == telling


def test_columns_beside_the_names_go_first():
    genes = parse_genes(
        ["ENSG00000000003.10", "7157_at", "g3", "g4", "ENSG00000182162.10_PAR_Y"],
        pd.Series(["TSPAN6", " TP53 ", "?", "", "P2RY8"], index=range(5, 10)),
        pd.Series(["7105.0", "", "   23272", "0", "286530"], index=range(5, 10)),
    )
    assert genes["symbol"].tolist() == ["TSPAN6", "TP53", "g3", "g4", ""]
    assert genes["entrez_id"].tolist() == ["7105", "7157", "23272", "", ""]
    assert genes["ensembl_id"].tolist() == ["ENSG00000000003", "", "", "", ""]


def test_no_genes_are_a_frame_without_rows():
    assert parse_genes([]).shape == parse_genes([], [], []).shape == (0, 3)


@pytest.mark.parametrize(
    ("found", "cleaned"),
    [
        ("7157", "7157"), ("7157.0", "7157"), (" 7157 ", "7157"), ("0", ""), ("", ""), ("NA", ""),
        ("7157.5", ""), ("-1", ""), ("007", ""), ("1e3", ""), ("٣", ""), ("0.0", ""),
    ],
)  # fmt: skip
def test_entrez_ids_are_bare_digits(found, cleaned):
    assert clean_entrez(pd.Series([found], dtype=object)).tolist() == [cleaned]
