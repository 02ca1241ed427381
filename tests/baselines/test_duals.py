"""Duals and left-out entries against systems solved whole, drug by drug."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg

from drp.baselines.duals import leave_one_out, solve_duals

N_LINES = 12


def make_problem() -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix and a target with gaps; the last drugs: two alike, then 2, 1, 0, all."""
    rng = np.random.default_rng(4)
    root_FF, target_FD = rng.normal(size=(N_LINES, N_LINES)), rng.normal(size=(N_LINES, 14))
    target_FD[rng.random(target_FD.shape) < 0.5] = np.nan
    target_FD[:, 9] = 2 * target_FD[:, 8] + 1
    for drug, n_entries in ((10, 2), (11, 1), (12, 0), (13, N_LINES)):
        target_FD[:, drug] = np.where(
            np.arange(N_LINES) < n_entries, rng.normal(size=N_LINES), np.nan
        )
    return root_FF @ root_FF.T + np.eye(N_LINES), target_FD


def test_duals_solve_every_drug_on_its_entries_and_are_zero_elsewhere():
    matrix_FF, target_FD = make_problem()
    dual_FD, intercept_D = solve_duals(linalg.inv(matrix_FF), target_FD)
    for dual_F, intercept, target_F in zip(dual_FD.T, intercept_D, target_FD.T, strict=True):
        used_F = ~np.isnan(target_F)
        assert_array_equal(dual_F[~used_F], 0)
        assert_allclose(dual_F.sum(), 0, atol=1e-10)
        assert_allclose((matrix_FF @ dual_F + intercept)[used_F], target_F[used_F], atol=1e-9)


@pytest.mark.parametrize("asked", [range(N_LINES), [7, 0, 3], []])
def test_left_out_entries_are_predicted_by_a_fit_without_them(asked):
    matrix_FF, target_FD = make_problem()
    asked_Q = np.array(asked, int)
    found_QD = leave_one_out(linalg.inv(matrix_FF), target_FD, asked_Q)
    expected_QD = np.full(found_QD.shape, np.nan)
    for place, line in enumerate(asked_Q):
        rest_FD = target_FD.copy()
        rest_FD[line] = np.nan
        dual_FD, intercept_D = solve_duals(linalg.inv(matrix_FF), rest_FD)
        others_D = (~np.isnan(rest_FD)).any(axis=0)
        residual_D = target_FD[line] - matrix_FF[line] @ dual_FD - intercept_D
        expected_QD[place] = np.where(others_D, residual_D, np.nan)
    assert_allclose(found_QD, expected_QD, atol=1e-8)


def test_left_out_of_two_is_predicted_by_the_other():
    matrix_FF, target_FD = make_problem()
    found_QD = leave_one_out(linalg.inv(matrix_FF), target_FD, np.arange(2))
    assert_allclose(found_QD[:, 10], np.array([1, -1]) * (target_FD[0, 10] - target_FD[1, 10]))
