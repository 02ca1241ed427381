"""Pre-training: what a step does and reports, that it learns, and that it goes on from anywhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from drp.models import Autoencoder
from drp.training.batches import shuffle_into_batches
from drp.training.feeding import Batch, Feed
from drp.training.gene_moments import measure_genes
from drp.training.objectives import make_objective
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import (
    BEGINNING,
    fit_autoencoder,
    init_pretraining,
    make_run_batches,
)

KEY = jax.random.key(0)
MODEL = Autoencoder(12, (32, 8))
ADAM = make_optimiser("adam", 0.01, 0.0)
BATCH = 8  # 30 tumours: 8, 8, 8 and 6


@pytest.fixture(scope="module")
def x_TG() -> np.ndarray:  # noqa: N802
    """Two programmes, each on in half of the tumours, raise every other gene."""
    rng = np.random.default_rng(0)
    level_TP = (rng.random((30, 2)) < 0.5) * rng.uniform(1, 3, (30, 2))
    belongs_PG = np.arange(12) % 2 == np.arange(2)[:, None]
    x_TG = level_TP @ (belongs_PG * rng.uniform(1, 2, (2, 12))) + rng.uniform(0, 0.1, (30, 12))
    return x_TG.astype(np.float32)


def make_steps(x_TG, epochs: int, key=KEY, state=None, place=BEGINNING, model=MODEL, **noise):
    moments = measure_genes(x_TG, np.arange(x_TG.shape[0]))
    objective = make_objective("paper", moments, **noise)
    feed = Feed(x_TG, np.arange(x_TG.shape[0]), BATCH)
    state = init_pretraining(key, model, objective, ADAM) if state is None else state
    return fit_autoencoder(key, feed, model, objective, ADAM, epochs, state, place)


def fit(x_TG, epochs: int, **how):
    """Return every epoch's (epoch, loss), and the last weights on the host."""
    seen = []
    for step in make_steps(x_TG, epochs, **how):
        if step.losses is not None:
            seen.append((step.place.epoch, step.losses.squared))
        params = jax.device_get(step.state.params)  # before the next step takes the buffers
    return seen, params


@pytest.fixture(scope="module")
def fitted(x_TG):
    return fit(x_TG, 60)


def test_learns_more_than_the_genes_means(fitted, x_TG):
    seen, params = fitted
    losses = [loss for _, loss in seen]
    floor = measure_genes(x_TG, np.arange(30)).loss
    assert losses[-1] < 0.5 * floor < losses[0]
    error_TG = MODEL.apply({"params": params}, x_TG) - x_TG
    assert_allclose((error_TG**2).mean(), losses[-1], rtol=0.2)  # the weights that belong to it


def test_epochs_are_counted_from_1(fitted):
    seen, _ = fitted
    assert [epoch for epoch, _ in seen] == list(range(1, 61))
    assert all(type(loss) is float for _, loss in seen)


def test_keys_decide_everything(x_TG, fitted):
    again, other = fit(x_TG, 60), fit(x_TG, 2, key=jax.random.key(1))
    jax.tree.map(assert_array_equal, again, fitted)
    assert other[0] != fitted[0][:2]


NOISY = Autoencoder(12, (32, 8), dropout=0.3)


@pytest.mark.parametrize("stops_at", [1, 4, 7])
def test_goes_on_from_any_step_to_the_same_last_bit(x_TG, stops_at, monkeypatch):
    """A state on the host and its place are all that is needed, noise and half epochs included."""
    monkeypatch.setattr("drp.training.feeding.BATCHES_AT_ONCE", 1)
    how = {"model": NOISY, "masked_share": 0.2}
    unbroken = fit(x_TG, 3, **how)
    steps = make_steps(x_TG, 3, **how)
    for _ in range(stops_at):
        step = next(steps)
    state, place = jax.device_get(step.state), step.place
    steps.close()
    seen, params = fit(x_TG, 3, state=state, place=place, **how)
    jax.tree.map(assert_array_equal, params, unbroken[1])
    assert seen == unbroken[0][place.epoch :]


def test_one_epoch_equals_a_loop_over_batches_without_padding(x_TG):
    def loss(params, x_BG):
        return jnp.mean((MODEL.apply({"params": params}, x_BG) - x_BG) ** 2)

    order = shuffle_into_batches(KEY, jnp.arange(30), BATCH)
    objective = make_objective("paper", measure_genes(x_TG, np.arange(30)))
    run = jax.jit(make_run_batches(MODEL, objective, ADAM))
    state = init_pretraining(KEY, MODEL, objective, ADAM)
    batches = Batch(jnp.asarray(x_TG)[order.index], order.real)
    after, losses = run(state, KEY, 0, batches)

    grad = jax.jit(jax.value_and_grad(loss))
    params, opt_state, expected = *state, []
    for index, real in zip(order.index, order.real, strict=True):
        value, grads = grad(params, x_TG[index[real]])
        expected.append(value)
        updates, opt_state = ADAM.update(grads, opt_state, params)
        params = jax.tree.map(jnp.add, params, updates)
    assert_allclose(losses.squared, expected, rtol=1e-4)
    assert_array_equal(losses.squared, losses.objective)
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-5), after.params, params)


def test_the_epochs_loss_is_the_mean_over_tumours_though_the_last_batch_is_smaller(x_TG):
    """With a learning rate of 0 every batch meets the same weights."""
    still = make_optimiser("adam", 0.0, 0.0)
    objective = make_objective("paper", measure_genes(x_TG, np.arange(30)))
    state = init_pretraining(KEY, MODEL, objective, still)
    expected = np.mean((MODEL.apply({"params": state.params}, x_TG) - x_TG) ** 2)
    feed = Feed(x_TG, np.arange(30), BATCH)
    (step,) = fit_autoencoder(KEY, feed, MODEL, objective, still, 1, state)
    assert step.losses.squared == pytest.approx(float(expected), rel=1e-5)


def test_mutations_as_bytes_or_sparse_equal_mutations_as_floats():
    x_TG = (np.random.default_rng(0).random((30, 12)) < 0.3).astype(np.uint8)
    as_floats = fit(x_TG.astype(np.float32), 2)
    for stored in (x_TG, sparse.csr_matrix(x_TG)):
        jax.tree.map(assert_array_equal, fit(stored, 2), as_floats)


def test_noise_is_drawn_anew_for_every_batch_and_epoch(x_TG):
    clean, masked, dropped = (
        fit(x_TG, 2), fit(x_TG, 2, masked_share=0.5), fit(x_TG, 2, model=NOISY)
    )  # fmt: skip
    assert len({seen[0][1] for seen, _ in (clean, masked, dropped)}) == 3
    still = make_optimiser("adam", 0.0, 0.0)
    objective = make_objective("paper", measure_genes(x_TG, np.arange(30)), masked_share=0.5)
    state = init_pretraining(KEY, MODEL, objective, still)
    same = Batch(jnp.asarray(np.stack([x_TG[:8]] * 3)), jnp.ones((3, 8), bool))
    _, losses = jax.jit(make_run_batches(MODEL, objective, still))(state, KEY, 0, same)
    assert len(set(losses.squared.tolist())) == 3
