"""Means of the targets as predictions. It refuses to know the genome."""

import numpy as np

from drp.baselines.inputs import find_fitted


def global_mean(target_SD: np.ndarray) -> np.ndarray:
    """Predict one number for every line and drug: the mean of all entries.

    Args:
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.

    Returns:
      (S, D) float64 predictions, ln IC50 (uM).

    Raises:
      ValueError: there is no entry at all.
    """
    fitted = find_fitted(target_SD)
    return np.full(target_SD.shape, np.nanmean(np.asarray(target_SD, np.float64)[fitted]))


def drug_mean(target_SD: np.ndarray) -> np.ndarray:
    """Predict each drug's mean; a drug without entries, the global mean.

    Drugs differ far more than lines do, so this explains most of the variance and ranks no line.
    Argument, result and error are those of `global_mean`.
    """
    pred_SD = global_mean(target_SD)
    target_SD = np.asarray(target_SD, np.float64)
    tested = ~np.isnan(target_SD).all(axis=0)
    pred_SD[:, tested] = np.nanmean(target_SD[:, tested], axis=0)
    return pred_SD


def tissue_drug_mean(target_SD: np.ndarray, tissue_S: np.ndarray, k: float = 5.0) -> np.ndarray:
    """Predict each drug's mean within the line's tissue, shrunk towards the drug's mean.

    drug mean + sum over the tissue's n entries of (y - drug mean) / (n + k): the posterior mean of
    a tissue effect whose variance is 1/k of the residual one. A tissue without an entry gets the
    drug's mean.

    Args:
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      tissue_S: (S,) tissue of each line, as strings.
      k: entries that the drug's mean counts for, > 0.

    Returns:
      (S, D) float64 predictions, ln IC50 (uM).

    Raises:
      ValueError: no entry at all, or k is not positive.
    """
    if not k > 0:
        raise ValueError(f"expected k > 0, found {k}")
    mean_SD = drug_mean(target_SD)
    residual_SD = target_SD - mean_SD
    used_SD = ~np.isnan(residual_SD)
    tissues, tissue_of_S = np.unique(tissue_S, return_inverse=True)
    member_SC = (tissue_of_S[:, None] == np.arange(len(tissues))).astype(np.float64)
    sum_CD = member_SC.T @ np.where(used_SD, residual_SD, 0)
    n_CD = member_SC.T @ used_SD
    return mean_SD + (sum_CD / (n_CD + k))[tissue_of_S]
