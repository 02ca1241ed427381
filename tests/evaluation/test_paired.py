"""Paired intervals: hand values, scipy's answers, and what diverged, equal or single runs give."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from drp.evaluation.paired import bootstrap_interval, corrected_t_interval

NAN, INF = np.nan, np.inf


def make_differences(n: int = 20) -> np.ndarray:
    return np.random.default_rng(2).normal(-0.5, 1, n)


def test_corrected_t_by_hand():
    # s2 = 1; variance of the mean 1/3 + 1/6 = 1/2; t = 2 sqrt 2, whose p with 2 degrees of freedom
    # is 1 - t / sqrt(2 + t^2) = 1 - 2 / sqrt 5; 4.3026527 is the table's t(0.975, 2).
    found = corrected_t_interval([1, 2, 3], n_test=10, n_train=60)
    reach = 4.3026527 * np.sqrt(0.5)
    assert_allclose(found, [2, 2 - reach, 2 + reach, 1 - 2 / np.sqrt(5)], rtol=1e-7)


def test_without_the_correction_it_is_the_t_test_of_scipy():
    differences = make_differences()
    expected = stats.ttest_1samp(differences, 0)
    interval = expected.confidence_interval(0.95)
    found = corrected_t_interval(differences, 1e-15, 1)
    assert_allclose(found, [differences.mean(), *interval, expected.pvalue], rtol=1e-10)


def test_fewer_lines_to_fit_on_widen_the_interval():
    narrow = corrected_t_interval(make_differences(), 52, 463)
    wide = corrected_t_interval(make_differences(), 52, 412)
    ratio = (wide.high - wide.mean) / (narrow.high - narrow.mean)
    assert ratio == pytest.approx(np.sqrt((1 / 20 + 52 / 412) / (1 / 20 + 52 / 463)))
    assert wide.p_value > narrow.p_value


def test_the_corrected_interval_covers_where_the_plain_one_does_not():
    """Splits redrawn from the same 60 lines: their differences hang together."""
    rng = np.random.default_rng(0)
    hits, plain_hits = 0, 0
    for _ in range(300):
        lines = rng.normal(size=60)
        # Stand-ins for two models: both means err by what their training lines lack.
        orders = rng.permuted(np.tile(lines, (30, 1)), axis=1)
        found = corrected_t_interval(orders[:, :12].mean(axis=1), 12, 48)
        plain = corrected_t_interval(orders[:, :12].mean(axis=1), 1e-15, 1)
        hits += found.low <= 0 <= found.high
        plain_hits += plain.low <= 0 <= plain.high
    assert hits / 300 > 0.93
    assert plain_hits / 300 < 0.7


@pytest.mark.parametrize("test", [lambda d: corrected_t_interval(d, 10, 80), bootstrap_interval])
@pytest.mark.parametrize(
    ("differences", "mean"),
    [([], NAN), ([0.3], 0.3), ([1, INF, 2], INF), ([1, -INF], -INF), ([INF, -INF], NAN),
     ([1, NAN], NAN), ([INF], INF)],
)  # fmt: skip
def test_no_interval_but_the_mean_stays(test, differences, mean):
    assert_allclose(test(differences), [mean, NAN, NAN, NAN])


@pytest.mark.parametrize(("value", "p_value"), [(0.1, 0), (-0.1, 0), (0, 1)])
def test_equal_differences_have_no_width(value, p_value):
    assert corrected_t_interval([value] * 3, 10, 80) == (value, value, value, p_value)
    expected = (value, value, value, max(p_value, 1 / 1001))
    assert_allclose(bootstrap_interval([value] * 3, n_draws=1000), expected)


def test_bootstrap_by_hand():
    # Two tissues: the means of the draws are -1, 1 and 3 with chances 1/4, 1/2 and 1/4.
    found = bootstrap_interval([-1, 3])
    assert found[:3] == (1, -1, 3)
    assert found.p_value == pytest.approx(2 * 0.25, abs=0.03)


def test_bootstrap_against_scipy():
    differences = make_differences()
    expected = stats.bootstrap(
        (differences,), np.mean, n_resamples=20_000, method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    # Both ends are quantiles of random draws: within 0.02, a tenth of the standard error.
    assert_allclose(bootstrap_interval(differences)[1:3], expected, atol=0.02)


def test_bootstrap_is_deterministic_and_never_certain():
    first, second = (bootstrap_interval(make_differences()) for _ in range(2))
    assert first == second
    assert first != bootstrap_interval(make_differences(), seed=1)
    assert bootstrap_interval([1, 2, 3], n_draws=1000).p_value == 1 / 1001


def test_order_and_sign_of_a_corrected_test():
    differences = make_differences()
    mean, low, high, p_value = corrected_t_interval(differences, 10, 80)
    assert_allclose(corrected_t_interval(-differences[::-1], 10, 80), [-mean, -high, -low, p_value])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 2.0]], 10, 80), "one difference per replicate"),
        (([1.0, 2.0], 10, 0), "lines to test and fit on, found 10 and 0"),
        (([1.0, 2.0], 10, NAN), "lines to test and fit on"),
    ],
)
def test_bad_input_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        corrected_t_interval(*arguments)
