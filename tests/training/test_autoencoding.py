import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from drp.models import Autoencoder, init_autoencoder
from drp.training.autoencoding import make_encode, make_measure
from drp.training.gene_moments import measure_genes
from drp.training.objectives import make_objective

MUTATED = (np.random.default_rng(0).random((50, 6)) < 0.3).astype(np.uint8)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr("drp.training.autoencoding.ROWS_AT_ONCE", 16)


@pytest.mark.parametrize("name", ["paper", "standardised", "cross_entropy"])
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_matrix])
def test_codes_and_error_in_the_units_of_the_input(name, store):
    objective = make_objective(name, measure_genes(MUTATED, np.arange(50)), masked_share=0.5)
    model = Autoencoder(6, (5, 3), objective.output, dropout=0.5)
    params = init_autoencoder(jax.random.key(0), model)
    x = jnp.asarray(MUTATED, jnp.float32)
    read = objective.read(x)

    codes = np.concatenate(list(make_encode(model, objective)(params, store(MUTATED))))
    assert_allclose(codes, model.apply({"params": params}, read, method="encode"), atol=1e-5)

    answer = objective.reconstruct(model.apply({"params": params}, read))
    loss = make_measure(model, objective)(params, store(MUTATED))
    assert loss == pytest.approx(float(((answer - x) ** 2).mean()), rel=1e-5)
