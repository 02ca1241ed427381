"""One recipe on the bench: which rows train, what is their target, and what no network may see."""

from itertools import pairwise

import numpy as np
import pytest

from drp.data.folds import TEST, TRAIN, VALIDATION
from drp.data.mixtures import mix_tissues
from drp.settings import RECIPES
from experiments.trial import Trial, fill_gaps
from experiments.wiring import make_entries
from tests.experiments.made_up_bench import A, D, F, S, make_bench, make_lines, quick


def make_trial(kind="line", name="modern", lines=None, **changes) -> Trial:
    return Trial("it", make_bench({"it": quick(name, **changes)}, kind, lines=lines))


def test_networks_are_numbered_through():
    trial = make_trial(members=3)
    assert [list(trial.networks(replicate)) for replicate in (0, 1)] == [[0, 1, 2], [3, 4, 5]]
    folds = [trial.network(number) for number in range(6)]
    for number, fold in enumerate(folds):
        np.testing.assert_array_equal(fold.test, trial.fold(number // 3).test)
    assert len({tuple(fold.validation) for fold in folds}) == 6


def test_further_lines_follow_the_others_and_weigh_less():
    trial = make_trial(further_lines=0.25)
    assert (trial.n_lines, trial.n_rows) == (S, S + F)
    np.testing.assert_array_equal(trial.weights(), [1.0] * S + [0.25] * F)
    fold = trial.network(0)
    np.testing.assert_array_equal(trial.rows(fold), [*fold.train, *range(S, S + F)])
    assert trial.shared_target().shape == (S + F, D + A)
    assert trial.stacked("mutation").shape[0] == S + F
    assert trial.stacked("expression").shape[0] == S


def test_expression_of_a_further_line_is_a_mixture_of_training_lines():
    trial = make_trial(further_lines=0.25)
    fold, lines = trial.network(1), trial.lines
    mix_FN = mix_tissues(lines.further.tissue_F, lines.tissue_S[fold.train])
    x_SG = lines.inputs["expression"]
    found = trial.extend(x_SG, fold)
    np.testing.assert_array_equal(found[:S], x_SG)
    np.testing.assert_allclose(found[S:], mix_FN @ x_SG[fold.train], rtol=1e-5)
    mutation = trial.stacked("mutation")
    assert trial.extend(mutation, fold) is mutation


def test_without_further_lines_there_are_none():
    trial = make_trial(further_lines=0.0)
    assert (trial.n_rows, trial.weights(), trial.mixture(trial.network(0))) == (S, None, None)
    np.testing.assert_array_equal(trial.rows(trial.network(0)), trial.network(0).train)


def test_further_lines_of_the_tissue_that_is_held_out_never_train():
    trial = make_trial("tissue", members=2)
    held_out = [trial.fold(replicate).name for replicate in (0, 1)]
    assert held_out == ["lung", "bone"]  # by size, then by name
    for number in range(4):
        rows = trial.rows(trial.network(number))
        further = rows[rows >= S] - S
        expected = np.flatnonzero(trial.further.tissue_F != held_out[number // 2])
        np.testing.assert_array_equal(further, expected)
        assert 0 < len(expected) < F
        assert not np.isin(rows, trial.fold(number // 2).test).any()


@pytest.mark.parametrize("name", RECIPES)
def test_targets_where_lines_are_held_out(name):
    trial = make_trial(name=name, further_lines=0.0)
    fold, target_SD = trial.fold(0), trial.lines.target(trial.recipe.target)
    for own_SD, rows in zip(trial.own_targets(fold), (fold.train, fold.validation), strict=True):
        np.testing.assert_array_equal(own_SD[rows], target_SD[rows])
        assert np.isnan(np.delete(own_SD, rows, axis=0)).all()


@pytest.mark.parametrize("name", RECIPES)
def test_targets_where_entries_are_held_out(name):
    trial = make_trial("pair", name=name)
    fold, measured_SD = trial.fold(0), trial.lines.measured_SD
    known_SD = np.isfinite(measured_SD)
    train_SD, validation_SD = trial.own_targets(fold)
    trains_SD, stops_SD = fold.part_SD == TRAIN, fold.part_SD == VALIDATION
    np.testing.assert_array_equal(train_SD[trains_SD & known_SD], measured_SD[trains_SD & known_SD])
    np.testing.assert_array_equal(np.isfinite(validation_SD), stops_SD & known_SD)
    # A line whose entries are all held out has nothing to fill from.
    filled_S1 = (trains_SD & known_SD).any(axis=1, keepdims=True) & (name == "paper")
    np.testing.assert_array_equal(np.isfinite(train_SD), trains_SD & (known_SD | filled_S1))


@pytest.mark.parametrize("part", [VALIDATION, TEST])
@pytest.mark.parametrize("name", RECIPES)
def test_no_entry_is_filled_with_one_that_is_held_out(name, part):
    """The shared imputed table was: there, entries that test are donors of the gaps."""
    lines = make_lines()
    bench = make_bench({"it": quick(name)}, "pair", lines=lines)
    hidden_SD = bench.splits.fold(0).part_SD == part
    changed_SD = lines.measured_SD + 50 * hidden_SD
    other = bench._replace(
        lines=lines._replace(measured_SD=changed_SD, imputed_SD=fill_gaps(changed_SD))
    )
    one, two = (Trial("it", each).own_targets(bench.splits.fold(0)) for each in (bench, other))
    np.testing.assert_array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1], equal_nan=True) == (part == TEST)


def test_entries_of_a_network_train_or_stop_and_those_of_further_lines_train():
    """Other screens are left out: they measured the very pairs that are held out."""
    trial = make_trial("pair", further_lines=0.25)
    fold = trial.network(1)
    own, (train_SD, validation_SD) = make_entries(fold, trial), trial.own_targets(fold)
    assert own.target_SD.shape == own.train_SD.shape == (S + F, D)
    np.testing.assert_array_equal(own.train_SD[:S], np.isfinite(train_SD))
    np.testing.assert_array_equal(own.validation_SD[:S], np.isfinite(validation_SD))
    np.testing.assert_array_equal(own.train_SD[S:], np.isfinite(trial.further.measured_FD))
    assert not own.validation_SD[S:].any()
    assert not (own.train_SD & own.validation_SD).any()


def test_a_line_without_entries_stays_empty():
    table_SD = np.array([[1.0, np.nan, 3.0], [np.nan] * 3, [2.0, 5.0, 4.0]])
    filled_SD = fill_gaps(table_SD)
    assert np.isfinite(filled_SD[[0, 2]]).all() and np.isnan(filled_SD[1]).all()
    np.testing.assert_array_equal(filled_SD[np.isfinite(table_SD)], table_SD[np.isfinite(table_SD)])


@pytest.mark.parametrize("kind", ["line", "tissue", "pair"])
def test_smaller_shares_lie_within_larger_ones(kind):
    shares = [make_trial(kind, train_fraction=share, members=1) for share in (0.25, 0.5, 1.0)]
    folds = [trial.fold(0) for trial in shares]
    for small, large in pairwise(folds):
        if kind == "pair":
            for part in (TRAIN, VALIDATION):
                assert not ((small.part_SD == part) & (large.part_SD != part)).any()
            np.testing.assert_array_equal(small.part_SD == TEST, large.part_SD == TEST)
        else:
            assert set(small.train) < set(large.train)
            assert set(small.validation) <= set(large.validation)
            np.testing.assert_array_equal(small.test, large.test)
    further = [set(trial.further.samples) for trial in shares]
    assert further[0] < further[1] < further[2] and len(further[2]) == F
    counts = [trial.count_fitted(0, members=True) for trial in shares]
    assert counts == sorted(counts) and counts[0] < counts[-1]


@pytest.mark.parametrize(
    ("refit", "members", "expected"), [(True, 10, 27), (False, 10, 24), (False, 1, 24)]
)
def test_lines_fitted_are_counted_over_all_members(refit, members, expected):
    """24 lines train, 3 validate; an ensemble fits what one of its members fits."""
    trial = make_trial(refit=refit, members=members)
    assert trial.count_fitted(0, members=True) == expected
    assert trial.count_fitted(0, members=False) == (27 if refit else 24)


def test_fitted_entries_are_measured_ones():
    trial = make_trial("pair", members=1, refit=False)
    fitted_SD = (trial.fold(0).part_SD == TRAIN) & np.isfinite(trial.lines.measured_SD)
    assert trial.count_fitted(0, members=True) == fitted_SD.sum()


@pytest.mark.parametrize("what", ["expression", "mutation", "labels"])
def test_a_control_shuffles_what_it_says(what):
    trial, plain = make_trial(permuted=what), make_lines()
    assert trial.n_rows == S  # further lines would know better
    moved = {name for name, x in plain.inputs.items() if (trial.lines.inputs[name] != x).any()}
    assert moved == ({"expression", "mutation"} if what == "labels" else {what})
    assert (trial.lines.tissue_S != plain.tissue_S).any() == (what == "labels")
    np.testing.assert_array_equal(trial.lines.measured_SD, plain.measured_SD)
    for name, x in plain.inputs.items():
        assert sorted(map(tuple, trial.lines.inputs[name])) == sorted(map(tuple, x))
