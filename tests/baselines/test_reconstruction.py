"""Components against NumPy's SVD, losses by hand, and sparse profiles as dense ones."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array, csr_matrix

from drp.baselines.reconstruction import (
    fit_components,
    project,
    reconstruct_linearly,
    reconstruction_loss,
)


def make_profiles(n_tumors=60, n_genes=40, seed=0):
    rng = np.random.default_rng(seed)
    low_rank = rng.normal(size=(n_tumors, 5)) @ rng.normal(size=(5, n_genes))
    return (3 + low_rank + 0.3 * rng.normal(size=(n_tumors, n_genes))).astype(np.float32)


def make_mutations(n_tumors=60, n_genes=40):
    return (make_profiles(n_tumors, n_genes) > 4).astype(np.uint8)


def loss_of(components, x_TG, **settings):
    return reconstruction_loss(x_TG, partial(reconstruct_linearly, components), **settings)


def test_one_component_by_hand():
    x_TG = np.array([[1, 1], [4, 5], [7, 9]], np.float32)
    components = fit_components(x_TG, 1, 0)
    assert_allclose(components.mean_G, [4, 5])
    assert_allclose(components.axes_KG, [[0.6, 0.8]], rtol=1e-6)
    assert_allclose(project(components, x_TG), [[-5], [0], [5]], rtol=1e-6, atol=1e-12)
    # (4, 3) off the mean: 4.8 along the axis, so 25 - 4.8^2 is left over two genes
    assert_allclose(loss_of(components, np.array([[8.0, 8.0]])), 1.96 / 2, rtol=1e-5)


@pytest.mark.parametrize("n_components", [3, 20])  # by ARPACK, by a full SVD
@pytest.mark.parametrize("make", [make_profiles, make_mutations])
def test_equals_full_svd(make, n_components):
    x_TG = make()
    components = fit_components(x_TG, n_components, 0)
    centred_TG = x_TG.astype(np.float64) - x_TG.mean(axis=0, dtype=np.float64)
    axes_KG = np.linalg.svd(centred_TG, full_matrices=False)[2][:n_components]
    assert_allclose(np.abs(components.axes_KG), np.abs(axes_KG), atol=2e-5)  # float32
    largest = np.abs(components.axes_KG).argmax(axis=1)
    assert (components.axes_KG[np.arange(n_components), largest] > 0).all()
    held_out_TG = make_profiles(seed=1)
    assert_allclose(
        project(components, held_out_TG)[:, :3],
        (held_out_TG - components.mean_G) @ components.axes_KG[:3].T,
        atol=1e-10,
    )


@pytest.mark.parametrize("sparse", [csr_array, csr_matrix])
@pytest.mark.parametrize("n_components", [0, 3, 20])
def test_sparse_profiles_are_as_dense_ones(sparse, n_components):
    x_TG = make_mutations()
    dense, of_sparse = (fit_components(x, n_components, 0) for x in (x_TG, sparse(x_TG)))
    assert_array_equal(dense.mean_G, of_sparse.mean_G)
    assert_allclose(dense.axes_KG, of_sparse.axes_KG, atol=1e-5)
    assert_array_equal(project(dense, x_TG), project(dense, sparse(x_TG)))
    assert loss_of(dense, x_TG) == loss_of(dense, sparse(x_TG))


def test_no_component_is_the_gene_means():
    train_TG, test_TG = make_profiles(), make_profiles(seed=1)
    means = fit_components(train_TG, 0, 0)
    assert means.axes_KG.shape == (0, 40) and project(means, test_TG).shape == (60, 0)
    by_hand = ((test_TG.astype(float) - train_TG.mean(axis=0, dtype=float)) ** 2).mean()
    assert_allclose(loss_of(means, test_TG), by_hand, rtol=1e-12)


def test_more_components_lose_less_of_the_tumours_they_were_fitted_on():
    x_TG = make_profiles()
    losses = [loss_of(fit_components(x_TG, n, 0), x_TG) for n in (0, 1, 3, 5, 40)]
    assert (np.diff(losses) < 0).all() and losses[-1] < 1e-8


def test_repeats_to_the_last_digit():
    first, second = (fit_components(make_profiles(), 4, 7) for _ in range(2))
    assert_array_equal(first.axes_KG, second.axes_KG)


@pytest.mark.parametrize("n_tumors, rank", [(1, 0), (6, 5)])
def test_axes_beyond_the_rank_are_zero(n_tumors, rank):
    components = fit_components(make_profiles()[:n_tumors], 8, 0)
    assert_allclose(np.linalg.norm(components.axes_KG, axis=1), np.arange(8) < rank, atol=1e-5)


@pytest.mark.parametrize("n_components", [2, 12])
def test_axes_beyond_the_rank_of_repeated_tumours_are_zero(n_components):
    x_TG = np.repeat(make_profiles()[:3], 16, axis=0)
    lengths = np.linalg.norm(fit_components(x_TG, n_components, 0).axes_KG, axis=1)
    assert_allclose(lengths, np.arange(n_components) < 2, atol=1e-5)


@pytest.mark.parametrize("n_components", [2, 12])
@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_equal_tumours_have_no_component(kind, n_components):
    x_TG = kind(np.tile(make_profiles()[:1], (48, 1)))
    assert not fit_components(x_TG, n_components, 0).axes_KG.any()


@pytest.mark.parametrize("rows_at_once", [1, 7, 60, 1000])
def test_the_loss_does_not_depend_on_rows_at_once(rows_at_once):
    x_TG = csr_array(make_mutations())
    components = fit_components(x_TG, 3, 0)
    assert_allclose(
        loss_of(components, x_TG, rows_at_once=rows_at_once), loss_of(components, x_TG), rtol=1e-12
    )


def test_a_reconstruction_gets_dense_float32_and_is_not_broadcast():
    seen = []

    def answer(x_BG):
        seen.append((x_BG.shape, x_BG.dtype))
        return np.zeros_like(x_BG)

    x_TG = np.array([[3, 0], [0, 4], [0, 0]], np.uint8)
    assert reconstruction_loss(csr_array(x_TG), answer, 2) == 25 / 6
    assert seen == [((2, 2), np.float32), ((1, 2), np.float32)]
    with pytest.raises(ValueError, match=r"expected a reconstruction \(3, 2\), found \(2,\)"):
        reconstruction_loss(x_TG, lambda x_BG: x_BG[0])


@pytest.mark.parametrize("shape, n_components", [((0, 4), 2), ((4, 0), 2), ((4, 4), -1)])
def test_impossible_components_are_errors(shape, n_components):
    with pytest.raises(ValueError, match="expected tumours, genes and n_components >= 0, found"):
        fit_components(np.zeros(shape, np.float32), n_components, 0)


@pytest.mark.parametrize("n_components", [0, 2])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_named(value, n_components):
    x_TG = make_profiles()
    x_TG[5, 7] = value
    with pytest.raises(ValueError, match=r"expected finite profiles, found .* of column 7"):
        fit_components(x_TG, n_components, 0)


def test_other_genes_are_an_error():
    components = fit_components(make_profiles(), 2, 0)
    with pytest.raises(ValueError, match="expected 40 genes as fitted, found 39"):
        project(components, make_profiles()[:, 1:])


@pytest.mark.parametrize("shape, rows_at_once", [((0, 4), 2), ((4, 0), 2), ((4, 4), 0)])
def test_a_loss_of_nothing_is_an_error(shape, rows_at_once):
    with pytest.raises(ValueError, match="expected tumours, genes and rows_at_once >= 1, found"):
        reconstruction_loss(np.zeros(shape), lambda x_BG: x_BG, rows_at_once)
