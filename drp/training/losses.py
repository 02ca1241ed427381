"""Losses over masked targets."""

import jax.numpy as jnp
from jax import Array


def masked_mse(
    pred_BD: Array, target_BD: Array, mask_BD: Array, weight_B: Array | None = None
) -> Array:
    """Mean squared error over the entries of the mask; 0 for an empty mask.

    With `weight_B` a weighted mean, each line's entries by its weight.

    `where` and not multiplication: a gap in the target may be NaN, and 0 * NaN is NaN. It stands
    inside the square, so that the gradient at a gap is 0 and not NaN.
    """
    error = jnp.where(mask_BD, pred_BD - target_BD, 0)
    if weight_B is None:
        return (error**2).sum() / jnp.maximum(mask_BD.sum(dtype=error.dtype), 1)
    total = jnp.where(mask_BD, weight_B[:, None], 0).sum()
    return (weight_B[:, None] * error**2).sum() / jnp.where(total > 0, total, 1)


def masked_mean(x_ND: Array, mask_ND: Array) -> Array:
    """Mean over the first axis of the entries of the mask, (D,); 0 where a column has none."""
    count = mask_ND.sum(axis=0, dtype=x_ND.dtype)
    return jnp.where(mask_ND, x_ND, 0).sum(axis=0) / jnp.maximum(count, 1)
