"""Tumours on their way to the device: in which order, in which batches, read ahead by a thread.

It refuses to know files: a matrix is whatever has a shape and gives rows for a slice, be it a NumPy
array, a SciPy matrix in rows, or either of them on disk.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

import jax
import numpy as np
from jax import Array
from scipy import sparse

BLOCK_ROWS = 256  # read at a time, where the matrix does not say how it is cut on disk
BUFFER_ROWS = 16_384
BATCHES_AT_ONCE = 16  # to the device; at 64 tumours x 18,000 genes 18 MB of mutations
MOST_BYTES = 2**28  # of what goes to the device at once
END = object()

Item = TypeVar("Item")


class Tumors(Protocol):
    """Profiles of tumours (T, genes), in memory or on disk."""

    shape: tuple[int, int]

    def __getitem__(self, rows: slice): ...


class Batch(NamedTuple):
    """Some tumours; the last batch of an epoch is padded with zeros.

    Attributes:
      x: (B, genes), in the stored type.
      real: (B,) bool, False where padded.
    """

    x: np.ndarray
    real: np.ndarray


class Feed:
    """The tumours of a training, batch by batch, epoch after epoch.

    Where the buffer holds them all they are read once, and every epoch is a free shuffle. Otherwise
    an epoch reads blocks of neighbouring rows in random order, fills the buffer with them, shuffles
    what is in it, and goes on: memory does not grow with the number of tumours.
    """

    def __init__(
        self, x_TG: Tumors, rows_N: np.ndarray, batch_size: int, buffer_rows: int = BUFFER_ROWS
    ):
        """Take the tumours in; reads them if the buffer holds them all.

        Args:
          x_TG: profiles.
          rows_N: rows to train on, in rising order.
          batch_size: tumours per step.
          buffer_rows: tumours held at a time.
        """
        self.batch_size, self.n_tumors = batch_size, len(rows_N)
        self.n_batches = -(-len(rows_N) // batch_size)
        self.at_once = count_at_once(batch_size, x_TG.shape[1])
        self._buffer_rows = buffer_rows
        self._whole = len(rows_N) <= buffer_rows
        self._x = read_rows(x_TG, rows_N) if self._whole else x_TG
        self._rows = np.arange(len(rows_N)) if self._whole else rows_N

    def batches(self, key: Array, start: int = 0) -> Iterator[Batch]:
        """Yield an epoch's batches; the key decides the order.

        Args:
          key: the epoch's key.
          start: batches to leave out at the beginning, as a resumed run does.
        """
        missing, pieces = self.batch_size, []
        for x, order in self._buffers(key, start * self.batch_size):
            while len(order) >= missing:
                pieces.append(x[order[:missing]])
                yield join(pieces, self.batch_size)
                order, pieces, missing = order[missing:], [], self.batch_size
            if len(order):
                pieces.append(x[order])
                missing -= len(order)
            del x  # else two buffers would be held while the next is read
        if pieces:
            yield join(pieces, self.batch_size)

    def stacks(self, key: Array, start: int = 0) -> Iterator[Batch]:
        """Yield an epoch's batches, `at_once` of them stacked: (K, B, genes) and (K, B)."""
        return stack_batches(self.batches(key, start), self.at_once)

    def _buffers(self, key: Array, skip: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield what a buffer holds and in which order it is fed, without the first `skip` rows."""
        block_rows = self.n_tumors if self._whole else find_block_rows(self._x)
        for rows in plan_epoch(key, self._rows, block_rows, self._buffer_rows):
            if skip >= len(rows):  # never read
                skip -= len(rows)
                continue
            held = np.sort(rows)
            order = np.searchsorted(held, rows)[skip:]
            skip = 0
            yield (self._x if self._whole else read_rows(self._x, held)), order


def plan_epoch(
    key: Array, rows_N: np.ndarray, block_rows: int, buffer_rows: int
) -> Iterator[np.ndarray]:
    """Yield the rows of each buffer in the order in which they are fed.

    Args:
      key: the epoch's key.
      rows_N: all rows of the epoch, in rising order.
      block_rows: rows of a block, which is read as one.
      buffer_rows: rows of a buffer; at least one block is in it.
    """
    # NumPy shuffles: the number of rows differs between buffers, and JAX compiles for each
    rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    starts = np.unique(rows_N // block_rows, return_index=True)[1]
    blocks = np.split(rows_N, starts[1:])
    for some in cut(rng.permutation(len(blocks)), max(buffer_rows // block_rows, 1)):
        yield rng.permutation(np.concatenate([blocks[block] for block in some]))


def count_at_once(batch_size: int, n_genes: int) -> int:
    """Return how many batches go to the device at once: at least one, and no more than fit."""
    return min(max(MOST_BYTES // (4 * batch_size * n_genes), 1), BATCHES_AT_ONCE)


def find_block_rows(x_TG: Tumors) -> int:
    """Return how many rows are read at a time: whole chunks, where the file is cut into such."""
    chunks = getattr(x_TG, "chunks", None)
    rows = chunks[0] if chunks else 1
    return -(-BLOCK_ROWS // rows) * rows if rows < BLOCK_ROWS else rows


def read_blocks(x_TG: Tumors, rows_N: np.ndarray) -> Iterator:
    """Yield the given rows, block by block, in the stored type.

    Args:
      x_TG: profiles.
      rows_N: row numbers in rising order.
    """
    block_rows = find_block_rows(x_TG)
    block_N = rows_N // block_rows
    for some in np.split(rows_N, np.flatnonzero(np.diff(block_N)) + 1):
        if len(some):
            start = some[0] // block_rows * block_rows
            yield x_TG[start : min(start + block_rows, x_TG.shape[0])][some - start]


def read_rows(x_TG: Tumors, rows_N: np.ndarray) -> np.ndarray | sparse.csr_matrix:
    """Return the given rows, in rising order, in memory and in the stored type."""
    blocks = read_blocks(x_TG, rows_N)
    first = next(blocks)
    if sparse.issparse(first):
        return sparse.vstack([first, *blocks], "csr")
    held = np.empty((len(rows_N), x_TG.shape[1]), first.dtype)  # blocks and all would be twice that
    held[: len(first)] = first
    start = len(first)
    for block in blocks:
        held[start : start + len(block)] = block
        start += len(block)
    return held


def join(pieces: Sequence, batch_size: int) -> Batch:
    """Return pieces of a batch as one dense batch, padded with zeros."""
    dense = [densify(piece) for piece in pieces]
    n_real = sum(map(len, dense))
    padding = np.zeros((batch_size - n_real, dense[0].shape[1]), dense[0].dtype)
    return Batch(np.concatenate([*dense, padding]), np.arange(batch_size) < n_real)


def stack_batches(batches: Iterable[Batch], at_once: int) -> Iterator[Batch]:
    """Yield some batches at a time, stacked: (K, B, genes) and (K, B)."""
    for some in cut(batches, at_once):
        yield Batch(*(np.stack(arrays) for arrays in zip(*some, strict=True)))


def read_ahead(items: Iterator[Item], depth: int = 2) -> Iterator[Item]:
    """Yield items while a thread makes the next `depth` of them. What it raises is raised here."""
    with ThreadPoolExecutor(1, "feeding") as pool:
        ahead = deque(pool.submit(next, items, END) for _ in range(depth))
        while (item := ahead.popleft().result()) is not END:
            ahead.append(pool.submit(next, items, END))
            yield item


def cut(items: Iterable[Item], at_once: int) -> Iterator[list[Item]]:
    """Yield some items at a time, the last ones fewer."""
    items = iter(items)
    while some := list(islice(items, at_once)):
        yield some


def densify(rows) -> np.ndarray:
    """Return rows, sparse or not, as a dense array."""
    return rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
