"""Which cell lines train, stop and test each replicate. It refuses to know what is learned."""

import zlib
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from drp.atomic import replacing
from drp.data.errors import DataError, name_first

TRAIN_SHARE, VALIDATION_SHARE = 0.8, 0.1  # Chiu et al. 2019, Methods; the rest tests
FEWEST_LINES = 10
DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile, zlib.error)


class Splits(NamedTuple):
    """Row numbers of the lines in each part, one row per replicate; all replicates alike in size.

    Attributes:
      train_RN: (R, N); validation_RV: (R, V); test_RT: (R, T).
    """

    train_RN: np.ndarray
    validation_RV: np.ndarray
    test_RT: np.ndarray


def make_splits(n_lines: int, n_replicates: int, seed: int) -> Splits:
    """Draw 80/10/10 splits by cell line; replicate r depends on the seed and r alone.

    Raises:
      DataError: too few lines for three parts.
    """
    if n_lines < FEWEST_LINES:
        raise DataError(f"expected at least {FEWEST_LINES} complete cell lines, found {n_lines}")
    orders_RS = np.stack(
        [np.random.default_rng([seed, r]).permutation(n_lines) for r in range(n_replicates)]
    )
    n_train, n_validation = int(n_lines * TRAIN_SHARE), int(n_lines * VALIDATION_SHARE)
    return Splits(*np.split(orders_RS, [n_train, n_train + n_validation], axis=1))


def write_splits(path: str | Path, splits: Splits, samples: pd.Index) -> None:
    """Write splits with the names of the lines to one .npz file, all or nothing."""
    with replacing(path) as partial, partial.open("wb") as handle:
        np.savez_compressed(handle, samples=samples.to_numpy(str), **splits._asdict())


def read_splits(path: str | Path, samples: pd.Index) -> Splits:
    """Read splits and bring their row numbers to the order of `samples`.

    Raises:
      DataError: no such file, damaged, a line that `samples` lacks, a line in two parts.
    """
    try:
        with Path(path).open("rb") as handle, np.load(handle) as stored:
            names = stored["samples"]
            parts = Splits(*(stored[field] for field in Splits._fields))
        _check_rows(parts, len(names))
    except DAMAGE as error:
        raise DataError(f"{path}: not a complete splits.npz ({error})") from error
    rows = samples.get_indexer(names)
    if (rows < 0).any():
        absent = names[rows < 0]
        raise DataError(f"{path}: splits name lines that the cohort lacks: {name_first(absent)}")
    for replicate, indices in enumerate(np.concatenate(parts, axis=1)):
        values, counts = np.unique(indices, return_counts=True)
        if (counts > 1).any():
            twice = names[values[counts > 1]]
            raise DataError(f"{path}: replicate {replicate}: in two parts: {name_first(twice)}")
    return Splits(*(rows[part] for part in parts))


def _check_rows(parts: Splits, n_lines: int) -> None:
    """Raise a ValueError unless every part is a table of row numbers for the same replicates."""
    for name, part in parts._asdict().items():
        if part.ndim != 2 or part.shape[0] != len(parts.test_RT) or part.dtype.kind != "i":
            raise ValueError(f"{name} has shape {part.shape} and type {part.dtype}")
        if part.size and not (part.min() >= 0 and part.max() < n_lines):
            raise ValueError(f"{name} has row {part.max()} of {n_lines} lines")
