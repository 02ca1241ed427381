"""Intervals of a mean paired difference between two models. It refuses to know what was scored."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats

N_DRAWS = 10_000


class Interval(NamedTuple):
    """A mean difference, its confidence interval and the two-sided p-value of no difference."""

    mean: float
    low: float
    high: float
    p_value: float


def corrected_t_interval(
    differences_J: np.ndarray, n_test: float, n_train: float, level: float = 0.95
) -> Interval:
    """Return the corrected resampled t-test of J replicates that share their lines.

    Nadeau and Bengio, "Inference for the generalization error", Machine Learning 2003, 52:239:
    replicates overlap in what they train on, so the variance of the mean is (1/J + n_test/n_train)
    s2 and not s2/J; J - 1 degrees of freedom. Differences that are all equal have no width and a p
    of 0, or of 1 at no difference. A difference that is not finite (a diverged run) is never
    dropped: the mean is what arithmetic makes of it (infinite; NaN if both models diverged) and the
    interval NaN, as it is for a single replicate.

    Args:
      differences_J: (J,) score of one model less that of another, one per replicate.
      n_test: lines that a replicate tests on.
      n_train: lines that it is fitted on; of two models with different numbers the smaller.
      level: coverage of the interval.

    Returns:
      The mean and its interval, in the unit of the score.

    Raises:
      ValueError: not one axis, or no line to test or to fit on.
    """
    differences_J = _as_differences(differences_J)
    if not (n_test > 0 and n_train > 0):
        raise ValueError(f"expected lines to test and fit on, found {n_test} and {n_train}")
    trivial = _settle(differences_J)
    if trivial is not None:
        return trivial
    n = len(differences_J)
    mean = float(differences_J.mean())
    error = np.sqrt((1 / n + n_test / n_train) * differences_J.var(ddof=1))
    reach = stats.t.ppf((1 + level) / 2, n - 1) * error
    p_value = 2 * stats.t.sf(abs(mean) / error, n - 1)
    return Interval(mean, float(mean - reach), float(mean + reach), float(p_value))


def bootstrap_interval(
    differences_J: np.ndarray, level: float = 0.95, n_draws: int = N_DRAWS, seed: int = 0
) -> Interval:
    """Return the percentile bootstrap over J tissues, each of them held out once, all alike.

    Tissues, unlike redrawn splits, are units of their own, so they are resampled. The p-value is
    twice the share of draws on the far side of 0, counting one more draw than there were, so that
    it is never 0. Equal, too few or infinite differences: as in `corrected_t_interval`, but that
    the p-value of equal ones is never 0 either.

    Args:
      differences_J: (J,) score of one model less that of another, one per held-out tissue.
      level: coverage of the interval.
      n_draws: bootstrap draws.
      seed: of the draws; the same for every pair of models.

    Returns:
      The mean over tissues and its interval, in the unit of the score.

    Raises:
      ValueError: not one axis.
    """
    differences_J = _as_differences(differences_J)
    trivial = _settle(differences_J)
    if trivial is not None:
        return trivial._replace(p_value=_at_least_one_draw(trivial.p_value, n_draws))
    means_B = _draw_weights(len(differences_J), n_draws, seed) @ differences_J
    low, high = np.quantile(means_B, [(1 - level) / 2, (1 + level) / 2])
    share = min((means_B <= 0).sum(), (means_B >= 0).sum()) / n_draws
    p_value = _at_least_one_draw(2 * share, n_draws)
    return Interval(float(differences_J.mean()), float(low), float(high), p_value)


def _as_differences(differences_J: np.ndarray) -> np.ndarray:
    differences_J = np.asarray(differences_J, np.float64)
    if differences_J.ndim != 1:
        raise ValueError(f"expected one difference per replicate, found {differences_J.shape}")
    return differences_J


def _settle(differences_J: np.ndarray) -> Interval | None:
    """Return the answer where there is no spread to speak of: none, one, infinite, all equal."""
    nan = float("nan")
    if not len(differences_J):
        return Interval(nan, nan, nan, nan)
    if len(differences_J) == 1 or not np.isfinite(differences_J).all():
        with np.errstate(invalid="ignore"):  # inf - inf, when each model diverged once
            return Interval(float(differences_J.mean()), nan, nan, nan)
    if np.ptp(differences_J) == 0:  # not the variance, which rounding keeps from 0
        value = float(differences_J[0])
        return Interval(value, value, value, float(value == 0))
    return None


def _at_least_one_draw(p_value: float, n_draws: int) -> float:
    """Count one further draw on the far side; NaN stays NaN."""
    return float(np.minimum((p_value * n_draws + 1) / (n_draws + 1), 1))


@lru_cache(maxsize=4)
def _draw_weights(n: int, n_draws: int, seed: int) -> np.ndarray:
    """Return (B, J) shares of each tissue in each draw."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), n_draws) / n
