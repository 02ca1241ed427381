"""The catalogue of bad inputs, part 7: good files in a wrong place, and files that do not match.

What is provably wrong is refused; what is only unlikely is told in a warning.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments import prepare
from tests.experiments.bad_input import (
    change,
    do_all,
    edit_column,
    fill,
    take_for,
    to_numbers,
    write_as,
)
from tests.experiments.refusal import Case, assert_refused, between, make_settings

CELLS, MATRIX, REST, MAF = "cells_expression", "panel", "genomewide", "tumors_mutation"
DAMAGING, N_LEADING = "damaging matrix", 6
NO_LISTS = {"cells_sequenced": "", "tumors_sequenced": ""}
FIRST = "-000[123]-"  # of three tumours


def change_both(edit):
    """Return a spoiler of both files of the tumours' expression."""
    return do_all(change(MATRIX, edit), change(REST, edit))


def rename_samples(name, new):
    return lambda table: table.rename(columns=lambda sample: sample.replace(name, new))


def keep_first_tumors(table):
    return table[table["Tumor_Sample_Barcode"].str.contains(FIRST)]


MIXUPS = {
    "expression as responses": Case(
        take_for("response", CELLS), "no value is negative, as in plain uM, an AUC or ln"
    ),
    "responses as expression": Case(
        take_for(CELLS, "response"), r"a matrix .*, found a table of responses \("
    ),
    "mutated genes as expression": Case(
        take_for(CELLS, "cells_mutation"), "expected numbers beside the names, found none"
    ),
    "mutation matrix as expression": Case(
        do_all(write_as(DAMAGING), take_for(CELLS, "cells_mutation")),
        "expected expression, found whole numbers only, from 0 to 1, as mutations",
    ),
    "mutation matrix as tumours' expression": Case(
        do_all(write_as("Xena matrix"), take_for(MATRIX, MAF), take_for(REST, MAF)),
        "expected expression, found whole numbers only, from 0 to 1, as mutations",
    ),
    "mutation matrix as responses": Case(
        do_all(write_as("Xena matrix"), take_for("response", MAF)), "found whole numbers only"
    ),
    "expression as mutations": Case(
        take_for("cells_mutation", CELLS), "it looks like measurements, such as expression; found"
    ),
    "MAF as expression": Case(take_for(MATRIX, MAF), r"a matrix .*, found a table of variants \("),
    "MAF as responses": Case(take_for("response", MAF), r"found a table of genes \(column Hugo"),
    "MAF as samples": Case(take_for("samples", MAF), "a column ModelID or sample, found Hugo"),
    "responses as mutations": Case(
        take_for("cells_mutation", "response"), "'CELL_LINE_NAME', row 'GDSC1': expected a number"
    ),
    "responses as lines": Case(take_for("models", "response"), "a column ModelID or sample, found"),
    "lines as responses": Case(take_for("response", "models"), "expected numbers beside the names"),
    "lines as expression": Case(take_for(CELLS, "models"), "expected a number, found 'breast'"),
    "tumours as lines": Case(
        take_for("models", "samples"), r"models\.tsv: expected a column 'COSMIC_ID' to match the"
    ),
    "tumours' list for the lines": Case(
        take_for("cells_sequenced", "tumors_sequenced"),
        r"sequenced\.csv: its samples \(TCGA-SY-0001-01.*\) are tumours; .* a flag --tumors_",
    ),
    "lines' mutations for the tumours": Case(
        take_for(MAF, "cells_mutation"), r"none of its samples \(LINE-0001.*\) is listed in .*\(T"
    ),
    "the same without lists": between(
        take_for(MAF, "cells_mutation"), "no tumour has both expression and mutation", **NO_LISTS
    ),
    "tumours' expression for the lines": Case(
        take_for(CELLS, REST), r"its samples \(TCGA-SY.*\) are tumours; .* with a flag --tumors_"
    ),
    "lines' table for the tumours": between(
        take_for("samples", "models"), r"samples\.csv: its samples \(LINE-0001.* none of the 81"
    ),
    "lines' expression for the tumours": between(
        do_all(take_for(MATRIX, CELLS), take_for(REST, CELLS)),
        "no tumour has both expression and mutation; expression: LINE-0001, .*; mutation: TCGA",
    ),
    "other tumours": between(
        change_both(rename_samples("TCGA", "OWN")), "no tumour has both .*; expression: OWN-SY-0001"
    ),
    "normal tissue": between(
        change_both(rename_samples("-01", "-11")), "no tumour has both .*; expression: .*-0001-11,"
    ),
    "other lines": between(
        change(CELLS, edit_column("ModelID", lambda column: "X" + column)),
        "no cell line has expression, mutation and response; expression: XLINE-0001",
    ),
    "other COSMIC ids": Case(
        change("response", edit_column("COSMIC_ID", lambda column: "1" + column)),
        r"no line of .*response\.csv\.gz \(1900001.* COSMIC_ID in .*models\.csv \(900001",
    ),
    "expression of mice": between(
        change_both(edit_column("gene", lambda column: column.str.capitalize())),
        r"expression: cell lines \(DRIVER01.*\) and tumours \(Driver01.*\) share no gene by",
    ),
    "mutations of mice": between(
        change(MAF, edit_column("Hugo_Symbol", lambda column: column.str.capitalize())),
        r"mutation: cell lines \(DRIVER01.*\) and tumours \(Driver01.*\) share no gene by",
    ),
    "transcripts for genes": between(
        change_both(edit_column("gene", lambda column: "ENST" + column)),
        r"expression: cell lines \(DRIVER01.*\) and tumours \(ENSTDRIVER01.*\) share no gene by",
    ),
    "panel behind the genome": between(
        change(REST, lambda table: table.head(20)), "lacks 25 genes of .*, whose genes are the gen",
    ),
}  # fmt: skip
UNLIKELY = {
    "logged twice": Case(
        change(CELLS, to_numbers(lambda x: np.log2(x + 1))), "was the logarithm taken twice"
    ),
    "scaled to 1": Case(
        change(CELLS, to_numbers(lambda x: x / x.max().max())), "or are the values scaled to a"
    ),
    "1 for wild type": Case(
        write_as(DAMAGING, to_numbers(lambda x: 1 - x, N_LEADING)), "does 1 stand for wild type, "
    ),
    "copy numbers": Case(
        write_as(DAMAGING, to_numbers(lambda x: x + 2, N_LEADING)), "or are these copy numbers"
    ),
    "calls of three tumours": Case(
        change(MAF, keep_first_tumors), "78 of 82 sequenced samples have no mutation and count"
    ),
    "list of three lines": Case(
        change("cells_sequenced", lambda table: table.head(3)), "34 samples have calls but are not"
    ),
    "three lines match": Case(
        change("response", edit_column(
            "COSMIC_ID", lambda column: column.where(column < "900004", "1" + column)
        )),
        "hardly a cell line has expression, mutation and response: 3, though each of the files",
    ),
    "three tumours match": Case(
        change_both(lambda table: table.rename(columns=lambda name: (
            name if name[:-3] < "TCGA-SY-0004" or name == "gene" else f"OWN{name}"
        ))),
        "hardly a tumour has both expression and mutation: 3, though",
    ),
    "no cancer types": Case(
        change("samples", fill("cancer_type", "")), "cancer type or tissue is unknown for 81"
    ),
    "dates for genes": Case(
        change_both(edit_column("gene", lambda column: ["1-Mar", "2-Sep", *column[2:]])),
        "2 genes are named by dates, .*: 1-Mar, 2-Sep",
    ),
    "dates for mutated genes": Case(
        change("cells_mutation", edit_column(
            "HugoSymbol", lambda column: column.replace("DRIVER01", "Sep-02")
        )),
        "1 genes are named by dates, .*: Sep-02",
    ),
    "files of different scales": Case(
        change(REST, to_numbers(lambda x: x / 2)), r"10 samples in both differ by [\d.]+ log2 in me"
    ),
    "array for RNA": Case(
        write_as("GDSC RMA"), r"a microarray's scale \(least value 2\.5\), not TPM: its values"
    ),
    "AUC for IC50": Case(write_as("PRISM"), "predictions will be of AUC and not of ln IC50"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MIXUPS)
def test_a_mixup_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, MIXUPS[kind], capsys)


@pytest.mark.parametrize("kind", UNLIKELY)
def test_what_is_unlikely_is_told(raw_files, capsys, kind):
    case = UNLIKELY[kind]
    settings = make_settings(raw_files, case)
    prepare.run(settings)
    record = json.loads((Path(settings.out) / "preparation.json").read_text(encoding="utf-8"))
    assert any(map(case.matches, record["warnings"]))
    assert any(map(case.matches, capsys.readouterr().err.splitlines()))
