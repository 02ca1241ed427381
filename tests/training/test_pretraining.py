"""Pre-training: what a step reports, what it starts from, and that it learns."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from drp.models import Autoencoder, init_autoencoder
from drp.training import fit_autoencoder, gene_mean_loss
from drp.training.batches import shuffle_into_batches
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import PretrainState, gather, make_pretrain_batches

KEY = jax.random.key(0)
MODEL = Autoencoder(12, (32, 8))
ADAM = make_optimiser("adam", 0.01, 0.0)
init = jax.jit(init_autoencoder, static_argnums=1)
BATCH = 8  # 30 tumours: 8, 8, 8 and 6


@pytest.fixture(scope="module")
def x_TG() -> jax.Array:  # noqa: N802
    """Two programmes, each on in half of the tumours, raise every other gene."""
    rng = np.random.default_rng(0)
    level_TP = (rng.random((30, 2)) < 0.5) * rng.uniform(1, 3, (30, 2))
    belongs_PG = np.arange(12) % 2 == np.arange(2)[:, None]
    x_TG = level_TP @ (belongs_PG * rng.uniform(1, 2, (2, 12))) + rng.uniform(0, 0.1, (30, 12))
    return jnp.asarray(x_TG, jnp.float32)


def fit(x_TG, epochs: int, key=KEY):
    """Return every epoch's (epoch, loss), and the last weights on the host."""
    seen = []
    for step in fit_autoencoder(key, x_TG, MODEL, ADAM, BATCH, epochs):
        seen.append((step.epoch, step.loss))
        params = jax.device_get(step.params)  # before the next step takes the buffers
    return seen, params


def run_epoch(state, x_TG, optimiser):
    """Return the state after one epoch in the order of KEY, and its mean loss over tumours."""
    batches = shuffle_into_batches(KEY, jnp.arange(len(x_TG)), BATCH)
    run = jax.jit(make_pretrain_batches(MODEL, optimiser))
    state, losses = run(state, gather(x_TG, np.asarray(batches.index)), batches.real)
    return state, np.average(losses, weights=batches.real.sum(axis=1))


@pytest.fixture(scope="module")
def fitted(x_TG):
    return fit(x_TG, 60)


def test_learns_more_than_the_genes_means(fitted, x_TG):
    seen, params = fitted
    losses = [loss for _, loss in seen]
    assert losses[-1] < 0.5 * gene_mean_loss(x_TG) < losses[0]
    error_TG = MODEL.apply({"params": params}, x_TG) - x_TG
    assert_allclose((error_TG**2).mean(), losses[-1], rtol=0.2)  # the weights that belong to it


def test_epochs_are_counted_from_1(fitted):
    seen, _ = fitted
    assert [epoch for epoch, _ in seen] == list(range(1, 61))
    assert all(type(loss) is float for _, loss in seen)


def test_keys_decide_everything(x_TG, fitted):
    again, other = fit(x_TG, 60), fit(x_TG, 2, jax.random.key(1))
    jax.tree.map(assert_array_equal, again, fitted)
    assert other[0] != fitted[0][:2]


def test_loss_is_the_mean_over_samples_though_the_last_batch_is_smaller(x_TG):
    """With a learning rate of 0 every batch meets the same weights."""
    still = make_optimiser("adam", 0.0, 0.0)
    params = init(KEY, MODEL)
    state = PretrainState(params, still.init(params))
    state, loss = run_epoch(state, x_TG, still)
    expected = np.mean((MODEL.apply({"params": params}, x_TG) - x_TG) ** 2)
    assert_allclose(loss, expected, rtol=1e-5)
    jax.tree.map(assert_array_equal, state.params, params)


def test_one_epoch_equals_a_loop_over_batches_without_padding(x_TG):
    def loss(params, x_BG):
        return jnp.mean((MODEL.apply({"params": params}, x_BG) - x_BG) ** 2)

    params = init(KEY, MODEL)
    state = PretrainState(params, ADAM.init(params))
    state, _ = run_epoch(state, x_TG, ADAM)

    grad = jax.jit(jax.grad(loss))
    opt_state = ADAM.init(params)
    batches = shuffle_into_batches(KEY, jnp.arange(30), BATCH)
    for index, real in zip(batches.index, batches.real, strict=True):
        grads = grad(params, x_TG[index[real]])
        updates, opt_state = ADAM.update(grads, opt_state, params)
        params = jax.tree.map(jnp.add, params, updates)
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-5), state.params, params)


def test_mutations_as_bytes_or_sparse_equal_mutations_as_floats():
    x_TG = (np.random.default_rng(0).random((30, 12)) < 0.3).astype(np.uint8)
    as_floats = fit(jnp.asarray(x_TG, jnp.float32), 2)
    for stored in (x_TG, sparse.csr_matrix(x_TG)):
        jax.tree.map(assert_array_equal, fit(stored, 2), as_floats)


def test_batches_come_to_the_device_some_at_a_time_and_as_they_are_stored(x_TG, monkeypatch):
    whole = fit(x_TG, 2)
    monkeypatch.setattr("drp.training.pretraining.BATCHES_AT_ONCE", 3)  # 3 and 1
    jax.tree.map(partial(assert_allclose, rtol=1e-5), fit(x_TG, 2), whole)
    mutated_TG = sparse.csr_matrix(np.eye(12, dtype=np.uint8))
    some = gather(mutated_TG, np.array([[3, 1], [0, 3]]))
    assert some.dtype == np.uint8
    assert_array_equal(some, np.eye(12)[[[3, 1], [0, 3]]])


@pytest.mark.parametrize("store", [np.float32, np.uint8, sparse.csr_matrix])
def test_gene_mean_loss_is_the_mean_variance(store, monkeypatch):
    monkeypatch.setattr("drp.training.pretraining.ROWS_AT_ONCE", 64)
    x_TG = np.random.default_rng(0).integers(0, 2, (200, 5))
    assert gene_mean_loss(store(x_TG)) == pytest.approx(x_TG.var(axis=0).mean(), rel=1e-9)
