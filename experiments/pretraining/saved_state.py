"""A training in the middle of it, on disk: what a killed run needs to go on as if it never was.

One file, host arrays bit by bit, nothing pickled.
"""

import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from drp.atomic import replacing
from drp.data.errors import DataError
from drp.training.pretraining import Losses, Place, PretrainState

CURE = "remove it to start that encoder anew"


class SavedState(NamedTuple):
    """Where a training stands.

    Attributes:
      state: weights and optimiser.
      place: epoch, batch, and the losses of the unfinished epoch.
      history: a row per finished epoch.
      best: the weights with the lowest loss on held-out tumours; None where they are not kept.
    """

    state: PretrainState
    place: Place
    history: list[dict]
    best: Any = None


def write_state(path: Path, saved: SavedState) -> None:
    """Write a training's state, all or nothing."""
    facts = {"place": saved.place, "history": saved.history}
    leaves = jax.device_get(jax.tree.leaves((saved.state, saved.best)))
    with replacing(path) as partial, partial.open("wb") as handle:
        np.savez(handle, json.dumps(facts), *leaves)


def read_state(path: Path, example: PretrainState, keeps_best: bool) -> SavedState:
    """Read what `write_state` wrote.

    Args:
      path: the file.
      example: a state of the same structure and shapes; may be abstract.
      keeps_best: whether the best weights are in it.

    Raises:
      DataError: damaged, or of another model.
    """
    like, structure = jax.tree.flatten((example, example.params if keeps_best else None))
    try:
        with path.open("rb") as handle, np.load(handle) as stored:
            facts, *leaves = (stored[name] for name in stored.files)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: damaged ({error}); {CURE}") from error
    expected, found = ([leaf.shape for leaf in some] for some in (like, leaves))
    if expected != found:
        raise DataError(f"{path}: expected weights {expected[:3]}, found {found[:3]}; {CURE}")
    state, best = jax.tree.unflatten(structure, leaves)
    record = json.loads(str(facts))
    epoch, batch, sums = record["place"]
    return SavedState(state, Place(epoch, batch, Losses(*sums)), record["history"], best)
