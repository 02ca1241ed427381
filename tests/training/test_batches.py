"""An epoch's order: every row once, padding flagged, and keys that matter."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from drp.training.batches import shuffle_into_batches

KEY = jax.random.key(0)
ROWS = jnp.arange(100, 114)  # row numbers, not positions


@pytest.mark.parametrize(
    ("batch_size", "shape", "in_last"),
    [(4, (4, 4), 2), (7, (2, 7), 7), (14, (1, 14), 14), (1, (14, 1), 1), (40, (1, 40), 14)],
)
def test_every_row_once_and_the_rest_is_flagged(compiled, batch_size, shape, in_last):
    batches = compiled(lambda key, rows_N: shuffle_into_batches(key, rows_N, batch_size))(KEY, ROWS)
    assert batches.index.shape == batches.real.shape == shape
    assert batches.real[:-1].all()
    assert_array_equal(batches.real[-1], np.arange(batch_size) < in_last)
    assert_array_equal(np.sort(batches.index[batches.real]), ROWS)
    assert_array_equal(np.setdiff1d(batches.index, ROWS), [])  # padding can be gathered too


def test_keys_decide_the_order():
    orders = [shuffle_into_batches(jax.random.key(seed), ROWS, 4).index for seed in (0, 0, 1)]
    assert_array_equal(orders[0], orders[1])
    assert (orders[0] != orders[2]).any()
    assert (orders[0].ravel()[:14] != ROWS).any()


def test_vmap_equals_a_loop(compiled):
    keys_R = jax.random.split(KEY, 3)
    rows_RN = ROWS[None] + 1000 * jnp.arange(3)[:, None]

    def shuffle(key, rows_N):
        return shuffle_into_batches(key, rows_N, 4)

    batches_R = compiled(jax.vmap(shuffle))(keys_R, rows_RN)
    for replicate in range(3):
        alone = shuffle(keys_R[replicate], rows_RN[replicate])
        assert_array_equal(batches_R.index[replicate], alone.index)
        assert_array_equal(batches_R.real[replicate], alone.real)
