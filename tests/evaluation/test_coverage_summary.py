"""Coverage and width by hand."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from drp.evaluation.coverage_summary import coverage, summarise_coverage

NAN = np.nan
TRUE_SD = np.array([[0.0, 5.0, NAN], [2.0, NAN, NAN], [1.0, 1.0, NAN]])
LOWER_SD = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [NAN, 0.0, 0.0]])
UPPER_SD = np.array([[1.0, 4.0, 1.0], [2.0, 1.0, 1.0], [9.0, 2.0, 1.0]])


def test_coverage_by_hand():
    found = coverage(LOWER_SD, UPPER_SD, TRUE_SD)
    assert found.overall == 3 / 5  # both ends count; an end that is no number covers nothing
    assert_array_equal(found.drug_D, [2 / 3, 1 / 2, NAN])
    nothing = coverage(LOWER_SD, UPPER_SD, np.full((3, 3), NAN))
    assert np.isnan(nothing.overall) and np.isnan(nothing.drug_D).all()


def test_summary_by_hand():
    lower_SD = np.nan_to_num(LOWER_SD)
    table = summarise_coverage(
        lower_SD, UPPER_SD, TRUE_SD, 0.9, ["a", "b", "c"], np.array(["skin", "lung", "skin"])
    )
    expected = [
        ("overall", "overall", 0.9, 3, 5, 4 / 5, (1 + 4 + 2 + 9 + 2) / 5),
        ("drug", "a", 0.9, 3, 3, 1.0, 4.0),
        ("drug", "b", 0.9, 2, 2, 0.5, 3.0),
        ("drug", "c", 0.9, 0, 0, NAN, NAN),
        ("tissue", "lung", 0.9, 1, 1, 1.0, 2.0),
        ("tissue", "skin", 0.9, 2, 4, 3 / 4, 4.0),
    ]
    columns = ["kind", "group", "level", "n_lines", "n_entries", "coverage", "mean_width"]
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected, columns=columns))


def test_infinite_intervals_and_no_tissues():
    wide = np.full((3, 3), np.inf)
    table = summarise_coverage(-wide, wide, TRUE_SD, 0.9, ["a", "b", "c"])
    assert table["kind"].tolist() == ["overall", "drug", "drug", "drug"]
    assert table.loc[0, "coverage"] == 1
    assert table.loc[0, "mean_width"] == np.inf


def test_shapes_that_differ_are_errors():
    with pytest.raises(ValueError, match="differ in shape"):
        coverage(LOWER_SD, UPPER_SD[:2], TRUE_SD)
    with pytest.raises(ValueError, match="expected 3 drugs and 3 tissues"):
        summarise_coverage(LOWER_SD, UPPER_SD, TRUE_SD, 0.9, ["a"])
    with pytest.raises(ValueError, match="expected 3 drugs and 3 tissues"):
        summarise_coverage(LOWER_SD, UPPER_SD, TRUE_SD, 0.9, ["a", "b", "c"], np.array(["skin"]))
