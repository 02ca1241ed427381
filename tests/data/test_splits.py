import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError
from drp.data.folds import PARTS, TEST, TRAIN, UNUSED, VALIDATION
from drp.data.splits import lockbox_rows, make_splits, shrink

FEW = settings(max_examples=40, deadline=None, derandomize=True, database=None)
TISSUES = np.repeat(["lung", "skin", "bone", "eye", "unknown"], [8, 12, 8, 4, 30])


def make_measured(n_lines=30, n_drugs=8, seed=0):
    rng = np.random.default_rng(seed)
    measured_SD = rng.normal(size=(n_lines, n_drugs))
    return np.where(rng.random(measured_SD.shape) < 0.2, np.nan, measured_SD)


def draw(kind, n_lines, n_replicates, seed):
    """Draw splits of any kind for lines of which the first half have tissues."""
    tissue_S = np.array([f"t{row % 3}" if row % 2 else "unknown" for row in range(n_lines)])
    measured_SD = make_measured(n_lines, seed=seed)
    return make_splits(
        n_lines, n_replicates, seed, kind, tissue_S=tissue_S, measured_SD=measured_SD, min_lines=1
    )


def read_parts(fold):
    return fold.train, fold.validation, fold.test


@pytest.mark.parametrize(
    ("n_lines", "sizes"), [(10, (8, 1, 1)), (23, (18, 2, 3)), (515, (412, 51, 52))]
)
def test_parts_are_80_10_10(n_lines, sizes):
    splits = make_splits(n_lines, 3, seed=0)
    assert len(splits) == 3
    assert {tuple(map(len, read_parts(fold))) for fold in splits.folds} == {sizes}


def test_splits_by_line_are_the_ones_they_always_were():
    """Published figures rest on these draws: a change here makes every old result another one."""
    order = np.random.default_rng([7, 2]).permutation(23)
    fold = make_splits(23, 3, seed=7).fold(2)
    for part, expected in zip(read_parts(fold), np.split(order, [18, 20]), strict=True):
        assert part.tobytes() == expected.tobytes()
    assert make_splits(23, 1, seed=0).fold(0).test.tolist() == [9, 1, 15]


def test_a_replicate_depends_on_the_seed_and_its_number_alone():
    few, many, other = make_splits(23, 2, 0), make_splits(23, 5, 0), make_splits(23, 2, 1)
    for number in range(2):
        np.testing.assert_array_equal(few.fold(number).train, many.fold(number).train)
        assert not np.array_equal(few.fold(number).test, other.fold(number).test)
    assert not np.array_equal(few.fold(0).test, few.fold(1).test)


@FEW
@given(
    kind=st.sampled_from(["line", "tissue", "lockbox"]),
    n_lines=st.integers(24, 80),
    seed=st.integers(0, 2**32),
)
def test_parts_hold_every_line_once(kind, n_lines, seed):
    splits = draw(kind, n_lines, 3, seed)
    for fold, again in zip(splits.folds, draw(kind, n_lines, 3, seed).folds, strict=True):
        np.testing.assert_array_equal(np.sort(np.concatenate(read_parts(fold))), np.arange(n_lines))
        assert min(map(len, read_parts(fold))) > 0
        for part, same in zip(read_parts(fold), read_parts(again), strict=True):
            np.testing.assert_array_equal(part, same)


@FEW
@given(seed=st.integers(0, 2**32), n_lines=st.integers(3, 40))
def test_every_measured_entry_has_one_part(seed, n_lines):
    measured_SD = make_measured(n_lines, seed=seed)
    fold = draw("pair", n_lines, 2, seed).fold(1)
    n = int(np.isfinite(measured_SD).sum())
    sizes = [int((np.isfinite(measured_SD) & (fold.part_SD == part)).sum()) for part in range(4)]
    assert sizes == [0, int(0.8 * n), int(0.1 * n), n - int(0.8 * n) - int(0.1 * n)]
    assert (fold.part_SD[np.isnan(measured_SD)] == TRAIN).all()
    for rows in read_parts(fold):
        np.testing.assert_array_equal(rows, np.arange(n_lines))
    np.testing.assert_array_equal(fold.part_SD, draw("pair", n_lines, 2, seed).fold(1).part_SD)


@FEW
@given(
    kind=st.sampled_from(["line", "tissue", "lockbox", "pair"]),
    fractions=st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
    seed=st.integers(0, 99),
)
def test_shrunken_folds_are_nested_and_test_the_same(kind, fractions, seed):
    whole = draw(kind, 60, 1, seed).fold(0)
    small, large = (shrink(whole, fraction) for fraction in sorted(fractions))
    for part in (TRAIN, VALIDATION):
        sets = [set(list_members(fold, part)) for fold in (small, large, whole)]
        assert len(sets[0]) >= 2
        assert sets[0] <= sets[1] <= sets[2]
    assert list_members(small, TEST) == list_members(whole, TEST)


