"""Tuning with predictions that are the settings themselves: what is chosen is known by hand."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from drp.baselines import BaselineInputs
from drp.baselines.tuning import choose_setting, make_tuned

NAN = np.nan


def predict_number(profiles_SG, target_SD, settings):
    """Predict what a setting says, plus a quarter for every entry to learn from."""
    for setting in settings:
        yield np.full(target_SD.shape, setting + 0.25 * np.isfinite(target_SD).sum())


def make_inputs(train_SD, validation_SD, refit=True) -> BaselineInputs:
    return BaselineInputs(np.array(train_SD), np.array(validation_SD), refit)


TRAIN_SD = [[0.0, 0.0, NAN], [NAN, NAN, NAN]]
VALIDATION_SD = [[NAN, NAN, 90.0], [1.0, 4.0, 90.0]]  # the last drug was never learned: not asked


def test_least_error_over_all_drugs_together_wins():
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    assert choose_setting(predict_number, inputs, [0, 1, 2, 3, 4, 90]) == 2  # 2.5 for 1 and 4


def test_every_second_drug():
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    assert choose_setting(predict_number, inputs, [4, 3, 2, 1, 0], every=2) == 1


def test_of_equals_the_first_wins():
    inputs = make_inputs([[0.0], [NAN]], [[NAN], [1.25]])
    assert choose_setting(predict_number, inputs, [2.0, 0.0]) == 2.0
    assert choose_setting(predict_number, inputs, [0.0, 2.0]) == 0.0


def test_refit_learns_from_both_and_tunes_on_the_training_entries_alone():
    fit_predict = make_tuned(predict_number, [0, 1, 2, 3, 4])
    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    assert_array_equal(fit_predict(inputs), np.full((2, 3), 3.5))
    assert_array_equal(fit_predict(inputs._replace(refit=False)), np.full((2, 3), 2.5))


def test_nothing_to_tune_on_is_an_error():
    inputs = make_inputs([[0.0, NAN]], [[NAN, 1.0]])
    with pytest.raises(ValueError, match="a drug with training and validation entries"):
        choose_setting(predict_number, inputs, [1])


def test_weights_are_handed_on_where_there_are_any():
    seen = []

    def remember(profiles_SG, target_SD, settings, *weights):
        seen.append(weights)
        return predict_number(profiles_SG, target_SD, settings)

    inputs = make_inputs(TRAIN_SD, VALIDATION_SD)
    make_tuned(remember, [0, 1])(inputs)
    made_up = np.array([False, True])
    make_tuned(remember, [0, 1])(inputs._replace(weight_S=np.array([1.0, 0.5]), made_up_S=made_up))
    assert [len(weights) for weights in seen] == [0, 0, 2, 2]
    assert_array_equal(seen[-1], [[1.0, 0.5], made_up])
