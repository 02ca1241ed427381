"""The catalogue of bad inputs, part 5: what each portal's responses can suffer from."""

import numpy as np
import pytest

from tests.experiments.bad_input import (
    do_all,
    drop,
    edit_column,
    fill,
    repeat_column,
    repeat_row,
    set_cell,
    take_for,
    to_numbers,
    write_as,
)
from tests.experiments.refusal import Case, assert_refused, bad, between

BOOK = "GDSC workbook"
DEEPCDR = "DeepCDR"
CURVES = "CTRP"


RESPONSES = {
    "GDSC: no values": bad(BOOK, drop("LN_IC50", "AUC"), r"a column of responses \(LN_IC50 or"),
    "GDSC: no line": bad(
        BOOK, drop("COSMIC_ID", "CELL_LINE_NAME", "SANGER_MODEL_ID"),
        "found LN_IC50 without a column of lines or of drugs",
    ),
    "GDSC: no drug": bad(
        BOOK, drop("DRUG_ID", "DRUG_NAME"), "LN_IC50 without a column of lines or of"
    ),
    "GDSC: censored": bad(
        BOOK, set_cell(3, "LN_IC50", "> 10"), r"\.xlsx: .*, row 5: .* found '> 10'"
    ),
    "GDSC: a pair twice": bad(
        BOOK, repeat_row, "1 rows repeat a line and drug, first COSMIC_ID 9000"
    ),
    "GDSC: uM": bad(
        BOOK, edit_column("LN_IC50", lambda column: np.exp(column.astype(float))),
        "use --response_unit=um",
    ),
    "DeepCDR: line twice": bad(
        DEEPCDR, repeat_column, "rows repeat .* line LINE-0040, drug 1003"
    ),
    "DeepCDR: drug twice": bad(
        DEEPCDR, repeat_row, "rows repeat .* line LINE-0001, drug 1001"
    ),
    "DeepCDR: text": bad(DEEPCDR, set_cell(1, 3, "sensitive"), "a number, found 'sensitive'"),
    "DeepCDR: infinite": bad(DEEPCDR, set_cell(1, 3, "inf"), "'GDSC:1002', .* number, found inf"),
    "DeepCDR: unnamed drug": bad(
        DEEPCDR, set_cell(1, 0, ""), "expected a name of each drug, found an"
    ),
    "DeepCDR: 0 and 1": bad(
        DEEPCDR, to_numbers(lambda x: (x > 0) * 1.0), "found whole numbers only, from 0 to 1"
    ),
    "DeepCDR: other lines": bad(
        DEEPCDR, lambda table: table.rename(columns=lambda name: name.replace("LINE", "X")),
        r"no line of .*response\.csv \(X-0001.*\) is in .*models\.csv \(LINE-0001",
    ),
    "GDSC wide: few lines": bad(
        "GDSC wide", lambda table: table.head(4), "8 drugs are measured in fewer than 10 lines"
    ),
    "PRISM: log10": bad(
        "PRISM", lambda table: table, "expected .* log10 IC50, found auc .*; use --response_unit=a",
        response_unit="log10_um",
    ),
    "PRISM: two screens": bad(
        "PRISM", repeat_row, "first depmap_id LINE-0001, broad_id BRD-K0000100"
    ),
    "PRISM: negative AUC": bad(
        "PRISM", set_cell(3, "auc", -0.5), "an AUC is never negative; use --r"
    ),
    "PRISM: all failed": bad("PRISM", fill("passed_str_profiling", "FALSE"), "in auc, found none"),
    "CTRP: no table of lines": Case(
        do_all(
            write_as(CURVES), lambda raw: (raw.folder / "v20.meta.per_cell_line.txt").unlink()
        ),
        r"expected v20\.meta\.per_cell_line\.txt of the same archive beside the file, found none",
        {"response_unit": "auc"},
    ),
    "CTRP: IC50": bad(
        CURVES, lambda table: table, "found area_under_curve .*; use --response_unit=auc",
        response_unit="um",
    ),
    "drevalpy: no value": bad("drevalpy", drop("LN_IC50"), "expected a column of responses"),
    "drevalpy: single doses": bad(
        "drevalpy", lambda table: table.rename(columns={"LN_IC50": "response"}).assign(dose="0.1"),
        "expected a column of responses .*, found cell_line_id, drug_id, response, dose",
    ),
    "drevalpy: other COSMIC ids": bad(
        "drevalpy", edit_column("cell_line_id", lambda column: range(len(column))),
        r"no line of .* has its COSMIC_ID in .*models\.csv \(900001",
    ),
    "two measures": between(
        do_all(take_for("other", "response"), write_as("PRISM")),
        "response tables of different measures are never mixed: .*: AUC; .*: ln",
        response=("{folder}/response.csv", "{folder}/other.csv.gz"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", RESPONSES)
def test_it_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, RESPONSES[kind], capsys)
