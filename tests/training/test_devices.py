"""Eight devices give what one gives: a virtual CPU each, in processes of their own."""

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.processes import start, wait_for_success
from tests.training.train_on_devices import N_TASKS, ON_EIGHT, ON_ONE

SECONDS = 300
EPOCHS = "validation_loss"
# How well the compiler optimises has no say in where a slot lives, and costs half of the time. Runs
# that differ in their slots only may share programs, so these are kept on disk.
QUICK = {
    "disable_most_optimizations": 1,
    "persistent_cache_min_compile_time_secs": 0,
    "persistent_cache_min_entry_size_bytes": -1,
}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, np.ndarray]:
    """`run/replicate/array` of all runs on one device and on eight."""
    folder = tmp_path_factory.mktemp("devices")
    files = {n_devices: folder / f"{n_devices}.npz" for n_devices in (1, 8)}
    processes = [
        start(
            "tests.training.train_on_devices", str(path), num_cpu_devices=n_devices,
            compilation_cache_dir=folder / f"programs-{n_devices}", **QUICK,
        )
        for n_devices, path in files.items()
    ]  # fmt: skip
    wait_for_success(*processes, seconds=SECONDS)
    found = {}
    for path in files.values():
        with np.load(path) as stored:
            found |= dict(stored)
    return found


def arrays_of(results, run: str, number: int) -> dict[str, np.ndarray]:
    of = f"{run}/{number}/"
    return {key.removeprefix(of): x for key, x in results.items() if key.startswith(of)}


@pytest.mark.parametrize("case", ON_ONE)
def test_replicates_stop_at_different_epochs(results, case):
    """So that slots are refilled at different times."""
    epochs = {len(results[f"{case}/{number}/{EPOCHS}"]) for number in range(N_TASKS)}
    assert len(epochs) > 2


@pytest.mark.parametrize("run", ON_EIGHT)
def test_eight_devices_equal_one(results, run):
    for number in ON_EIGHT[run].tasks:
        found = arrays_of(results, run, number)
        expected = arrays_of(results, ON_EIGHT[run].case, number)
        assert found.keys() == expected.keys() > {EPOCHS}
        for what, x in found.items():
            assert x.shape == expected[what].shape, what
            atol = 1e-4 if what.startswith("fitted") else 0
            assert_allclose(x, expected[what], rtol=1e-4, atol=atol, err_msg=what)


@pytest.mark.parametrize("run", ON_EIGHT)
def test_every_program_is_compiled_once(results, run):
    """In the first of two equal runs, and none in the second."""
    assert set(Counter(results[f"{run}/compiled"]).values()) == {1}
    assert not len(results[f"{run}/compiled again"])
