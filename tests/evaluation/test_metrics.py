"""Errors and correlations: hand values, scipy's answer under a mask, constants, empty masks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from drp.evaluation.metrics import correlation, masked_mse

NAN = np.nan
SCIPY = {"pearson": stats.pearsonr, "spearman": stats.spearmanr}

each_kind = pytest.mark.parametrize("kind", SCIPY)
each_axis = pytest.mark.parametrize("axis", [0, 1])


def make_pair(ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return prediction and truth of 12 lines x 9 drugs with a third unmeasured."""
    rng = np.random.default_rng(3)
    true_SD = rng.normal(size=(12, 9))
    pred_SD = true_SD + rng.normal(size=true_SD.shape)
    if ties:
        pred_SD, true_SD = pred_SD.round(), true_SD.round()
    return pred_SD, np.where(rng.random(true_SD.shape) < 0.33, NAN, true_SD)


def as_column(*values: float) -> np.ndarray:
    return np.array(values, float)[:, None]


def test_mse_by_hand():
    assert masked_mse([[1, 2], [3, 4]], [[2, NAN], [3, 1]]) == pytest.approx((1 + 0 + 9) / 3)


def test_mse_masked_equals_truncated():
    pred_SD, true_SD = make_pair()
    measured = np.isfinite(true_SD)
    expected = np.mean((pred_SD[measured] - true_SD[measured]) ** 2)
    assert masked_mse(pred_SD, true_SD) == pytest.approx(expected)


def test_mse_of_nothing_measured_is_nan():
    assert np.isnan(masked_mse(np.zeros((2, 2)), np.full((2, 2), NAN)))
    assert np.isnan(masked_mse(np.zeros((0, 2)), np.zeros((0, 2))))


def test_mse_is_taken_in_float64():
    true_SD = np.full((4, 1), 1e-6, np.float32)
    assert masked_mse(np.zeros((4, 1), np.float32), true_SD) == float(np.float32(1e-6)) ** 2


@each_kind
@each_axis
@pytest.mark.parametrize("ties", [False, True])
def test_equals_scipy_on_the_measured_entries(kind, axis, ties):
    pred_SD, true_SD = make_pair(ties)
    expected = []
    for pred, true in zip(*np.moveaxis([pred_SD, true_SD], 1 + axis, -1), strict=True):
        measured = np.isfinite(true)
        expected.append(SCIPY[kind](pred[measured], true[measured])[0])
    assert_allclose(correlation(pred_SD, true_SD, axis, kind), expected, atol=1e-12)


@each_kind
def test_predictions_of_unmeasured_entries_do_not_matter(kind):
    pred_SD, true_SD = make_pair()
    changed_SD = np.where(np.isfinite(true_SD), pred_SD, NAN)
    assert_array_equal(
        correlation(pred_SD, true_SD, 0, kind), correlation(changed_SD, true_SD, 0, kind)
    )


@each_kind
def test_axes_are_each_others_transpose(kind):
    pred_SD, true_SD = make_pair()
    assert_allclose(
        correlation(pred_SD, true_SD, 0, kind), correlation(pred_SD.T, true_SD.T, 1, kind)
    )


def test_spearman_by_hand():
    pred_SD, true_SD = as_column(1, 10, 100, 0, 5), as_column(1, 2, 3, 4, NAN)
    # ranks 2 3 4 1 and 1 2 3 4: 1 - 6 * (1 + 1 + 1 + 9) / (4 * 15)
    assert_allclose(correlation(pred_SD, true_SD, 0, "spearman"), [-0.2])


@each_kind
@pytest.mark.parametrize("noise", [0.0, 1e-7])
@pytest.mark.parametrize("level", [-3.0, 0.0, 2.0])
def test_constant_prediction_ranks_nothing(kind, noise, level):
    pred_SD = level * (1 + noise * as_column(1, -1, 0, 1))
    assert_array_equal(correlation(pred_SD, as_column(1, 2, 3, 4), 0, kind), [0])


@each_kind
def test_float32_drug_means_rank_nothing(kind):
    mean_D = np.random.default_rng(4).normal(size=50).astype(np.float32)
    noise_SD = np.random.default_rng(5).choice([-1, 0, 1], (8, 50)).astype(np.float32)
    pred_SD = mean_D + np.spacing(mean_D) * noise_SD
    true_SD = np.random.default_rng(6).normal(size=(8, 50))
    assert_array_equal(correlation(pred_SD, true_SD, 0, kind), np.zeros(50))


@each_kind
def test_small_spread_of_a_small_prediction_still_ranks(kind):
    true_SD = as_column(1, 2, 3, 4)
    assert_allclose(correlation(1e-9 * true_SD, true_SD, 0, kind), [1])
    assert_allclose(correlation(5 + 1e-4 * true_SD, true_SD, 0, kind), [1])


@each_kind
@pytest.mark.parametrize(
    "true",
    [(NAN, NAN, NAN, NAN), (1, 2, NAN, NAN), (7, 7, 7, 7), (7, 7, 7, NAN)],
    ids=["empty", "two", "constant", "constant where measured"],
)
@pytest.mark.parametrize("pred", [(1, 2, 3, 4), (5, 5, 5, 5)])
def test_undefined_is_nan_whatever_the_prediction(kind, true, pred):
    assert_array_equal(correlation(as_column(*pred), as_column(*true), 0, kind), [NAN])


@each_kind
@pytest.mark.parametrize("diverged", [NAN, np.inf, -np.inf])
def test_diverged_prediction_of_a_measured_entry_is_not_hidden(kind, diverged):
    pred_SD = as_column(1, diverged, 3, 4)
    assert_array_equal(correlation(pred_SD, as_column(1, 2, 3, 4), 0, kind), [NAN])
    assert not np.isfinite(masked_mse(pred_SD, as_column(1, 2, 3, 4)))


@each_kind
def test_perfect_correlation_stays_within_one(kind):
    true_SD = np.random.default_rng(7).normal(size=(30, 200))
    r_D = correlation(3 * true_SD + 1, true_SD, 0, kind)
    assert_allclose(r_D, 1)
    assert (r_D <= 1).all()


def test_no_samples():
    assert_array_equal(correlation(np.zeros((0, 2)), np.zeros((0, 2)), 0), [NAN, NAN])
    assert correlation(np.zeros((0, 2)), np.zeros((0, 2)), 1, "spearman").shape == (0,)


def test_shapes_that_differ_and_unknown_kinds_are_errors():
    with pytest.raises(ValueError, match="differ in shape"):
        masked_mse(np.zeros((1, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="differ in shape"):
        correlation(np.zeros(2), np.zeros((3, 2)), 0)
    with pytest.raises(ValueError, match="pearson or spearman"):
        correlation(np.zeros((3, 2)), np.zeros((3, 2)), 0, "kendall")
