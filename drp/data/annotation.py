"""Tables about samples -> obs. It refuses to know any measurement."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from drp.data.barcodes import shorten_barcode
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.tables import read_header, read_table, reject_one_field, reject_repeats

UNKNOWN = "unknown"
ID_COLUMNS = ("ModelID", "sample")
TYPE_COLUMNS = ("cancer_type", "tissue")
EMPTY = ("", "NA", "nan", "[Not Available]")
NUMBERS = ("age", "OS", "OS.time", "PFI", "PFI.time")


def read_annotation(path: str | Path) -> pd.DataFrame:
    """Read the sample table of cell lines (ModelID, tissue) or tumours (sample, cancer_type).

    Returns:
      One row per sample, index = sample id; `cancer_type` first ("unknown" where empty), then the
      file's other columns: age (years), OS and PFI (events; times in days) as numbers, all else
      as text, "" where empty.

    Raises:
      DataError: no id or type column, a repeated id, an unreadable file.
    """
    header = read_header(path)
    reject_one_field(header, path)
    name = _pick(header.fields, ID_COLUMNS, path)
    kind = _pick(header.fields, TYPE_COLUMNS, path)
    frame = read_table(path, ())
    for column in set(NUMBERS) & set(header.fields):
        frame[column] = _read_numbers(frame[column], path)
    reject_repeats(frame[name], f"{path}: column {name!r}")
    frame[name] = frame[name].map(shorten_barcode)
    frame = frame.drop_duplicates(name).set_index(name).rename_axis(None)  # the first vial stands
    frame.insert(0, "cancer_type", frame.pop(kind).replace("", UNKNOWN))
    frame.columns = frame.columns.str.replace("/", "_")  # no name in an HDF5 file holds a slash
    return frame


def make_obs(samples: pd.Index, annotation: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return one row per sample in the given order, and how many had no row in the annotation."""
    obs = annotation.reindex(samples)
    text = obs.columns.difference([name for name in NUMBERS if name in obs])
    obs[text] = obs[text].fillna("")
    obs["cancer_type"] = obs["cancer_type"].replace("", UNKNOWN)
    return obs, int((~samples.isin(annotation.index)).sum())


def _read_numbers(column: pd.Series, path: str | Path) -> pd.Series:
    """Return a clinical column as numbers; what is none becomes NaN, with a warning."""
    numbers = pd.to_numeric(column, errors="coerce")
    lost = column[numbers.isna() & ~column.isin(EMPTY)].unique()
    if len(lost):
        warnings.warn(
            f"{path}: column {column.name!r}: no number in {name_first(lost)}; taken as missing",
            DataWarning, stacklevel=3,
        )  # fmt: skip
    return numbers


def _pick(header: Sequence[str], candidates: Sequence[str], path: str | Path) -> str:
    for name in candidates:
        if name in header:
            return name
    expected = " or ".join(candidates)
    raise DataError(f"{path}: expected a column {expected}, found {name_first(header, 12)}")
