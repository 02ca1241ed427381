"""Weights of a trained replicate on disk: one file, host arrays, nothing pickled.

Where the first layer was trained in the span, the file holds its coefficients (training lines x
width) in place of genes x width: at the paper's size 10.6 MB in place of 140 MB.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from drp.atomic import replacing
from drp.data.errors import DataError
from drp.training import FinishedReplicate, FittedPredictor
from drp.training.scaling import Scaling
from drp.training.span import Basis

FORMAT = 1
BETWEEN = "/"


class Checkpoint(NamedTuple):
    """What prediction needs of one replicate, beside the lines and encoders it started from.

    Attributes:
      number: the replicate's number, from which its random start follows.
      fitted: weights and input scaling, host arrays.
      bases: modality -> basis of its training lines, where the first layer is in their span.
    """

    number: int
    fitted: FittedPredictor
    bases: Mapping[str, Basis]


def keep_replicate(finished: FinishedReplicate, bases: Mapping[str, Basis]) -> Checkpoint:
    """Take a finished replicate off the device."""
    return Checkpoint(finished.number, jax.device_get(finished.fitted), bases)


def write_checkpoint(path: Path, checkpoint: Checkpoint, origin: Mapping[str, object]) -> None:
    """Write one replicate's weights, all or nothing.

    Args:
      path: an npz file.
      checkpoint: the weights.
      origin: how they came about: design, recipe, seed; for whoever finds the file.
    """
    groups = {
        "params": checkpoint.fitted.params,
        "scaling": {name: one._asdict() for name, one in checkpoint.fitted.scaling.items()},
        "bases": {name: one._asdict() for name, one in checkpoint.bases.items()},
    }
    facts = json.dumps({"format": FORMAT, "number": checkpoint.number, **origin})
    with replacing(path) as partial, partial.open("wb") as handle:
        np.savez(handle, facts=np.array(facts), **_flatten(groups))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote.

    Raises:
      DataError: no such file, a damaged one, or another format.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file; `compare --keep_weights` makes it")
    try:
        with path.open("rb") as handle, np.load(handle) as stored:
            facts = json.loads(str(stored["facts"]))
            groups = _unflatten({name: stored[name] for name in stored.files if name != "facts"})
        if facts["format"] != FORMAT:
            raise DataError(f"{path}: expected format {FORMAT}, found {facts['format']}")
        scaling = {name: Scaling(**one) for name, one in groups.get("scaling", {}).items()}
        bases = {name: Basis(**one) for name, one in groups.get("bases", {}).items()}
        return Checkpoint(facts["number"], FittedPredictor(groups["params"], scaling), bases)
    except (OSError, KeyError, EOFError, TypeError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}: not a whole checkpoint ({error})") from error


def _flatten(tree: Mapping, above: str = "") -> dict[str, np.ndarray]:
    """Name every array by its path."""
    flat: dict[str, np.ndarray] = {}
    for name, value in tree.items():
        here = f"{above}{name}"
        nested = isinstance(value, Mapping)
        flat |= _flatten(value, here + BETWEEN) if nested else {here: np.asarray(value)}
    return flat


def _unflatten(flat: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Undo `_flatten`."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        *folders, name = path.split(BETWEEN)
        here = tree
        for folder in folders:
            here = here.setdefault(folder, {})
        here[name] = value
    return tree
