"""pretrain, killed without warning at random moments, ends with the same weights, bit by bit."""

import json
import random
import signal
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.settings import PretrainSettings
from tests.processes import share_programs, start, wait_for_success, write_flags

SECONDS = 200  # for one command
KILLS = 4
EPOCHS = 12  # of 36 batches, which are three steps


@pytest.fixture(scope="module")
def start_in(prepared, tmp_path_factory):
    """The command, for a folder; all of its starts share their programs."""
    settings = PretrainSettings(
        tumors=str(prepared / "tumors.h5mu"), encoder_widths=(8, 6, 4), expression_epochs=EPOCHS,
        mutation_epochs=EPOCHS, batch_size=2, dropout=0.1, masked_share=0.2, patience=EPOCHS,
        shuffle_buffer=40, save_seconds=0.0,
    )  # fmt: skip
    cache = share_programs(tmp_path_factory.mktemp("programs"))
    return lambda folder: start(
        "experiments.pretrain", *write_flags(replace(settings, out=str(folder))), **cache
    )


def list_products(folder: Path) -> dict:
    """Return what the weights hash to, and what was written of the way to them."""
    found = {
        path.parent.name: json.loads(path.read_text())["arrays_sha256"]
        for path in folder.glob("encoders/*/encoder.json")
    }
    return {**found, "history": (folder / "history.csv").read_bytes()}


def test_killed_at_random_moments_it_ends_with_the_same_weights(start_in, tmp_path):
    wait_for_success(start_in(tmp_path / "unbroken"), seconds=SECONDS)
    expected = list_products(tmp_path / "unbroken")
    broken, rng, stood, halves = tmp_path / "broken", random.Random(0), [], 0
    for _ in range(KILLS):
        process = start_in(broken)
        state = wait_for_state(process, broken, stood)
        time.sleep(rng.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        stood.append(state)
        halves += sum(read_batch(path) > 0 for path in broken.glob("training_*.npz"))
    assert len([state for state in stood if state]) >= 2  # it was in the middle of training
    assert halves  # and in the middle of an epoch
    wait_for_success(start_in(broken), seconds=SECONDS)
    assert list_products(broken) == expected
    assert not list(broken.glob("training_*.npz"))
    history = pd.read_csv(broken / "history.csv")
    assert history.groupby("modality").size().tolist() == [EPOCHS, EPOCHS]


def read_batch(path: Path) -> int:
    """Return how many batches of its epoch were done when a state was written."""
    with np.load(path) as stored:
        facts = json.loads(str(stored[stored.files[0]]))
    return facts["place"][1]


def wait_for_state(process, folder: Path, stood: list) -> int | None:
    """Return when a training's state was last written, once that is later than at any kill."""
    ends = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < ends:
        times = []
        with suppress(FileNotFoundError):  # a finished one is removed
            times = [path.stat().st_mtime_ns for path in folder.glob("training_*.npz")]
        if times and max(times) > max((state or 0 for state in stood), default=0):
            return max(times)
        time.sleep(0.01)
    return None
