"""Dual weights of kernel regressions on the entries of each drug, from one inverse for all drugs.

It refuses to know what the kernel is made of. Of A = kernel + penalty on the diagonal only the
inverse over all lines is needed. With m the lines that a drug lacks, the inverse of A_oo on its
entries o is inverse_oo - inverse_om (inverse_mm)^-1 inverse_mo (inversion by blocks), so each
pattern of gaps costs one factorisation as small as its number of gaps.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

FEWEST_ENTRIES = 2  # of one alone nothing is left that could predict it


class Solved(NamedTuple):
    """What the inverses B of A_oo give, all drugs side by side.

    Attributes:
      of_target_FD: (F, D) B target_o, 0 outside of o.
      of_ones_FD: (F, D) B 1_o, 0 outside of o.
      diagonal_QD: (Q, D) B_qq of the lines that were asked for; no meaning outside of o.
    """

    of_target_FD: np.ndarray
    of_ones_FD: np.ndarray
    diagonal_QD: np.ndarray


def invert_penalised(kernel_FF: np.ndarray, penalty_F: np.ndarray) -> np.ndarray:
    """Return the inverse of a kernel with a penalty > 0 on its diagonal; the kernel is used up.

    By Cholesky: half the work of a general inverse, and a fraction of an eigendecomposition.
    """
    kernel_FF[np.diag_indices_from(kernel_FF)] += penalty_F
    # Symmetric, so its transpose is itself, in the order that LAPACK works on in place.
    factor_FF, failed = lapack.dpotrf(kernel_FF.T, lower=1, overwrite_a=1, clean=0)
    if failed:
        raise np.linalg.LinAlgError("expected a kernel that is positive with its penalty")
    lower_FF, _ = lapack.dpotri(factor_FF, lower=1, overwrite_c=1)
    lower_FF = np.tril(lower_FF)
    inverse_FF = lower_FF + lower_FF.T
    inverse_FF[np.diag_indices_from(inverse_FF)] /= 2
    return inverse_FF


def solve_duals(inverse_FF: np.ndarray, target_FD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve (A_oo) dual + intercept = target, sum(dual) = 0 on the entries o of every drug.

    Args:
      inverse_FF: (F, F) inverse of A = kernel + penalty on the diagonal.
      target_FD: (F, D) ln IC50 (uM); NaN = not used.

    Returns:
      dual_FD: (F, D) weights of the lines, 0 where the target is NaN.
      intercept_D: (D,) ln IC50 (uM); 0 for a drug without an entry.
    """
    residual_FD, mean_D = _centre(target_FD)
    none_Q = np.zeros(0, int)
    solved = _solve_measured(inverse_FF, residual_FD, ~np.isnan(target_FD), none_Q)
    dual_FD, shift_D, _ = _free_intercept(solved)
    return dual_FD, mean_D + shift_D


def leave_one_out(inverse_FF: np.ndarray, target_FD: np.ndarray, asked_Q: np.ndarray) -> np.ndarray:
    """Return what each entry differs by from its prediction by a fit on the drug's other entries.

    Exact for the kernel and the penalties as they are. With B the inverse of A_oo, the solution is
    dual = G target for G = B - (B 1)(1' B) / (1' B 1), and the residual dual_i / G_ii: deletion
    from the bordered system of the intercept, by blocks again.

    Args:
      inverse_FF: (F, F) inverse of A = kernel + penalty on the diagonal.
      target_FD: (F, D) ln IC50 (uM); NaN = not used.
      asked_Q: row numbers of the lines that are left out, one after the other.

    Returns:
      (Q, D) ln IC50 (uM), measured minus predicted; NaN where there is no entry, or no other.
    """
    residual_FD, _ = _centre(target_FD)
    used_FD = ~np.isnan(target_FD)
    solved = _solve_measured(inverse_FF, residual_FD, used_FD, asked_Q)
    dual_FD, _, total_D = _free_intercept(solved)
    projected_QD = solved.diagonal_QD - solved.of_ones_FD[asked_Q] ** 2 / total_D
    known_QD = used_FD[asked_Q] & (used_FD.sum(axis=0) >= FEWEST_ENTRIES)
    return np.where(known_QD, dual_FD[asked_Q] / np.where(known_QD, projected_QD, 1), np.nan)


def _centre(target_FD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the target less its mean per drug, 0 for NaN, and the mean: it saves digits."""
    used_FD = ~np.isnan(target_FD)
    n_D = np.maximum(used_FD.sum(axis=0), 1)
    mean_D = np.where(used_FD, target_FD, 0).sum(axis=0) / n_D
    return np.where(used_FD, target_FD - mean_D, 0), mean_D


def _free_intercept(solved: Solved) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the duals beside an intercept, the intercept, and 1' B 1 (1 without an entry)."""
    total_D = solved.of_ones_FD.sum(axis=0)
    total_D = np.where(total_D > 0, total_D, 1)
    shift_D = solved.of_target_FD.sum(axis=0) / total_D
    return solved.of_target_FD - shift_D * solved.of_ones_FD, shift_D, total_D


def _solve_measured(
    inverse_FF: np.ndarray, residual_FD: np.ndarray, used_FD: np.ndarray, asked_Q: np.ndarray
) -> Solved:
    """Solve by A_oo for every drug, and find the diagonal of its inverse for the lines asked."""
    n_drugs = residual_FD.shape[1]
    solved = inverse_FF @ np.hstack([residual_FD, used_FD])
    excess = np.zeros_like(solved)
    diagonal_QD = np.tile(inverse_FF[asked_Q, asked_Q][:, None], n_drugs)
    for lost, drugs in _find_gaps(used_FD):
        block = np.ix_(lost, np.r_[drugs, n_drugs + drugs])
        # Symmetric, so transposed blocks are the same ones, in the order that LAPACK works on.
        own = inverse_FF[np.ix_(lost, lost)].T
        lower = linalg.cholesky(own, lower=True, overwrite_a=True, check_finite=False)
        excess[block] = linalg.cho_solve((lower, True), solved[block], check_finite=False)
        asked = np.flatnonzero(used_FD[asked_Q, drugs[0]])
        if len(asked):
            across = inverse_FF[np.ix_(asked_Q[asked], lost)].T
            half = linalg.solve_triangular(
                lower, across, lower=True, overwrite_b=True, check_finite=False
            )
            diagonal_QD[np.ix_(asked, drugs)] -= np.einsum("mq,mq->q", half, half)[:, None]
    solved -= inverse_FF @ excess
    solved[~np.hstack([used_FD, used_FD])] = 0  # rounding
    return Solved(solved[:, :n_drugs], solved[:, n_drugs:], diagonal_QD)


def _find_gaps(used_FD: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the lines that are lost and the drugs that lose them, for all patterns of gaps.

    Not for drugs that lose nothing, where nothing is to be taken back, or everything.
    """
    patterns, pattern_of_D = np.unique(used_FD, axis=1, return_inverse=True)
    for pattern, used_F in enumerate(patterns.T):
        lost = np.flatnonzero(~used_F)
        if 0 < len(lost) < len(used_F):
            yield lost, np.flatnonzero(pattern_of_D == pattern)
