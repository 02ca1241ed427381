"""Lanes: as training one alone, whatever the batch size, and independent of their neighbours."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import Autoencoder
from drp.training.batches import shuffle_into_batches
from drp.training.gene_moments import measure_genes
from drp.training.lanes import make_fit_lanes
from drp.training.objectives import make_objective
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import init_pretraining

KEY = jax.random.key(0)
MODEL = Autoencoder(6, (8, 3))
ADAM = make_optimiser("adam", 0.01, 0.0)
X = np.random.default_rng(0).uniform(0, 3, (22, 6)).astype(np.float32)
MICRO = 4  # 22 tumours: five micro batches of 4 and one of 2
OBJECTIVE = make_objective("paper", measure_genes(X, np.arange(22)))


def run(every, epochs=2):
    """Return the last epoch's weights (a leading axis of lanes) and every epoch's losses."""
    fit = make_fit_lanes(MODEL, OBJECTIVE, ADAM)
    losses = []
    for epoch in fit(KEY, jnp.asarray(X), every, MICRO, epochs):
        losses.append(epoch.losses_L.squared)
        params = jax.device_get(epoch.params_L)
    return params, np.array(losses)


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_lane_equals_a_plain_loop_over_batches_of_its_size(every):
    """Three micro batches of 4: batches of 12 and of 10."""

    def loss(params, x_BG):
        return jnp.mean((MODEL.apply({"params": params}, x_BG) - x_BG) ** 2)

    grad = jax.jit(jax.grad(loss))
    params, opt_state = init_pretraining(KEY, MODEL, OBJECTIVE, ADAM)
    shuffle_key = jax.random.split(jax.random.fold_in(KEY, 1))[0]
    for epoch in range(2):
        order = shuffle_into_batches(jax.random.fold_in(shuffle_key, epoch), jnp.arange(22), MICRO)
        rows = np.asarray(order.index).ravel()[:22]
        for start in range(0, 22, every * MICRO):
            grads = grad(params, X[rows[start : start + every * MICRO]])
            updates, opt_state = ADAM.update(grads, opt_state, params)
            params = jax.tree.map(jnp.add, params, updates)
    found, _ = run([every])
    jax.tree.map(lambda a, b: assert_allclose(a[0], b, rtol=1e-4, atol=1e-6), found, params)


def test_a_lane_does_not_hear_its_neighbours():
    together, losses = run([1, 2])
    for lane, every in enumerate((1, 2)):
        alone, own = run([every])
        jax.tree.map(lambda a, b, lane=lane: assert_array_equal(a[lane], b[0]), together, alone)
        assert_array_equal(losses[:, lane], own[:, 0])


def test_side_by_side_equals_in_turn(monkeypatch):
    in_turn, losses = run([1, 2])
    monkeypatch.setattr("drp.training.slots.RUNNERS", {})
    beside, other = run([1, 2])
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-6), beside, in_turn)
    assert_allclose(other, losses, rtol=1e-5)


def test_fewer_epochs_are_the_beginning_of_more():
    """What lets a search rank settings early."""
    assert_array_equal(run([2], 3)[1][:2], run([2], 2)[1])
