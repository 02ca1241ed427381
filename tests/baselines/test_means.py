"""Means by hand: two tissues, a drug with a gap, a drug that no training line was given."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.baselines.means import drug_mean, global_mean, tissue_drug_mean

NAN = np.nan
TARGET_SD = np.array(
    [
        [1.0, 4.0, NAN],
        [3.0, NAN, NAN],
        [8.0, 8.0, NAN],
        [99.0, 99.0, 99.0],  # a test line
        [99.0, 99.0, 99.0],  # a test line of a tissue without training lines
    ]
)
TISSUE_S = np.array(["lung", "lung", "skin", "lung", "bone"])
TRAIN = np.array([0, 1, 2])
GLOBAL = 24 / 5


def test_global_mean_by_hand():
    assert_allclose(global_mean(TARGET_SD, TRAIN), np.full((5, 3), GLOBAL))


def test_drug_mean_by_hand_and_untested_drug_gets_global_mean():
    assert_allclose(drug_mean(TARGET_SD, TRAIN), np.tile([4.0, 6.0, GLOBAL], (5, 1)))


def test_tissue_drug_mean_by_hand():
    lung = [4 + (-3 - 1) / (2 + 5), 6 + (-2) / (1 + 5), GLOBAL]
    skin = [4 + 4 / (1 + 5), 6 + 2 / (1 + 5), GLOBAL]
    bone = [4, 6, GLOBAL]
    expected_SD = np.array([lung, lung, skin, lung, bone])
    assert_allclose(tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN), expected_SD)


def test_tissue_drug_mean_goes_from_tissue_mean_to_drug_mean_as_k_grows():
    unshrunk_SD = tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN, k=1e-12)
    assert_allclose(unshrunk_SD[:3, :2], [[2, 4], [2, 4], [8, 8]])
    shrunk_SD = tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN, k=1e12)
    assert_allclose(shrunk_SD, drug_mean(TARGET_SD, TRAIN))


def test_order_of_training_rows_does_not_matter():
    reversed_SD = tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN[::-1])
    assert_allclose(reversed_SD, tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN))


def test_input_is_left_alone():
    before_SD = TARGET_SD.copy()
    tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN)
    assert_array_equal(TARGET_SD, before_SD)


def test_no_training_entry_is_an_error():
    with pytest.raises(ValueError, match="at least one target entry"):
        drug_mean(np.full((3, 2), NAN), TRAIN)


def test_shrinkage_must_be_positive():
    with pytest.raises(ValueError, match="k > 0"):
        tissue_drug_mean(TARGET_SD, TISSUE_S, TRAIN, k=0)
