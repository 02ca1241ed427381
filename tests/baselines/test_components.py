"""Components against scikit-learn's full SVD, and their promises about rank, sign and leakage."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from drp.baselines.components import fit_components, project

TRAIN = np.arange(12)


def make_values(n_genes: int, dtype: type) -> np.ndarray:
    values_SG = np.random.default_rng(0).normal(3, 1, (16, n_genes))
    return (values_SG > 3.5).astype(dtype) if dtype == np.uint8 else values_SG.astype(dtype)


@pytest.mark.parametrize("n_genes", [40, 7])  # wide: Gram of the lines; tall: of the genes
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_equals_full_svd_up_to_sign(n_genes, dtype):
    values_SG = make_values(n_genes, dtype)
    codes_SK = project(fit_components(values_SG, TRAIN, 4), values_SG)
    pca = PCA(4, svd_solver="full").fit(values_SG[TRAIN].astype(np.float64))
    expected_SK = pca.transform(values_SG.astype(np.float64))
    assert codes_SK.dtype == np.float64
    assert_allclose(np.abs(codes_SK), np.abs(expected_SK), atol=1e-10)


def test_one_axis_by_hand():
    values_SG = np.array([[0.0, 0.0], [-3.0, -4.0], [3.0, 4.0], [6.0, 8.0]])
    components = fit_components(values_SG, np.array([0, 1, 2]), 1)
    assert_allclose(components.mean_G, [0, 0], atol=1e-15)
    assert_allclose(components.axes_KG, [[0.6, 0.8]])
    assert_allclose(project(components, values_SG), [[0], [-5], [5], [10]], atol=1e-14)


def test_axes_are_orthonormal_with_largest_loading_positive():
    axes_KG = fit_components(make_values(40, np.float32), TRAIN, 5).axes_KG
    assert_allclose(axes_KG @ axes_KG.T, np.eye(5), atol=1e-12)
    assert (axes_KG.max(axis=1) == np.abs(axes_KG).max(axis=1)).all()


def test_repeats_to_the_last_digit():
    values_SG = make_values(40, np.float32)
    first, second = (fit_components(values_SG, TRAIN, 4).axes_KG for _ in range(2))
    assert_array_equal(first, second)


def test_axes_beyond_the_rank_are_zero():
    values_SG = make_values(40, np.float32)
    components = fit_components(values_SG, TRAIN, 20)  # 12 centred lines have rank 11
    assert components.axes_KG.shape == (20, 40)
    assert_array_equal(np.abs(components.axes_KG).sum(axis=1) > 0, np.arange(20) < 11)
    assert_array_equal(project(components, values_SG)[:, 11:], 0)


@pytest.mark.parametrize("train", [[0], [0, 1, 2]])
def test_equal_training_rows_have_no_axis(train):
    values_SG = np.tile(make_values(9, np.float64)[:1], (4, 1))
    values_SG[3] += 1  # not a training row
    components = fit_components(values_SG, np.array(train), 2)
    assert_array_equal(components.axes_KG, np.zeros((2, 9)))


def test_other_rows_do_not_change_the_fit():
    values_SG = make_values(40, np.float32)
    changed_SG = values_SG.copy()
    changed_SG[12:] = 1e3
    for before, after in zip(
        fit_components(values_SG, TRAIN, 4), fit_components(changed_SG, TRAIN, 4), strict=True
    ):
        assert_array_equal(before, after)


@pytest.mark.parametrize("train, n_components", [([], 2), ([0, 1], 0)])
def test_impossible_requests_are_errors(train, n_components):
    with pytest.raises(ValueError, match="expected training rows and n_components >= 1"):
        fit_components(make_values(9, np.float32), np.array(train, int), n_components)


def test_value_that_is_not_finite_is_an_error():
    values_SG = make_values(9, np.float32)
    values_SG[0, 0] = np.nan
    with pytest.raises(ValueError):
        fit_components(values_SG, TRAIN, 2)
