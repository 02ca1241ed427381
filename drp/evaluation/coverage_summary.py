"""How often intervals hold what was measured. It refuses to know how they were made."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

COLUMNS = ["kind", "group", "level", "n_lines", "n_entries", "coverage", "mean_width"]


class Coverage(NamedTuple):
    """The share of measured entries within their intervals; NaN where nothing is measured."""

    overall: float
    drug_D: np.ndarray


def coverage(lower_SD: np.ndarray, upper_SD: np.ndarray, true_SD: np.ndarray) -> Coverage:
    """Return the share of measured entries within their intervals, ends included.

    An interval that is not a number covers nothing.

    Args:
      lower_SD: (S, D) lower ends, ln IC50 (uM).
      upper_SD: (S, D) upper ends.
      true_SD: (S, D) true ln IC50 (uM); NaN = not measured.

    Returns:
      Overall, and (D,) per drug.

    Raises:
      ValueError: the shapes differ.
    """
    covered_SD, measured_SD = _find_covered(lower_SD, upper_SD, true_SD)
    n_D, covered_D = measured_SD.sum(axis=0), covered_SD.sum(axis=0)
    drug_D = np.where(n_D > 0, covered_D / np.maximum(n_D, 1), np.nan)
    overall = covered_D.sum() / n_D.sum() if n_D.any() else np.nan
    return Coverage(float(overall), drug_D)


def summarise_coverage(
    lower_SD: np.ndarray,
    upper_SD: np.ndarray,
    true_SD: np.ndarray,
    level: float,
    drugs: Sequence[str],
    tissue_S: np.ndarray | None = None,
) -> pd.DataFrame:
    """Summarise coverage and width overall, per drug and per tissue.

    Rows of several replicates may be stacked; a line then counts once in each.

    Args:
      lower_SD: (S, D) lower ends, ln IC50 (uM).
      upper_SD: (S, D) upper ends.
      true_SD: (S, D) true ln IC50 (uM); NaN = not measured.
      level: coverage that the intervals were made for.
      drugs: (D,) names.
      tissue_S: (S,) tissue of each line; None for no rows of tissues.

    Returns:
      Columns kind (overall, drug or tissue), group (`overall`, or the drug's or tissue's name),
      level, n_lines (with at least one measured entry), n_entries, coverage (share of measured
      entries), mean_width (over measured entries, ln(uM)). Drugs in their order, tissues sorted.

    Raises:
      ValueError: the shapes differ.
    """
    covered_SD, measured_SD = _find_covered(lower_SD, upper_SD, true_SD)
    width_SD = np.asarray(upper_SD, np.float64) - np.asarray(lower_SD, np.float64)
    n_lines, n_drugs = measured_SD.shape
    if len(drugs) != n_drugs or (tissue_S is not None and len(tissue_S) != n_lines):
        raise ValueError(f"expected {n_drugs} drugs and {n_lines} tissues, found other numbers")
    groups = [("overall", "overall", np.s_[:, :])]
    groups += [("drug", name, np.s_[:, [at]]) for at, name in enumerate(drugs)]
    if tissue_S is not None:
        tissue_S = np.asarray(tissue_S)
        groups += [("tissue", name, np.s_[tissue_S == name, :]) for name in np.unique(tissue_S)]
    rows = [
        (kind, name, level, *_measure(covered_SD[part], measured_SD[part], width_SD[part]))
        for kind, name, part in groups
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _find_covered(
    lower_SD: np.ndarray, upper_SD: np.ndarray, true_SD: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return which entries are measured and within their interval, and which are measured."""
    arrays = [np.asarray(values, np.float64) for values in (lower_SD, upper_SD, true_SD)]
    shapes = [values.shape for values in arrays]
    if len(set(shapes)) > 1:
        raise ValueError(f"lower, upper and truth differ in shape: {shapes}")
    lower_SD, upper_SD, true_SD = arrays
    return (lower_SD <= true_SD) & (true_SD <= upper_SD), np.isfinite(true_SD)


def _measure(
    covered_SD: np.ndarray, measured_SD: np.ndarray, width_SD: np.ndarray
) -> tuple[int, int, float, float]:
    n_lines, n_entries = int(measured_SD.any(axis=1).sum()), int(measured_SD.sum())
    if not n_entries:
        return n_lines, 0, float("nan"), float("nan")
    share = covered_SD.sum() / n_entries
    return n_lines, n_entries, float(share), float(width_SD[measured_SD].mean())
