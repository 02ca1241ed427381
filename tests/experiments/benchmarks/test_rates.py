"""Rates: which of them counts, and that what is measured is a number."""

from functools import partial

import numpy as np
import pytest

from experiments.benchmarks import rates
from experiments.benchmarks.cases import RatesSpec


def test_a_smaller_working_set_is_never_slower():
    working_sets = {"full": 1000, "span": 10}
    assert rates.settle(working_sets, {"full": 5.0, "span": 3.0}) == {"full": 5.0, "span": 5.0}
    assert rates.settle(working_sets, {"full": 5.0, "span": 9.0}) == {"full": 5.0, "span": 9.0}


@pytest.mark.parametrize("copy", [rates.rate_copy_by_cores, rates.rate_copy_on_device])
def test_every_kind_of_device_is_measured(copy, monkeypatch):
    monkeypatch.setattr(rates, "BYTES_PER_TRY", 2**20)
    monkeypatch.setattr(rates, "BYTES_PER_TRY_ON_DEVICE", 2**20)
    monkeypatch.setattr(rates, "TRIES", 1)
    probe = rates.Probe(copy, matmul_width=8, adds_up=False)
    monkeypatch.setattr(rates, "PROBES", {})
    monkeypatch.setattr(rates, "ACCELERATOR", probe)
    found = rates.measure(RatesSpec("rates", {"full": 1000, "span": 10}))
    assert set(found.copy) == {"full", "span"}
    assert np.isfinite([*found.copy.values(), found.matmul]).all()


def test_the_best_try_counts(monkeypatch):
    times = iter([5.0, 2.0, 9.0])
    monkeypatch.setattr(rates, "TRIES", 3)
    monkeypatch.setattr(rates, "time_call", lambda call: next(times))
    assert rates.best_of(partial(int)) == 2.0
