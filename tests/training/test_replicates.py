"""Many replicates: their results depend on neither slots nor queue, and nothing recompiles."""

from collections import Counter
from dataclasses import replace

import jax
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import Predictor
from drp.settings import RECIPES
from drp.training import fit_replicates, make_replicate
from drp.training.slots import SIDE_BY_SIDE, Runner, make_engine, run_in_turn

KEY = jax.random.key(0)
RECIPE = replace(RECIPES["modern"], batch_size=4, learning_rate=0.03, patience=2, max_epochs=12)


def fit_all(tasks, lines, replicate, slots, pretrained=None) -> dict:
    """Return the finished replicates by number; each comes once."""
    finished = list(fit_replicates(KEY, tasks, lines, pretrained or {}, replicate, slots))
    numbers = [one.number for one in finished]
    assert len(set(numbers)) == len(numbers)
    return dict(zip(numbers, finished, strict=True))


def assert_equal(one, other):
    jax.tree.map(assert_array_equal, one, other)


def assert_close(one, other):
    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-3, atol=1e-4), one, other)


def assert_same_results(found: dict, expected: dict):
    """Equal but for the order in which numbers are added up."""
    assert found.keys() == expected.keys()
    for number, one in found.items():
        assert len(one.validation_loss) == len(expected[number].validation_loss)
        assert_allclose(one.validation_loss, expected[number].validation_loss, rtol=1e-4)
        assert_allclose(one.train_loss, expected[number].train_loss, rtol=1e-4)
        assert_close(one.fitted, expected[number].fitted)


@pytest.fixture(scope="module")
def replicate(model):
    return make_replicate(model, RECIPE)


@pytest.fixture(scope="module")
def two_slots(tasks, lines, replicate, pretrained):
    return fit_all(tasks, lines, replicate, 2, pretrained)


def test_two_slots_equal_a_loop_over_replicates(two_slots, tasks, lines, replicate, pretrained):
    init, run = jax.jit(replicate.init), jax.jit(replicate.run_epochs)
    assert set(two_slots) == {task.number for task in tasks}
    epochs = {number: len(one.validation_loss) for number, one in two_slots.items()}
    assert len(set(epochs.values())) > 1  # so that slots are refilled at different times
    for task in tasks:
        state, losses = init(KEY, task, lines, pretrained), []
        while not state.stopping.done:
            state, progress = run(state, task, lines)
            losses.append((progress.train_loss[0], progress.validation_loss[0]))
        one = two_slots[task.number]
        assert epochs[task.number] == state.epoch == len(losses)
        assert_allclose(np.column_stack([one.train_loss, one.validation_loss]), losses, rtol=1e-4)
        assert_close(one.fitted, replicate.product(state))


@pytest.mark.parametrize("slots", [1, 3, 5, 7])
def test_slots_change_nothing(slots, two_slots, tasks, lines, replicate, pretrained):
    assert_same_results(fit_all(tasks, lines, replicate, slots, pretrained), two_slots)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="slots run in turn on a CPU only")
def test_in_turn_no_slot_count_changes_a_bit(two_slots, tasks, lines, replicate, pretrained):
    for number, one in fit_all(tasks, lines, replicate, 5, pretrained).items():
        assert_equal(one._replace(slot_epochs=0), two_slots[number]._replace(slot_epochs=0))


@pytest.mark.parametrize("runner", [Runner(run_in_turn, False), SIDE_BY_SIDE])
def test_in_turn_and_side_by_side_agree(
    runner, two_slots, tasks, lines, replicate, pretrained, monkeypatch
):
    monkeypatch.setattr("drp.training.slots.RUNNERS", {jax.default_backend(): runner})
    make_engine.cache_clear()
    assert_same_results(fit_all(tasks, lines, replicate, 2, pretrained), two_slots)
    make_engine.cache_clear()


def test_order_of_the_queue_changes_nothing(two_slots, tasks, lines, replicate, pretrained):
    backwards = fit_all(reversed(tasks), lines, replicate, 2, pretrained)
    assert_same_results(backwards, two_slots)


def test_same_slots_give_the_same_bits(two_slots, tasks, lines, replicate, pretrained):
    again = fit_all(iter(tasks), lines, replicate, 2, pretrained)
    for number, one in again.items():
        assert_equal(one, two_slots[number])


