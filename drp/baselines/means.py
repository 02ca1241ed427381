"""Means of the training targets as predictions. It refuses to know the genome."""

import numpy as np


def global_mean(target_SD: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Predict one number for every line and drug: the mean of all training entries.

    Args:
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      train: row indices of the training lines.

    Returns:
      (S, D) float64 predictions, ln IC50 (uM).

    Raises:
      ValueError: the training lines hold no entry at all.
    """
    train_SD = np.asarray(target_SD, np.float64)[train]
    if np.isnan(train_SD).all():
        raise ValueError(
            f"expected at least one target entry among the training lines, found {train_SD.shape} "
            "lines x drugs without any"
        )
    return np.full(target_SD.shape, np.nanmean(train_SD))


def drug_mean(target_SD: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Predict each drug's mean over the training lines; a drug without entries, the global mean.

    Drugs differ far more than lines do, so this explains most of the variance and ranks no line.
    Arguments, result and error are those of `global_mean`.
    """
    pred_SD = global_mean(target_SD, train)
    train_SD = np.asarray(target_SD, np.float64)[train]
    tested = ~np.isnan(train_SD).all(axis=0)
    pred_SD[:, tested] = np.nanmean(train_SD[:, tested], axis=0)
    return pred_SD


def tissue_drug_mean(
    target_SD: np.ndarray, tissue_S: np.ndarray, train: np.ndarray, k: float = 5.0
) -> np.ndarray:
    """Predict each drug's mean within the line's tissue, shrunk towards the drug's mean.

    drug mean + sum over the tissue's n training entries of (y - drug mean) / (n + k): the posterior
    mean of a tissue effect whose variance is 1/k of the residual one. A tissue that no training
    line has gets the drug's mean.

    Args:
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      tissue_S: (S,) tissue of each line, as strings.
      train: row indices of the training lines.
      k: entries that the drug's mean counts for, > 0.

    Returns:
      (S, D) float64 predictions, ln IC50 (uM).

    Raises:
      ValueError: no training entry at all, or k is not positive.
    """
    if not k > 0:
        raise ValueError(f"expected k > 0, found {k}")
    mean_SD = drug_mean(target_SD, train)
    residual_SD = (target_SD - mean_SD)[train]
    measured_SD = ~np.isnan(residual_SD)
    tissues, tissue_of_S = np.unique(tissue_S, return_inverse=True)
    member_SC = (tissue_of_S[train, None] == np.arange(len(tissues))).astype(np.float64)
    sum_CD = member_SC.T @ np.where(measured_SD, residual_SD, 0)
    n_CD = member_SC.T @ measured_SD
    return mean_SD + (sum_CD / (n_CD + k))[tissue_of_S]
