"""One replicate's parts, and all replicates' together. It refuses to know how they are drawn."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

LINE, TISSUE, PAIR, LOCKBOX = "line", "tissue", "pair", "lockbox"
KINDS = (LINE, TISSUE, PAIR, LOCKBOX)  # what is held out together, and the final check
UNUSED, TRAIN, VALIDATION, TEST = range(4)  # the entries of a fold's table of parts
PARTS = ("train", "validation", "test")
FEWEST_KEPT = 2  # lines or entries that a shrunken part still has, where it had as many


class Fold(NamedTuple):
    """One replicate's parts.

    Attributes:
      train: (N,) row numbers of the lines to learn from, in the order drawn.
      validation: (V,) of those that stop the training.
      test: (T,) of those that are held out.
      name: what is held out, such as a tissue; "" where chance alone chose.
      part_SD: (S, D) uint8: 0 not used, 1 train, 2 validation, 3 test, where entries and not lines
        are held out; train, validation and test then all hold every row. None otherwise.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    name: str = ""
    part_SD: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Splits:
    """The folds of all replicates; their parts may differ in size.

    Attributes:
      folds: one per replicate.
      kind: a row of KINDS.
    """

    folds: tuple[Fold, ...]
    kind: str = LINE

    def __len__(self) -> int:
        return len(self.folds)

    def fold(self, number: int) -> Fold:
        """Return one replicate's parts."""
        return self.folds[number]


def shrink(fold: Fold, fraction: float) -> Fold:
    """Return a fold with fewer training and validation lines and the same test lines.

    The first lines as drawn are kept, so smaller fractions lie within larger ones, and two designs
    see the same lines. Where entries are held out, a fraction of the entries is kept, in one order
    for all fractions; it is drawn among all entries of a part, measured or not.

    Args:
      fold: one replicate's parts.
      fraction: share of both parts that is kept, above 0 and at most 1; 2 lines at least.

    Raises:
      ValueError: the fraction is outside of that range.
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction: expected a number above 0 and at most 1, got {fraction}")
    if fold.part_SD is not None:
        return fold._replace(part_SD=_shrink_entries(fold.part_SD, fraction))
    kept = {name: count_kept(len(getattr(fold, name)), fraction) for name in PARTS[:2]}
    return fold._replace(**{name: getattr(fold, name)[:count] for name, count in kept.items()})


def count_kept(n: int, fraction: float) -> int:
    """Return how many of n lines or entries a fraction is."""
    return min(n, max(FEWEST_KEPT, round(fraction * n)))


def _shrink_entries(part_SD: np.ndarray, fraction: float) -> np.ndarray:
    """Return a table of parts with some training and validation entries set to unused."""
    shrunken_SD = part_SD.copy()
    for part in (TRAIN, VALIDATION):
        entries = np.flatnonzero(part_SD == part)
        # A fixed seed, so that fractions are nested and every design loses the same entries.
        order = np.random.default_rng([0, part]).permutation(entries)
        shrunken_SD.flat[order[count_kept(len(entries), fraction) :]] = UNUSED
    return shrunken_SD
