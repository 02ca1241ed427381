"""The table of optimisers: one step by hand, and what it refuses."""

import jax.numpy as jnp
import pytest

from drp.settings import RECIPES
from drp.training.optimisers import OPTIMISERS, make_optimiser


@pytest.mark.parametrize(
    ("name", "weight_decay", "expected"),
    # Adam's first step is the learning rate against the gradient's sign, AdamW's has the decay too
    [("adam", 0.0, -0.1), ("adamw", 0.0, -0.1), ("adamw", 0.5, -0.1 * (1 + 0.5 * 4))],
)
def test_first_step_by_hand(name, weight_decay, expected):
    optimiser = make_optimiser(name, 0.1, weight_decay)
    params, grad = jnp.float32(4), jnp.float32(7)
    update, _ = optimiser.update(grad, optimiser.init(params), params)
    assert float(update) == pytest.approx(expected, rel=1e-5)


def test_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"unknown optimiser 'sgd'; known: adam, adamw"):
        make_optimiser("sgd", 1e-3, 0.0)


def test_weight_decay_that_adam_would_drop_is_refused():
    with pytest.raises(ValueError, match=r"adam has no weight decay \(asked for 0.1\)"):
        make_optimiser("adam", 1e-3, 0.1)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipes_name_rows_of_the_table(recipe):
    assert recipe.optimiser in OPTIMISERS
    make_optimiser(recipe.optimiser, recipe.learning_rate, recipe.weight_decay)


def test_moments_in_bfloat16_are_the_first_alone():
    optimiser = make_optimiser("adam", 0.1, 0.0, "bfloat16")
    params = jnp.float32(4)
    state = optimiser.init(params)
    update, state = optimiser.update(jnp.float32(7.03), state, params)
    assert (state[0].mu.dtype, state[0].nu.dtype) == (jnp.bfloat16, jnp.float32)
    assert state[0].mu == jnp.bfloat16(0.703)
    assert (update.dtype, float(update)) == (jnp.float32, pytest.approx(-0.1, rel=1e-5))


def test_unknown_moments_are_refused():
    with pytest.raises(ValueError, match=r"unknown moments 'half'; known: float32, bfloat16"):
        make_optimiser("adam", 1e-3, 0.0, "half")
