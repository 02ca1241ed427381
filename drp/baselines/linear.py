"""Multivariate linear regression on codes. It refuses to know what the codes stand for."""

import numpy as np
from sklearn.linear_model import LinearRegression
from threadpoolctl import threadpool_limits

from drp.baselines.means import global_mean


# Hundreds of small fits: BLAS threads gain nothing, and on a busy machine they cost 60-fold.
@threadpool_limits.wrap(1, "blas")
def linear(codes_SK: np.ndarray, target_SD: np.ndarray) -> np.ndarray:
    """Predict by ordinary least squares, each drug on the lines that it has entries for.

    Drugs with the same lines share one multivariate fit, so a target without gaps is Chiu et al.'s
    single regression. Fewer lines than codes give the least-norm solution; a drug without any gets
    the global mean.

    Args:
      codes_SK: (S, K) joined codes of the modalities.
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.

    Returns:
      (S, D) float64 predictions, ln IC50 (uM).

    Raises:
      ValueError: there is no entry at all.
    """
    pred_SD = global_mean(target_SD)
    codes_SK = np.asarray(codes_SK, np.float64)
    patterns, pattern_of_D = np.unique(~np.isnan(target_SD), axis=1, return_inverse=True)
    for pattern, used_S in enumerate(patterns.T):
        if not used_S.any():
            continue
        rows, drugs = np.flatnonzero(used_S), np.flatnonzero(pattern_of_D == pattern)
        model = LinearRegression().fit(codes_SK[rows], target_SD[np.ix_(rows, drugs)])
        pred_SD[:, drugs] = model.predict(codes_SK)
    return pred_SD
