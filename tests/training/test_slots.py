"""Device programs over slots, one at a time, and how many of them there is memory for."""

import jax
import jax.numpy as jnp
import pytest
from numpy.testing import assert_array_equal

from drp.models import Predictor
from drp.settings import RECIPES
from drp.training import Lines, Task, choose_slots, make_replicate
from drp.training.memory import SHARE_USED, free_bytes, measure_bytes
from drp.training.slots import SIDE_BY_SIDE, make_engine, make_slots, put, take

KEY = jax.random.key(0)
GIB = 2**30


@pytest.fixture
def side_by_side(monkeypatch):
    """Train as an accelerator does."""
    monkeypatch.setattr("drp.training.slots.RUNNERS", {jax.default_backend(): SIDE_BY_SIDE})
    make_engine.cache_clear()
    yield
    make_engine.cache_clear()


@pytest.fixture
def wide():
    """A replicate of about 1000 x 300 weights, and shapes to start it from."""
    model = Predictor(("expression",), (300,), (), n_outputs=1)
    inputs = {"expression": jax.ShapeDtypeStruct((20, 1000), jnp.float32)}
    target, mask = (jax.ShapeDtypeStruct((20, 1), dtype) for dtype in (jnp.float32, bool))
    rows = jax.ShapeDtypeStruct((10,), jnp.int32)
    number = jax.ShapeDtypeStruct((), jnp.int32)
    example = (Task(number, rows, rows, {}), Lines(inputs, target, mask), {})
    return make_replicate(model, RECIPES["paper"]), example


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


def test_a_slot_of_another_device_is_left_alone():
    slots = make_slots(jnp.arange(2.0), 3)
    assert_array_equal(put(slots, jnp.ones(2), 3), slots)


def test_open_slots_are_frozen_until_a_task_enters(tasks, lines, model, pretrained):
    replicate = make_replicate(model, RECIPES["paper"])
    engine = make_engine(replicate, 3)
    lines, pretrained = engine.share((lines, pretrained))
    held = engine.open(KEY, tasks[0], lines, pretrained)
    held = engine.enter(held, 1, KEY, tasks[4], lines, pretrained)
    held, progress = engine.run(held, lines)
    assert_array_equal(progress.ran[:, 0], [False, True, False])
    assert_array_equal(progress.done[:, 0], [True, False, True])
    assert held.tasks_R.number[1] == 4
    expected = jax.jit(replicate.init)(KEY, tasks[0], lines, pretrained).params
    assert_array_equal(
        engine.leave(held, 2).params["output"]["kernel"], expected["output"]["kernel"]
    )


def test_the_bytes_of_a_slot_are_measured(wide, side_by_side):
    replicate, example = wide
    shared, each = measure_bytes(replicate, KEY, example, tuple(jax.devices()))
    weights = 4 * 1000 * 300
    assert 4 * 20 * 1000 <= shared < 1.1 * 4 * 20 * 1000  # the lines
    assert 3 * weights <= each < 8 * weights  # weights and two moments; what a step needs beside it


def test_the_bytes_of_a_slot_in_the_span_are_those_of_its_state(wide, side_by_side):
    """Though the program for the span reads no genes, and so is not given them."""
    _, (task, lines, _) = wide
    of_lines, of_rows = (jax.ShapeDtypeStruct((n, 10), jnp.float32) for n in (20, 10))
    task = task._replace(inputs={"expression": of_lines}, bases={"expression": of_rows})
    model = Predictor(("expression",), (300,), (), n_outputs=1)
    replicate = make_replicate(model, RECIPES["paper"], span_offset="drop")
    _, each = measure_bytes(replicate, KEY, (task, lines, {}), tuple(jax.devices()))
    weights = 4 * 10 * 300
    assert 3 * weights <= each < 12 * weights


@pytest.mark.parametrize(
    ("n_tasks", "memory", "expected"), [(100, GIB, 100), (1, GIB, 1), (100, 1000, 1)]
)
def test_as_many_slots_as_tasks_but_never_none(
    n_tasks, memory, expected, wide, side_by_side, monkeypatch
):
    monkeypatch.setattr("drp.training.memory.free_bytes", lambda device: memory)
    slots = choose_slots(n_tasks, wide[0], KEY, wide[1])
    assert type(slots) is int
    assert slots == expected


def test_memory_sets_the_slots(wide, side_by_side, monkeypatch):
    shared, each = measure_bytes(wide[0], KEY, wide[1], tuple(jax.devices()))
    memory = int((shared + 7.5 * each) / SHARE_USED)
    monkeypatch.setattr("drp.training.memory.free_bytes", lambda device: memory)
    assert choose_slots(100, wide[0], KEY, wide[1]) == 7


def test_in_turn_one_slot_a_device_is_enough(wide):
    assert choose_slots(100, wide[0], KEY, wide[1]) == len(jax.devices())


class Device:
    def __init__(self, stats):
        self.memory_stats = lambda: stats


def test_free_memory_of_a_device():
    assert free_bytes(Device({"bytes_limit": 10, "bytes_in_use": 3})) == 7
    assert free_bytes(Device(None)) == free_bytes(jax.devices()[0]) > 0
