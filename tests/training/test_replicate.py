"""One replicate: where it starts, when it stops, what it keeps, and what must not reach it."""

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.settings import RECIPES
from drp.training import make_replicate, predict
from drp.training.stopping import init_stopping, update_stopping
from drp.training.task import rows_of

KEY = jax.random.key(0)
EPOCHS = 20
# Large steps on few lines, so that the validation loss turns soon.
PAPER = replace(RECIPES["paper"], batch_size=4, learning_rate=0.05, max_epochs=EPOCHS)
MODERN = replace(RECIPES["modern"], batch_size=4, learning_rate=0.05, patience=3, max_epochs=EPOCHS)


@cache  # compiled once for all tests
def compile_replicate(model, recipe, epochs_per_call):
    replicate = make_replicate(model, recipe, epochs_per_call)
    return replicate, jax.jit(replicate.init), jax.jit(replicate.run_epochs)


def train(model, recipe, task, lines):
    """Return the replicate's functions, its last state and every epoch's progress."""
    replicate, init, run = compile_replicate(model, recipe, EPOCHS)
    return replicate, *run(init(KEY, task, lines, {}), task, lines)


def assert_trees_equal(one, other):
    jax.tree.map(assert_array_equal, one, other)


def assert_trees_close(one, other):
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-5), one, other)


def without_keys(state):
    """Typed random keys cannot be compared as numbers."""
    return state._replace(shuffle_key=jax.random.key_data(state.shuffle_key))


@pytest.fixture(scope="module")
def paper_run(model, tasks, lines):
    return train(model, PAPER, tasks[0], lines)


@pytest.fixture(scope="module")
def modern_run(model, tasks, lines):
    return train(model, MODERN, tasks[0], lines)


@pytest.fixture(scope="module")
def modern_epochs(model, tasks, lines):
    """The same run as `modern_run`, seen after every epoch: pairs of state and progress."""
    _, init, run = compile_replicate(model, MODERN, 1)
    seen = [(init(KEY, tasks[0], lines, {}), None)]
    while not seen[-1][0].stopping.done:
        seen.append(run(seen[-1][0], tasks[0], lines))
    return seen[1:]


def test_output_start_starts_at_the_drugs_means_over_measured_training_lines(model, lines, tasks):
    replicate = make_replicate(model, MODERN)
    state = replicate.init(KEY, tasks[0], lines, {})
    train_N = np.asarray(tasks[0].train_N)
    expected_D = np.nanmean(np.asarray(lines.target_SD)[train_N], axis=0)
    assert_allclose(state.params["output"]["bias"], expected_D, rtol=1e-5)
    predicted_SD = predict(model, replicate.product(state), lines.inputs)
    assert_array_equal(predicted_SD, jnp.broadcast_to(state.params["output"]["bias"], (23, 3)))
    state = make_replicate(model, PAPER).init(KEY, tasks[0], lines, {})
    assert_array_equal(state.params["output"]["bias"], np.zeros(3))


def test_scaling_sees_the_training_lines_alone(modern_run, lines, tasks):
    _, state, _ = modern_run
    train_NG = np.asarray(lines.inputs["expression"])[np.asarray(tasks[0].train_N)]
    assert list(state.scaling) == ["expression"]
    assert_allclose(state.scaling["expression"].mean, train_NG.mean(axis=0), rtol=1e-5)
    assert_allclose(state.scaling["expression"].scale, train_NG.std(axis=0), rtol=1e-5)


def test_starts_from_the_encoders_given(model, lines, tasks, pretrained):
    state = make_replicate(model, PAPER).init(KEY, tasks[0], lines, pretrained)
    assert_trees_equal({name: state.params[name] for name in pretrained}, pretrained)
    half = {"mutation": pretrained["mutation"]}
    random, other = (make_replicate(model, PAPER).init(KEY, tasks[0], lines, e) for e in ({}, half))
    assert_trees_equal(other.params["mutation"], pretrained["mutation"])
    for name in ("expression", "head", "output"):
        assert_trees_equal(other.params[name], random.params[name])


def test_starts_from_what_pretraining_left_whatever_the_scaling(model, lines, tasks, pretrained):
    recipes = PAPER, replace(PAPER, standardised=("mutation", "expression"))
    products = []
    for recipe in recipes:
        replicate = make_replicate(model, recipe)
        products.append(replicate.product(replicate.init(KEY, tasks[0], lines, pretrained)))
    assert products[1].scaling.keys() == pretrained.keys()
    raw_SD, scaled_SD = (predict(model, fitted, lines.inputs) for fitted in products)
    assert_allclose(scaled_SD, raw_SD, rtol=1e-4, atol=1e-5)


def test_keys_follow_from_the_number(model, lines, tasks):
    replicate = make_replicate(model, PAPER)
    states = [replicate.init(KEY, tasks[0]._replace(number=r), lines, {}) for r in (0, 0, 1)]
    kernels = [state.params["head"]["dense_0"]["kernel"] for state in states]
    orders = [jax.random.key_data(state.shuffle_key) for state in states]
    assert_array_equal(kernels[0], kernels[1])
    assert_array_equal(orders[0], orders[1])
    assert (kernels[0] != kernels[2]).any() and (orders[0] != orders[2]).any()


