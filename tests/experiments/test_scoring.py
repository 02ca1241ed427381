"""Which part an entry is in, which predictions are kept, and the scores of held-out entries."""

import numpy as np
import pytest

from drp.data.folds import TEST, TRAIN, UNUSED, VALIDATION, Fold
from experiments.fitting import FORGETFUL, fit_design
from experiments.scoring import Scorer, choose_rows, leaves_validation, place_parts
from tests.experiments.made_up_bench import S, make_bench, quick

FOLD = Fold(np.array([4, 0]), np.array([2]), np.array([5, 1]))  # line 3 is in no part
RECIPES = {"modern": quick("modern", members=2, refit=False, max_epochs=1)}


def test_whole_lines_are_in_one_part():
    found = place_parts(FOLD, (6, 2))
    assert found.dtype == np.uint8
    expected = [TRAIN, TEST, VALIDATION, UNUSED, TRAIN, TEST]
    np.testing.assert_array_equal(found, np.array([expected, expected]).T)


def test_entries_have_parts_of_their_own():
    part_SD = np.array([[1, 2], [3, 0]], np.uint8)
    rows = np.arange(2)
    assert place_parts(Fold(rows, rows, rows, part_SD=part_SD), (2, 2)) is part_SD


@pytest.mark.parametrize(
    ("is_shown", "calibrates", "expected"),
    [
        (False, False, [5, 1]),
        (False, True, [2, 5, 1]),
        (True, False, [0, 1, 2, 3, 4, 5]),
        (True, True, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_kept_are_lines_that_test_and_those_that_calibrate(is_shown, calibrates, expected):
    np.testing.assert_array_equal(choose_rows(FOLD, is_shown, calibrates, 6), expected)


@pytest.mark.parametrize(
    ("design", "changes", "expected"),
    [
        ("complete", {"members": 2, "refit": False}, True),
        ("complete", {"members": 1, "refit": False}, False),  # it stops on them
        ("complete", {"members": 2, "refit": True}, False),  # they are fitted
        ("ridge", {"members": 2, "refit": False}, False),  # it is tuned on them
    ],
)
def test_who_leaves_the_validation_lines_alone(design, changes, expected):
    assert leaves_validation(design, quick("modern", **changes)) == expected


@pytest.mark.parametrize("number", [0, 1])
def test_a_part_holds_what_was_predicted(number):
    bench = make_bench(RECIPES)
    (outcome,) = fit_design("drug_mean", "modern", bench, [number], FORGETFUL)
    part = Scorer(bench).make_part(outcome, "drug_mean", RECIPES["modern"], 1.5)
    rows = np.arange(S) if number == 0 else bench.splits.fold(1).test
    np.testing.assert_array_equal(part.rows, rows)
    np.testing.assert_array_equal(part.predicted, outcome.predicted_SD[rows].astype(np.float32))
    assert part.spread is None
    assert part.scores["seconds"] == 1.5 and part.scores["n_fitted"] == 24
    truth_TD = bench.lines.measured_SD[bench.splits.fold(number).test]
    error_TD = outcome.predicted_SD[bench.splits.fold(number).test] - truth_TD
    assert part.scores["mse_measured"] == pytest.approx(np.nanmean(error_TD**2), rel=1e-12)


def test_of_held_out_entries_these_are_scored():
    bench = make_bench(RECIPES, "pair")
    (outcome,) = fit_design("tissue_drug_mean", "modern", bench, [0], FORGETFUL)
    scores = Scorer(bench).make_part(outcome, "tissue_drug_mean", RECIPES["modern"], 0.0).scores
    lines, part_SD = bench.lines, bench.splits.fold(0).part_SD
    tests_SD = part_SD == TEST
    error_SD = outcome.predicted_SD - lines.measured_SD
    assert scores["n_test"] == tests_SD.sum()
    assert scores["mse_measured"] == pytest.approx((error_SD[tests_SD] ** 2).mean(), rel=1e-12)
    error_SD = outcome.predicted_SD - lines.imputed_SD
    assert scores["mse_train"] == pytest.approx((error_SD[part_SD == TRAIN] ** 2).mean(), rel=1e-12)
