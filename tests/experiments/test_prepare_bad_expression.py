"""The catalogue of bad inputs, part 3: what each portal's expression can suffer from."""

import numpy as np
import pytest

from tests.experiments.bad_input import (
    change_text,
    cut_rows,
    do_all,
    drop,
    edit_column,
    fill,
    rename,
    repeat_column,
    repeat_row,
    set_cell,
    standardise,
    take_for,
    to_counts,
    to_numbers,
    write_as,
    write_then,
)
from tests.experiments.refusal import Case, assert_refused, bad, between
from tests.portal_files import PORTALS

PROFILES = "DepMap expression 25Q3"
GCT = "GCT 1.2"
RMA = "GDSC RMA"
N_LEADING = 6  # columns of DepMap's files before the first gene


def retext(portal, edit, message):
    return Case(write_then(portal, change_text, edit), message, PORTALS[portal].settings)


def toil(message, edit_map=lambda table: table, edit=lambda table: table, **settings):
    """Return a case of tumours named by Ensembl ids, and of the map that names them."""
    spoil = do_all(
        write_as("HGNC", edit_map), write_as("Toil", edit), take_for("genomewide", "panel")
    )
    return Case(spoil, message, {**PORTALS["Toil"].settings, **settings})


EXPRESSION = {
    "DepMap: no default entry": bad(
        PROFILES, fill("IsDefaultEntryForModel", "No"), "expected Yes in some row, found none"
    ),
    "DepMap: neither yes nor no": bad(
        PROFILES, set_cell(1, "IsDefaultEntryForModel", "Maybe"), "expected Yes or No, found 'Mayb"
    ),
    "DepMap: two defaults of a model": bad(
        PROFILES, repeat_row, "samples: .* repeats of LINE-0001; --duplicates=mean"
    ),
    "DepMap: no model": bad(
        PROFILES, drop("ModelID"), "expected a column ModelID or .* beside 'IsDefaultEntryForModel'"
    ),
    "DepMap: unnamed model": bad(PROFILES, set_cell(1, "ModelID", ""), "samples: expected a name"),
    "DepMap: leading columns alone": bad(
        PROFILES, lambda table: table.iloc[:, :N_LEADING], "expected numbers beside the names"
    ),
    "DepMap: text": bad(
        PROFILES, set_cell(1, 9, "high"), r"column 'DRIVER04 \(900004\)', row '1': .* found 'high'"
    ),
    "DepMap: minus infinity": bad(PROFILES, set_cell(1, 9, "-inf"), "row '1', .* found -inf"),
    "DepMap: gene twice": bad(PROFILES, repeat_column, "gene symbols: .* repeats of GENE0054"),
    "DepMap: raw counts": bad(
        PROFILES, to_numbers(to_counts, N_LEADING), "counts must be turned into TPM first"
    ),
    "parquet: gap": bad("parquet", set_cell(1, 9, None), r"\.parquet: row '1', .* an empty cell"),
    "parquet: infinite": bad("parquet", set_cell(1, 9, np.inf), "row '1', .*number, found inf"),
    "parquet: text": bad(
        "parquet", edit_column("DRIVER04 (900004)", lambda column: column.astype(str) + "x"),
        r"column 'DRIVER04 \(900004\)', row '0': expected a number, found '[\d.]+x'",
    ),
    "workbook: fault of a formula": bad(
        "workbook", set_cell(1, 9, "#DIV/0!"), r"\.xlsx: .* expected a number, found '#DIV/0!'"
    ),
    "GCT: rows": retext(
        GCT, lambda text: text.replace("55\t38", "54\t38"), "expected 54 rows as it"
    ),
    "GCT: columns": retext(
        GCT, lambda text: text.replace("55\t38", "55\t40"), "expected 40 columns"
    ),
    "GCT: no sizes": retext(
        GCT, lambda text: text.replace("55\t38\n", ""), "line 2: expected 2 sizes"
    ),
    "GCT: another version": retext(
        GCT, lambda text: text.replace("#1.2", "#1.3"), "line 2: expected 4 sizes of a GCT"
    ),
    "GCT: cut after a line": retext(
        GCT, lambda text: "\n".join(text.split("\n")[:30]) + "\n", "expected 55 rows .*, found 27"
    ),
    "GCT: no symbols": bad(GCT, drop("Description"), r"are Ensembl ids .*; give --gene_map=hgnc"),
    "GCT: linear": bad(
        GCT, to_numbers(lambda x: 2**x - 1, 2), r"linear TPM\? Use --cells_expression_unit=tpm"
    ),
    "RMA: a line twice": bad(
        RMA, lambda table: table.assign(**{f"{table.columns[-1]}.1": table.iloc[:, -1]}),
        "samples that are one cell line: .* repeats of LINE-0040; --duplicates=mean",
    ),
    "RMA: no symbol": bad(RMA, fill("GENE_SYMBOLS", ""), "none of its 55 genes can be named"),
    "RMA: other lines": between(
        write_as(RMA, lambda table: table.rename(columns=lambda name: name.replace("A.9", "A.8"))),
        "no cell line has expression, mutation and response; expression: COSMIC:800001",
    ),
    "AnnData: gap": bad("AnnData", set_cell(1, 1, np.nan), "row 'LINE-0002', .* an empty cell"),
    "AnnData: z-scores": bad(
        "AnnData", lambda table: standardise(table.astype(float)), "z-scores ca"
    ),
    "AnnData: line twice": bad("AnnData", repeat_row, "samples: .* repeats of LINE-0001"),
    "AnnData: gene twice": bad("AnnData", repeat_column, "gene symbols: .* repeats of GENE0054"),
    "AnnData: empty": bad("AnnData", cut_rows, "expected samples x genes in X, found 0 x 55"),
    "Toil: no map": toil("its genes are Ensembl ids .*; give --gene_map=hgnc_comp", gene_map=""),
    "Toil: another unit": toil(
        r"log2\(TPM\+0\.001\)\? Use --tumors_expression_unit=log2p001", tumors_expression_unit="tpm"
    ),
    "Firehose: one negative": bad(
        "Firehose", set_cell(2, 3, "-4"), r"from -4 \(TCGA.*DRIVER03\) to"
    ),
    "HGNC: no symbols": toil(
        r"gene_map\.txt: expected a column symbol, found hgnc_id, App", rename("symbol", "Approved")
    ),
    "HGNC: symbol twice": toil(r"gene_map\.txt: column 'symbol': repeats of DRIVER01", repeat_row),
    "HGNC: unnamed": toil("column 'symbol', row 4: found an empty cell", set_cell(2, "symbol", "")),
    "HGNC: no Ensembl ids": toil("none of its 55 genes can be named", drop("ensembl_gene_id")),
}  # fmt: skip


@pytest.mark.parametrize("kind", EXPRESSION)
def test_it_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, EXPRESSION[kind], capsys)
