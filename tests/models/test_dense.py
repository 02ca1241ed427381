"""The matrix product with its own gradient rule, and the stack of dense ReLU layers."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import ReluStack
from drp.models.dense import MATMULS, Dense, matmul


def draw(*shape: int) -> jax.Array:
    return jnp.asarray(np.random.default_rng(len(shape)).normal(size=shape), jnp.float32)


def gradients(product):
    """Return x, kernel -> both gradients of a loss that weighs every output differently."""

    def loss(x_BI, kernel_IO):
        y_BO = product(x_BI, kernel_IO)
        return (jnp.sin(y_BO) * jnp.arange(y_BO.size).reshape(y_BO.shape)).sum()

    return jax.grad(loss, argnums=(0, 1))


def test_product_and_gradients_equal_jaxs_own(compiled):
    x_BI, kernel_IO = draw(5, 7), draw(7, 3)
    assert_array_equal(compiled(matmul)(x_BI, kernel_IO), x_BI @ kernel_IO)
    found = compiled(gradients(matmul))(x_BI, kernel_IO)
    expected = gradients(jnp.matmul)(x_BI, kernel_IO)
    for ours, jaxs in zip(found, expected, strict=True):
        assert_allclose(ours, jaxs, rtol=1e-6, atol=1e-6 * float(jnp.abs(jaxs).max()))


def test_gradients_under_vmap_equal_a_loop(compiled):
    x_RBI, kernel_RIO = draw(4, 5, 7), draw(4, 7, 3)
    found = compiled(jax.vmap(gradients(matmul)))(x_RBI, kernel_RIO)
    for replicate in range(4):
        expected = gradients(jnp.matmul)(x_RBI[replicate], kernel_RIO[replicate])
        for ours, jaxs in zip(found, expected, strict=True):
            scale = float(jnp.abs(jaxs).max())
            assert_allclose(ours[replicate], jaxs, rtol=1e-6, atol=1e-6 * scale)


def test_gradients_by_hand():
    x_BI, kernel_IO = jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([[5.0], [6.0]])
    grad_BO = jnp.array([[1.0], [10.0]])
    _, pull_back = jax.vjp(matmul, x_BI, kernel_IO)
    grad_x_BI, grad_kernel_IO = pull_back(grad_BO)
    assert_array_equal(grad_x_BI, [[5, 6], [50, 60]])
    assert_array_equal(grad_kernel_IO, [[31], [42]])


# 1 + 2**-9 has 10 bits to spare in float32, loses none in tensorfloat32 and all in bfloat16.
@pytest.mark.parametrize(
    ("precision", "bits"), [("float32", 23), ("tensorfloat32", 10), ("bfloat16", 7)]
)
def test_operands_keep_the_bits_of_their_precision(precision, bits, compiled):
    def product(x):
        y_BO, pull_back = jax.vjp(lambda x, k: matmul(x, k, precision), x, jnp.ones((1, 1)))
        return y_BO, *pull_back(x)

    kept, lost = 1 + 2.0**-bits, 1 + 2.0 ** -(bits + 2)
    assert compiled(product)(jnp.full((1, 1), kept))[:2] == (kept, kept)
    assert compiled(product)(jnp.full((1, 1), lost))[:2] == ((lost, lost) if bits > 20 else (1, 1))


@pytest.mark.parametrize("precision", MATMULS)
def test_sums_are_made_in_float32(precision, compiled):
    n = 4096  # in bfloat16 a sum of ones would stop at 256
    found = compiled(lambda x, k: matmul(x, k, precision))(jnp.ones((1, n)), jnp.ones((n, 1)))
    assert (found.dtype, float(found[0, 0])) == (jnp.float32, n)


def test_stack_by_hand():
    params = {
        "dense_0": {"kernel": jnp.array([[1.0, -1.0], [2.0, 0.0]]), "bias": jnp.array([0.5, 0.0])},
        "dense_1": {"kernel": jnp.array([[2.0], [4.0]]), "bias": jnp.array([-1.0])},
    }
    y_BO = ReluStack((2, 1)).apply({"params": params}, jnp.array([[1.0, 1.0], [-3.0, 0.0]]))
    assert_array_equal(y_BO, [[6.0], [11.0]])  # hidden (3.5, 0) and (0, 3)


def test_stack_without_layers_passes_through():
    x_BI = draw(2, 3)
    variables = ReluStack(()).init(jax.random.key(0), x_BI)
    assert variables == {}
    assert_array_equal(ReluStack(()).apply({}, x_BI), x_BI)


PASSED_ON = {"params": {"dense_0": {"kernel": jnp.eye(400), "bias": jnp.zeros(400)}}}


def drop(rate: float, seed: int | None, compiled=lambda function: function) -> np.ndarray:
    """Return what dropout leaves of 20 samples of ones; no seed: outside of training."""
    stack = ReluStack((400,), dropout=rate)
    rngs = {} if seed is None else {"dropout": jax.random.key(seed)}
    return np.asarray(compiled(partial(stack.apply, PASSED_ON, rngs=rngs))(jnp.ones((20, 400))))


def test_dropout_leaves_units_out_and_scales_the_rest_up(compiled):
    found = drop(0.75, 0, compiled)
    assert set(found.ravel().tolist()) == {0, 4}
    assert (found == 0).mean() == pytest.approx(0.75, abs=0.02)  # of 8000: 4 standard errors
    assert not (found == found[:1]).all()  # every sample's own


def test_dropout_follows_from_the_key_and_stops_outside_of_training():
    assert_array_equal(drop(0.5, 0), drop(0.5, 0))
    assert (drop(0.5, 0) != drop(0.5, 1)).any()
    assert_array_equal(drop(0.5, None), np.ones((20, 400)))


def test_a_rate_of_0_drops_nothing():
    assert_array_equal(drop(0.0, 0), np.ones((20, 400)))


def test_inputs_of_another_width_are_refused():
    params = {"kernel": jnp.ones((3, 2)), "bias": jnp.zeros(2)}
    with pytest.raises(ValueError, match="expected 3 inputs, found 5"):
        Dense(2).apply({"params": params}, jnp.ones((1, 5)))
