"""Finished replicates on disk, each durable the moment it is done. What a resumed run skips."""

import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from drp.atomic import replacing


class Part(NamedTuple):
    """One finished replicate of one design and recipe.

    Attributes:
      scores: what `score_replicate` gave, and epochs and seconds.
      rows: the lines whose predictions are kept: the test lines; all lines of replicate 0.
      predicted: (rows, D) ln IC50 (uM), float32.
    """

    scores: dict[str, float]
    rows: np.ndarray
    predicted: np.ndarray


class PartStore:
    """The parts of one comparison, a file for each replicate."""

    def __init__(self, folder: Path):
        self._folder = folder

    def path(self, design: str, recipe: str, number: int) -> Path:
        return self._folder / f"{design}-{recipe}" / f"{number:05d}.npz"

    def missing(self, design: str, recipe: str, n_replicates: int) -> list[int]:
        """Return the replicates that are still to be trained."""
        return [r for r in range(n_replicates) if not self._is_whole(design, recipe, r)]

    def write(self, design: str, recipe: str, number: int, part: Part) -> None:
        """Write one part, all or nothing."""
        path = self.path(design, recipe, number)
        with replacing(path) as partial, partial.open("wb") as handle:
            scores = np.array(json.dumps(part.scores))
            np.savez(handle, scores=scores, rows=part.rows, predicted=part.predicted)

    def read(self, design: str, recipe: str, number: int) -> Part:
        with np.load(self.path(design, recipe, number)) as stored:
            return Part(json.loads(str(stored["scores"])), stored["rows"], stored["predicted"])

    def _is_whole(self, design: str, recipe: str, number: int) -> bool:
        path = self.path(design, recipe, number)
        return path.is_file() and zipfile.is_zipfile(path)
