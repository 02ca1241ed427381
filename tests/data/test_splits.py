import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.splits import make_splits, read_splits, write_splits

LINES = pd.Index([f"L{i}" for i in range(23)])


@pytest.mark.parametrize(
    ("n_lines", "sizes"), [(10, (8, 1, 1)), (23, (18, 2, 3)), (515, (412, 51, 52))]
)
def test_parts_are_80_10_10_and_hold_every_line_once(n_lines, sizes):
    splits = make_splits(n_lines, 3, seed=0)
    assert tuple(part.shape for part in splits) == tuple((3, size) for size in sizes)
    for rows in np.concatenate(splits, axis=1):
        np.testing.assert_array_equal(np.sort(rows), np.arange(n_lines))


def test_a_replicate_depends_on_the_seed_and_its_number_alone():
    few, many, other = make_splits(23, 2, 0), make_splits(23, 5, 0), make_splits(23, 2, 1)
    for one, all_of_them, elsewhere in zip(few, many, other, strict=True):
        np.testing.assert_array_equal(one, all_of_them[:2])
        assert not np.array_equal(one, elsewhere)
    assert not np.array_equal(few.test_RT[0], few.test_RT[1])


def test_too_few_lines_are_refused():
    with pytest.raises(DataError, match="at least 10 complete cell lines, found 9"):
        make_splits(9, 1, seed=0)


def test_splits_come_back_for_the_same_lines_in_any_order(tmp_path):
    splits = make_splits(23, 4, seed=0)
    write_splits(tmp_path / "splits.npz", splits, LINES)
    shuffled = LINES[np.random.default_rng(0).permutation(23)].append(pd.Index(["further"]))
    for order in (LINES, shuffled):
        read = read_splits(tmp_path / "splits.npz", order)
        for was, now in zip(splits, read, strict=True):
            np.testing.assert_array_equal(LINES.to_numpy()[was], order.to_numpy()[now])


@pytest.fixture
def damage(tmp_path):
    """Write splits, and change what the file holds or its bytes."""

    def write(change):
        path = tmp_path / "splits.npz"
        write_splits(path, make_splits(23, 2, seed=0), LINES)
        found = change({name: array.copy() for name, array in np.load(path).items()})
        if isinstance(found, bytes):
            path.write_bytes(found)
        elif found is not None:
            np.savez(path, **found)
        else:
            path.unlink()
        return path

    return write


def set_row(arrays, name, row):
    arrays[name][1, 0] = row
    return arrays


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: None, "No such file"),
        (lambda arrays: b"", "not a complete splits"),
        (lambda arrays: b"samples,train\n", "not a complete splits"),
        (lambda arrays: b"PK\x03\x04 cut short", "not a complete splits"),
        (lambda arrays: {"samples": arrays["samples"]}, "train_RN"),
        (lambda arrays: set_row(arrays, "test_RT", 23), "test_RT has row 23 of 23 lines"),
        (lambda arrays: set_row(arrays, "test_RT", -1), "test_RT has row"),
        (lambda arrays: arrays | {"train_RN": np.zeros((2, 3))}, "train_RN has .* type float64"),
        (lambda arrays: arrays | {"train_RN": arrays["train_RN"][:1]}, "train_RN has shape"),
        (lambda arrays: arrays | {"samples": np.array([f"X{i}" for i in range(23)])}, "lacks: X0"),
        (
            lambda arrays: set_row(arrays, "test_RT", arrays["train_RN"][1, 0]),
            "replicate 1: in two parts: L",
        ),
    ],
)
def test_damaged_splits_are_refused(damage, change, message):
    path = damage(change)
    with pytest.raises(DataError, match=message) as caught:
        read_splits(path, LINES)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_splits_that_were_cut_short_are_refused(tmp_path, kept):
    path = tmp_path / "splits.npz"
    write_splits(path, make_splits(23, 2, seed=0), LINES)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(DataError, match="not a complete splits"):
        read_splits(path, LINES)
