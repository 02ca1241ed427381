"""What each replicate holds out: lines, a tissue, entries. It refuses to know what is learned.

A drug cannot be held out, and `make_splits` says why. How parts are kept and shrunk stands in
`folds`, how they are stored in `split_files`.
"""

import zlib

import numpy as np

from drp.data.errors import DataError, name_first
from drp.data.folds import (
    LINE,
    LOCKBOX,
    PAIR,
    PARTS,
    TEST,
    TISSUE,
    TRAIN,
    VALIDATION,
    Fold,
    Splits,
    shrink,
)
from drp.data.readers.annotation import UNKNOWN
from drp.data.split_files import read_splits, write_splits

__all__ = [
    "Fold", "Splits", "lockbox_rows", "make_splits", "read_splits", "shrink", "write_splits",
]  # fmt: skip

TRAIN_SHARE, VALIDATION_SHARE = 0.8, 0.1  # Chiu et al. 2019, Methods; the rest tests
ONE_IN = 9  # of the lines that do not test, as 10 of 90
FEWEST_LINES = 10  # also the fewest entries
MIN_TISSUE_LINES = 5
LOCKBOX_SHARE = 0.15
LOCKBOX_SEEDS = (0, 15)  # never those of a run: a search with another seed would see the lockbox
DRUG = "drug"
NO_DRUGS = (
    "splits by drug are not possible: a drug is an output of the network, so without training "
    "entries it has no weights to learn, and drugs have no features here from which a left-out one "
    "could be predicted; hold out line-drug pairs (pair) instead"
)


def make_splits(
    n_lines: int,
    n_replicates: int,
    seed: int,
    kind: str = LINE,
    *,
    tissue_S: np.ndarray | None = None,
    measured_SD: np.ndarray | None = None,
    min_lines: int = MIN_TISSUE_LINES,
) -> Splits:
    """Draw what each replicate trains on, stops by and tests.

    `line`: 80/10/10 of the lines. `tissue`: one tissue tests, the largest first, and a ninth of the
    other lines validates; small tissues and lines of unknown tissue never test. `pair`: 80/10/10 of
    the measured entries; those not measured are marked as training entries, for a target in which
    they are filled in. `lockbox`: one replicate that tests 15% of the lines, the same ones for
    every seed. Replicate r (or a tissue) depends on the seed and r (or the tissue) alone.

    Args:
      n_lines: how many lines there are.
      n_replicates: how many splits to draw. There are as many as tissues at most, and one lockbox:
        the length of the result says how many there are.
      seed: of the draw.
      kind: line, tissue, pair or lockbox.
      tissue_S: (S,) tissue of each line, as strings; needed by `tissue`.
      measured_SD: (S, D) responses, NaN = not measured; needed by `pair`.
      min_lines: the lines that a tissue must have to be a test part.

    Raises:
      DataError: too few lines or entries for three parts; no tissue is large enough; the kind is
        `drug`.
      ValueError: an unknown kind, or one that lacks what it needs.
    """
    if kind == DRUG:
        raise DataError(NO_DRUGS)
    if kind != PAIR:  # pairs are counted by entry
        check_enough(n_lines, "complete cell lines")
    if kind == LINE:
        folds = [draw_lines(n_lines, seed, r) for r in range(n_replicates)]
    elif kind == TISSUE:
        if tissue_S is None:
            raise ValueError("tissue_S: expected the lines' tissues, got None")
        tissues = find_tissues(tissue_S, min_lines)[:n_replicates]
        folds = [hold_out_tissue(tissue_S, name, seed) for name in tissues]
    elif kind == PAIR:
        if measured_SD is None:
            raise ValueError("measured_SD: expected the responses, got None")
        folds = [draw_entries(measured_SD, seed, r) for r in range(n_replicates)]
    elif kind == LOCKBOX:
        folds = [hold_out(lockbox_rows(n_lines), n_lines, [*LOCKBOX_SEEDS, 1])]
    else:
        raise ValueError(f"kind: expected line, tissue, pair or lockbox, got {kind!r}")
    return Splits(tuple(folds), kind)


def check_enough(n: int, what: str) -> None:
    """Raise a DataError where three parts would be too small to mean anything."""
    if n < FEWEST_LINES:
        raise DataError(f"expected at least {FEWEST_LINES} {what}, found {n}")


def lockbox_rows(n_lines: int) -> np.ndarray:
    """Return the row numbers of the 15% of the lines that no search may see, whatever its seed."""
    order = np.random.default_rng(LOCKBOX_SEEDS).permutation(n_lines)
    return order[: int(LOCKBOX_SHARE * n_lines)]


def cut(drawn: np.ndarray) -> list[np.ndarray]:
    """Cut what was drawn into 80% for training, 10% for validation and the rest for testing."""
    n_train, n_validation = int(len(drawn) * TRAIN_SHARE), int(len(drawn) * VALIDATION_SHARE)
    return np.split(drawn, [n_train, n_train + n_validation])


def draw_lines(n_lines: int, seed: int, number: int) -> Fold:
    """Draw the lines of one replicate's three parts."""
    return Fold(*cut(np.random.default_rng([seed, number]).permutation(n_lines)))


def hold_out(test: np.ndarray, n_lines: int, seeds: list[int], name: str = "") -> Fold:
    """Return a fold that tests given lines and draws the validation lines among the others."""
    order = np.random.default_rng(seeds).permutation(np.setdiff1d(np.arange(n_lines), test))
    n_validation = max(1, len(order) // ONE_IN)
    return Fold(order[:-n_validation], order[-n_validation:], test, name)


def find_tissues(tissue_S: np.ndarray, min_lines: int) -> list[str]:
    """Return the tissues that can be held out, the largest first, equal ones by name.

    Raises:
      DataError: there is none.
    """
    names, counts = np.unique(tissue_S, return_counts=True)
    ranked = sorted(zip(-counts, names.tolist(), strict=True))
    known = [(name, -count) for count, name in ranked if name != UNKNOWN]
    chosen = [name for name, count in known if count >= min_lines]
    if not chosen:
        found = name_first([f"{name} {count}" for name, count in known]) or "none"
        raise DataError(f"expected a tissue of at least {min_lines} lines, found {found}")
    return chosen


def hold_out_tissue(tissue_S: np.ndarray, name: str, seed: int) -> Fold:
    """Return the fold that tests all lines of a tissue.

    Raises:
      DataError: hardly any line is of another tissue.
    """
    test = np.flatnonzero(tissue_S == name)
    check_enough(len(tissue_S) - len(test), f"complete cell lines of other tissues than {name}")
    return hold_out(test, len(tissue_S), [seed, zlib.crc32(name.encode())], name)


def draw_entries(measured_SD: np.ndarray, seed: int, number: int) -> Fold:
    """Draw the entries of one replicate's three parts.

    Raises:
      DataError: too few entries are measured.
    """
    entries = np.flatnonzero(np.isfinite(measured_SD))
    check_enough(len(entries), "measured entries")
    part_SD = np.full(measured_SD.shape, TRAIN, np.uint8)
    drawn = np.random.default_rng([seed, number]).permutation(entries)
    for part, places in zip((TRAIN, VALIDATION, TEST), cut(drawn), strict=True):
        part_SD.flat[places] = part
    rows = np.arange(len(measured_SD))
    return Fold(*[rows] * len(PARTS), part_SD=part_SD)
