"""Layouts by principal components, and by whatever module is called umap."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from drp.evaluation import plane
from drp.evaluation.plane import lay_out

CODES = np.random.default_rng(0).normal(size=(50, 6)) * [5, 4, 3, 1, 1, 1]


@pytest.fixture
def no_umap(monkeypatch):
    monkeypatch.setattr(plane, "find_spec", lambda name: None)


def test_components_equal_scikit_learn(no_umap):
    xy_T2, method = lay_out(CODES, 0)
    assert method == "principal component of ranks"
    ranks = CODES.argsort(axis=0).argsort(axis=0) / len(CODES)
    assert_allclose(xy_T2, PCA(2, svd_solver="full").fit_transform(ranks), atol=1e-12)


def test_a_few_extreme_tumours_do_not_press_the_others_together(no_umap):
    codes = CODES.copy()
    codes[0] = 1e6
    spread = [np.std(lay_out(some, 0).xy_T2[1:], axis=0) for some in (CODES, codes)]
    assert_allclose(spread[1], spread[0], rtol=0.2)


@pytest.mark.parametrize("shape", [(1, 3), (5, 1), (1, 1)])
def test_a_coordinate_that_does_not_exist_is_zero(shape, no_umap):
    xy_T2, _ = lay_out(np.arange(np.prod(shape)).reshape(shape), 0)
    assert xy_T2.shape == (shape[0], 2) and not xy_T2[:, 1].any()


def test_codes_that_are_all_alike_lie_on_one_place(no_umap):
    assert not lay_out(np.ones((20, 4)), 0).xy_T2.any()


def test_umap_is_used_where_it_is_installed(monkeypatch):
    class FakeUmap:
        def __init__(self, n_components, random_state, n_jobs):
            self.asked = n_components, random_state, n_jobs

        def fit_transform(self, codes_TK):
            assert self.asked == (2, 7, 1)
            return codes_TK[:, :2].astype(np.float32)

    fake = ModuleType("umap")
    fake.UMAP, fake.__spec__ = FakeUmap, ModuleSpec("umap", None)
    monkeypatch.setitem(sys.modules, "umap", fake)
    xy_T2, method = lay_out(CODES, 7)
    assert method == "UMAP" and xy_T2.dtype == np.float64
    assert_array_equal(xy_T2, CODES[:, :2].astype(np.float32))
    assert lay_out(CODES[:15], 7).method == "principal component of ranks"  # too few neighbours


@pytest.mark.parametrize("codes", [np.zeros((0, 3)), np.zeros((3, 0)), np.full((20, 2), np.nan)])
def test_codes_that_cannot_be_laid_out_are_errors(codes):
    with pytest.raises(ValueError, match="expected finite codes"):
        lay_out(codes, 0)
