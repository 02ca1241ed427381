"""Table 1 by hand."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from drp.evaluation.published import published_table1
from drp.evaluation.summary import summarise_replicates

COLUMNS = [
    "design",
    "recipe",
    "n_replicates",
    "median_mse_imputed",
    "sd_mse_imputed",
    "median_mse_measured",
    "median_pearson_drug",
    "median_epochs",
    "paper_mse",
    "paper_epochs",
]
FURTHER = [
    "n_fitted",
    "median_pearson_residual",
    "median_pearson_within_tissue",
    "median_explained",
    "mean_mse_measured",
    "mean_pearson_drug",
]
ORDER = ("drug_mean", "complete", "linear")
NAN = np.nan


def make_replicates(*rows: tuple) -> pd.DataFrame:
    """Rows of design, recipe, mse_imputed, epochs; the other scores follow from mse_imputed."""
    table = pd.DataFrame(rows, columns=["design", "recipe", "mse_imputed", "epochs"])
    return table.assign(
        replicate=table.groupby(["design", "recipe"]).cumcount(),
        mse_measured=table["mse_imputed"] + 1,
        pearson_drug=table["mse_imputed"] / 10,
        split_by="line",
    )


REPLICATES = make_replicates(
    ("linear", "paper", 5.0, NAN),
    ("complete", "paper", 4.0, 14),
    ("complete", "modern", 1.0, 30),
    ("drug_mean", "paper", 2.0, NAN),
    ("complete", "paper", 1.0, 10),
    ("complete", "paper", 2.0, 11),
    ("drug_mean", "paper", 4.0, NAN),
)


def test_by_hand():
    table = summarise_replicates(REPLICATES, published_table1(), ORDER)
    assert list(table.columns) == COLUMNS + FURTHER
    assert list(table.index) == [0, 1, 2, 3]
    assert table[["design", "recipe"]].values.tolist() == [
        ["drug_mean", "paper"],
        ["complete", "modern"],
        ["complete", "paper"],
        ["linear", "paper"],
    ]
    assert table["n_replicates"].tolist() == [2, 1, 3, 1]
    expected = {
        "median_mse_imputed": [3, 1, 2, 5],
        "sd_mse_imputed": [np.sqrt(2), NAN, np.sqrt(7 / 3), NAN],
        "median_mse_measured": [4, 2, 3, 6],
        "median_pearson_drug": [0.3, 0.1, 0.2, 0.5],
        "median_epochs": [NAN, 30, 11, NAN],
        "paper_mse": [NAN, NAN, 1.96, 10.24],
        "paper_epochs": [NAN, NAN, 14, NAN],
        "mean_mse_measured": [4, 2, 10 / 3, 6],
        "mean_pearson_drug": [0.3, 0.1, 7 / 30, 0.5],
    }
    expected |= dict.fromkeys(FURTHER[:4], [NAN] * 4)
    for column, values in expected.items():
        assert_allclose(table[column], values, err_msg=column)


def test_further_columns_by_hand():
    mse = REPLICATES["mse_imputed"]
    scored = REPLICATES.assign(
        n_fitted=[90, 80, 80, 90, 80, 80, 80],
        pearson_residual=mse / 20,
        pearson_within_tissue=mse / 40,
        explained=[0.1, -np.inf, 0.4, 0, 0.2, 0.3, NAN],
    )
    table = summarise_replicates(scored, published_table1(), ORDER)
    assert_allclose(table["n_fitted"], [85, 80, 80, 90])
    assert_allclose(table["median_pearson_residual"], [0.15, 0.05, 0.1, 0.25])
    assert_allclose(table["median_pearson_within_tissue"], [0.075, 0.025, 0.05, 0.125])
    assert_allclose(table["median_explained"], [0, 0.4, 0.2, 0.1])
    before = summarise_replicates(REPLICATES, published_table1(), ORDER)
    pd.testing.assert_frame_equal(table[COLUMNS], before[COLUMNS])


def test_a_diverged_replicate_is_in_the_mean():
    table = summarise_replicates(
        make_replicates(("complete", "paper", 1.0, 3), ("complete", "paper", np.inf, 3)),
        published_table1(), ORDER,
    )  # fmt: skip
    assert table["mean_mse_measured"].tolist() == [np.inf]


def test_order_of_replicates_does_not_matter():
    shuffled = REPLICATES.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(
        summarise_replicates(shuffled, published_table1(), ORDER),
        summarise_replicates(REPLICATES, published_table1(), ORDER),
    )


def test_no_replicates_give_an_empty_table():
    table = summarise_replicates(REPLICATES[:0], published_table1(), ORDER)
    assert list(table.columns) == COLUMNS + FURTHER
    assert table.empty


def test_design_without_a_place_is_an_error():
    with pytest.raises(ValueError, match="without a place in the order: linear"):
        summarise_replicates(REPLICATES, published_table1(), ORDER[:2])