@pytest.mark.parametrize("run", ["paper_run", "modern_run"])
def test_stops_where_the_recorded_losses_say(run, request):
    _, state, progress = request.getfixturevalue(run)
    stop, epochs = init_stopping(), 0
    while not stop.done:
        stop = update_stopping(stop, progress.validation_loss[epochs], 3)
        epochs += 1
    assert 3 < epochs < EPOCHS  # by patience, not by the cap
    assert state.epoch == epochs
    assert_array_equal(progress.ran, np.arange(EPOCHS) < epochs)
    assert_array_equal(state.stopping.best, progress.validation_loss[:epochs].min())


def test_stops_at_the_cap(model, lines, tasks):
    recipe = replace(PAPER, patience=100, max_epochs=4)
    _, state, progress = train(model, recipe, tasks[0], lines)
    assert state.epoch == 4 and state.stopping.done
    assert_array_equal(progress.ran, np.arange(EPOCHS) < 4)


def test_frozen_once_done(model, paper_run, lines, tasks):
    _, state, _ = paper_run
    _, _, run = compile_replicate(model, PAPER, EPOCHS)
    again, progress = run(state, tasks[0], lines)
    assert_trees_equal(without_keys(again), without_keys(state))
    assert not progress.ran.any()


def test_last_weights_are_the_product_of_the_paper(paper_run):
    replicate, state, _ = paper_run
    assert_trees_equal(replicate.product(state).params, state.params)


def test_best_weights_are_those_after_the_epoch_of_lowest_validation_loss(
    model, lines, tasks, modern_run, modern_epochs
):
    replicate, state, progress = modern_run
    best = int(np.argmin(progress.validation_loss[: int(state.epoch)]))
    assert 0 <= best < state.epoch - 1
    product = replicate.product(state)
    assert_trees_close(product.params, modern_epochs[best][0].params)
    held_out = rows_of(lines, tasks[0].validation_V)
    error = np.asarray(predict(model, product, held_out.inputs) - held_out.target_SD)
    loss = np.mean(error[np.asarray(held_out.mask_SD)] ** 2)
    assert_allclose(loss, progress.validation_loss[best], rtol=1e-5)


def test_epochs_per_call_change_nothing(modern_run, modern_epochs):
    _, state, progress = modern_run
    assert len(modern_epochs) == state.epoch
    for epoch, (_, one) in enumerate(modern_epochs):
        assert_allclose(one.train_loss, progress.train_loss[epoch, None], rtol=1e-5)
        assert_allclose(one.validation_loss, progress.validation_loss[epoch, None], rtol=1e-5)
    last, _ = modern_epochs[-1]
    assert_trees_close(last.params, state.params)
    assert_trees_close(last.kept, state.kept)


@pytest.mark.parametrize("recipe", [PAPER, MODERN], ids=["paper", "modern"])
def test_test_lines_do_not_matter(model, lines, tasks, recipe):
    task = tasks[0]
    used = np.union1d(task.train_N, task.validation_V)
    test = np.setdiff1d(np.arange(len(lines.target_SD)), used)
    poisoned = lines._replace(
        inputs={
            "mutation": lines.inputs["mutation"].at[test].set(255),
            "expression": lines.inputs["expression"].at[test].set(np.nan),
        },
        target_SD=lines.target_SD.at[test].set(1e6),
        mask_SD=lines.mask_SD.at[test].set(True),
    )
    replicate, state, progress = train(model, recipe, task, lines)
    _, other, other_progress = train(model, recipe, task, poisoned)
    assert_trees_equal(replicate.product(state), replicate.product(other))
    assert_trees_equal(progress, other_progress)


def test_what_stands_in_a_gap_does_not_matter(model, lines, tasks):
    assert np.isnan(lines.target_SD).any()
    filled = lines._replace(target_SD=jnp.nan_to_num(lines.target_SD, nan=-99.0))
    replicate, state, progress = train(model, MODERN, tasks[0], lines)
    _, other, other_progress = train(model, MODERN, tasks[0], filled)
    assert all(np.isfinite(x).all() for x in jax.tree.leaves(replicate.product(state)))
    assert_trees_equal(replicate.product(state), replicate.product(other))
    assert_trees_equal(progress, other_progress)


def test_a_validation_part_without_entries_is_no_improvement_after_the_first(model, lines, tasks):
    nothing = lines.mask_SD.at[tasks[0].validation_V].set(False)
    _, state, _ = train(model, MODERN, tasks[0], lines._replace(mask_SD=nothing))
    assert state.epoch == 1 + 3 and state.stopping.best == 0


def test_mutations_as_bytes_equal_mutations_as_floats(model, lines, tasks):
    as_floats = {name: x.astype(jnp.float32) for name, x in lines.inputs.items()}
    assert lines.inputs["mutation"].dtype == np.uint8
    results = [
        train(model, MODERN, tasks[0], lines._replace(inputs=inputs))[2]
        for inputs in (lines.inputs, as_floats)
    ]
    assert_trees_equal(*results)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keep": "first"}, "unknown keep 'first'; known: last, best"),
        ({"output_start": "mean"}, "unknown output_start 'mean'; known: random, drug_mean"),
        ({"optimiser": "sgd"}, "unknown optimiser 'sgd'"),
    ],
)
def test_recipe_that_names_the_unknown_is_refused(model, change, message):
    with pytest.raises(ValueError, match=message):
        make_replicate(model, replace(PAPER, **change))


def test_encoder_that_no_input_has_is_refused(model, lines, tasks, pretrained):
    with pytest.raises(ValueError, match=r"encoders for \['methylation'\]"):
        make_replicate(model, PAPER).init(
            KEY, tasks[0], lines, {"methylation": pretrained["mutation"]}
        )
