"""Which calls of a training are counted; the training itself is part of the tests of the part."""

import numpy as np
import pytest

from drp.training.pretraining import Place, PretrainStep
from experiments.benchmarks import streaming
from experiments.benchmarks.streaming import Call, Stretch, time_steps, watch


class MadeUpFeed:
    n_tumors, n_batches, batch_size = 100, 4, 30


def test_steps_count_batches_and_real_tumours(monkeypatch):
    places = [Place(0, 3), Place(1, 0), Place(1, 3)]
    clock = iter(np.arange(100.0))
    monkeypatch.setattr(streaming.time, "perf_counter", lambda: next(clock))
    calls = list(time_steps((PretrainStep(None, place, None) for place in places), MadeUpFeed))
    assert calls == [Call(3, 90, 1.0), Call(1, 10, 1.0), Call(3, 90, 1.0)]


@pytest.mark.parametrize(
    ("seconds", "fewest", "expected"),
    [(0, 1, Stretch(1, 90, 2.0)), (4, 1, Stretch(3, 190, 5.0)), (0, 101, Stretch(3, 190, 5.0))],
)
def test_a_call_that_compiles_is_left_out(seconds, fewest, expected):
    calls = iter(
        [
            Call(1, 10, 50.0), Call(3, 90, 2.0), Call(1, 10, 1.0), Call(3, 90, 2.0),
            Call(3, 90, 2.0),
        ]
    )  # fmt: skip
    assert watch(calls, Call(3, 90, 70.0), seconds, fewest) == expected
