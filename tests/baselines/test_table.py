"""What every row of the table of baselines promises."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.svm import SVR

from drp.baselines import BASELINES, BaselineInputs, Uses, random_forest, table
from drp.baselines.elastic_net import NetSetting, predict_elastic_net
from drp.baselines.random_forest import predict_random_forest
from drp.baselines.tuning import make_tuned

N_TRAIN, N_FITTED = 18, 24  # then lines that test
GAP_DRUG = 2  # measured in test lines only

KERNELS = ("ridge", "kernel_ridge")
every_baseline = pytest.mark.parametrize("name", BASELINES)
either_way = pytest.mark.parametrize("refit", [False, True])


def make_target() -> np.ndarray:
    rng = np.random.default_rng(2)
    target_SD = rng.normal(2, 2, (30, 4))
    target_SD[rng.random(target_SD.shape) < 0.2] = np.nan
    target_SD[:N_FITTED, GAP_DRUG] = np.nan
    return target_SD


def make_inputs(refit: bool, target_SD: np.ndarray | None = None) -> BaselineInputs:
    """Return inputs whose parts are whole lines."""
    rng = np.random.default_rng(7)
    target_SD = make_target() if target_SD is None else target_SD
    row_S1 = np.arange(30)[:, None]
    train_SD = np.where(row_S1 < N_TRAIN, target_SD, np.nan)
    validation_SD = np.where((row_S1 >= N_TRAIN) & (row_S1 < N_FITTED), target_SD, np.nan)
    tissue_S = rng.choice(["lung", "skin"], 30)
    codes_SK, profiles_SG = rng.normal(size=(30, 3)), rng.normal(4, 2, (30, 9))
    return BaselineInputs(train_SD, validation_SD, refit, tissue_S, codes_SK, profiles_SG)


def make_entry_inputs(refit: bool) -> BaselineInputs:
    """Return inputs whose parts are line-drug pairs: every line is in all of them."""
    part_SD = np.random.default_rng(8).choice(3, (30, 4), p=[0.7, 0.15, 0.15])
    target_SD = make_target()
    train_SD, validation_SD = (np.where(part_SD == part, target_SD, np.nan) for part in (0, 1))
    return make_inputs(refit)._replace(train_SD=train_SD, validation_SD=validation_SD)


def learned(inputs: BaselineInputs) -> np.ndarray:
    return np.where(np.isnan(inputs.train_SD) & inputs.refit, inputs.validation_SD, inputs.train_SD)


@pytest.fixture(autouse=True)
def few_settings(monkeypatch):
    """Leave the costly baselines two settings each, and few trees."""
    monkeypatch.setattr(random_forest, "N_TREES", 4)
    rows = {
        "elastic_net": (predict_elastic_net, [NetSetting(0.1, 1.0), NetSetting(0.1, 0.1)]),
        "random_forest": (predict_random_forest, [5, 2]),
    }
    for name, (predict_each, grid) in rows.items():
        row = BASELINES[name]._replace(
            fit_predict=make_tuned(table._on_profiles(predict_each), grid)
        )
        monkeypatch.setitem(BASELINES, name, table._check_inputs(name, row))


def test_names_and_needs():
    rows = {name: (row.uses, row.costly) for name, row in BASELINES.items()}
    assert rows == {
        "global_mean": (Uses.NOTHING, False),
        "drug_mean": (Uses.NOTHING, False),
        "tissue_drug_mean": (Uses.TISSUE, False),
        "linear": (Uses.CODES, False),
        "svm": (Uses.CODES, False),
        "ridge": (Uses.PROFILES, False),
        "kernel_ridge": (Uses.PROFILES, False),
        "elastic_net": (Uses.PROFILES, True),
        "random_forest": (Uses.PROFILES, True),
    }


@either_way
@every_baseline
@pytest.mark.parametrize("make", [make_inputs, make_entry_inputs])
def test_predicts_every_entry_in_float64_and_again_the_same(name, refit, make):
    inputs = make(refit)
    pred_SD = BASELINES[name].fit_predict(inputs)
    assert pred_SD.shape == inputs.train_SD.shape
    assert pred_SD.dtype == np.float64
    assert np.isfinite(pred_SD).all()
    assert_array_equal(BASELINES[name].fit_predict(inputs), pred_SD)


@either_way
@every_baseline
def test_drug_without_an_entry_gets_the_global_mean(name, refit):
    inputs = make_inputs(refit)
    pred_SD = BASELINES[name].fit_predict(inputs)
    assert_allclose(pred_SD[:, GAP_DRUG], np.nanmean(learned(inputs)))


@every_baseline
def test_refit_learns_from_the_validation_entries_and_a_plain_fit_does_not(name):
    target_SD = make_target()
    target_SD[N_TRAIN:N_FITTED] += 5
    before, after = make_inputs(False), make_inputs(False, target_SD)
    fit_predict = BASELINES[name].fit_predict
    if name in ("global_mean", "drug_mean", "tissue_drug_mean", "linear", "svm"):
        assert_array_equal(fit_predict(before), fit_predict(after))
    shift_SD = fit_predict(after._replace(refit=True)) - fit_predict(before._replace(refit=True))
    assert shift_SD[:, [0, 1, 3]].mean() > 0.5


@either_way
@every_baseline
def test_what_other_lines_are_changes_their_own_prediction_only(name, refit):
    inputs = make_inputs(refit)
    n_fitted = N_FITTED  # the validation lines tune, also where they are not fitted
    changed = inputs._replace(
        tissue_S=inputs.tissue_S.copy(), codes_SK=inputs.codes_SK.copy(),
        profiles_SG=inputs.profiles_SG.copy(),
    )  # fmt: skip
    changed.tissue_S[n_fitted:], changed.codes_SK[n_fitted:] = "bone", 7.0
    changed.profiles_SG[n_fitted:] = 1e3
    before_SD = BASELINES[name].fit_predict(inputs)
    assert_allclose(BASELINES[name].fit_predict(changed)[:n_fitted], before_SD[:n_fitted])


@either_way
@every_baseline
def test_one_training_and_one_validation_line_are_enough(name, refit):
    target_SD = np.full((30, 4), np.nan)
    target_SD[[0, N_TRAIN], 0] = [1.0, 2.0]
    target_SD[0, 1] = 3.0
    inputs = make_inputs(refit, target_SD)
    assert np.isfinite(BASELINES[name].fit_predict(inputs)).all()


@pytest.mark.parametrize("name", [name for name, row in BASELINES.items() if row.uses.value])
def test_missing_inputs_are_an_error(name):
    field = BASELINES[name].uses.value
    with pytest.raises(ValueError, match=f"{name}: expected {field}, found None"):
        BASELINES[name].fit_predict(make_inputs(True)._replace(**{field: None}))


@every_baseline
def test_other_inputs_may_be_left_out(name):
    inputs, used = make_inputs(True), {BASELINES[name].uses.value}
    if name in KERNELS:
        used.add("tissue_S")  # used where it is given, see below
    unused = {"tissue_S", "codes_SK", "profiles_SG"} - used
    bare = inputs._replace(**dict.fromkeys(unused))
    fit_predict = BASELINES[name].fit_predict
    assert_array_equal(fit_predict(bare), fit_predict(inputs))


@either_way
@pytest.mark.parametrize("name", KERNELS)
def test_kernel_ridge_uses_tissues_where_there_are_any(name, refit):
    inputs = make_inputs(refit)
    one_tissue = inputs._replace(tissue_S=np.full(30, "lung"))  # says no more than the intercept
    raised = [
        np.where(inputs.tissue_S[:, None] == "lung", target_SD + 9, target_SD)
        for target_SD in (inputs.train_SD, inputs.validation_SD)
    ]
    inputs, one_tissue, bare = (
        each._replace(train_SD=raised[0], validation_SD=raised[1])
        for each in (inputs, one_tissue, inputs._replace(tissue_S=None))
    )
    found, *without = (BASELINES[name].fit_predict(each) for each in (inputs, one_tissue, bare))
    assert_allclose(without[0], without[1])
    assert squares(found, inputs) < squares(without[1], inputs)


def squares(pred_SD: np.ndarray, inputs: BaselineInputs) -> float:
    return np.nansum((pred_SD - np.fmax(inputs.train_SD, inputs.validation_SD)) ** 2)


@every_baseline
def test_entry_in_both_parts_and_tables_of_unlike_shape_are_errors(name):
    inputs = make_inputs(True)
    with pytest.raises(ValueError, match="in both"):
        BASELINES[name].fit_predict(inputs._replace(validation_SD=inputs.train_SD))
    with pytest.raises(ValueError, match="of one shape"):
        BASELINES[name].fit_predict(inputs._replace(validation_SD=inputs.validation_SD[:9]))


def test_svm_equals_one_fit_on_the_measured_lines():
    inputs = make_inputs(False)
    rows = np.flatnonzero(~np.isnan(inputs.train_SD[:, 0]))
    assert len(rows) < N_TRAIN
    model = SVR(kernel="rbf", C=1.0, epsilon=0.1, gamma="scale")
    model.fit(inputs.codes_SK[rows], inputs.train_SD[rows, 0])
    pred_SD = BASELINES["svm"].fit_predict(inputs)
    assert_allclose(pred_SD[:, 0], model.predict(inputs.codes_SK))
