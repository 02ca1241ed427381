"""What becomes of a name that stands twice. It refuses to know what the name is of."""

import numpy as np
import pandas as pd

from drp.data.errors import DataError, name_first

ERROR, MEAN = "error", "mean"  # the choices of --duplicates


def merge_rows(
    values: np.ndarray, names: pd.Index, duplicates: str, where: str
) -> tuple[np.ndarray, pd.Index]:
    """Return each name once, in the order of its first row.

    Args:
      values: (rows, columns) of any float type, which is kept; NaN = not measured, and left out of
        a mean.
      names: one per row.
      duplicates: error, or mean: rows of one name are averaged.
      where: file and kind of name, for the message.

    Raises:
      DataError: a name is empty, or stands twice and duplicates is error.
    """
    if (names == "").any():
        raise DataError(f"{where}: expected a name in each place, found an empty one")
    repeated = names.duplicated()
    if not repeated.any():
        return values, names
    if duplicates == ERROR:
        raise DataError(
            f"{where}: expected each name once, found repeats of "
            f"{name_first(names[repeated].unique())}; --duplicates=mean averages them"
        )
    kept = names[~repeated]
    merged = values[~repeated].copy()
    places = kept.get_indexer(names)
    rows = np.flatnonzero(names.duplicated(keep=False))
    rows = rows[np.argsort(places[rows], kind="stable")]  # rows of one name stand together
    targets, starts = np.unique(places[rows], return_index=True)
    merged[targets] = _average_runs(values[rows], starts)
    return merged, kept


def _average_runs(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the mean of each run of rows, in float64; NaN where none of them is measured."""
    measured = ~np.isnan(values)
    total = np.add.reduceat(np.where(measured, values, 0), starts, axis=0, dtype=np.float64)
    count = np.add.reduceat(measured, starts, axis=0, dtype=np.int64)
    return np.where(count, total / np.maximum(count, 1), np.nan)
