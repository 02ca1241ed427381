"""Dropout in training: by key, in training steps alone, and gone at a rate of 0."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.settings import RECIPES
from drp.training import make_replicate, predict

KEY, EPOCHS = jax.random.key(0), 3
# All lines in one step, so that their order cannot matter; no step is taken at a rate of 0.
RECIPE = replace(RECIPES["modern"], batch_size=32, max_epochs=EPOCHS, output_start="random")


@pytest.fixture(scope="module")
def train(model, lines, tasks):
    """(dropout, learning rate, seed of the steps) -> product and progress."""
    compiled = {}

    def run(dropout, rate, seed, task=tasks[0]):
        dropping = replace(RECIPE, learning_rate=rate)
        if (dropout, rate) not in compiled:
            replicate = make_replicate(model.clone(dropout=dropout), dropping, EPOCHS)
            compiled[dropout, rate] = replicate, jax.jit(replicate.run_epochs)
        replicate, run_epochs = compiled[dropout, rate]
        state = replicate.init(KEY, task, lines, {})
        state = state._replace(shuffle_key=jax.random.key(seed))
        state, progress = run_epochs(state, task, lines)
        return replicate.product(state), progress

    return run


def test_a_step_s_dropout_follows_from_the_key_and_its_epoch(train, tasks):
    """One line again and again has no order that could tell."""
    train_N = tasks[0].train_N
    alike = tasks[0]._replace(train_N=jnp.full_like(train_N, train_N[0]))
    _, one = train(0.5, 0.0, 1, alike)
    _, same = train(0.5, 0.0, 1, alike)
    _, other = train(0.5, 0.0, 2, alike)
    assert_array_equal(one.train_loss, same.train_loss)
    losses = np.concatenate([one.train_loss, other.train_loss])
    assert len(np.unique(losses)) == 2 * EPOCHS  # nothing but dropout moves them


def test_without_dropout_the_key_decides_the_order_alone(train):
    (one, seen), (other, also) = train(0.0, 0.01, 1), train(0.0, 0.01, 2)
    assert_allclose(seen.train_loss, also.train_loss, rtol=1e-5)
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-5), one, other)


def test_lines_that_stop_the_training_are_predicted_by_all_units(train, model, lines, tasks):
    product, progress = train(0.5, 0.0, 1)
    assert_array_equal(progress.validation_loss, progress.validation_loss[:1].repeat(EPOCHS))
    held_out = np.asarray(tasks[0].validation_V)
    predicted_SD = predict(model, product, lines.inputs)  # of a model without dropout
    error_VD = np.asarray(predicted_SD - lines.target_SD)[held_out]
    assert_allclose(progress.validation_loss[0], np.nanmean(error_VD**2), rtol=1e-5)


def test_prediction_is_the_same_whatever_the_rate(train, model, lines):
    product, _ = train(0.5, 0.01, 1)
    plain = predict(model, product, lines.inputs)
    assert_array_equal(predict(model.clone(dropout=0.5), product, lines.inputs), plain)
    in_step = predict(
        model.clone(dropout=0.5), product, lines.inputs, dropout_key=jax.random.key(0)
    )
    assert jnp.abs(in_step - plain).max() > 1e-3
