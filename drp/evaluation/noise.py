"""How much two screens of one drug differ. It refuses to know any prediction."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from drp.evaluation.metrics import correlation

FEWEST_LINES = 2  # a variance of differences needs two


class Noise(NamedTuple):
    """What drugs that were screened twice say about the noise of a measurement.

    Attributes:
      variance: of one measurement, squared ln(uM); NaN when no drug was screened twice.
      n_drugs: names that stand for two screens or more.
      n_pairs: pairs of measurements: lines measured in both screens, summed over the drugs.
      correlation: Pearson between two screens of a drug over lines, averaged over the drugs.
    """

    variance: float
    n_drugs: int
    n_pairs: int
    correlation: float


def estimate_noise(measured_SD: np.ndarray, drug_names: Sequence[str]) -> Noise:
    """Estimate the noise variance of a measurement from drugs that were screened twice.

    GDSC keeps a second screen of a drug under the same name and another id. Half the variance (n -
    1) of the difference between the two, over the lines that have both, is the noise of one; their
    offset is not counted. Screens of more lines weigh more (n - 1). What differs between screens
    for a reason, such as the range of doses, is counted as noise too: an upper bound of it.

    Args:
      measured_SD: (S, D) ln IC50 (uM); NaN = not measured.
      drug_names: (D,) names without ids; an empty name is no one's twin.

    Returns:
      The noise; a variance of NaN when no drug has two screens of at least 2 common lines.

    Raises:
      ValueError: not one name for every drug.
    """
    measured_SD, names_D = np.asarray(measured_SD, np.float64), np.asarray(drug_names, str)
    if names_D.shape != measured_SD.shape[1:]:
        raise ValueError(
            f"expected a name for each of {measured_SD.shape[1]} drugs, found {names_D.shape}"
        )
    first_P, second_P = _pair_screens(names_D)
    first_SP, second_SP = measured_SD[:, first_P], measured_SD[:, second_P]
    difference_SP = first_SP - second_SP
    n_P = np.isfinite(difference_SP).sum(axis=0)
    usable_P = n_P >= FEWEST_LINES
    if not usable_P.any():
        return Noise(float("nan"), 0, 0, float("nan"))
    variance_P = np.nanvar(difference_SP[:, usable_P], axis=0, ddof=1) / 2
    r_P = correlation(first_SP, np.where(np.isnan(difference_SP), np.nan, second_SP), axis=0)
    r_P = r_P[~np.isnan(r_P)]
    return Noise(
        variance=float(np.average(variance_P, weights=n_P[usable_P] - 1)),
        n_drugs=len(np.unique(names_D[first_P[usable_P]])),
        n_pairs=int(n_P[usable_P].sum()),
        correlation=float(r_P.mean()) if r_P.size else float("nan"),
    )


def _pair_screens(names_D: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of every two screens that share a name."""
    pairs = [
        pair
        for name in np.unique(names_D)
        if name
        for pair in combinations(np.flatnonzero(names_D == name), 2)
    ]
    first_P, second_P = np.array(pairs, int).reshape(-1, 2).T
    return first_P, second_P
