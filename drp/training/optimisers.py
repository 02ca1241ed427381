"""Optimisers as rows of data, so that a recipe names one and no loop asks which."""

import jax.numpy as jnp
import optax

OPTIMISERS = {
    "adam": lambda rate, decay, dtype: optax.adam(rate, mu_dtype=dtype),
    "adamw": lambda rate, decay, dtype: optax.adamw(rate, weight_decay=decay, mu_dtype=dtype),
}
MOMENTS = {"float32": jnp.float32, "bfloat16": jnp.bfloat16}


def make_optimiser(
    name: str, learning_rate: float, weight_decay: float, moments: str = "float32"
) -> optax.GradientTransformation:
    """Return the optimiser of that name.

    Args:
      name: a row of `OPTIMISERS`.
      learning_rate: step size.
      weight_decay: per step, in units of the step size.
      moments: how Adam's first moment is held, a row of `MOMENTS`. The second is always float32:
        a step changes it by parts of a thousand, which bfloat16 rounds away, so that it would
        never decay.

    Raises:
      ValueError: no such optimiser, or weight decay asked of one that has none.
    """
    for what, found, table in (("optimiser", name, OPTIMISERS), ("moments", moments, MOMENTS)):
        if found not in table:
            raise ValueError(f"unknown {what} {found!r}; known: {', '.join(table)}")
    if weight_decay and name == "adam":
        raise ValueError(f"adam has no weight decay (asked for {weight_decay}); use adamw")
    return OPTIMISERS[name](learning_rate, weight_decay, MOMENTS[moments])
