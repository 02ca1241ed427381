"""Members that stop on rotating tenths: together they fit every line, and none sees a test line."""

import numpy as np
import pytest

from drp.data.folds import TEST, TRAIN, UNUSED, VALIDATION
from drp.data.rotation import rotate
from drp.data.splits import make_splits

N_LINES, SEEDS = 60, (3, 0)  # 48 train, 6 validate, 6 test


@pytest.fixture(scope="module")
def fold():
    return make_splits(N_LINES, 1, seed=0).fold(0)


@pytest.fixture(scope="module")
def pair_fold():
    measured_SD = np.random.default_rng(0).normal(size=(12, 10))
    measured_SD[measured_SD > 1] = np.nan
    return make_splits(12, 1, 0, "pair", measured_SD=measured_SD).fold(0)


def find_pool(fold, refit: bool) -> list[int]:
    return sorted([*fold.train, *fold.validation] if refit else fold.train)


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("members", [2, 10, 23])
def test_each_member_has_all_of_the_pool_in_two_parts(fold, members, refit):
    pool = find_pool(fold, refit)
    rotated = rotate(fold, members, refit, SEEDS)
    assert len(rotated) == members
    for member in rotated:
        assert sorted([*member.train, *member.validation]) == pool
        assert len(member.validation) == len(pool) // 10
        np.testing.assert_array_equal(member.test, fold.test)


def test_without_refit_the_validation_lines_are_left_alone(fold):
    for member in rotate(fold, 10, False, SEEDS):
        assert not np.isin(fold.validation, [*member.train, *member.validation]).any()


def test_ten_members_stop_on_ten_tenths(fold):
    stops = [member.validation for member in rotate(fold, 10, True, SEEDS)]
    assert len(np.unique(np.concatenate(stops))) == 10 * 5  # of 54


def test_from_the_eleventh_member_on_tenths_are_drawn_anew(fold):
    rotated = rotate(fold, 20, True, SEEDS)
    turns = rotated[:10], rotated[10:]
    first, second = ({tuple(sorted(member.validation)) for member in turn} for turn in turns)
    assert len(first) == len(second) == 10
    assert not first & second
    assert len(np.unique(np.concatenate([member.validation for member in rotated[10:]]))) == 50


@pytest.mark.parametrize("members", [2, 10])
def test_a_member_is_the_same_however_many_there_are(fold, members):
    """So that an ensemble can grow, and a seed of its own gives another one."""
    few, many = (rotate(fold, n, True, SEEDS) for n in (members, 23))
    other = rotate(fold, members, True, (3, 1))
    for one, same, another in zip(few, many, other, strict=False):
        np.testing.assert_array_equal(one.train, same.train)
        np.testing.assert_array_equal(one.validation, same.validation)
        assert set(one.validation) != set(another.validation)


def test_one_member_without_refit_is_the_fold(fold, pair_fold):
    assert rotate(fold, 1, False, SEEDS) == (fold,)
    assert rotate(pair_fold, 1, False, SEEDS) == (pair_fold,)


def test_one_member_with_refit_stops_on_a_tenth_of_both_parts(fold):
    (member,) = rotate(fold, 1, True, SEEDS)
    assert len(member.train), len(member.validation) == (49, 5)


def test_fewer_lines_than_members_still_stop_on_one(fold):
    tiny = fold._replace(train=fold.train[:3], validation=fold.validation[:1])
    for member in rotate(tiny, 10, True, SEEDS):
        assert (len(member.train), len(member.validation)) == (3, 1)


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("members", [1, 10, 12])
def test_held_out_entries_are_dealt_alike(pair_fold, members, refit):
    if members == 1 and not refit:
        return
    before_SD = pair_fold.part_SD.copy()
    pool_SD = np.isin(before_SD, (TRAIN, VALIDATION) if refit else (TRAIN,))
    for member in rotate(pair_fold, members, refit, SEEDS):
        dealt_SD = np.isin(member.part_SD, (TRAIN, VALIDATION))
        np.testing.assert_array_equal(dealt_SD, pool_SD)
        assert (member.part_SD == VALIDATION).sum() == pool_SD.sum() // 10
        np.testing.assert_array_equal(member.part_SD == TEST, before_SD == TEST)
        if not refit:
            assert (member.part_SD[before_SD == VALIDATION] == UNUSED).all()
    np.testing.assert_array_equal(pair_fold.part_SD, before_SD)  # the fold is not written to
