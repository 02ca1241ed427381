"""Ridge regression per drug in its dual form: linear, or with an RBF kernel; tissues may help.

It refuses to know which setting is best, and what the profiles measure.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from drp.baselines.duals import invert_penalised, leave_one_out, solve_duals
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
      tissue: what is added to the kernel of two lines of one tissue, >= 0: the variance, likewise,
        of an effect that they share in each drug beside their profiles.
    """

    gamma: float | None
    penalty: float
    tissue: float = 0.0


RIDGE_GRID = tuple(
    KernelSetting(None, penalty, tissue)
    for tissue in (0.0, 0.05, 0.1, 0.2)
    for penalty in (8.0, 4.0, 2.0, 1.0, 0.5, 0.25)
)
KERNEL_RIDGE_GRID = tuple(
    KernelSetting(gamma, penalty, tissue)
    for gamma in (0.1, 0.2, 0.4)
    for tissue in (0.0, 0.05, 0.1)
    for penalty in (2.0, 1.0, 0.5, 0.25, 0.125)
)


class _System(NamedTuple):
    """The equations of one setting.

    Attributes:
      kernel_SF: (S, F) of all lines with those that are fitted.
      inverse_FF: (F, F) inverse of kernel + penalty / weight on the diagonal.
    """

    kernel_SF: np.ndarray
    inverse_FF: np.ndarray


def predict_kernel_ridge(
    profiles_SG: np.ndarray, target_SD: np.ndarray, settings: Sequence[KernelSetting],
    weight_S: np.ndarray | None = None, made_up_S: np.ndarray | None = None,
    tissue_S: np.ndarray | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Predict by one kernel ridge regression per drug on its entries, for setting after setting.

    The intercept bears no penalty, so that a linear kernel is scikit-learn's
    `Ridge(alpha=penalty * G)`. All drugs of a setting share one inverse. A drug with one entry gets
    it everywhere; one without any, the global mean.

    Args:
      profiles_SG: (S, G) profiles; standardised in here by the lines that have any entry.
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      settings: in any order; those of one gamma side by side share its kernel.
      weight_S: (S,) weight of each line's squared errors, > 0; None for 1. A line's own penalty is
        the common one divided by it.
      made_up_S: (S,) bool, lines that do not set the scale of genes; None for none.
      tissue_S: (S,) tissue of each line; None if no setting uses it.

    Yields:
      (S, D) float64 predictions, ln IC50 (uM), one per setting, in their order.

    Raises:
      ValueError: there is no entry at all, or a setting wants tissues and there are none.
    """
    fitted = find_fitted(target_SD)
    fallback_SD = global_mean(target_SD)
    tested_D = ~np.isnan(target_SD).all(axis=0)
    lines = (profiles_SG, weight_S, made_up_S, tissue_S)
    for system in _make_systems(fitted, settings, *lines):
        dual_FD, intercept_D = solve_duals(system.inverse_FF, target_SD[fitted])
        yield np.where(tested_D, system.kernel_SF @ dual_FD + intercept_D, fallback_SD)


def score_kernel_ridge(
    profiles_SG: np.ndarray, target_SD: np.ndarray, settings: Sequence[KernelSetting],
    weight_S: np.ndarray | None = None, made_up_S: np.ndarray | None = None,
    tissue_S: np.ndarray | None = None,
) -> Iterator[float]:  # fmt: skip
    """Sum the squared errors of `predict_kernel_ridge` for entries left out one by one.

    Each is predicted by the fit on all other entries of its drug; the scale of genes stays that of
    all fitted lines. Lines whose profiles are made up help to predict and are not asked for: how
    they would be predicted tells little of lines that are measured.

    Args:
      profiles_SG: (S, G) profiles.
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      settings: in any order, as there.
      weight_S: (S,) weight of each line's squared errors; None for 1.
      made_up_S: (S,) bool, lines whose profiles are made up; None for none.
      tissue_S: (S,) tissue of each line; None if no setting uses it.

    Yields:
      (ln uM)^2, one per setting, in their order.

    Raises:
      ValueError: there is no entry at all, or a setting wants tissues and there are none.
    """
    fitted = find_fitted(target_SD)
    asked_Q = np.arange(len(fitted)) if made_up_S is None else np.flatnonzero(~made_up_S[fitted])
    lines = (profiles_SG, weight_S, made_up_S, tissue_S)
    for system in _make_systems(fitted, settings, *lines):
        error_QD = leave_one_out(system.inverse_FF, target_SD[fitted], asked_Q)
        yield float(np.nansum(error_QD**2))


def _make_systems(
    fitted: np.ndarray, settings: Sequence[KernelSetting], profiles_SG: np.ndarray,
    weight_S: np.ndarray | None, made_up_S: np.ndarray | None, tissue_S: np.ndarray | None,
) -> Iterator[_System]:  # fmt: skip
    """Yield the equations of setting after setting, for the row numbers `fitted`."""
    if tissue_S is None and any(setting.tissue for setting in settings):
        raise ValueError("expected tissue_S for a setting with tissue > 0, found None")
    scaling = fitted if made_up_S is None else fitted[~made_up_S[fitted]]
    scaled_SG = standardise(profiles_SG, scaling)
    weight_F = np.ones(len(fitted)) if weight_S is None else weight_S[fitted]
    same_SF = 0.0 if tissue_S is None else tissue_S[:, None] == tissue_S[fitted]
    gammas = [setting.gamma for setting in settings]
    for place, (gamma, penalty, tissue) in enumerate(settings):
        if place == 0 or gamma != gammas[place - 1]:
            profile_kernel_SF = _make_kernel(scaled_SG, scaled_SG[fitted], gamma)
        kernel_SF = profile_kernel_SF + tissue * same_SF
        yield _System(kernel_SF, invert_penalised(kernel_SF[fitted], penalty / weight_F))


def _make_kernel(left_SG: np.ndarray, right_FG: np.ndarray, gamma: float | None) -> np.ndarray:
    """Return the (S, F) kernel between two sets of standardised profiles."""
    product_SF = left_SG @ right_FG.T / left_SG.shape[1]
    if gamma is None:
        return product_SF
    left_S, right_F = np.mean(left_SG**2, axis=1), np.mean(right_FG**2, axis=1)
    distance_SF = left_S[:, None] + right_F - 2 * product_SF
    return np.exp(-gamma * np.maximum(distance_SF, 0))
