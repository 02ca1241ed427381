"""Early stopping as a value that travels with the training state."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Stopping(NamedTuple):
    """What the next epoch needs to know to stop. All fields are scalars."""

    best: Array  # lowest validation loss so far
    stale: Array  # epochs since then
    done: Array


def init_stopping() -> Stopping:
    """Return the state before the first epoch: any finite loss is an improvement."""
    return Stopping(jnp.float32(jnp.inf), jnp.int32(0), jnp.bool_(False))


def update_stopping(stop: Stopping, val_loss: Array, patience: int) -> Stopping:
    """Count epochs since the best validation loss.

    Args:
      stop: the state so far.
      val_loss: this epoch's validation loss, a scalar.
      patience: epochs without a lower loss after which training is done.
    """
    improved = val_loss < stop.best  # NaN compares False: it counts as stale
    stale = jnp.where(improved, 0, stop.stale + 1)
    best = jnp.where(improved, val_loss, stop.best)
    return Stopping(best, stale, stale >= patience)
