"""Which epoch's weights become the product, as rows of data."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array


class Keeper(NamedTuple):
    """What is carried from epoch to epoch beside the weights in training.

    Attributes:
      init: params -> kept.
      update: (kept, params, improved) -> kept; `improved`: the validation loss is a new lowest.
      product: (kept, params) -> the weights to predict with.
    """

    init: Callable[[Any], Any]
    update: Callable[[Any, Any, Array], Any]
    product: Callable[[Any, Any], Any]


KEEPERS = {
    "last": Keeper(
        init=lambda params: (),
        update=lambda kept, params, improved: (),
        product=lambda kept, params: params,
    ),
    "best": Keeper(
        # A copy: the same buffer twice in a donated state would be donated twice.
        init=lambda params: jax.tree.map(jnp.copy, params),
        update=lambda kept, params, improved: select(improved, params, kept),
        product=lambda kept, params: kept,
    ),
}


def select(condition: Array, new: Any, old: Any) -> Any:
    """Choose between two trees of one shape by a scalar condition."""
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), new, old)
