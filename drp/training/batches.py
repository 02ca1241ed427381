"""An epoch's order of samples, cut into batches. It refuses to hold any data, only indices."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array


class Batches(NamedTuple):
    """Indices of every batch of an epoch; the last batch may be part padding.

    Attributes:
      index: (batches, B) rows of the data.
      real: (batches, B) bool, False where padded.
    """

    index: Array
    real: Array


def shuffle_into_batches(key: Array, rows_N: Array, batch_size: int) -> Batches:
    """Return the rows in random order; every row once, the last batch padded with its first rows.

    Args:
      key: the epoch's key.
      rows_N: (N,) row numbers.
      batch_size: rows per batch.
    """
    n_batches = -(-len(rows_N) // batch_size)
    position = jnp.arange(n_batches * batch_size)
    order = jax.random.permutation(key, rows_N)[position % len(rows_N)]
    shape = (n_batches, batch_size)
    return Batches(order.reshape(shape), (position < len(rows_N)).reshape(shape))
