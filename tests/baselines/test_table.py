"""What every row of the table of baselines promises."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.svm import SVR

from drp.baselines import BASELINES, BaselineInputs

TRAIN = np.arange(15)
TEST = np.arange(15, 20)
GAP_DRUG = 2  # measured in test lines only

every_baseline = pytest.mark.parametrize("name", BASELINES)


def make_inputs() -> BaselineInputs:
    rng = np.random.default_rng(2)
    target_SD = rng.normal(2, 2, (20, 4))
    target_SD[rng.random(target_SD.shape) < 0.2] = np.nan
    target_SD[TRAIN, GAP_DRUG] = np.nan
    return BaselineInputs(target_SD, rng.choice(["lung", "skin"], 20), rng.normal(size=(20, 3)))


def test_names_and_needs():
    needs_codes = {name: row.uses_codes for name, row in BASELINES.items()}
    assert needs_codes == {
        "global_mean": False,
        "drug_mean": False,
        "tissue_drug_mean": False,
        "linear": True,
        "svm": True,
    }


@every_baseline
def test_predicts_every_entry_in_float64(name):
    inputs = make_inputs()
    pred_SD = BASELINES[name].fit_predict(inputs, TRAIN)
    assert pred_SD.shape == inputs.target_SD.shape
    assert pred_SD.dtype == np.float64
    assert np.isfinite(pred_SD).all()


@every_baseline
def test_drug_without_training_entry_gets_the_global_mean(name):
    inputs = make_inputs()
    pred_SD = BASELINES[name].fit_predict(inputs, TRAIN)
    assert_allclose(pred_SD[:, GAP_DRUG], np.nanmean(inputs.target_SD[TRAIN]))


@every_baseline
def test_targets_of_other_lines_are_not_read(name):
    inputs = make_inputs()
    changed_SD = inputs.target_SD.copy()
    changed_SD[TEST] = 1e6
    assert_array_equal(
        BASELINES[name].fit_predict(inputs, TRAIN),
        BASELINES[name].fit_predict(inputs._replace(target_SD=changed_SD), TRAIN),
    )


@every_baseline
def test_profiles_of_other_lines_change_their_own_prediction_only(name):
    inputs = make_inputs()
    tissue_S, codes_SK = inputs.tissue_S.copy(), inputs.codes_SK.copy()
    tissue_S[TEST], codes_SK[TEST] = "bone", 7.0
    changed = inputs._replace(tissue_S=tissue_S, codes_SK=codes_SK)
    before_SD = BASELINES[name].fit_predict(inputs, TRAIN)
    assert_allclose(BASELINES[name].fit_predict(changed, TRAIN)[TRAIN], before_SD[TRAIN])


@every_baseline
def test_one_training_line_is_enough(name):
    inputs = make_inputs()
    train = np.array([0])
    pred_SD = BASELINES[name].fit_predict(inputs, train)
    assert np.isfinite(pred_SD).all()


@pytest.mark.parametrize("name", ["linear", "svm"])
def test_missing_codes_are_an_error(name):
    with pytest.raises(ValueError, match=f"{name}: expected codes_SK"):
        BASELINES[name].fit_predict(make_inputs()._replace(codes_SK=None), TRAIN)


@pytest.mark.parametrize("name", [name for name, row in BASELINES.items() if not row.uses_codes])
def test_codes_may_be_left_out_where_they_are_not_used(name):
    inputs = make_inputs()
    assert_array_equal(
        BASELINES[name].fit_predict(inputs._replace(codes_SK=None), TRAIN),
        BASELINES[name].fit_predict(inputs, TRAIN),
    )


def test_svm_equals_one_fit_on_the_measured_lines():
    inputs = make_inputs()
    rows = TRAIN[~np.isnan(inputs.target_SD[TRAIN, 0])]
    assert len(rows) < len(TRAIN)
    model = SVR(kernel="rbf", C=1.0, epsilon=0.1, gamma="scale")
    model.fit(inputs.codes_SK[rows], inputs.target_SD[rows, 0])
    pred_SD = BASELINES["svm"].fit_predict(inputs, TRAIN)
    assert_allclose(pred_SD[:, 0], model.predict(inputs.codes_SK))
