"""Masked losses: hand values, masked = truncated, and gaps that may hold NaN."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.training.losses import masked_mean, masked_mse

NAN = np.nan
PRED = jnp.array([[1.0, 2.0], [3.0, 4.0]])
TARGET = jnp.array([[2.0, NAN], [3.0, 1.0]])
MASK = jnp.array([[True, False], [True, True]])


def test_mse_and_gradient_by_hand(compiled):
    loss, grad_BD = compiled(jax.value_and_grad(masked_mse))(PRED, TARGET, MASK)
    assert float(loss) == pytest.approx((1 + 0 + 9) / 3)
    assert_allclose(grad_BD, [[-2 / 3, 0], [0, 6 / 3]], rtol=1e-6)


def test_weighted_mse_and_gradient_by_hand(compiled):
    """A line of weight 3 counts each of its entries three times."""
    loss = compiled(jax.value_and_grad(masked_mse))
    found, grad_BD = loss(PRED, TARGET, MASK, jnp.array([1.0, 3.0]))
    assert float(found) == pytest.approx((1 + 3 * 0 + 3 * 9) / (1 + 3 + 3))
    assert_allclose(grad_BD, [[-2 / 7, 0], [0, 3 * 6 / 7]], rtol=1e-6)
    found, grad_BD = loss(PRED, TARGET, MASK, jnp.array([1.0, 0.0]))
    assert float(found) == 1 and not grad_BD[1].any()


@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_equal_weights_are_none(compiled, weight):
    found = compiled(masked_mse)(PRED, TARGET, MASK, jnp.full(2, weight))
    assert_allclose(found, masked_mse(PRED, TARGET, MASK), rtol=1e-6)


def test_weights_that_are_all_0_give_0_and_no_gradient(compiled):
    loss, grad_BD = compiled(jax.value_and_grad(masked_mse))(PRED, TARGET, MASK, jnp.zeros(2))
    assert loss == 0
    assert_array_equal(grad_BD, np.zeros((2, 2)))


@pytest.mark.parametrize("gap", [NAN, np.inf, 1e30])
def test_what_stands_in_a_gap_does_not_matter(compiled, gap):
    target = jnp.where(MASK, TARGET, gap)
    loss, grad_BD = compiled(jax.value_and_grad(masked_mse))(PRED, target, MASK)
    assert float(loss) == pytest.approx(10 / 3)
    assert grad_BD[0, 1] == 0


def test_masked_rows_equal_truncated_ones():
    """The padding of a last batch."""
    rng = np.random.default_rng(0)
    pred, target = jnp.asarray(rng.normal(size=(2, 8, 5)), jnp.float32)
    mask = jnp.broadcast_to((jnp.arange(8) < 6)[:, None], (8, 5))
    truncated = jnp.mean((pred[:6] - target[:6]) ** 2)
    assert_allclose(masked_mse(pred, target, mask), truncated, rtol=1e-6)
    assert_allclose(masked_mean(target, mask), target[:6].mean(axis=0), rtol=1e-5)


def test_mse_of_an_empty_mask_is_0_and_so_is_its_gradient(compiled):
    nothing = jnp.zeros((2, 2), bool)
    loss, grad_BD = compiled(jax.value_and_grad(masked_mse))(PRED, TARGET * NAN, nothing)
    assert loss == 0
    assert_array_equal(grad_BD, np.zeros((2, 2)))


def test_mean_by_hand_and_of_an_untested_drug(compiled):
    x_ND = jnp.array([[2.0, NAN, NAN], [3.0, 1.0, NAN]])
    assert_array_equal(compiled(masked_mean)(x_ND, jnp.isfinite(x_ND)), [2.5, 1, 0])


def test_vmap_equals_a_loop():
    rng = np.random.default_rng(0)
    pred_R, target_R = jnp.asarray(rng.normal(size=(2, 4, 6, 3)), jnp.float32)
    mask_R = jnp.asarray(rng.random((4, 6, 3)) < 0.5)
    losses_R = jax.vmap(masked_mse)(pred_R, target_R, mask_R)
    alone = [masked_mse(*one) for one in zip(pred_R, target_R, mask_R, strict=True)]
    assert_allclose(losses_R, alone, rtol=1e-6)
