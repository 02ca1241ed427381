"""Optimisers as rows of data, so that a recipe names one and no loop asks which."""

import optax

OPTIMISERS = {
    "adam": lambda learning_rate, weight_decay: optax.adam(learning_rate),
    "adamw": lambda learning_rate, weight_decay: optax.adamw(
        learning_rate, weight_decay=weight_decay
    ),
}


def make_optimiser(
    name: str, learning_rate: float, weight_decay: float
) -> optax.GradientTransformation:
    """Return the optimiser of that name.

    Raises:
      ValueError: no such optimiser, or weight decay asked of one that has none.
    """
    if name not in OPTIMISERS:
        raise ValueError(f"unknown optimiser {name!r}; known: {', '.join(OPTIMISERS)}")
    if weight_decay and name == "adam":
        raise ValueError(f"adam has no weight decay (asked for {weight_decay}); use adamw")
    return OPTIMISERS[name](learning_rate, weight_decay)