def test_epochs_per_call_change_nothing(two_slots, tasks, lines, model, pretrained):
    by_four = make_replicate(model, RECIPE, epochs_per_call=4)
    assert_same_results(fit_all(tasks, lines, by_four, 2, pretrained), two_slots)


def test_stops_before_the_cap_and_says_so_in_its_losses(two_slots):
    for one in two_slots.values():
        assert one.train_loss.shape == one.validation_loss.shape
        best = np.argmin(one.validation_loss)
        assert len(one.validation_loss) in (best + 1 + RECIPE.patience, RECIPE.max_epochs)


def test_every_function_is_compiled_once(tasks, lines, model):
    """Traced once per compilation: counting traces counts those."""
    traces = Counter()

    def counted(name, function):
        def count(*args):
            traces[name] += 1
            return function(*args)

        return count

    plain = make_replicate(model, RECIPE)
    fields = zip(plain._fields, plain, strict=True)
    replicate = plain._replace(**{name: counted(name, function) for name, function in fields})
    for _ in range(2):
        assert len(fit_all(tasks, lines, replicate, 2)) == 5
    assert traces.pop("idle", 1) == 1
    # The start of a replicate is part of two programs: one opens the slots, one fills one.
    assert traces == {"init": 2, "run_epochs": 1, "product": 1}


def test_yields_while_others_train_and_reads_the_queue_as_slots_become_free(
    tasks, lines, replicate, pretrained
):
    asked = []

    def queue():
        for task in tasks:
            asked.append(task.number)
            yield task

    finished = fit_replicates(KEY, queue(), lines, pretrained, replicate, 2)
    next(finished)
    assert asked == [0, 1]


def test_what_is_handed_over_stays_usable(tasks, lines, replicate, pretrained):
    """Donation must not reach the lines, the encoders, the tasks or a product already yielded."""
    products = []
    for one in fit_replicates(KEY, tasks, lines, pretrained, replicate, 2):
        products.append(one.fitted)
        leaves = jax.tree.leaves((products, lines, pretrained, tasks))
        assert not any(isinstance(x, jax.Array) and x.is_deleted() for x in leaves)


def test_lines_and_encoders_may_be_numpy_arrays(two_slots, tasks, lines, replicate, pretrained):
    on_host = jax.tree.map(np.asarray, (tasks, lines, pretrained))
    found = fit_all(on_host[0], on_host[1], replicate, 2, on_host[2])
    for number, one in found.items():
        assert_equal(one, two_slots[number])


def test_replicates_with_inputs_of_their_own(tasks, lines):
    """As the components of each replicate's training lines."""
    model = Predictor(("mutation", "expression"), (), (4,), n_outputs=3)
    replicate = make_replicate(model, RECIPE)
    expression = lines.inputs["expression"]
    owners = [
        task._replace(inputs={"expression": expression[:, :2] * (task.number + 1)})
        for task in tasks
    ]
    found = fit_all(owners, lines, replicate, 2)
    for task in owners[3:]:  # each as if its inputs were everybody's
        everybodys = lines._replace(inputs={**lines.inputs, **task.inputs})
        expected = fit_all([task._replace(inputs={})], everybodys, replicate, 1)
        assert_same_results({task.number: found[task.number]}, expected)


def test_no_tasks_and_no_slots(tasks, lines, replicate):
    assert fit_all([], lines, replicate, 2) == {}
    with pytest.raises(ValueError, match="at least 1 slot, found 0"):
        fit_all(tasks, lines, replicate, 0)


@pytest.mark.parametrize("slots", [2, 7])
def test_slot_epochs_tell_what_stood_idle(slots, tasks, lines, replicate, pretrained):
    found = fit_all(tasks, lines, replicate, slots, pretrained).values()
    epochs = [len(one.train_loss) for one in found]
    all_of_them = sum(one.slot_epochs for one in found)
    assert all_of_them % slots == 0 and all_of_them >= max(sum(epochs), slots * max(epochs))
    if slots == 7:  # all start at once, and the last to stop is the end
        assert all_of_them == slots * max(epochs)
