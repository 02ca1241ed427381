"""Feeding: every tumour once an epoch, in one order wherever they lie, and from any batch on."""

import threading

import anndata as ad
import h5py
import jax
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from drp.training.feeding import (
    Feed,
    count_at_once,
    find_block_rows,
    join,
    plan_epoch,
    read_ahead,
    read_rows,
    stack_batches,
)

KEY = jax.random.key(0)


@pytest.fixture
def x_TG() -> np.ndarray:  # noqa: N802
    """Tumour i is the row (i, -i)."""
    return np.arange(100, dtype=np.float32)[:, None] * np.array([1, -1], np.float32)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("drp.training.feeding.BLOCK_ROWS", 8)


def list_rows(feed, key=KEY, start=0) -> list[int]:
    """Return the tumours in the order in which they are fed."""
    return [int(row[0]) for batch in feed.batches(key, start) for row in batch.x[batch.real]]


TRAIN = np.setdiff1d(np.arange(100), [3, 4, 50, 99])


@pytest.mark.parametrize("buffer_rows", [1, 24, 95, 96, 1000])
def test_every_tumour_once_an_epoch_and_no_other(x_TG, buffer_rows):
    feed = Feed(x_TG, TRAIN, 7, buffer_rows)
    fed = list_rows(feed)
    assert sorted(fed) == TRAIN.tolist() and fed != sorted(fed)
    assert fed == list_rows(feed) != list_rows(feed, jax.random.key(1))
    assert len(list(feed.batches(KEY))) == feed.n_batches == 14


@pytest.mark.parametrize("buffer_rows", [24, 1000])
@pytest.mark.parametrize("start", [1, 5, 13, 14])
def test_goes_on_from_any_batch(x_TG, buffer_rows, start):
    feed = Feed(x_TG, TRAIN, 7, buffer_rows)
    assert list_rows(feed, start=start) == list_rows(feed)[7 * start :]


@pytest.mark.parametrize("buffer_rows", [24, 1000])
def test_where_the_tumours_lie_changes_nothing(x_TG, buffer_rows, tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        in_rows = sparse.csr_matrix(x_TG)
        ad.io.write_elem(file, "rows", in_rows)
        on_disk = file.create_dataset("x", data=x_TG, chunks=(4, 2))
        first, *others = (
            [batch.x for batch in Feed(x, TRAIN, 7, buffer_rows).batches(KEY)]
            for x in (x_TG, on_disk, in_rows, ad.io.sparse_dataset(file["rows"]))
        )
    for batches in others:
        assert_array_equal(batches, first)


def test_a_buffer_is_all_that_is_read_at_a_time(x_TG):
    class Watched:
        shape, read = x_TG.shape, []

        def __getitem__(self, rows):
            self.read.append((rows.start, rows.stop))
            return x_TG[rows]

    watched = Watched()
    batches = Feed(watched, np.arange(100), 8, 24).batches(KEY)
    assert watched.read == []
    next(batches)
    assert len(watched.read) == 3  # blocks of 8
    list(batches)
    assert sorted(watched.read) == [(s, min(s + 8, 100)) for s in range(0, 100, 8)]


def test_neighbours_on_disk_part_in_the_buffer():
    """Tumours sorted by type on disk must not meet the network type by type."""
    (rows,) = plan_epoch(KEY, np.arange(100), 8, 104)
    assert np.abs(np.diff(rows)).mean() > 20
    buffers = list(plan_epoch(KEY, np.arange(100), 8, 24))
    assert sum(map(len, buffers)) == 100
    assert len({row // 8 for row in buffers[0]}) == 3
    assert buffers[0].tolist() != sorted(buffers[0])


def test_blocks_are_whole_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("drp.training.feeding.BLOCK_ROWS", 256)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for rows, expected in ((100, 300), (256, 256), (332, 332)):
            data = file.create_dataset(str(rows), (1000, 2), "f4", chunks=(rows, 2))
            assert find_block_rows(data) == expected
    assert find_block_rows(np.zeros((3, 2))) == 256


def test_the_last_batch_is_padded_with_zeros_in_the_stored_type():
    batch = join([sparse.csr_matrix(np.eye(2, dtype=np.uint8)), np.full((1, 2), 7, np.uint8)], 4)
    assert batch.x.dtype == np.uint8
    assert_array_equal(batch.x, [[1, 0], [0, 1], [7, 7], [0, 0]])
    assert_array_equal(batch.real, [True, True, True, False])


def test_batches_are_stacked_some_at_a_time(x_TG):
    stacks = list(stack_batches(Feed(x_TG, TRAIN, 7).batches(KEY), 4))
    assert [stack.x.shape for stack in stacks] == [(4, 7, 2)] * 3 + [(2, 7, 2)]
    assert stacks[-1].real.sum() == 7 + 96 % 7


def test_large_batches_go_to_the_device_one_by_one():
    assert count_at_once(64, 18_000) == 16
    assert count_at_once(1024, 18_000) == 3
    assert count_at_once(100_000, 18_000) == 1


def test_rows_in_rising_order_come_as_they_are_stored(x_TG):
    rows = np.array([0, 7, 8, 99])
    assert_array_equal(read_rows(x_TG, rows), x_TG[rows])
    found = read_rows(sparse.csr_matrix(x_TG.astype(np.uint8)), rows)
    assert sparse.issparse(found) and found.dtype == np.uint8
    assert_array_equal(found.toarray(), x_TG[rows].astype(np.uint8))


def test_reading_ahead_keeps_the_order_and_runs_elsewhere():
    threads = set()

    def work():
        for number in range(5):
            threads.add(threading.current_thread().name)
            yield number

    assert list(read_ahead(work())) == [0, 1, 2, 3, 4]
    assert threading.current_thread().name not in threads and len(threads) == 1


def test_what_fails_ahead_is_raised_where_it_is_used():
    def work():
        yield 1
        raise OSError("disk gone")

    items = read_ahead(work())
    assert next(items) == 1
    with pytest.raises(OSError, match="disk gone"):
        next(items)


def test_leaving_early_stops_the_thread(x_TG):
    before = threading.active_count()
    items = read_ahead(Feed(x_TG, TRAIN, 7).batches(KEY))
    next(items)
    items.close()
    assert threading.active_count() == before
