"""Prediction intervals that cover whatever the model is. It refuses to know how it was fitted.

The unit that is exchangeable is the cell line, whose entries stand or fall together, not the entry.
"""

from typing import NamedTuple

import numpy as np

SHRINKAGE = 5.0  # residuals that the overall scale counts for in a drug's own
ROUNDING = 1e-9  # sums of weights such as 1/3 miss their total by less


class Calibration(NamedTuple):
    """Half the width of an interval, in units of a scale.

    Attributes:
      quantile: of the calibration scores; infinite when there are too few lines.
      scale_D: (D,) scale of each drug, ln(uM).
      level: coverage that the intervals are made for.
      n_lines: lines that were calibrated on.
      normalised: whether the ensemble's spread is part of the scale.
    """

    quantile: float
    scale_D: np.ndarray
    level: float
    n_lines: int
    normalised: bool = False


def estimate_scale(residual_SD: np.ndarray, shrinkage: float = SHRINKAGE) -> np.ndarray:
    """Return each drug's root mean square residual, shrunk towards that of all drugs.

    Take residuals of lines that the model was fitted on, such as the training targets around their
    drug's mean: a scale made from the calibration lines themselves bends the scores of these lines
    and not those of a new one, and the coverage that `calibrate` promises no longer holds exactly.

    Args:
      residual_SD: (S, D) ln(uM); NaN = not measured.
      shrinkage: entries that the overall mean square counts for, > 0.

    Returns:
      (D,) float64, ln(uM), above 0.

    Raises:
      ValueError: no residual, all of them 0, or one that is infinite.
    """
    residual_SD = np.asarray(residual_SD, np.float64)
    measured_SD = ~np.isnan(residual_SD)
    n_D = measured_SD.sum(axis=0)
    square_D = (residual_SD**2).sum(axis=0, where=measured_SD)
    overall = square_D.sum() / max(n_D.sum(), 1)
    if not (0 < overall < np.inf and shrinkage > 0):
        raise ValueError(
            f"expected finite residuals that are not all 0 and shrinkage > 0, found a mean square "
            f"of {overall} over {n_D.sum()} and {shrinkage}"
        )
    return np.sqrt((square_D + shrinkage * overall) / (n_D + shrinkage))


def calibrate(
    pred_SD: np.ndarray,
    true_SD: np.ndarray,
    level: float = 0.9,
    scale_D: np.ndarray | None = None,
    spread_SD: np.ndarray | None = None,
) -> Calibration:
    """Calibrate split-conformal intervals on lines that the model has never seen.

    A score is |y - f| / scale. Each of the n lines has the weight 1/(n + 1), shared equally by its
    measured entries, and the last 1/(n + 1) sits at infinity: then an entry drawn at random from a
    new line, exchangeable with these, is covered with at least `level`, however the errors within a
    line hang together (Lee, Barber and Willett, "Distribution-free inference with hierarchical
    data", 2023). Fewer than level / (1 - level) lines make no finite interval.

    A line without measured entries does not count. A prediction of a measured entry that is not
    finite has an infinite score.

    Args:
      pred_SD: (S, D) predicted ln IC50 (uM) of lines used neither for fitting nor for stopping.
      true_SD: (S, D) true ln IC50 (uM); NaN = not measured.
      level: coverage, above 0 and below 1.
      scale_D: (D,) scale of each drug, > 0, not made from these lines, see `estimate_scale`; None
        for 1: every drug has the same width.
      spread_SD: (S, D) standard deviation of the ensemble's members, ln(uM); with it the scale of
        an entry is sqrt(scale_D^2 + spread_SD^2), so that lines on which members disagree get
        wider intervals.

    Returns:
      What `interval` needs.

    Raises:
      ValueError: the shapes differ, a scale is not positive, or the level is not between 0 and 1.
    """
    pred_SD, true_SD = np.asarray(pred_SD, np.float64), np.asarray(true_SD, np.float64)
    if pred_SD.shape != true_SD.shape:
        raise ValueError(f"prediction {pred_SD.shape} and truth {true_SD.shape} differ in shape")
    if not 0 < level < 1:
        raise ValueError(f"expected a level between 0 and 1, found {level}")
    n_drugs = pred_SD.shape[1]
    scale_D = np.ones(n_drugs) if scale_D is None else np.asarray(scale_D, np.float64)
    scale_SD = _combine(scale_D, spread_SD, pred_SD.shape)
    measured_SD = np.isfinite(true_SD)
    # A prediction that is not a number must not be sorted out of sight.
    usable_SD = np.isfinite(pred_SD) & np.isfinite(scale_SD)
    error_SD = np.abs(true_SD - np.where(usable_SD, pred_SD, 0))
    score_SD = np.where(usable_SD, error_SD / scale_SD, np.inf)
    n_lines = int(measured_SD.any(axis=1).sum())
    quantile = _find_quantile(score_SD, measured_SD, level * (n_lines + 1))
    return Calibration(quantile, scale_D, level, n_lines, spread_SD is not None)


def interval(
    calibration: Calibration, pred_SD: np.ndarray, spread_SD: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of every prediction.

    Coverage is promised for lines exchangeable with those calibrated on, over their entries taken
    together. For one drug, a tissue that was never seen, or a tumour nothing is promised.

    Args:
      calibration: what `calibrate` gave.
      pred_SD: (S, D) predicted ln IC50 (uM).
      spread_SD: (S, D) standard deviation of the members, if the calibration had it.

    Returns:
      (S, D) lower and upper ends, ln IC50 (uM).

    Raises:
      ValueError: other drugs than calibrated, or a spread here and none there.
    """
    pred_SD = np.asarray(pred_SD, np.float64)
    if (spread_SD is not None) != calibration.normalised:
        given = "without" if spread_SD is None else "with"
        raise ValueError(f"expected a spread exactly if calibrated with it, found one {given}")
    reach_SD = calibration.quantile * _combine(calibration.scale_D, spread_SD, pred_SD.shape)
    with np.errstate(invalid="ignore"):  # infinite on both sides of an infinite prediction: NaN
        return pred_SD - reach_SD, pred_SD + reach_SD


def _combine(
    scale_D: np.ndarray, spread_SD: np.ndarray | None, shape: tuple[int, ...]
) -> np.ndarray:
    """Return the (S, D) scale of each entry."""
    if scale_D.shape != shape[1:]:
        raise ValueError(f"expected a scale for each of {shape[1:]} drugs, found {scale_D.shape}")
    if not ((scale_D > 0) & np.isfinite(scale_D)).all():
        raise ValueError(f"expected scales above 0, found {scale_D.min()} to {scale_D.max()}")
    if spread_SD is None:
        return np.broadcast_to(scale_D, shape)
    spread_SD = np.asarray(spread_SD, np.float64)
    if spread_SD.shape != shape:
        raise ValueError(f"prediction {shape} and spread {spread_SD.shape} differ in shape")
    return np.sqrt(scale_D**2 + spread_SD**2)


def _find_quantile(score_SD: np.ndarray, measured_SD: np.ndarray, weight: float) -> float:
    """Return the least score at which lines of total weight 1 each reach `weight`; or infinity."""
    share_SD = measured_SD / np.maximum(measured_SD.sum(axis=1, keepdims=True), 1)
    order = np.argsort(score_SD[measured_SD])
    reached = np.cumsum(share_SD[measured_SD][order]) >= weight - ROUNDING
    return float(score_SD[measured_SD][order][reached.argmax()]) if reached.any() else np.inf
