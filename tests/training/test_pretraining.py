"""Pre-training: what a step reports, what it starts from, and that it learns."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import Autoencoder, init_autoencoder
from drp.training import fit_autoencoder, gene_mean_loss
from drp.training.batches import shuffle_into_batches
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import PretrainState, make_pretrain_epoch

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
    run_epoch = jax.jit(make_pretrain_epoch(MODEL, still, BATCH))
    state, loss = run_epoch(PretrainState(params, still.init(params)), KEY, x_TG)
    expected = np.mean((MODEL.apply({"params": params}, x_TG) - x_TG) ** 2)
    assert_allclose(loss, expected, rtol=1e-5)
    jax.tree.map(assert_array_equal, state.params, params)


def test_one_epoch_equals_a_loop_over_batches_without_padding(x_TG):
    def loss(params, x_BG):
        return jnp.mean((MODEL.apply({"params": params}, x_BG) - x_BG) ** 2)

    params = init(KEY, MODEL)
    state = PretrainState(params, ADAM.init(params))
    state, _ = jax.jit(make_pretrain_epoch(MODEL, ADAM, BATCH))(state, KEY, x_TG)

    grad = jax.jit(jax.grad(loss))
    opt_state = ADAM.init(params)
    batches = shuffle_into_batches(KEY, jnp.arange(30), BATCH)
    for index, real in zip(batches.index, batches.real, strict=True):
        grads = grad(params, x_TG[index[real]])
        updates, opt_state = ADAM.update(grads, opt_state, params)
        params = jax.tree.map(jnp.add, params, updates)
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-5), state.params, params)


def test_mutations_as_bytes_equal_mutations_as_floats():
    x_TG = (np.random.default_rng(0).random((30, 12)) < 0.3).astype(np.uint8)
    as_bytes, as_floats = fit(x_TG, 2), fit(jnp.asarray(x_TG, jnp.float32), 2)
    jax.tree.map(assert_array_equal, as_bytes, as_floats)


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_gene_mean_loss_is_the_mean_variance(dtype):
    x_TG = np.random.default_rng(0).integers(0, 2, (200, 5)).astype(dtype)
    expected = ((x_TG - x_TG.mean(axis=0)) ** 2).mean()
    assert gene_mean_loss(jnp.asarray(x_TG)) == pytest.approx(expected, rel=1e-5)
