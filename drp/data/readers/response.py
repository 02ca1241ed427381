"""Response files of any portal -> lines x drugs. It refuses to know imputation and names of lines.

Long tables are read by `response_tables`, wide ones by `response_matrices`; what both give meets
here: units are checked, pairs are made unique, lines and drugs are put in order.
"""

from collections.abc import Collection
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import make_modality
from drp.data.errors import DataError, name_first
from drp.data.readers.duplicates import ERROR
from drp.data.readers.response_columns import Measurements
from drp.data.readers.response_matrices import read_response_matrix
from drp.data.readers.response_tables import find_shape, read_response_table
from drp.data.readers.response_units import (
    AUC,
    STORED_UNITS,
    TO_STORED,
    check_unit,
    name_auc_scale,
)
from drp.data.readers.tables import read_header, reject_repeats

# A table of that many pairs that is measured in a hundredth of them would only fill the memory.
MOST_PAIRS, LEAST_MEASURED = 50_000_000, 0.01


def read_response(
    path: str | Path, unit: str, min_measured: int, duplicates: str = ERROR,
    known_lines: Collection[str] = frozenset(), drugs: pd.DataFrame | None = None,
) -> tuple[ad.AnnData, dict]:  # fmt: skip
    """Read a response file: a long table of GDSC, CTRP, PRISM, CCLE or drevalpy, or a matrix.

    Drugs are keyed by id, never by name if there is an id: re-screens share a name.

    Args:
      path: text, workbook or parquet.
      unit: ln_um, log10_um, um or auc: what the file holds. Under ln_um a file that has areas
        under the curve only is read as AUC, with a warning.
      min_measured: measured lines that every drug must have.
      duplicates: what becomes of two values for one line and drug: error, or mean (of ln IC50).
      known_lines: names that are known to be cell lines, for the orientation of a matrix.
      drugs: what `read_drug_list` gave; it describes drugs that the file names by id only.

    Returns:
      Lines (as the file names them) x drugs, both in the order of their ids; float32 ln IC50 (uM)
      or AUC, NaN = not measured; var: drug_id, drug_name, target, pathway, n_measured. And the
      record of what was read.

    Raises:
      DataError: no response file; a value that is no number; two values for one line and drug;
        values plainly not in the declared unit; a drug with too few measurements.
    """
    path = Path(path)
    header = read_header(path)
    shape = find_shape(header.fields)
    if shape:
        found = read_response_table(path, header, shape, unit)
    else:
        names = () if drugs is None else {*drugs.index, *drugs["drug_name"]} - {""}
        found = read_response_matrix(path, header, unit, known_lines, names)
    record = {**found.record, "unit": STORED_UNITS[found.unit], "read_as": found.unit}
    values, lines, keys, record["repeats_averaged"] = _pivot(found, duplicates, path)
    about = found.about.loc[keys]
    if drugs is not None:
        about, record["drugs_not_in_list"] = _describe(about, drugs)
    about = about.assign(n_measured=(~np.isnan(values)).sum(axis=0))
    about.index = _name_keys(about)
    reject_repeats(about.index, f"{path}: drugs")
    _reject_rare(about["n_measured"], min_measured, path)
    record |= _count(values, found.unit)
    return make_modality(values, pd.Index(lines), about), record


def _count(values: np.ndarray, unit: str) -> dict:
    measured = values[~np.isnan(values)]
    counts = {
        "lines": len(values), "drugs": values.shape[1], "measured": len(measured),
        "value_range": [float(measured.min()), float(measured.max())],
    }  # fmt: skip
    return counts | ({"auc_scale": name_auc_scale(measured)} if unit == AUC else {})


def _pivot(
    found: Measurements, duplicates: str, path: Path
) -> tuple[np.ndarray, list[str], list[str], int]:
    """Return values (lines x drugs) in the stored unit, both names, and how many repeats went."""
    line_at, lines = _number(found.lines)
    drug_at, keys = _number(found.drugs)
    place = line_at * len(keys) + drug_at
    repeated = pd.Series(place).duplicated().to_numpy()
    if repeated.any() and duplicates == ERROR:
        first = repeated.argmax()
        raise DataError(
            f"{path}: {repeated.sum()} rows repeat a line and drug, first "
            f"{found.record['line_column']} {found.lines[first]}, {found.record['drug_column']} "
            f"{found.drugs[first]}: expected one row for each pair; --duplicates=mean averages them"
        )
    size = len(lines) * len(keys)
    if size > MOST_PAIRS and len(place) < LEAST_MEASURED * size:
        raise DataError(
            f"{path}: {len(place)} values for {len(lines)} lines x {len(keys)} drugs: does "
            f"{found.record['line_column']} name lines, and {found.record['drug_column']} drugs?"
        )
    column = found.record["value_column"]
    check_unit(found.values, len(keys), found.unit, found.is_named, path, column)
    stored = TO_STORED[found.unit](found.values)
    count = np.bincount(place, minlength=size)
    total = np.bincount(place, stored, minlength=size)
    mean = np.where(count, total / np.maximum(count, 1), np.nan)
    wide = mean.astype(np.float32).reshape(len(lines), len(keys))
    return wide, lines, keys, int(repeated.sum())


def _number(names: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return the place of each name in the ordered list of all, and that list."""
    codes, uniques = pd.factorize(names)
    order = sorted(range(len(uniques)), key=lambda place: _by_number(uniques[place]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[codes], [uniques[place] for place in order]


def _by_number(identifier: str) -> tuple[int, str]:
    is_number = identifier.isdecimal() and len(identifier) < 19
    return (int(identifier), "") if is_number else (2**62, identifier)


def _describe(about: pd.DataFrame, drugs: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Fill what the file does not say about its drugs from the list of drugs."""
    about = about.copy()
    for name in ("drug_name", "target", "pathway"):
        told = drugs[name].reindex(about["drug_id"]).fillna("").to_numpy()
        about[name] = np.where(about[name] == "", told, about[name])
    return about, int((~about["drug_id"].isin(drugs.index)).sum())


def _name_keys(about: pd.DataFrame) -> list[str]:
    """Return `NAME (id)`, or the one of them that is known."""
    pairs = zip(about["drug_name"], about["drug_id"], strict=True)
    return [f"{name} ({key})" if name and key else name or key for name, key in pairs]


def _reject_rare(n_measured: pd.Series, min_measured: int, path: Path) -> None:
    few = n_measured[n_measured < min_measured]
    if len(few):
        counts = [f"{key}: {n}" for key, n in few.items()]
        raise DataError(
            f"{path}: {len(few)} drugs are measured in fewer than {min_measured} lines "
            f"({name_first(counts)}); leave them out of the file or lower --min_measured"
        )
