"""The scores of one replicate: which rows and which target each of them reads."""

import numpy as np
import pytest

from drp.evaluation.scores import score_replicate

KEYS = [
    "n_test",
    "mse_train",
    "mse_imputed",
    "mse_measured",
    "pearson_drug",
    "spearman_drug",
    "pearson_sample",
    "spearman_sample",
]
TRAIN, TEST = np.array([0, 1]), np.array([2, 3, 4])

IMPUTED_SD = np.array(
    [
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        [1.0, 2.0, 3.0],
        [2.0, 1.0, 3.0],
        [3.0, 5.0, 9.0],
    ]
)
MEASURED_SD = IMPUTED_SD.copy()
MEASURED_SD[0, 0] = MEASURED_SD[4, 1] = np.nan
PRED_SD = np.array(
    [
        [2.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        [1.0, 1.0, 4.0],
        [2.0, 1.0, 4.0],
        [3.0, 1.0, 4.0],
    ]
)


def test_by_hand():
    scores = score_replicate(PRED_SD, IMPUTED_SD, MEASURED_SD, TRAIN, TEST)
    assert list(scores) == KEYS
    assert scores["n_test"] == 3
    assert scores["mse_train"] == pytest.approx(4 / 6)  # its error is on an imputed entry
    assert scores["mse_imputed"] == pytest.approx((0 + 1 + 1 + 0 + 0 + 1 + 0 + 16 + 25) / 9)
    assert scores["mse_measured"] == pytest.approx((0 + 1 + 1 + 0 + 0 + 1 + 0 + 25) / 8)
    # Drugs: perfect, undefined (two measured lines), constant prediction.
    assert scores["pearson_drug"] == pytest.approx((1 + 0) / 2)
    assert scores["spearman_drug"] == pytest.approx((1 + 0) / 2)
    # Lines: (1 1 4 | 1 2 3), (2 1 4 | 2 1 3), and one with two measured drugs.
    pearson = [3 / np.sqrt(6 * 2), 3 / np.sqrt(42 / 9 * 2)]
    spearman = [1.5 / np.sqrt(1.5 * 2), 1]
    assert scores["pearson_sample"] == pytest.approx(np.mean(pearson))
    assert scores["spearman_sample"] == pytest.approx(np.mean(spearman))


def test_other_rows_do_not_matter():
    rows = np.r_[TRAIN, TEST]
    with_others = [np.vstack([x, np.full((2, 3), 1e6)]) for x in (PRED_SD, IMPUTED_SD, MEASURED_SD)]
    expected = score_replicate(PRED_SD[rows], IMPUTED_SD, MEASURED_SD, TRAIN, TEST)
    assert score_replicate(*with_others, TRAIN, TEST) == expected


def test_nothing_measured_is_nan():
    nothing_SD = np.full_like(MEASURED_SD, np.nan)
    scores = score_replicate(PRED_SD, IMPUTED_SD, nothing_SD, TRAIN, TEST)
    undefined = [name for name, score in scores.items() if np.isnan(score)]
    assert undefined == KEYS[3:]


def test_a_diverged_replicate_cannot_hide():
    pred_SD = PRED_SD.copy()
    pred_SD[3, 1] = np.nan
    scores = score_replicate(pred_SD, IMPUTED_SD, MEASURED_SD, TRAIN, TEST)
    assert list(scores) == KEYS
    assert scores["mse_measured"] == scores["mse_imputed"] == np.inf
    assert scores["pearson_drug"] == 0
