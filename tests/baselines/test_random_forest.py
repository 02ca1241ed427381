"""The forest against scikit-learn's, and a step that it must find."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestRegressor

from drp.baselines.random_forest import N_TREES, SEED, predict_random_forest

LEAF = 2


def make_problem() -> tuple[np.ndarray, np.ndarray]:
    """Return profiles, and a target: drug 0 is a step in gene 0; 1 and 2 have 0 and 1 entries."""
    profiles_SG = np.random.default_rng(6).normal(4, 2, (40, 4))
    target_SD = np.full((40, 3), np.nan)
    target_SD[:30, 0] = np.where(profiles_SG[:30, 0] > 4, 3.0, -1.0)
    target_SD[5, 0] = np.nan
    target_SD[0, 2] = 2.5
    return profiles_SG, target_SD


def test_equals_scikit_learn_on_the_entries():
    profiles_SG, target_SD = make_problem()
    pred_SD = next(predict_random_forest(profiles_SG, target_SD, [LEAF]))
    used_S = ~np.isnan(target_SD[:, 0])
    model = RandomForestRegressor(
        N_TREES, min_samples_leaf=LEAF, max_features="sqrt", random_state=SEED
    ).fit(profiles_SG[used_S], target_SD[used_S, 0])
    assert_array_equal(pred_SD[:, 0], model.predict(profiles_SG))


def test_finds_a_step():
    profiles_SG, target_SD = make_problem()
    pred_SD = next(predict_random_forest(profiles_SG, target_SD, [LEAF]))
    clear_S = np.abs(profiles_SG[:, 0] - 4) > 1
    assert_array_equal(pred_SD[clear_S, 0] > 1, profiles_SG[clear_S, 0] > 4)


def test_few_entries():
    profiles_SG, target_SD = make_problem()
    pred_SD = next(predict_random_forest(profiles_SG, target_SD, [LEAF]))
    assert_allclose(pred_SD[:, 1], np.nanmean(target_SD))
    assert_array_equal(pred_SD[:, 2], 2.5)


def test_settings_come_in_their_order_and_do_not_see_each_other():
    profiles_SG, target_SD = make_problem()
    settings = [10, LEAF]
    for pred_SD, setting in zip(
        predict_random_forest(profiles_SG, target_SD, settings), settings, strict=True
    ):
        alone_SD = next(predict_random_forest(profiles_SG, target_SD, [setting]))
        assert_array_equal(pred_SD, alone_SD)
