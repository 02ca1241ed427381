"""Errors and correlations over measured entries. It refuses to know why an entry is missing.

A NaN in the truth means not measured. A prediction of a measured entry that is not finite is never
skipped: its error and correlations are not finite either, so a diverged network cannot hide.
"""

import numpy as np
from scipy.stats import rankdata

MIN_ENTRIES = 3  # two points always correlate perfectly
CONSTANT_RTOL = 1e-6  # float32 predictions that should be equal differ by a few 1e-7 of their size


def masked_mse(pred_SD: np.ndarray, true_SD: np.ndarray) -> float:
    """Return the mean squared error over the measured entries.

    Args:
      pred_SD: (S, D) predicted ln IC50 (uM).
      true_SD: (S, D) true ln IC50 (uM); NaN = not measured.

    Returns:
      Squared ln(uM); NaN when nothing is measured.

    Raises:
      ValueError: the shapes differ.
    """
    pred_SD, true_SD = _as_pair(pred_SD, true_SD)
    measured_SD = np.isfinite(true_SD)
    if not measured_SD.any():
        return float("nan")
    return float(np.mean((pred_SD[measured_SD] - true_SD[measured_SD]) ** 2))


def correlation(
    pred_SD: np.ndarray, true_SD: np.ndarray, axis: int, kind: str = "pearson"
) -> np.ndarray:
    """Correlate prediction and truth over the measured entries, per drug or per sample.

    Spearman is Pearson of the average ranks among the measured entries. A constant prediction ranks
    nothing and scores 0, so that a table of drug means has 0 per drug; a constant truth cannot be
    ranked by anyone and scores NaN. Constant means: range within 1e-6 of the largest value.

    Args:
      pred_SD: (S, D) predictions.
      true_SD: (S, D) truth; NaN = not measured.
      axis: the axis that is reduced: 0 gives one value per drug, 1 one per sample.
      kind: pearson or spearman.

    Returns:
      (D,) or (S,) float64 in [-1, 1]; NaN with fewer than 3 measured entries.

    Raises:
      ValueError: the shapes differ or the kind is unknown.
    """
    pred_SD, true_SD = _as_pair(pred_SD, true_SD)
    if kind not in ("pearson", "spearman"):
        raise ValueError(f"expected kind pearson or spearman, found {kind!r}")
    measured_SD = np.isfinite(true_SD)
    pred_SD = np.where(np.isfinite(pred_SD), pred_SD, np.nan)
    # On the values, not on the ranks, which would blow rounding noise up to full size.
    pred_is_constant = _is_constant(pred_SD, measured_SD, axis)
    undefined = _is_constant(true_SD, measured_SD, axis) | (measured_SD.sum(axis) < MIN_ENTRIES)
    if kind == "spearman":
        pred_SD = _rank_measured(pred_SD, measured_SD, axis)
        true_SD = _rank_measured(true_SD, measured_SD, axis)
    r = _pearson(pred_SD, true_SD, measured_SD, axis)
    return np.where(undefined, np.nan, np.where(pred_is_constant, 0.0, r))


def _as_pair(pred_SD: np.ndarray, true_SD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as float64 of one shape: broadcasting here would hide a mistake."""
    pred_SD, true_SD = np.asarray(pred_SD, np.float64), np.asarray(true_SD, np.float64)
    if pred_SD.shape != true_SD.shape:
        raise ValueError(f"prediction {pred_SD.shape} and truth {true_SD.shape} differ in shape")
    return pred_SD, true_SD


def _is_constant(values: np.ndarray, measured: np.ndarray, axis: int) -> np.ndarray:
    highest = values.max(axis, where=measured, initial=-np.inf)
    lowest = values.min(axis, where=measured, initial=np.inf)
    return highest - lowest <= CONSTANT_RTOL * np.maximum(np.abs(highest), np.abs(lowest))


def _rank_measured(values: np.ndarray, measured: np.ndarray, axis: int) -> np.ndarray:
    """Return average ranks among the measured entries; NaN elsewhere and for NaN values."""
    return rankdata(np.where(measured, values, np.nan), axis=axis, nan_policy="omit")


def _pearson(x: np.ndarray, y: np.ndarray, measured: np.ndarray, axis: int) -> np.ndarray:
    x, y = _centre(x, measured, axis), _centre(y, measured, axis)
    scale = np.sqrt((x**2).sum(axis)) * np.sqrt((y**2).sum(axis))
    r = (x * y).sum(axis) / np.where(scale == 0, np.nan, scale)
    return np.clip(r, -1, 1)


def _centre(values: np.ndarray, measured: np.ndarray, axis: int) -> np.ndarray:
    """Subtract the mean of the measured entries; the others become 0."""
    n = np.maximum(measured.sum(axis, keepdims=True), 1)
    mean = values.sum(axis, where=measured, keepdims=True) / n
    return np.where(measured, values - mean, 0)
