"""The scores of one replicate. It refuses to know which design or recipe made the predictions."""

from typing import NamedTuple

import numpy as np

from drp.evaluation.metrics import CONSTANT_RTOL, correlation, masked_mse

ERRORS = ("mse_train", "mse_imputed", "mse_measured")
RANKINGS = ("pearson_drug", "spearman_drug", "pearson_sample", "spearman_sample")
# Scores beyond the mean effects, and what a diverged network gets.
BEYOND_MEANS = {
    "pearson_residual": 0.0,
    "spearman_residual": 0.0,
    "pearson_within_tissue": 0.0,
    "spearman_within_tissue": 0.0,
    "explained": -np.inf,
}


class MeanEffects(NamedTuple):
    """What the genome is not needed for, learnt from the training entries of the same replicate.

    Attributes:
      drug_mean_SD: (S, D) mean ln IC50 (uM) of each drug over its training entries.
      tissue_drug_mean_SD: (S, D) shrunken mean of the drug in the line's tissue; None = unknown.
      noise: variance of one measurement, squared ln(uM), see `estimate_noise`; NaN = unknown.
    """

    drug_mean_SD: np.ndarray
    tissue_drug_mean_SD: np.ndarray | None = None
    noise: float = float("nan")


def score_replicate(
    pred_SD: np.ndarray,
    imputed_SD: np.ndarray,
    measured_SD: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    effects: MeanEffects | None = None,
) -> dict[str, float]:
    """Score the predictions of one replicate on its test lines.

    `mse_train` is on the imputed target, as Chiu et al. report it. Correlations are over measured
    entries, averaged over the drugs (or lines) for which they are defined. A diverged network
    cannot hide: with a prediction that is not finite, errors are infinite and correlations 0.

    For splits by line-drug pair: both targets with NaN outside the test entries, every line as
    `test`, and no `train` line, since training entries are no whole lines: `mse_train` is NaN.

    Args:
      pred_SD: (S, D) predicted ln IC50 (uM) of all lines.
      imputed_SD: (S, D) target without gaps, ln IC50 (uM).
      measured_SD: (S, D) target, ln IC50 (uM), NaN = not measured.
      train: row indices of the training lines.
      test: row indices of the test lines.
      effects: mean effects that are taken off; None: the scores that need them are NaN.

    Returns:
      n_test, mse_train, mse_imputed, mse_measured (squared ln(uM)), pearson_drug, spearman_drug,
      pearson_sample, spearman_sample; NaN where nothing is measured. And `score_beyond_means`.

    Raises:
      ValueError: the shapes differ.
    """
    pred, truth = pred_SD[test], measured_SD[test]
    if effects is not None:
        effects = _take_rows(effects, test)
    if not np.isfinite(pred).all():
        # Which scores are defined hangs on truth and effects alone, so any prediction tells.
        defined = score_beyond_means(np.zeros_like(truth), truth, effects)
        worst = {
            name: float("nan") if np.isnan(defined[name]) else score
            for name, score in BEYOND_MEANS.items()
        }
        errors = dict.fromkeys(ERRORS, np.inf)
        return {"n_test": len(test)} | errors | dict.fromkeys(RANKINGS, 0.0) | worst
    return {
        "n_test": len(test),
        "mse_train": masked_mse(pred_SD[train], imputed_SD[train]),
        "mse_imputed": masked_mse(pred, imputed_SD[test]),
        "mse_measured": masked_mse(pred, truth),
        "pearson_drug": _mean_defined(correlation(pred, truth, axis=0)),
        "spearman_drug": _mean_defined(correlation(pred, truth, axis=0, kind="spearman")),
        "pearson_sample": _mean_defined(correlation(pred, truth, axis=1)),
        "spearman_sample": _mean_defined(correlation(pred, truth, axis=1, kind="spearman")),
    } | score_beyond_means(pred, truth, effects)


def score_beyond_means(
    pred_SD: np.ndarray, true_SD: np.ndarray, effects: MeanEffects | None
) -> dict[str, float]:
    """Score what is predicted beyond the mean effects, over the measured entries.

    Residual: all entries pooled, after the drug's mean was taken off truth and prediction, so that
    the drug means themselves score 0. Within tissue: per drug, averaged over drugs, after the
    tissue's mean of the drug was taken off both. Explained: 1 - (MSE - noise) / (MSE of the drug
    means - noise), the fraction of what anyone could explain beyond the drug means: 0 for these, 1
    for an error no larger than the noise.

    Args:
      pred_SD: (S, D) predicted ln IC50 (uM).
      true_SD: (S, D) true ln IC50 (uM); NaN = not measured.
      effects: mean effects of the same lines and drugs; None: all scores are NaN.

    Returns:
      pearson_residual, spearman_residual, pearson_within_tissue, spearman_within_tissue, explained.

    Raises:
      ValueError: the shapes differ.
    """
    scores = dict.fromkeys(BEYOND_MEANS, float("nan"))
    if effects is None:
        return scores
    pair = (_remove(effects.drug_mean_SD, values) for values in (pred_SD, true_SD))
    pred, truth = (residual_SD.reshape(-1, 1) for residual_SD in pair)
    scores["pearson_residual"] = float(correlation(pred, truth, 0)[0])
    scores["spearman_residual"] = float(correlation(pred, truth, 0, "spearman")[0])
    if effects.tissue_drug_mean_SD is not None:
        pred, truth = (_remove(effects.tissue_drug_mean_SD, x) for x in (pred_SD, true_SD))
        scores["pearson_within_tissue"] = _mean_defined(correlation(pred, truth, 0))
        scores["spearman_within_tissue"] = _mean_defined(correlation(pred, truth, 0, "spearman"))
    explainable = masked_mse(effects.drug_mean_SD, true_SD) - effects.noise
    if explainable > 0:  # NaN compares False: without a noise nothing is known
        scores["explained"] = 1 - (masked_mse(pred_SD, true_SD) - effects.noise) / explainable
    return scores


def _take_rows(effects: MeanEffects, rows: np.ndarray) -> MeanEffects:
    tissue_SD = effects.tissue_drug_mean_SD
    return MeanEffects(
        effects.drug_mean_SD[rows], None if tissue_SD is None else tissue_SD[rows], effects.noise
    )


def _remove(effect_SD: np.ndarray, values_SD: np.ndarray) -> np.ndarray:
    """Subtract an effect; what equals it but for float32 rounding becomes 0, not noise."""
    effect_SD, values_SD = np.asarray(effect_SD, np.float64), np.asarray(values_SD, np.float64)
    if effect_SD.shape != values_SD.shape:
        raise ValueError(f"effect {effect_SD.shape} and values {values_SD.shape} differ in shape")
    equal_SD = np.isclose(values_SD, effect_SD, rtol=CONSTANT_RTOL, atol=0)
    return np.where(equal_SD, 0, values_SD - effect_SD)


def _mean_defined(values: np.ndarray) -> float:
    """Return the mean of the values that are not NaN; NaN when there are none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")
