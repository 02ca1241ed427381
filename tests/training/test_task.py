"""What a task may bring of its own: entries, weights of lines, and outputs that are not judged."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.settings import RECIPES
from drp.training import Entries, make_replicate, predict
from drp.training.optimisers import OPTIMISERS

KEY, EPOCHS, N_AUXILIARY = jax.random.key(0), 4, 2
# One step of all lines per epoch: then a line that is not there and one without entries are alike.
# Plain gradient descent: Adam makes large steps of gradients that are almost 0.
RECIPE = replace(
    RECIPES["paper"], output_start="drug_mean", optimiser="sgd", batch_size=32, learning_rate=0.02,
    patience=99,
)  # fmt: skip
RANDOM = replace(RECIPE, output_start="random")


@pytest.fixture(scope="module")
def train(model):
    """(task, lines, recipe, scored) -> product and progress; compiled once for equal shapes."""
    compiled = {}

    def run(task, lines, recipe=RECIPE, n_scored=None):
        n_outputs = lines.target_SD.shape[1]
        if (n_outputs, recipe, n_scored) not in compiled:
            replicate = make_replicate(
                model.clone(n_outputs=n_outputs), recipe, EPOCHS, n_scored=n_scored
            )
            compiled[n_outputs, recipe, n_scored] = (
                replicate, jax.jit(replicate.init), jax.jit(replicate.run_epochs),
            )  # fmt: skip
        replicate, init, run_epochs = compiled[n_outputs, recipe, n_scored]
        state, progress = run_epochs(init(KEY, task, lines, {}), task, lines)
        return replicate.product(state), progress

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(OPTIMISERS, "sgd", lambda rate, decay, dtype: optax.sgd(rate))
        yield run


def assert_same(one, other):
    jax.tree.map(assert_array_equal, one, other)


def assert_close(one, other):
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-4, atol=1e-5), one, other)


def find_rows(task, n_lines) -> tuple[np.ndarray, np.ndarray]:
    """Return which lines train, and which say when to stop."""
    return tuple(np.isin(np.arange(n_lines), x)[:, None] for x in (task.train_N, task.validation_V))


@pytest.fixture(scope="module")
def by_entry(lines, tasks):
    """Task 0 as a table of entries: every line is in both parts, and masks tell them apart."""
    train_S1, validation_S1 = find_rows(tasks[0], len(lines.target_SD))
    every = jnp.arange(len(lines.target_SD))
    masks = lines.mask_SD & train_S1, lines.mask_SD & validation_S1
    own = Entries(lines.target_SD, *masks)
    return tasks[0]._replace(train_N=every, validation_V=every, entries=own)


def test_entries_that_say_what_rows_say_train_the_same(train, lines, tasks, by_entry):
    assert_close(train(by_entry, lines), train(tasks[0], lines))


def test_own_entries_replace_the_shared_target(train, lines, by_entry):
    nothing = lines._replace(
        target_SD=jnp.full_like(lines.target_SD, jnp.nan), mask_SD=~lines.mask_SD
    )
    assert_same(train(by_entry, nothing), train(by_entry, lines))


def test_entries_in_neither_mask_do_not_matter(train, lines, by_entry):
    own = by_entry.entries
    used_SD = own.train_SD | own.validation_SD
    poisoned = own._replace(target_SD=jnp.where(used_SD, own.target_SD, 1e6))
    assert_same(train(by_entry._replace(entries=poisoned), lines), train(by_entry, lines))


def test_validation_entries_say_when_to_stop_and_nothing_else(train, lines, by_entry):
    own = by_entry.entries
    raised = own._replace(target_SD=own.target_SD + 9.0 * own.validation_SD)
    (one, seen), (other, also) = (train(by_entry._replace(entries=x), lines) for x in (own, raised))
    assert_same(one, other)
    assert (seen.validation_loss != also.validation_loss).all()


@pytest.mark.parametrize("weight", [1.0, 0.125])
def test_equal_weights_are_none(train, lines, tasks, weight):
    weighted = lines._replace(weight_S=jnp.full(len(lines.target_SD), weight))
    assert_close(train(tasks[0], weighted), train(tasks[0], lines))


def test_a_line_of_hardly_any_weight_is_not_there(train, lines, tasks):
    """The start of the output layer is left out: there lines count alike."""
    # No line without mutations: at a bias of 0 the least push decides whether its units are on.
    mutated = {**lines.inputs, "mutation": lines.inputs["mutation"].at[:, 0].set(1)}
    lines = lines._replace(inputs=mutated)
    light = np.asarray(tasks[0].train_N)[:5]
    weight_S = jnp.ones(len(lines.target_SD)).at[light].set(1e-9)
    found = train(tasks[0], lines._replace(weight_S=weight_S), RANDOM)
    masked = lines._replace(mask_SD=lines.mask_SD.at[light].set(False))
    assert_close(found, train(tasks[0], masked, RANDOM))
    product, _ = train(tasks[0], lines, RANDOM)
    biases = (one.params["output"]["bias"] for one in (product, found[0]))
    assert jnp.abs(jnp.subtract(*biases)).max() > 0.01


def test_weights_of_validation_lines_do_not_matter(train, lines, tasks):
    weight_S = jnp.ones(len(lines.target_SD))
    held_out = weight_S.at[tasks[0].validation_V].set(7.0)
    one, other = (train(tasks[0], lines._replace(weight_S=x)) for x in (weight_S, held_out))
    assert_same(one, other)


@pytest.fixture(scope="module")
def screened(lines):
    """The lines with further responses behind the drugs."""
    rng = np.random.default_rng(1)
    further_SA = jnp.asarray(rng.normal(size=(len(lines.target_SD), N_AUXILIARY)), jnp.float32)
    return lines._replace(
        target_SD=jnp.hstack([lines.target_SD, further_SA]),
        mask_SD=jnp.hstack([lines.mask_SD, jnp.ones(further_SA.shape, bool)]),
    )


def add_to_auxiliary(screened, rows, n_drugs=3):
    return screened._replace(target_SD=screened.target_SD.at[rows, n_drugs:].add(50.0))


def test_auxiliary_responses_of_validation_lines_are_never_counted(train, model, screened, tasks):
    task, n_drugs = tasks[0], 3
    found = train(task, screened, n_scored=n_drugs)
    assert_same(found, train(task, add_to_auxiliary(screened, task.validation_V), n_scored=n_drugs))
    product, progress = found
    predicted_SO = predict(model.clone(n_outputs=5), product, screened.inputs)
    error_VD = np.asarray(predicted_SO - screened.target_SD)[
        np.asarray(task.validation_V), :n_drugs
    ]
    assert_allclose(progress.validation_loss[-1], np.nanmean(error_VD**2), rtol=1e-5)
    _, all_counted = train(task, screened)
    assert (all_counted.validation_loss != progress.validation_loss).all()


def test_auxiliary_responses_of_training_lines_are_learned(train, screened, tasks):
    one, other = (
        train(tasks[0], x, n_scored=3)[0].params["head"]["dense_0"]["kernel"]
        for x in (screened, add_to_auxiliary(screened, tasks[0].train_N[:4]))
    )
    assert jnp.abs(one - other).max() > 1e-3
