import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from drp.training.gene_moments import measure_genes


@pytest.mark.parametrize("store", [np.float32, np.uint8, sparse.csr_matrix])
def test_moments_of_the_training_tumours_alone(store, monkeypatch):
    monkeypatch.setattr("drp.training.feeding.BLOCK_ROWS", 16)
    x_TG = np.random.default_rng(0).integers(0, 2, (200, 5)).astype(np.uint8)
    rows = np.arange(0, 200, 3)
    moments = measure_genes(store(x_TG), rows)
    assert_allclose(moments.mean, x_TG[rows].mean(axis=0), rtol=1e-12)
    assert_allclose(moments.variance, x_TG[rows].var(axis=0), rtol=1e-9)
    assert moments.loss == pytest.approx(x_TG[rows].var(axis=0).mean(), rel=1e-9)


def test_a_constant_gene_has_no_negative_variance():
    x_TG = np.full((1000, 1), 0.1, np.float32)
    assert measure_genes(x_TG, np.arange(1000)).variance[0] >= 0
