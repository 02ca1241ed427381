"""Linear regression against the line it was drawn from and numpy's least squares."""

import numpy as np
from numpy.testing import assert_allclose

from drp.baselines.linear import linear


def make_problem(gaps: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    codes_SK, target_SD = rng.normal(size=(24, 3)), rng.normal(size=(24, 4))
    if gaps:
        target_SD[rng.random(target_SD.shape) < 0.2] = np.nan
    target_SD[20:] = np.nan  # test lines
    return codes_SK, target_SD


def solve_one_drug(codes_SK, target_S):
    design_SK = np.column_stack([np.ones(len(codes_SK)), codes_SK])
    rows = ~np.isnan(target_S)
    return design_SK @ np.linalg.lstsq(design_SK[rows], target_S[rows], rcond=None)[0]


def test_line_by_hand():
    codes_SK = np.array([[0.0], [1.0], [2.0], [10.0]])
    target_SD = np.array([[1.0, 0.0], [3.0, np.nan], [5.0, -2.0], [np.nan, np.nan]])
    pred_SD = linear(codes_SK, target_SD)
    assert_allclose(pred_SD, [[1, 0], [3, -1], [5, -2], [21, -10]], atol=1e-12)


def test_equals_least_squares_per_drug_with_and_without_gaps():
    for gaps in (False, True):
        codes_SK, target_SD = make_problem(gaps)
        expected_SD = np.column_stack([solve_one_drug(codes_SK, y_S) for y_S in target_SD.T])
        assert_allclose(linear(codes_SK, target_SD), expected_SD, atol=1e-10)


def test_codes_that_are_zero_change_nothing():
    codes_SK, target_SD = make_problem(gaps=True)
    padded_SK = np.column_stack([codes_SK, np.zeros((24, 2))])  # axes beyond the rank
    assert_allclose(linear(padded_SK, target_SD), linear(codes_SK, target_SD))


def test_fewer_lines_than_codes_fit_their_targets_exactly():
    codes_SK, target_SD = make_problem(gaps=False)
    target_SD[2:] = np.nan
    assert_allclose(linear(codes_SK, target_SD)[:2], target_SD[:2])
