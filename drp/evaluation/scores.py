"""The scores of one replicate. It refuses to know which design or recipe made the predictions."""

import numpy as np

from drp.evaluation.metrics import correlation, masked_mse

ERRORS = ("mse_train", "mse_imputed", "mse_measured")
RANKINGS = ("pearson_drug", "spearman_drug", "pearson_sample", "spearman_sample")


def score_replicate(
    pred_SD: np.ndarray,
    imputed_SD: np.ndarray,
    measured_SD: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> dict[str, float]:
    """Score the predictions of one replicate on its test lines.

    `mse_train` is on the imputed target, as Chiu et al. report it. Correlations are over measured
    entries, averaged over the drugs (or lines) for which they are defined. A diverged network
    cannot hide: with a prediction that is not finite, errors are infinite and correlations 0.

    Args:
      pred_SD: (S, D) predicted ln IC50 (uM) of all lines.
      imputed_SD: (S, D) target without gaps, ln IC50 (uM).
      measured_SD: (S, D) target, ln IC50 (uM), NaN = not measured.
      train: row indices of the training lines.
      test: row indices of the test lines.

    Returns:
      n_test, mse_train, mse_imputed, mse_measured (squared ln(uM)), pearson_drug, spearman_drug,
      pearson_sample, spearman_sample; NaN where nothing is measured.

    Raises:
      ValueError: the shapes differ.
    """
    pred, truth = pred_SD[test], measured_SD[test]
    if not np.isfinite(pred).all():
        return {"n_test": len(test)} | dict.fromkeys(ERRORS, np.inf) | dict.fromkeys(RANKINGS, 0.0)
    return {
        "n_test": len(test),
        "mse_train": masked_mse(pred_SD[train], imputed_SD[train]),
        "mse_imputed": masked_mse(pred, imputed_SD[test]),
        "mse_measured": masked_mse(pred, truth),
        "pearson_drug": _mean_defined(correlation(pred, truth, axis=0)),
        "spearman_drug": _mean_defined(correlation(pred, truth, axis=0, kind="spearman")),
        "pearson_sample": _mean_defined(correlation(pred, truth, axis=1)),
        "spearman_sample": _mean_defined(correlation(pred, truth, axis=1, kind="spearman")),
    }


def _mean_defined(values: np.ndarray) -> float:
    """Return the mean of the values that are not NaN; NaN when there are none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")
