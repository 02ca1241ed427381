"""Tuning with predictions that are the settings themselves: what is chosen is known by hand."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from drp.baselines import BaselineInputs
from drp.baselines.tuning import choose_left_out, choose_validated, make_tuned

NAN = np.nan


def predict_number(inputs, target_SD, settings):
    """Predict what a setting says, plus a quarter for every entry to learn from."""
    for setting in settings:
        yield np.full(target_SD.shape, setting + 0.25 * np.isfinite(target_SD).sum())


def make_inputs(train_SD, validation_SD, refit=True) -> BaselineInputs:
    return BaselineInputs(np.array(train_SD), np.array(validation_SD), refit)


TRAIN_SD = [[0.0, 0.0, NAN], [NAN, NAN, NAN]]
VALIDATION_SD = [[NAN, NAN, 90.0], [1.0, 4.0, 90.0]]  # the last drug was never learned: not asked


def test_least_error_over_all_drugs_together_wins():
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    assert choose_validated(predict_number, inputs, [0, 1, 2, 3, 4, 90]) == 2  # 2.5 for 1 and 4


def test_every_second_drug():
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    assert choose_validated(predict_number, inputs, [4, 3, 2, 1, 0], every=2) == 1


def test_of_equals_the_first_wins():
    inputs = make_inputs([[0.0], [NAN]], [[NAN], [1.25]])
    assert choose_validated(predict_number, inputs, [2.0, 0.0]) == 2.0
    assert choose_validated(predict_number, inputs, [0.0, 2.0]) == 0.0


def test_refit_learns_from_both_and_tunes_on_the_training_entries_alone():
    fit_predict = make_tuned(predict_number, [0, 1, 2, 3, 4])
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    assert_array_equal(fit_predict(inputs), np.full((2, 3), 3.5))
    assert_array_equal(fit_predict(inputs._replace(refit=False)), np.full((2, 3), 2.5))


def test_nothing_to_tune_on_is_an_error():
    inputs = make_inputs([[0.0, NAN]], [[NAN, 1.0]])
    with pytest.raises(ValueError, match="a drug with training and validation entries"):
        choose_validated(predict_number, inputs, [1])


def score_number(inputs, target_SD, settings):
    """Say that the setting nearest to the number of entries is best."""
    return (abs(setting - np.isfinite(target_SD).sum()) for setting in settings)


def test_left_out_entries_choose_where_all_are_fitted_on():
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    # 0, 1 and 0, 4 and 90, 90: six entries of three drugs, four of every second one.
    assert choose_left_out(score_number, inputs, [2, 3, 4, 5, 6, 7], every=1) == 6
    assert choose_left_out(score_number, inputs, [2, 3, 4, 5, 6, 7], every=2) == 4
    fit_predict = make_tuned(predict_number, [0, 1, 2, 6], score_each=score_number)
    assert_array_equal(fit_predict(inputs), np.full((2, 3), 3.5))
    assert_array_equal(fit_predict(inputs._replace(refit=False)), np.full((2, 3), 2.5))


def test_of_equals_the_first_wins_among_left_out_entries_too():
    inputs = make_inputs([[0.0], [NAN]], [[NAN], [1.25]])
    assert choose_left_out(score_number, inputs, [3, 1]) == 3
    assert choose_left_out(score_number, inputs, [1, 3]) == 1


def test_nothing_to_leave_out_is_an_error():
    with pytest.raises(ValueError, match="a drug with two entries"):
        choose_left_out(score_number, make_inputs([[0.0, NAN]], [[NAN, 1.0]]), [1])


def test_inputs_are_handed_on_whole():
    seen = []

    def remember(inputs, target_SD, settings):
        seen.append(inputs)
        return predict_number(inputs, target_SD, settings)

    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    make_tuned(remember, [0, 1])(inputs)
    assert len(seen) == 2
    assert all(each is inputs for each in seen)
