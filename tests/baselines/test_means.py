"""Means by hand: two tissues, a drug with a gap, a drug without an entry."""

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
KNOWN_SD = np.where(np.arange(5)[:, None] < 3, TARGET_SD, NAN)
GLOBAL = 24 / 5


def test_global_mean_by_hand():
    assert_allclose(global_mean(KNOWN_SD), np.full((5, 3), GLOBAL))


def test_drug_mean_by_hand_and_untested_drug_gets_global_mean():
    assert_allclose(drug_mean(KNOWN_SD), np.tile([4.0, 6.0, GLOBAL], (5, 1)))


def test_tissue_drug_mean_by_hand():
    lung = [4 + (-3 - 1) / (2 + 5), 6 + (-2) / (1 + 5), GLOBAL]
    skin = [4 + 4 / (1 + 5), 6 + 2 / (1 + 5), GLOBAL]
    bone = [4, 6, GLOBAL]
    expected_SD = np.array([lung, lung, skin, lung, bone])
    assert_allclose(tissue_drug_mean(KNOWN_SD, TISSUE_S), expected_SD)


def test_tissue_drug_mean_goes_from_tissue_mean_to_drug_mean_as_k_grows():
    unshrunk_SD = tissue_drug_mean(KNOWN_SD, TISSUE_S, k=1e-12)
    assert_allclose(unshrunk_SD[:3, :2], [[2, 4], [2, 4], [8, 8]])
    shrunk_SD = tissue_drug_mean(KNOWN_SD, TISSUE_S, k=1e12)
    assert_allclose(shrunk_SD, drug_mean(KNOWN_SD))


def test_order_of_lines_does_not_matter():
    reversed_SD = tissue_drug_mean(KNOWN_SD[::-1], TISSUE_S[::-1])
    assert_allclose(reversed_SD[::-1], tissue_drug_mean(KNOWN_SD, TISSUE_S))


def test_input_is_left_alone():
    before_SD = KNOWN_SD.copy()
    tissue_drug_mean(KNOWN_SD, TISSUE_S)
    assert_array_equal(KNOWN_SD, before_SD)


def test_no_training_entry_is_an_error():
    with pytest.raises(ValueError, match="at least one target entry"):
        drug_mean(np.full((3, 2), NAN))


def test_shrinkage_must_be_positive():
    with pytest.raises(ValueError, match="k > 0"):
        tissue_drug_mean(KNOWN_SD, TISSUE_S, k=0)
