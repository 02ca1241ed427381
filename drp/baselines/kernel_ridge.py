"""Ridge regression per drug in its dual form: linear, or with an RBF kernel.

It refuses to know which penalty is best, and what the profiles measure.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from scipy import linalg

from drp.baselines.inputs import find_fitted
from drp.baselines.means import global_mean
from drp.baselines.profiles import standardise


class KernelSetting(NamedTuple):
    """What is chosen for all drugs together.

    Attributes:
      gamma: of the RBF kernel exp(-gamma * mean over genes of squared difference); None = linear,
        the mean over genes of products.
      penalty: what is added to the kernel's diagonal, > 0: the variance of the noise over that of
        the signal.
    """

    gamma: float | None
    penalty: float


PENALTIES = (16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 0.0625)
RIDGE_GRID = tuple(KernelSetting(None, penalty) for penalty in PENALTIES)
KERNEL_RIDGE_GRID = tuple(
    KernelSetting(gamma, penalty)
    for gamma in (0.05, 0.1, 0.2, 0.4, 0.8)
    for penalty in PENALTIES[3:]
)


def predict_kernel_ridge(
    profiles_SG: np.ndarray, target_SD: np.ndarray, settings: Sequence[KernelSetting],
    weight_S: np.ndarray | None = None, made_up_S: np.ndarray | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Predict by one kernel ridge regression per drug on its entries, for setting after setting.

    The intercept bears no penalty, so that a linear kernel is scikit-learn's
    `Ridge(alpha=penalty * G)`. All drugs of a kernel share one eigendecomposition. A drug with one
    entry gets it everywhere; one without any, the global mean.

    Args:
      profiles_SG: (S, G) profiles; standardised in here by the lines that have any entry.
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      settings: those of one gamma side by side.
      weight_S: (S,) weight of each line's squared errors, > 0; None for 1. A line's own penalty is
        the common one divided by it.
      made_up_S: (S,) bool, lines that do not set the scale of genes; None for none.

    Yields:
      (S, D) float64 predictions, ln IC50 (uM), one per setting, in their order.

    Raises:
      ValueError: there is no entry at all.
    """
    fitted = find_fitted(target_SD)
    scaling = fitted if made_up_S is None else fitted[~made_up_S[fitted]]
    scaled_SG = standardise(profiles_SG, scaling)
    fallback_SD = global_mean(target_SD)
    tested_D = ~np.isnan(target_SD).all(axis=0)
    root_F = np.ones(len(fitted)) if weight_S is None else np.sqrt(weight_S[fitted])
    weights_FF = np.outer(root_F, root_F)
    for gamma, alike in groupby(settings, key=lambda setting: setting.gamma):
        kernel_SF = _make_kernel(scaled_SG, scaled_SG[fitted], gamma)
        # With weights W the system is K + penalty / W = W^-1/2 (W^1/2 K W^1/2 + penalty) W^-1/2.
        values_F, vectors_FF = linalg.eigh(weights_FF * kernel_SF[fitted])
        values_F = np.maximum(values_F, 0)  # below zero by rounding alone
        for setting in alike:
            inverse_FF = (vectors_FF / (values_F + setting.penalty)) @ vectors_FF.T
            inverse_FF *= weights_FF
            dual_FD, intercept_D = solve_duals(inverse_FF, target_SD[fitted])
            yield np.where(tested_D, kernel_SF @ dual_FD + intercept_D, fallback_SD)


def solve_duals(inverse_FF: np.ndarray, target_FD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve (A_oo) dual + intercept = target, sum(dual) = 0 on the entries o of every drug.

    Of A only the inverse over all lines is needed. With m the lines that a drug lacks, the inverse
    of A_oo is inverse_oo - inverse_om (inverse_mm)^-1 inverse_mo (inversion by blocks), so each
    pattern of gaps costs one factorisation as small as its number of gaps.

    Args:
      inverse_FF: (F, F) inverse of A = kernel + penalty on the diagonal.
      target_FD: (F, D) ln IC50 (uM); NaN = not used.

    Returns:
      dual_FD: (F, D) weights of the lines, 0 where the target is NaN.
      intercept_D: (D,) ln IC50 (uM); 0 for a drug without an entry.
    """
    used_FD = ~np.isnan(target_FD)
    n_D = np.maximum(used_FD.sum(axis=0), 1)
    mean_D = np.where(used_FD, target_FD, 0).sum(axis=0) / n_D  # taken off first, for the digits
    residual_FD = np.where(used_FD, target_FD - mean_D, 0)
    of_target_FD, of_ones_FD = _solve_measured(inverse_FF, residual_FD, used_FD)
    total_D = of_ones_FD.sum(axis=0)
    shift_D = of_target_FD.sum(axis=0) / np.where(total_D > 0, total_D, 1)
    return of_target_FD - shift_D * of_ones_FD, mean_D + shift_D


def _solve_measured(
    inverse_FF: np.ndarray, residual_FD: np.ndarray, used_FD: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return A_oo^-1 residual_o and A_oo^-1 1_o of every drug, with zeros outside o."""
    n_drugs = residual_FD.shape[1]
    solved = inverse_FF @ np.hstack([residual_FD, used_FD])
    excess = np.zeros_like(solved)
    patterns, pattern_of_D = np.unique(used_FD, axis=1, return_inverse=True)
    for pattern, used_F in enumerate(patterns.T):
        lost, drugs = np.flatnonzero(~used_F), np.flatnonzero(pattern_of_D == pattern)
        if not 0 < len(lost) < len(used_F):
            continue  # nothing to take back, or nothing measured
        block = np.ix_(lost, np.r_[drugs, n_drugs + drugs])
        factor = linalg.cho_factor(inverse_FF[np.ix_(lost, lost)])
        excess[block] = linalg.cho_solve(factor, solved[block])
    solved -= inverse_FF @ excess
    solved[~np.hstack([used_FD, used_FD])] = 0  # rounding
    return solved[:, :n_drugs], solved[:, n_drugs:]


def _make_kernel(left_SG: np.ndarray, right_FG: np.ndarray, gamma: float | None) -> np.ndarray:
    """Return the (S, F) kernel between two sets of standardised profiles."""
    product_SF = left_SG @ right_FG.T / left_SG.shape[1]
    if gamma is None:
        return product_SF
    left_S, right_F = np.mean(left_SG**2, axis=1), np.mean(right_FG**2, axis=1)
    distance_SF = left_S[:, None] + right_F - 2 * product_SF
    return np.exp(-gamma * np.maximum(distance_SF, 0))
