"""Finished replicates on disk, each durable the moment it is done. What a resumed run skips."""

import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from drp.atomic import replacing

PLAIN = str.maketrans(":=/", ",-,")  # in a folder's name; some systems forbid a colon


class Part(NamedTuple):
    """One finished replicate of one design and recipe.

    Attributes:
      scores: what `score_replicate` gave, and epochs and seconds.
      rows: the lines whose predictions are kept, see `experiments.scoring`.
      predicted: (rows, D) ln IC50 (uM), float32.
      spread: (rows, D) their standard deviation over an ensemble's members; None without one.
    """

    scores: dict[str, float]
    rows: np.ndarray
    predicted: np.ndarray
    spread: np.ndarray | None = None


class PartStore:
    """The parts of one comparison, a file for each replicate."""

    def __init__(self, folder: Path):
        self._folder = folder

    def path(self, design: str, recipe: str, number: int) -> Path:
        name = f"{design}-{recipe}".translate(PLAIN)
        return self._folder / name / f"{number:05d}.npz"

    def missing(self, design: str, recipe: str, n_replicates: int) -> list[int]:
        """Return the replicates that are still to be trained."""
        return [r for r in range(n_replicates) if not self._is_whole(design, recipe, r)]

    def write(self, design: str, recipe: str, number: int, part: Part) -> None:
        """Write one part, all or nothing."""
        path = self.path(design, recipe, number)
        with replacing(path) as partial, partial.open("wb") as handle:
            arrays = {name: array for name, array in part._asdict().items() if array is not None}
            np.savez(handle, **arrays | {"scores": np.array(json.dumps(part.scores))})

    def read(self, design: str, recipe: str, number: int) -> Part:
        with np.load(self.path(design, recipe, number)) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return Part(**arrays | {"scores": json.loads(str(arrays["scores"]))})

    def _is_whole(self, design: str, recipe: str, number: int) -> bool:
        path = self.path(design, recipe, number)
        return path.is_file() and zipfile.is_zipfile(path)
