"""Many replicates: their results depend on neither slots nor queue, and nothing recompiles."""

from collections import Counter
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import Predictor
from drp.settings import RECIPES
from drp.training import Lines, Task, choose_slots, fit_replicates, make_replicate
from drp.training.replicates import (
    BYTES_FOR_SLOTS,
    compile_replicate,
    make_slots,
    put,
    run_in_turn,
    run_side_by_side,
    take,
)

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
        assert_equal(one, two_slots[number])


@pytest.mark.parametrize("runner", [run_in_turn, run_side_by_side])
def test_in_turn_and_side_by_side_agree(
    runner, two_slots, tasks, lines, replicate, pretrained, monkeypatch
):
    monkeypatch.setattr("drp.training.replicates.RUNNERS", {jax.default_backend(): runner})
    compile_replicate.cache_clear()
    assert_same_results(fit_all(tasks, lines, replicate, 2, pretrained), two_slots)
    compile_replicate.cache_clear()


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
    assert traces == {"init": 1, "run_epochs": 1, "product": 1}


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
    model = Predictor(("mutation", "expression"), (), (4,), n_drugs=3)
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


@pytest.mark.parametrize(
    ("n_tasks", "width", "expected"),
    # 3 x 1000 x width float32 (weights and Adam's two moments), held twice; best weights join
    [(100, 5, 100), (0, 5, 1), (10_000, 3000, BYTES_FOR_SLOTS // (2 * 4 * 4 * 1000 * 3000))],
)
def test_slots_by_memory(n_tasks, width, expected):
    model = Predictor(("expression",), (width,), (), n_drugs=1)
    inputs = {"expression": jax.ShapeDtypeStruct((20, 1000), jnp.float32)}
    target, mask = (jax.ShapeDtypeStruct((20, 1), dtype) for dtype in (jnp.float32, bool))
    rows = jax.ShapeDtypeStruct((10,), jnp.int32)
    example = (Task(0, rows, rows, {}), Lines(inputs, target, mask), {})
    slots = choose_slots(n_tasks, make_replicate(model, RECIPE), KEY, example)
    assert type(slots) is int
    assert slots == pytest.approx(expected, rel=0.02)


def test_one_replicate_never_fits_into_less_than_one_slot(lines, tasks, replicate, monkeypatch):
    monkeypatch.setattr("drp.training.replicates.BYTES_FOR_SLOTS", 1)
    assert choose_slots(5, replicate, KEY, (tasks[0], lines, {})) == 1


def test_slots_are_written_and_read_one_by_one():
    one = {"a": jnp.arange(3.0), "key": jax.random.key(5), "number": 7}
    slots = make_slots(one, 4)
    other = {"a": jnp.full(3, 9.0), "key": jax.random.key(6), "number": 8}
    slots = put(slots, other, 2)
    assert_array_equal(slots["a"], [[0, 1, 2], [0, 1, 2], [9, 9, 9], [0, 1, 2]])
    assert_array_equal(slots["number"], [7, 7, 8, 7])
    back = take(slots, 2)
    assert_array_equal(back["a"], other["a"])
    assert back["key"] == other["key"]
