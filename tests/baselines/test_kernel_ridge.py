"""Kernel ridge against a line by hand and scikit-learn, drug by drug, through gaps of all kinds."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from drp.baselines.kernel_ridge import (
    KERNEL_RIDGE_GRID,
    RIDGE_GRID,
    KernelSetting,
    predict_kernel_ridge,
    score_kernel_ridge,
)
from drp.baselines.profiles import standardise

N_FITTED, N_GENES = 20, 30


def make_problem() -> tuple[np.ndarray, np.ndarray]:
    """Return profiles and a target: drugs 0 and 1 alike in gaps, then 0, 1, 2, all entries."""
    rng = np.random.default_rng(3)
    profiles_SG = rng.normal(4, 2, (25, N_GENES))
    profiles_SG[:, 0] = 3.0
    target_SD = rng.normal(2, 2, (25, 7))
    target_SD[rng.random(target_SD.shape) < 0.3] = np.nan
    target_SD[np.isnan(target_SD[:, 0]), 1] = np.nan
    target_SD[np.isnan(target_SD[:, 1]), 0] = np.nan
    for drug, n_entries in ((2, 0), (3, 1), (4, 2)):
        target_SD[:, drug] = np.nan
        target_SD[5 : 5 + n_entries, drug] = [1.0, 4.0][:n_entries]
    target_SD[:, 5] = rng.normal(size=25)
    target_SD[N_FITTED:] = np.nan
    return profiles_SG, target_SD


def predict(profiles_SG, target_SD, gamma, penalty) -> np.ndarray:
    return next(predict_kernel_ridge(profiles_SG, target_SD, [KernelSetting(gamma, penalty)]))


def scale(profiles_SG: np.ndarray) -> np.ndarray:
    sd_G = profiles_SG[:N_FITTED].std(axis=0)
    return (profiles_SG - profiles_SG[:N_FITTED].mean(axis=0)) / np.where(sd_G > 0, sd_G, 1)


def test_line_by_hand():
    # Standardised: -1, 1. Kernel [[1, -1], [-1, 1]]; centred target -1, 1: dual -+1 / (2 + 1).
    profiles_SG, target_SD = np.array([[2.0], [6.0], [8.0]]), np.array([[1.0], [3.0], [np.nan]])
    pred_SD = predict(profiles_SG, target_SD, None, 1.0)
    assert_allclose(pred_SD[:, 0], [2 - 2 / 3, 2 + 2 / 3, 2 + 4 / 3])


def test_rbf_by_hand():
    # Squared difference 4: k = exp(-1). Centred target -1, 1: dual -+1 / (1 - k + penalty).
    profiles_SG, target_SD = np.array([[2.0], [6.0], [4.0]]), np.array([[1.0], [3.0], [np.nan]])
    pred_SD = predict(profiles_SG, target_SD, 0.25, 0.5)
    step = (1 - np.exp(-1)) / (1.5 - np.exp(-1))
    assert_allclose(pred_SD[:, 0], [2 - step, 2 + step, 2])


@pytest.mark.parametrize("penalty", [0.1, 2.0])
def test_linear_kernel_equals_ridge_per_drug(penalty):
    profiles_SG, target_SD = make_problem()
    pred_SD, scaled_SG = predict(profiles_SG, target_SD, None, penalty), scale(profiles_SG)
    for drug in (0, 1, 3, 4, 5, 6):
        used_S = ~np.isnan(target_SD[:, drug])
        model = Ridge(alpha=penalty * N_GENES).fit(scaled_SG[used_S], target_SD[used_S, drug])
        assert_allclose(pred_SD[:, drug], model.predict(scaled_SG), atol=1e-10)


@pytest.mark.parametrize("gamma, penalty", [(0.1, 0.5), (0.8, 0.1)])
def test_rbf_kernel_equals_kernel_ridge_per_drug_around_the_intercept(gamma, penalty):
    profiles_SG, target_SD = make_problem()
    pred_SD, scaled_SG = predict(profiles_SG, target_SD, gamma, penalty), scale(profiles_SG)
    for drug in (0, 1, 3, 4, 5, 6):
        used_S = ~np.isnan(target_SD[:, drug])
        genes_UG, target_U = scaled_SG[used_S], target_SD[used_S, drug]
        model = KernelRidge(alpha=penalty, kernel="rbf", gamma=gamma / N_GENES)
        # Without a penalty on it, the intercept is the mean weighted by the duals of ones.
        weight_U = model.fit(genes_UG, np.ones(len(target_U))).dual_coef_
        intercept = weight_U @ target_U / weight_U.sum()
        expected_S = intercept + model.fit(genes_UG, target_U - intercept).predict(scaled_SG)
        assert_allclose(pred_SD[:, drug], expected_S, atol=1e-10)


def test_few_entries():
    profiles_SG, target_SD = make_problem()
    for gamma in (None, 0.2):
        pred_SD = predict(profiles_SG, target_SD, gamma, 1.0)
        assert_allclose(pred_SD[:, 2], np.nanmean(target_SD))
        assert_allclose(pred_SD[:, 3], 1.0)
        assert 1 < pred_SD[5, 4] < 2.5 < pred_SD[6, 4] < 4


def test_settings_come_in_their_order_and_do_not_see_each_other():
    profiles_SG, target_SD = make_problem()
    settings = [KernelSetting(None, 2.0), KernelSetting(0.1, 2.0), KernelSetting(0.1, 0.5)]
    settings.append(settings[0])
    together = list(predict_kernel_ridge(profiles_SG, target_SD, settings))
    for pred_SD, setting in zip(together, settings, strict=True):
        assert_array_equal(pred_SD, predict(profiles_SG, target_SD, *setting[:2]))


def test_great_penalty_predicts_the_means():
    profiles_SG, target_SD = make_problem()
    means_D = np.nanmean(target_SD[:, [0, 1, 5]], axis=0)
    pred_SD = predict(profiles_SG, target_SD, 0.2, 1e9)[:, [0, 1, 5]]
    assert_allclose(pred_SD, np.tile(means_D, (25, 1)), atol=1e-6)


def test_grids_begin_with_the_greatest_penalty_and_hold_a_gamma_together():
    for grid in (RIDGE_GRID, KERNEL_RIDGE_GRID):
        gammas = [setting.gamma for setting in grid]
        changes = sum(a != b for a, b in pairwise(gammas))
        assert changes == len(set(gammas)) - 1
        assert grid[0].penalty == max(setting.penalty for setting in grid)


def test_standardise_by_hand():
    profiles_SG = np.array([[1, 0.1], [3, 0.1], [7, 0.6]], np.float32)
    scaled_SG = standardise(profiles_SG, np.array([0, 1]))
    assert scaled_SG.dtype == np.float64
    assert_allclose(scaled_SG, [[-1, 0], [1, 0], [5, 0.5]], atol=1e-7)


@pytest.mark.parametrize("gamma", [None, 0.3])
def test_weights_are_those_of_a_weighted_regression(gamma):
    """The system of weighted least squares with a penalty, solved whole."""
    profiles_SG, target_SD = make_problem()
    weight_S = np.random.default_rng(4).uniform(0.2, 3, len(profiles_SG))
    penalty, setting = 0.7, KernelSetting(gamma, 0.7)
    pred_SD = next(predict_kernel_ridge(profiles_SG, target_SD, [setting], weight_S))
    scaled = scale(profiles_SG)
    for drug in (0, 1, 4, 6):
        used = np.flatnonzero(~np.isnan(target_SD[:, drug]))
        kernel = find_kernel(scaled, scaled[used], gamma)
        system = kernel[used] + np.diag(penalty / weight_S[used])
        dual = linalg.solve(system, np.stack([target_SD[used, drug], np.ones(len(used))], axis=1))
        intercept = dual[:, 0].sum() / dual[:, 1].sum()
        expected = intercept + kernel @ (dual[:, 0] - intercept * dual[:, 1])
        assert_allclose(pred_SD[:, drug], expected, rtol=1e-9)


def find_kernel(left: np.ndarray, right: np.ndarray, gamma: float | None) -> np.ndarray:
    if gamma is None:
        return left @ right.T / left.shape[1]
    return np.exp(-gamma * ((left[:, None] - right[None]) ** 2).mean(axis=2))


def test_equal_weights_change_a_penalty_alone():
    profiles_SG, target_SD = make_problem()
    twice = np.full(len(profiles_SG), 2.0)
    pred_SD = next(predict_kernel_ridge(profiles_SG, target_SD, [KernelSetting(0.2, 1.0)], twice))
    assert_allclose(pred_SD, predict(profiles_SG, target_SD, 0.2, 0.5), rtol=1e-9)


def test_made_up_profiles_do_not_set_the_scale():
    profiles_SG, target_SD = make_problem()
    made_up_S = np.arange(len(profiles_SG)) >= 15
    weight_S = np.where(made_up_S, 0.5, 1.0)
    setting, scaled_SG = KernelSetting(0.2, 1.0), standardise(profiles_SG, np.arange(15))
    found = next(predict_kernel_ridge(profiles_SG, target_SD, [setting], weight_S, made_up_S))
    again = next(predict_kernel_ridge(scaled_SG, target_SD, [setting], weight_S, made_up_S))
    assert_allclose(found, again, rtol=1e-9)
    other = next(predict_kernel_ridge(profiles_SG, target_SD, [setting], weight_S))
    assert np.nanmax(np.abs(found - other)) > 1e-3


def test_tissue_by_hand():
    # Flat genes: A = 0.5 for lines of one tissue + 0.5 on the diagonal. With s the sum of lung's
    # duals, skin's is -s. Both lines of lung together: 1.5 s + 2 c = 0; skin: -s + c = 3.
    profiles_SG, tissue_S = np.ones((4, 2)), np.array(["lung", "lung", "skin", "bone"])
    target_SD = np.array([[-1.0], [1.0], [3.0], [np.nan]])
    setting = KernelSetting(None, 0.5, 0.5)
    pred_SD = next(predict_kernel_ridge(profiles_SG, target_SD, [setting], tissue_S=tissue_S))
    s = -3 / 1.75
    c = 3 + s
    assert_allclose(pred_SD[:, 0], [c + s / 2, c + s / 2, c - s / 2, c])


def test_tissues_that_are_wanted_and_missing_are_an_error():
    with pytest.raises(ValueError, match="expected tissue_S"):
        next(predict_kernel_ridge(*make_problem(), [KernelSetting(None, 1.0, 0.1)]))


@pytest.mark.parametrize("setting", [KernelSetting(None, 0.7, 0.3), KernelSetting(0.3, 0.2, 0.1)])
@pytest.mark.parametrize("weighted", [False, True])
def test_score_is_that_of_fits_without_each_entry(setting, weighted):
    """Each entry of a measured line is taken out, and all that is left is solved whole."""
    profiles_SG, target_SD = make_problem()
    rng = np.random.default_rng(6)
    tissue_S, weight_S = rng.choice(["lung", "skin", "bone"], 25), rng.uniform(0.2, 3, 25)
    made_up_S = np.arange(25) % 4 == 0
    scaling = np.arange(N_FITTED)
    if weighted:
        lines, scaling = (weight_S, made_up_S), scaling[~made_up_S[:N_FITTED]]
    else:
        lines, weight_S, made_up_S = (None, None), np.ones(25), np.zeros(25, bool)
    (found,) = score_kernel_ridge(profiles_SG, target_SD, [setting], *lines, tissue_S)
    scaled_SG = standardise(profiles_SG, scaling)
    kernel_SS = find_kernel(scaled_SG, scaled_SG, setting.gamma)
    kernel_SS += setting.tissue * (tissue_S[:, None] == tissue_S)
    expected = 0.0
    for target_S in target_SD.T:
        used = np.flatnonzero(~np.isnan(target_S))
        for left_out in used[~made_up_S[used]] if len(used) > 1 else []:
            kept = used[used != left_out]
            system = np.ones((len(kept) + 1, len(kept) + 1))  # bordered by the intercept
            system[:-1, :-1] = kernel_SS[np.ix_(kept, kept)]
            system[:-1, :-1] += np.diag(setting.penalty / weight_S[kept])
            system[-1, -1] = 0
            solution = linalg.solve(system, np.append(target_S[kept], 0))
            expected += (
                np.append(kernel_SS[left_out, kept], 1) @ solution - target_S[left_out]
            ) ** 2
    assert_allclose(found, expected, rtol=1e-8)
