import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.splits import make_splits, read_splits, write_splits

LINES = pd.Index([f"L{i}" for i in range(23)])
DRUGS = pd.Index([f"D{i} ({i})" for i in range(6)])
TISSUES = np.repeat(["lung", "skin", "unknown"], [8, 5, 10])
MEASURED = np.where(np.random.default_rng(0).random((23, 6)) < 0.2, np.nan, 1.0)
PARTS = ("train", "validation", "test")


def make(kind, n_replicates=3):
    return make_splits(23, n_replicates, 0, kind, tissue_S=TISSUES, measured_SD=MEASURED)


def shuffle(names, further):
    order = np.random.default_rng(0).permutation(len(names))
    return names[order].append(pd.Index([further]))


@pytest.mark.parametrize("kind", ["line", "tissue", "lockbox"])
@pytest.mark.parametrize("order", [LINES, shuffle(LINES, "further")])
def test_splits_come_back_for_the_same_lines_in_any_order(tmp_path, kind, order):
    splits = make(kind)
    write_splits(tmp_path / "splits.npz", splits, LINES)
    read = read_splits(tmp_path / "splits.npz", order, DRUGS)
    assert (read.kind, len(read)) == (kind, len(splits))
    for was, now in zip(splits.folds, read.folds, strict=True):
        assert (now.name, now.part_SD) == (was.name, None)
        for part in PARTS:
            expected = LINES.to_numpy()[getattr(was, part)]
            np.testing.assert_array_equal(order.to_numpy()[getattr(now, part)], expected)


def test_tissues_of_different_size_keep_their_own_lines(tmp_path):
    write_splits(tmp_path / "splits.npz", make("tissue"), LINES)
    read = read_splits(tmp_path / "splits.npz", LINES)
    assert [(fold.name, len(fold.test)) for fold in read.folds] == [("lung", 8), ("skin", 5)]
    assert np.load(tmp_path / "splits.npz")["test_RT"][1].tolist()[5:] == [-1, -1, -1]


def test_entries_come_back_for_the_same_lines_and_drugs_in_any_order(tmp_path):
    splits = make("pair")
    write_splits(tmp_path / "splits.npz", splits, LINES, DRUGS)
    lines, drugs = shuffle(LINES, "further"), shuffle(DRUGS, "further")
    read = read_splits(tmp_path / "splits.npz", lines, drugs)
    for was, now in zip(splits.folds, read.folds, strict=True):
        table = pd.DataFrame(now.part_SD, lines, drugs)
        np.testing.assert_array_equal(table.loc[LINES, DRUGS], was.part_SD)
        assert not table.loc["further"].any()
        assert not table["further"].any()
        np.testing.assert_array_equal(now.test, np.arange(24))


def test_a_file_from_before_there_were_kinds_is_by_line(tmp_path):
    fold = make("line").fold(0)
    arrays = dict(zip(("train_RN", "validation_RV", "test_RT"), fold[:3], strict=True))
    arrays = {name: rows[None] for name, rows in arrays.items()}
    np.savez_compressed(tmp_path / "splits.npz", samples=LINES.to_numpy(str), **arrays)
    read = read_splits(tmp_path / "splits.npz", LINES)
    assert (read.kind, len(read), read.fold(0).name) == ("line", 1, "")
    for part in PARTS:
        np.testing.assert_array_equal(getattr(read.fold(0), part), getattr(fold, part))


def test_the_same_splits_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_splits(tmp_path / name, make("line"), LINES)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.fixture
def damage(tmp_path):
    """Write splits, and change what the file holds or its bytes."""

    def write(change, kind="line"):
        path = tmp_path / "splits.npz"
        write_splits(path, make(kind), LINES, DRUGS)
        found = change({name: array.copy() for name, array in np.load(path).items()})
        if isinstance(found, bytes):
            path.write_bytes(found)
        elif found is not None:
            np.savez(path, **found)
        else:
            path.unlink()
        return path

    return write


def set_row(arrays, name, row, column=0):
    arrays[name][1, column] = row
    return arrays


def fill(arrays, name):
    arrays[name][1] = -1
    return arrays


def put_part(arrays, part, into):
    """In replicate 1, move all entries of a part."""
    table = arrays["part_RSD"][1]
    table[table == part] = into
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
        (lambda arrays: set_row(arrays, "test_RT", -2, 2), "test_RT has row -2"),
        (lambda arrays: arrays | {"train_RN": np.zeros((3, 3))}, "train_RN has .* type float64"),
        (lambda arrays: arrays | {"train_RN": np.int64(3)}, "not a complete splits"),
        (lambda arrays: arrays | {"train_RN": arrays["train_RN"][:1]}, "train_RN has shape"),
        (lambda arrays: arrays | {"kind": np.array("drug")}, "kind is 'drug', not one of line"),
        (lambda arrays: arrays | {"names": np.array(["a"])}, "names has shape"),
        (lambda arrays: arrays | {"names": np.array([None] * 3)}, "not a complete splits"),
        (lambda arrays: arrays | {"samples": arrays["samples"][None]}, "samples has shape"),
        (lambda arrays: arrays | {"samples": np.array([f"X{i}" for i in range(23)])}, "lacks: X0"),
        (lambda arrays: arrays | {"samples": np.full(23, "L3")}, "name lines twice: L3"),
        (
            lambda arrays: set_row(arrays, "test_RT", arrays["train_RN"][1, 0]),
            "replicate 1: in two parts: L",
        ),
        (lambda arrays: fill(arrays, "train_RN"), "replicate 1: no train lines"),
        (lambda arrays: fill(arrays, "test_RT"), "replicate 1: no test lines"),
    ],
)
def test_damaged_splits_are_refused(damage, change, message):
    path = damage(change)
    with pytest.raises(DataError, match=message) as caught:
        read_splits(path, LINES)
    assert str(path) in str(caught.value)


def test_a_line_in_two_parts_is_named_with_its_tissue(damage):
    path = damage(lambda arrays: set_row(arrays, "train_RN", arrays["test_RT"][1, 0]), "tissue")
    with pytest.raises(DataError, match=r"replicate 1 \(skin\): in two parts: L8$"):
        read_splits(path, LINES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: {k: v for k, v in arrays.items() if k != "drugs"}, "drugs"),
        (lambda arrays: arrays | {"drugs": DRUGS.to_numpy(str)[::-1][:3]}, "part_RSD has shape"),
        (lambda arrays: arrays | {"part_RSD": arrays["part_RSD"] * 1.0}, "type float64"),
        (lambda arrays: put_part(arrays, 3, 4), "part 4, expected at most 3"),
        (lambda arrays: put_part(arrays, 3, 0), "replicate 1: no test entries"),
        (lambda arrays: put_part(arrays, 1, 2), "replicate 1: no train entries"),
        (
            lambda arrays: arrays | {"drugs": np.array([f"X{i}" for i in range(6)])},
            "drugs that the cohort lacks: X0",
        ),
    ],
)
def test_damaged_splits_of_entries_are_refused(damage, change, message):
    path = damage(change, "pair")
    with pytest.raises(DataError, match=message):
        read_splits(path, LINES, DRUGS)


def test_entries_where_lines_are_expected_are_refused(damage):
    path = damage(lambda arrays: arrays, "pair")
    with pytest.raises(DataError, match=r"expected splits of whole lines, found .* pair"):
        read_splits(path, LINES)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_splits_that_were_cut_short_are_refused(tmp_path, kept):
    path = tmp_path / "splits.npz"
    write_splits(path, make_splits(23, 2, seed=0), LINES)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(DataError, match="not a complete splits"):
        read_splits(path, LINES)
