"""Early stopping along sequences of validation losses worked out by hand."""

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from drp.training.stopping import init_stopping, update_stopping

NAN, INF = np.nan, np.inf


def follow(losses, patience: int, compiled):
    """Return (best, stale, done) after each loss."""
    update = compiled(lambda stop, loss: update_stopping(stop, loss, patience))
    stop, seen = init_stopping(), []
    for loss in losses:
        stop = update(stop, jnp.float32(loss))
        seen.append([np.asarray(field).item() for field in stop])
    return seen


@pytest.mark.parametrize(
    ("patience", "losses", "best", "stale", "done"),
    [
        # the third loss only equals the best one: a tie is no improvement
        (2, [5, 4, 4, 3, 6, 6], [5, 4, 4, 3, 3, 3], [0, 0, 1, 0, 1, 2], [0, 0, 0, 0, 0, 1]),
        (3, [5, 6, NAN, 5], [5, 5, 5, 5], [0, 1, 2, 3], [0, 0, 0, 1]),
        (2, [NAN, 7, INF, NAN], [INF, 7, 7, 7], [1, 0, 1, 2], [0, 0, 0, 1]),
        (1, [5, 5], [5, 5], [0, 1], [0, 1]),
    ],
)
def test_by_hand(compiled, patience, losses, best, stale, done):
    seen = follow(losses, patience, compiled)
    assert_array_equal(seen, np.column_stack([best, stale, done]))


def test_types_do_not_change_on_the_way():
    """A scan and a donated buffer need them to stay."""
    before = init_stopping()
    after = update_stopping(before, jnp.float32(1), 3)
    assert [x.dtype for x in before] == [x.dtype for x in after]
