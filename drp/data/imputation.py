"""Filling the gaps of the response table as the paper did. It refuses to know who uses the fill."""

from typing import NamedTuple

import numpy as np

TIE_DIGITS = 10  # the running sum's rounding must not decide between equally near donors


class ImputationRecord(NamedTuple):
    """How often the fill met a case in which R VIM stops with an error."""

    filled: int
    lines_without_spread: int
    lines_with_few_donors: int
    fills_without_positive_weight: int


def impute_vim_knn(ic50_DS: np.ndarray, k: int = 5) -> tuple[np.ndarray, ImputationRecord]:
    """Fill gaps with the weighted mean of the k nearest drugs, line by line.

    Equal to R's `VIM::kNN(x, k, numFun = weightedMean, weightDist = TRUE)` (Kowarik and Templ
    2016), used by Chiu et al. 2019. Lines are filled in order and a filled line counts in the
    distances of the next. R recomputes every distance for every line; here one running drugs x
    drugs sum of per-line contributions has line j's share taken out and put back, which makes the
    cost linear in the number of lines.

    Args:
      ic50_DS: drugs x lines, ln IC50 (uM), NaN = not measured.
      k: donors per gap.

    Returns:
      The filled table (float64) and the counts of the odd cases: a line without spread has range
      1; with fewer than k donors all of them are used; without a positive weight the fill is the
      donors' plain mean.

    Raises:
      ValueError: a line has no measurement at all, so there is no donor.
    """
    filled = np.array(ic50_DS, dtype=np.float64)
    gaps = np.isnan(filled)
    if gaps.all(axis=0).any():
        raise ValueError(f"line {np.argmax(gaps.all(axis=0))} has no measured drug to fill from")
    spread = np.nanmax(filled, axis=0) - np.nanmin(filled, axis=0)
    ranges = np.where(spread > 0, spread, 1.0)
    # A value that is still missing stands in as the line's maximum, one range further up.
    scaled = np.where(gaps, np.nanmax(filled, axis=0) / ranges + 1.0, filled / ranges)
    total = np.zeros((len(filled), len(filled)))
    for column in scaled.T:
        total += _contribution(column)
    few = without_weight = 0
    for line in np.flatnonzero(gaps.any(axis=0)):
        total -= _contribution(scaled[:, line])
        distance = total / max(filled.shape[1] - 1, 1)
        ranking = distance.round(TIE_DIGITS)
        donors = np.flatnonzero(~gaps[:, line])
        few += len(donors) < k
        for drug in np.flatnonzero(gaps[:, line]):
            nearest = donors[np.argsort(ranking[drug, donors], kind="stable")[:k]]
            weights, positive = _weights(1.0 - distance[drug, nearest])
            filled[drug, line] = np.average(filled[nearest, line], weights=weights)
            without_weight += not positive
        scaled[:, line] = filled[:, line] / ranges[line]
        total += _contribution(scaled[:, line])
    record = ImputationRecord(int(gaps.sum()), int((spread == 0).sum()), few, without_weight)
    return filled, record


def _contribution(column: np.ndarray) -> np.ndarray:
    return np.abs(column[:, None] - column[None, :])


def _weights(closeness: np.ndarray) -> tuple[np.ndarray, bool]:
    """Raise weights below a tenth of the smallest positive one to it; ones if none is positive."""
    positive = closeness[closeness > 0]
    if not len(positive):
        return np.ones_like(closeness), False
    return np.maximum(closeness, positive.min() / 10.0), True
