"""Dose-response tables: keys, order, units, and the tables that cannot be ln IC50."""

import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.response import read_response

ROWS = [
    ("1003", "9", "Dasatinib", "SRC", 1.25),
    ("904", "9", "Dasatinib", "SRC", -2.5),
    ("904", "51", "Dasatinib", "SRC", 4.0),
    ("904", "1001", "AICAR", "", 0.5),
    ("1003", "1001", "AICAR", "", np.nan),
]
COLUMNS = ["COSMIC_ID", "DRUG_ID", "DRUG_NAME", "PUTATIVE_TARGET", "LN_IC50"]


@pytest.fixture
def write(tmp_path):
    def write_table(rows=ROWS, columns=COLUMNS):
        path = tmp_path / "response.csv"
        pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
        return path

    return write_table


def make_screen(transform, n_drugs=24):
    """A screen with GDSC's spread: 30 lines, ln IC50 of sd 2.6."""
    values = 2.0 + np.random.default_rng(0).normal(0, 2.6, (30, n_drugs))
    return [
        (str(900 + line), str(drug), f"D{drug}", "", transform(values[line, drug]))
        for line in range(30)
        for drug in range(n_drugs)
    ]


def test_lines_and_drugs_are_keyed_and_ordered_by_number(write):
    response = read_response(write(), "ln_um", 1)
    assert list(response.obs_names) == ["904", "1003"]
    assert list(response.var_names) == ["Dasatinib (9)", "Dasatinib (51)", "AICAR (1001)"]
    assert response.X.dtype == np.float32
    np.testing.assert_array_equal(response.X, [[-2.5, 4.0, 0.5], [1.25, np.nan, np.nan]])
    assert response.var.to_dict("list") == {
        "drug_id": ["9", "51", "1001"],
        "drug_name": ["Dasatinib", "Dasatinib", "AICAR"],
        "target": ["SRC", "SRC", ""],
        "pathway": ["", "", ""],
        "n_measured": [2, 1, 1],
    }


@pytest.mark.parametrize(
    ("unit", "stored"),
    [("ln_um", 2.302585), ("log10_um", 1.0), ("um", 10.0)],
)
def test_every_unit_becomes_ln_um(write, unit, stored):
    response = read_response(write([("1", "2", "D", "", stored)]), unit, 1)
    assert response.X[0, 0] == pytest.approx(np.log(10), abs=1e-6)


@pytest.mark.parametrize(
    ("unit", "transform", "message"),
    [
        ("ln_um", lambda x: x / np.log(10), r"spread 1\.1.: .* log10 .*--response_unit=log10_um"),
        ("ln_um", lambda x: x + np.log(1000), r"looks like ln \(nM\); subtract ln\(1000\)"),
        ("log10_um", lambda x: x, r"no drug has 1e\d+ uM; use --response_unit=ln_um"),
        ("ln_um", np.exp, r"looks like plain uM; use --response_unit=um"),
        ("log10_um", np.exp, r"looks like plain uM; use --response_unit=um"),
        ("um", lambda x: x, r"an IC50 in uM is positive; use --response_unit=ln_um or log10_um"),
    ],
)
def test_values_in_another_unit_name_the_cure(write, unit, transform, message):
    path = write(make_screen(transform))
    with pytest.raises(DataError, match=rf"response\.csv: LN_IC50 from .*{message}"):
        read_response(path, unit, 1)


def test_a_few_drugs_may_have_a_small_spread(write):
    assert read_response(write(make_screen(lambda x: x / 3, n_drugs=5)), "ln_um", 30).n_vars == 5


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*ROWS, ("904", "51", "Dasatinib", "SRC", 3.0)], "1 rows repeat .*_ID 904, DRUG_ID 51"),
        ([*ROWS, ("905", "51", "Dasatinib", "SRC", np.inf)], "row 7: expected a finite LN_IC50"),
        ([*ROWS, ("905", "51", "Dasatinib", "SRC", "> 8")], "'LN_IC50', row 7: expected a number"),
        ([*ROWS, ("", "51", "Dasatinib", "SRC", 2.0)], "'COSMIC_ID', row 7: found an empty cell"),
        (ROWS[-1:], "expected measurements in LN_IC50, found none"),
        ([], "expected measurements in LN_IC50, found none"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused(write, rows, message):
    with pytest.raises(DataError, match=message):
        read_response(write(rows), "ln_um", 1)


def test_a_missing_column_is_named(write):
    path = write([("904", "51", 3.0)], ["COSMIC_ID", "DRUG_ID", "LN_IC50"])
    with pytest.raises(DataError, match="expected a column 'DRUG_NAME', found COSMIC_ID, DRUG_ID"):
        read_response(path, "ln_um", 1)


def test_drugs_with_too_few_lines_are_listed(write):
    message = (
        r"2 drugs are measured in fewer than 2 lines \(Dasatinib \(51\): 1, AICAR \(1001\): 1\)"
    )
    with pytest.raises(DataError, match=message + r".*--min_measured"):
        read_response(write(), "ln_um", 2)
