"""Split-conformal intervals: hand values, coverage by simulation, few lines, diverged models."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.evaluation.conformal import calibrate, estimate_scale, interval
from drp.evaluation.coverage_summary import coverage

NAN, INF = np.nan, np.inf
# Lines of 2, 1 and 2 measured entries, and one of none.
TRUE_SD = np.array([[1.0, -5.0], [NAN, 2.0], [-3.0, 4.0], [NAN, NAN]])
PRED_SD = np.zeros_like(TRUE_SD)


def draw_lines(rng: np.random.Generator, n_lines: int) -> tuple[np.ndarray, np.ndarray]:
    """Return errors of 12 drugs of unlike scale, half of their variance the line's own, with gaps.

    Some lines have far fewer entries, so that lines and entries are not weighted alike.
    """
    scale_D = np.linspace(0.5, 2, 12)
    own_S1 = rng.normal(size=(n_lines, 1))
    error_SD = scale_D * (own_S1 + rng.normal(size=(n_lines, 12))) / np.sqrt(2)
    gap_S1 = np.where(rng.random((n_lines, 1)) < 0.3, 0.6, 0.1)
    return np.where(rng.random(error_SD.shape) < gap_S1, NAN, error_SD), scale_D


@pytest.mark.parametrize(
    ("level", "quantile"),
    # Weights 1/4 a line: scores 1, 2, 3, 4, 5 reach 1/8, 3/8, 4/8, 5/8, 6/8; then infinity.
    [(0.1, 1), (0.2, 2), (0.375, 2), (0.5, 3), (0.6, 4), (0.75, 5), (0.76, INF), (0.9, INF)],
)
def test_quantile_by_hand(level, quantile):
    found = calibrate(PRED_SD, TRUE_SD, level)
    assert found.quantile == quantile
    assert (found.level, found.n_lines, found.normalised) == (level, 3, False)
    assert_array_equal(found.scale_D, [1, 1])


def test_interval_by_hand():
    found = calibrate(PRED_SD, TRUE_SD, 0.5, scale_D=np.array([1.0, 4.0]))
    # Scores 1 and 5/4, 1/2, 3 and 1: 1/2 reaches 1/4, the two of 1 reach 4/8.
    assert found.quantile == 1
    lower_SD, upper_SD = interval(found, np.array([[10.0, 20.0]]))
    assert_array_equal(lower_SD, [[9, 16]])
    assert_array_equal(upper_SD, [[11, 24]])


def test_spread_by_hand():
    spread_SD = np.where(np.isnan(TRUE_SD), NAN, [[0, 12], [3, 12], [0, 0], [0, 0]])
    scale_D = np.array([1.0, 5.0])
    found = calibrate(PRED_SD, TRUE_SD, 0.5, scale_D, spread_SD)
    # Scales 1 13, 13, 1 5: scores 1, 5/13, 2/13, 3, 4/5; in order 2/13 (2/8), 5/13 (3/8), 4/5.
    assert found.quantile == pytest.approx(4 / 5)
    lower_SD, upper_SD = interval(found, np.zeros((1, 2)), np.array([[0.0, 12.0]]))
    assert_allclose(upper_SD, [[0.8, 0.8 * 13]])
    assert_allclose(lower_SD, -upper_SD)


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_covers_new_lines_at_the_level(normalised, scaled):
    """Lines are exchangeable, their entries are not: 300 calibrations of 60 lines each."""
    rng = np.random.default_rng(11)
    shares = []
    for _ in range(300):
        error_SD, scale_D = draw_lines(rng, 100)
        spread_SD = rng.uniform(0, 2, error_SD.shape) if normalised else None
        pred_SD = np.zeros_like(error_SD)
        fitted, new = np.s_[:60], np.s_[60:]
        spreads = (None, None) if spread_SD is None else (spread_SD[fitted], spread_SD[new])
        scale = scale_D if scaled else None
        found = calibrate(pred_SD[fitted], error_SD[fitted], 0.9, scale, spreads[0])
        lower_SD, upper_SD = interval(found, pred_SD[new], spreads[1])
        shares.append(coverage(lower_SD, upper_SD, error_SD[new]).overall)
    assert 0.88 < np.mean(shares) < 0.92


@pytest.mark.parametrize(("n_lines", "finite"), [(0, False), (8, False), (9, True)])
def test_few_lines_make_no_finite_interval(n_lines, finite):
    rng = np.random.default_rng(1)
    true_SD = rng.normal(size=(n_lines, 3))
    found = calibrate(np.zeros_like(true_SD), true_SD, 0.9)
    lower_SD, upper_SD = interval(found, np.zeros((2, 3)))
    assert np.isfinite(lower_SD).all() == np.isfinite(upper_SD).all() == finite
    if finite:
        assert found.quantile == np.abs(true_SD).max()
    else:
        assert coverage(lower_SD, upper_SD, np.ones((2, 3))).overall == 1


def test_two_copies_of_a_drug_do_not_narrow_anything():
    rng = np.random.default_rng(2)
    true_SD = rng.normal(size=(40, 5))
    once = calibrate(np.zeros((40, 5)), true_SD)
    many = calibrate(np.zeros((40, 15)), np.tile(true_SD, 3))
    assert once.quantile == many.quantile


@pytest.mark.parametrize("diverged", [NAN, INF, -INF])
def test_a_diverged_prediction_widens(diverged):
    pred_SD = PRED_SD.copy()
    pred_SD[1, 1] = diverged
    assert calibrate(pred_SD, TRUE_SD, 0.5).quantile == 5  # 1/8 2/8 3/8 4/8 of the other two lines
    assert calibrate(pred_SD, TRUE_SD, 0.75).quantile == INF
    lower_SD, upper_SD = interval(calibrate(pred_SD, TRUE_SD, 0.75), pred_SD)
    assert coverage(lower_SD, upper_SD, TRUE_SD).drug_D[1] == pytest.approx(2 / 3)


def test_scale_by_hand():
    residual_SD = np.array([[3.0, 1.0, NAN], [NAN, 1.0, NAN], [-3.0, 0.0, NAN]])
    # Mean squares 9 (2 entries), 2/3 (3 entries); 20/5 = 4 overall.
    expected = np.sqrt([(18 + 5 * 4) / 7, (2 + 5 * 4) / 8, 4])
    assert_allclose(estimate_scale(residual_SD), expected)
    assert_allclose(estimate_scale(residual_SD, 1e-12)[:2], np.sqrt([9, 2 / 3]))


@pytest.mark.parametrize("residual", [0.0, NAN, INF])
def test_scale_needs_residuals(residual):
    with pytest.raises(ValueError, match="finite residuals that are not all 0"):
        estimate_scale(np.full((2, 2), residual))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pred_SD": np.zeros((2, 2))}, "differ in shape"),
        ({"level": 1.0}, "level between 0 and 1, found 1.0"),
        ({"scale_D": np.ones(3)}, "scale for each of"),
        ({"scale_D": np.array([1.0, 0.0])}, "scales above 0, found 0.0"),
        ({"spread_SD": np.zeros((1, 2))}, "spread"),
    ],
)
def test_bad_input_is_an_error(change, message):
    with pytest.raises(ValueError, match=message):
        calibrate(**{"pred_SD": PRED_SD, "true_SD": TRUE_SD} | change)


def test_spread_is_given_both_times_or_never():
    plain = calibrate(PRED_SD, TRUE_SD)
    normalised = calibrate(PRED_SD, TRUE_SD, spread_SD=np.ones_like(PRED_SD))
    with pytest.raises(ValueError, match="found one with"):
        interval(plain, PRED_SD, np.ones_like(PRED_SD))
    with pytest.raises(ValueError, match="found one without"):
        interval(normalised, PRED_SD)
