"""The elastic net against scikit-learn's own estimator, drug by drug."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import ElasticNet

from drp.baselines import elastic_net
from drp.baselines.elastic_net import ELASTIC_NET_GRID, NetSetting, predict_elastic_net

N_FITTED = 24


def make_problem() -> tuple[np.ndarray, np.ndarray]:
    """Return profiles, and a target that the first genes make; drugs 2, 3: 0 and 1 entries."""
    rng = np.random.default_rng(5)
    profiles_SG = rng.normal(4, 2, (30, 12))
    target_SD = profiles_SG[:, :4] + rng.normal(0, 0.5, (30, 4))
    target_SD[rng.random(target_SD.shape) < 0.2] = np.nan
    target_SD[:, 2:] = np.nan
    target_SD[4, 3] = 1.5
    target_SD[N_FITTED:] = np.nan
    return profiles_SG, target_SD


@pytest.mark.parametrize("l1_ratio", [0.1, 0.9])
def test_equals_scikit_learn_per_drug(monkeypatch, l1_ratio):
    monkeypatch.setattr(elastic_net, "TOLERANCE", 1e-12)
    profiles_SG, target_SD = make_problem()
    alphas = (0.8, 0.2, 0.05)
    settings = [NetSetting(l1_ratio, alpha) for alpha in alphas]
    path = list(predict_elastic_net(profiles_SG, target_SD, settings))
    fitted_SG = profiles_SG[~np.isnan(target_SD).all(axis=1)]
    scaled_SG = (profiles_SG - fitted_SG.mean(axis=0)) / fitted_SG.std(axis=0)
    residual_SD = target_SD[:, [0, 1, 3]] - np.nanmean(target_SD[:, [0, 1, 3]], axis=0)
    unit = np.sqrt(np.nanmean(residual_SD**2))
    for drug in (0, 1):
        used_S = ~np.isnan(target_SD[:, drug])
        genes_UG, target_U = scaled_SG[used_S], target_SD[used_S, drug]
        for pred_SD, alpha in zip(path, alphas, strict=True):
            model = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, tol=1e-12)
            expected_S = unit * model.fit(genes_UG, target_U / unit).predict(scaled_SG)
            assert_allclose(pred_SD[:, drug], expected_S, atol=1e-5)


def test_unit_of_the_target_does_not_matter():
    profiles_SG, target_SD = make_problem()
    setting = NetSetting(0.5, 0.2)
    pred_SD = next(predict_elastic_net(profiles_SG, target_SD, [setting]))
    tenfold_SD = next(predict_elastic_net(profiles_SG, 10 * target_SD, [setting]))
    assert_allclose(tenfold_SD, 10 * pred_SD)


def test_great_penalty_leaves_the_mean():
    profiles_SG, target_SD = make_problem()
    pred_SD = next(predict_elastic_net(profiles_SG, target_SD, [NetSetting(0.5, 100.0)]))
    assert_allclose(pred_SD[:, 0], np.nanmean(target_SD[:, 0]))


def test_few_entries():
    profiles_SG, target_SD = make_problem()
    target_SD[:2, 3], target_SD[4, 3] = [1.0, 4.0], np.nan
    pred_SD = next(predict_elastic_net(profiles_SG, target_SD, [NetSetting(0.5, 0.2)]))
    assert_allclose(pred_SD[:, 2], np.nanmean(target_SD))
    assert 1 < pred_SD[0, 3] < 2.5 < pred_SD[1, 3] < 4
    target_SD[1, 3] = 1.0  # two that are alike leave nothing to explain
    pred_SD = next(predict_elastic_net(profiles_SG, target_SD, [NetSetting(0.5, 0.2)]))
    assert_array_equal(pred_SD[:, 3], 1.0)


def test_grid_is_made_of_falling_paths():
    for setting, following in pairwise(ELASTIC_NET_GRID):
        assert following.alpha < setting.alpha or following.l1_ratio != setting.l1_ratio
    assert all(0 < setting.l1_ratio <= 1 for setting in ELASTIC_NET_GRID)
