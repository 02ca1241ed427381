"""Elastic net per drug. It refuses to know which setting is best, and what the profiles measure."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import enet_path

from drp.baselines.inputs import find_fitted
from drp.baselines.means import drug_mean
from drp.baselines.profiles import standardise

TOLERANCE = 1e-3  # of the duality gap over the target's squares: within 0.002 ln uM on real lines
MOST_SWEEPS = 10_000
FEWEST_ENTRIES = 2  # below, nothing is left beside the mean


class NetSetting(NamedTuple):
    """What is chosen for all drugs together, in scikit-learn's terms.

    Attributes:
      l1_ratio: share of the penalty that is on absolute values, in (0, 1].
      alpha: the penalty, for targets in units of their common standard deviation.
    """

    l1_ratio: float
    alpha: float


# The more of the penalty is on absolute values, the less of it there is room for.
ALPHAS = {
    0.003: (8.0, 5.6, 4.0, 2.8, 2.0, 1.4),
    0.01: (5.6, 4.0, 2.8, 2.0, 1.4, 1.0),
    0.03: (4.0, 2.8, 2.0, 1.4, 1.0, 0.7),
    0.1: (2.0, 1.4, 1.0, 0.7, 0.5, 0.35),
    0.3: (1.0, 0.7, 0.5, 0.35, 0.25, 0.17),
}
ELASTIC_NET_GRID = tuple(
    NetSetting(ratio, alpha) for ratio, alphas in ALPHAS.items() for alpha in alphas
)


def predict_elastic_net(
    profiles_SG: np.ndarray, target_SD: np.ndarray, settings: Sequence[NetSetting]
) -> Iterator[np.ndarray]:
    """Predict by one elastic net per drug on its entries, for setting after setting.

    The intercept bears no penalty. The settings of one l1_ratio are one warm path. A drug with
    one entry gets it everywhere; one without any, the global mean.

    Args:
      profiles_SG: (S, G) profiles; standardised in here by the lines that have any entry.
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      settings: those of one l1_ratio side by side, by falling alpha.

    Yields:
      (S, D) float64 predictions, ln IC50 (uM), one per setting, in their order.

    Raises:
      ValueError: there is no entry at all.
    """
    scaled_SG = standardise(profiles_SG, find_fitted(target_SD))
    fallback_SD = drug_mean(target_SD)
    unit = np.sqrt(np.nanmean((target_SD - fallback_SD) ** 2)) or 1.0
    learnable = np.flatnonzero((~np.isnan(target_SD)).sum(axis=0) >= FEWEST_ENTRIES)
    for l1_ratio, alike in groupby(settings, key=lambda setting: setting.l1_ratio):
        alphas = np.array([setting.alpha for setting in alike])
        pred_PSD = np.tile(fallback_SD, (len(alphas), 1, 1))
        for drug in learnable:
            scaled_PS = _predict_path(scaled_SG, target_SD[:, drug] / unit, l1_ratio, alphas)
            pred_PSD[:, :, drug] = unit * scaled_PS
        yield from pred_PSD


def _predict_path(
    scaled_SG: np.ndarray, target_S: np.ndarray, l1_ratio: float, alphas: np.ndarray
) -> np.ndarray:
    """Return (P, S) predictions of one drug, one row per penalty."""
    used_S = ~np.isnan(target_S)
    gene_mean_G, mean = scaled_SG[used_S].mean(axis=0), target_S[used_S].mean()
    genes_UG = np.asfortranarray(scaled_SG[used_S] - gene_mean_G)
    _, weights_GP, _ = enet_path(
        genes_UG, target_S[used_S] - mean, l1_ratio=l1_ratio, alphas=alphas,
        precompute=False, tol=TOLERANCE, max_iter=MOST_SWEEPS, check_input=False,
    )  # fmt: skip
    return ((scaled_SG - gene_mean_G) @ weights_GP).T + mean