def list_members(fold, part):
    if fold.part_SD is not None:
        return np.flatnonzero(fold.part_SD == part).tolist()
    return read_parts(fold)[part - 1].tolist()


@pytest.mark.parametrize(
    ("fraction", "sizes"),
    [(0.01, (4, 2, 52)), (0.1, (41, 5, 52)), (0.25, (103, 13, 52)), (1.0, (412, 51, 52))],
)
def test_a_shrunken_fold_keeps_the_first_lines_drawn(fraction, sizes):
    whole = make_splits(515, 1, 0).fold(0)
    fold = shrink(whole, fraction)
    for part, was, size in zip(read_parts(fold), read_parts(whole), sizes, strict=True):
        np.testing.assert_array_equal(part, was[:size])


def test_a_shrunken_table_marks_what_it_leaves_out():
    whole = draw("pair", 60, 1, 0).fold(0)
    fold = shrink(whole, 0.5)
    assert (fold.part_SD == TRAIN).sum() == round(0.5 * (whole.part_SD == TRAIN).sum())
    changed = fold.part_SD != whole.part_SD
    assert (fold.part_SD[changed] == UNUSED).all()
    assert shrink(whole, 1.0).part_SD.tobytes() == whole.part_SD.tobytes()


@pytest.mark.parametrize("fraction", [0, -0.5, 1.01, np.nan])
def test_a_fraction_that_is_none_is_refused(fraction):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        shrink(make_splits(23, 1, 0).fold(0), fraction)


def test_the_largest_tissues_are_held_out_first_and_small_or_unknown_ones_never():
    splits = make_splits(62, 99, 0, "tissue", tissue_S=TISSUES)
    assert [fold.name for fold in splits.folds] == ["skin", "bone", "lung"]  # 12, 8, 8 lines
    for fold in splits.folds:
        np.testing.assert_array_equal(fold.test, np.flatnonzero(fold.name == TISSUES))
        assert len(fold.validation) == (62 - len(fold.test)) // 9
    first = make_splits(62, 1, 0, "tissue", tissue_S=TISSUES)
    assert [fold.name for fold in first.folds] == ["skin"]
    with_eye = make_splits(62, 99, 0, "tissue", tissue_S=TISSUES, min_lines=4)
    assert [fold.name for fold in with_eye.folds] == ["skin", "bone", "lung", "eye"]


def test_a_tissue_s_split_depends_on_the_seed_and_its_name_alone():
    merged = np.where(TISSUES == "bone", "skin", TISSUES)
    one = make_splits(62, 9, 0, "tissue", tissue_S=TISSUES).fold(2)
    same = make_splits(62, 9, 0, "tissue", tissue_S=merged).fold(1)
    other = make_splits(62, 9, 1, "tissue", tissue_S=TISSUES).fold(2)
    assert one.name == same.name == other.name == "lung"
    np.testing.assert_array_equal(one.train, same.train)
    assert not np.array_equal(one.train, other.train)


def test_the_lockbox_is_as_documented():
    expected = np.random.default_rng([0, 15]).permutation(515)[:77]
    np.testing.assert_array_equal(lockbox_rows(515), expected)
    splits = make_splits(515, 100, 3, "lockbox")
    assert len(splits) == 1
    np.testing.assert_array_equal(splits.fold(0).test, expected)
    assert len(splits.fold(0).validation) == 438 // 9


@pytest.mark.parametrize(
    ("message", "n_lines", "more"),
    [
        ("at least 10 complete cell lines, found 9", 9, {}),
        ("a drug is an output of the network", 62, {"kind": "drug"}),
        (
            "a tissue of at least 13 lines, found skin 12, bone 8, lung 8, eye 4$", 62,
            {"kind": "tissue", "tissue_S": TISSUES, "min_lines": 13},
        ),
        ("5 lines, found none", 62, {"kind": "tissue", "tissue_S": np.full(62, "unknown")}),
        (
            "of other tissues than lung, found 0", 62,
            {"kind": "tissue", "tissue_S": np.full(62, "lung")},
        ),
        (
            "at least 10 measured entries, found 0", 62,
            {"kind": "pair", "measured_SD": np.full((62, 3), np.nan)},
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_split_is_refused(message, n_lines, more):
    with pytest.raises(DataError, match=message):
        make_splits(n_lines, 3, seed=0, **more)


@pytest.mark.parametrize(
    "more",
    [{"kind": "tissue"}, {"kind": "pair"}, {"kind": "x"}],
)
def test_wrong_calls_are_refused(more):
    with pytest.raises(ValueError, match="expected"):
        make_splits(62, 3, seed=0, **more)


def test_parts_are_named_in_the_order_of_the_table():
    assert [PARTS[part - 1] for part in (TRAIN, VALIDATION, TEST)] == [
        "train", "validation", "test",
    ]  # fmt: skip
