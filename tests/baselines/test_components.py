"""Components against scikit-learn's full SVD, and their promises about rank, sign and leakage."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from drp.baselines import project_components

TRAIN = np.arange(12)


def make_values(n_genes: int, dtype: type) -> np.ndarray:
    values_SG = np.random.default_rng(0).normal(3, 1, (16, n_genes))
    return (values_SG > 3.5).astype(dtype) if dtype == np.uint8 else values_SG.astype(dtype)


def multiply(values_SG: np.ndarray) -> np.ndarray:
    values_SG = values_SG.astype(np.float64)
    return values_SG @ values_SG.T


@pytest.mark.parametrize("n_genes", [40, 7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_equals_full_svd_up_to_sign(n_genes, dtype):
    values_SG = make_values(n_genes, dtype)
    codes_SK = project_components(multiply(values_SG), TRAIN, 4)
    pca = PCA(4, svd_solver="full").fit(values_SG[TRAIN].astype(np.float64))
    expected_SK = pca.transform(values_SG.astype(np.float64))
    assert codes_SK.dtype == np.float64
    assert_allclose(np.abs(codes_SK), np.abs(expected_SK), atol=1e-10)


def test_one_component_by_hand():
    values_SG = np.array([[0.0, 0.0], [-3.0, -4.0], [3.1, 4.1], [6.0, 8.0]])
    values_SG[2] = -values_SG[1]
    codes_SK = project_components(multiply(values_SG), np.array([0, 1, 2]), 1)
    assert_allclose(np.abs(codes_SK), [[0], [5], [5], [10]], atol=1e-14)
    assert codes_SK[1, 0] == -codes_SK[2, 0]


def test_codes_of_training_samples_are_uncorrelated_with_the_largest_positive():
    codes_NK = project_components(multiply(make_values(40, np.float32)), TRAIN, 5)[TRAIN]
    products_KK = codes_NK.T @ codes_NK
    assert_allclose(products_KK, np.diag(np.diag(products_KK)), atol=1e-10)
    assert (np.diff(np.diag(products_KK)) < 0).all()
    assert (codes_NK.max(axis=0) == np.abs(codes_NK).max(axis=0)).all()


def test_repeats_to_the_last_digit():
    products_SS = multiply(make_values(40, np.float32))
    first, second = (project_components(products_SS, TRAIN, 4) for _ in range(2))
    assert_array_equal(first, second)


def test_codes_beyond_the_rank_are_zero():
    products_SS = multiply(make_values(40, np.float32))
    codes_SK = project_components(products_SS, TRAIN, 20)  # 12 centred lines have rank 11
    assert codes_SK.shape == (16, 20)
    assert_array_equal(np.abs(codes_SK).sum(axis=0) > 0, np.arange(20) < 11)


@pytest.mark.parametrize("train", [[0], [0, 1, 2]])
def test_equal_training_rows_have_no_component(train):
    values_SG = np.tile(make_values(9, np.float64)[:1], (4, 1))
    values_SG[3] += 1  # not a training row
    assert_array_equal(
        project_components(multiply(values_SG), np.array(train), 2), np.zeros((4, 2))
    )


def test_other_rows_do_not_change_the_codes_of_training_rows():
    values_SG = make_values(40, np.float32)
    changed_SG = values_SG.copy()
    changed_SG[12:] = 1e3
    before, after = (project_components(multiply(x), TRAIN, 4) for x in (values_SG, changed_SG))
    assert_allclose(before[TRAIN], after[TRAIN], atol=1e-12)


@pytest.mark.parametrize("train, n_components", [([], 2), ([0, 1], 0)])
def test_impossible_requests_are_errors(train, n_components):
    with pytest.raises(ValueError, match="expected training rows and n_components >= 1"):
        project_components(multiply(make_values(9, np.float32)), np.array(train, int), n_components)


def test_value_that_is_not_finite_is_an_error():
    values_SG = make_values(9, np.float32)
    values_SG[0, 0] = np.nan
    with pytest.raises(ValueError):
        project_components(multiply(values_SG), TRAIN, 2)
