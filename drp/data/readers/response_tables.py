"""Long response tables, one row per line and drug -> measurements. It refuses to know matrices.

Each portal's table is a row of `SHAPES`; one function reads all of them.
"""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.ctrp import join_ctrp
from drp.data.readers.header import Header
from drp.data.readers.response_columns import (
    ABOUT,
    DRUG_IDS,
    DRUG_NAMES,
    LINES,
    PATHWAYS,
    TARGETS,
    Measurements,
    clean_text,
    find_columns,
)
from drp.data.readers.response_units import AUC, FLAG, LN_UM, LOG10_UM, UM, warn_of_auc
from drp.data.readers.tables import read_table

IC50, ANY = "ic50", "any"  # an IC50 on a scale that is not named; a value of no named measure
# The measures that are read as a declared unit, best first.
ACCEPTED = {
    LN_UM: (LN_UM, IC50, ANY),
    LOG10_UM: (LOG10_UM, IC50, ANY, LN_UM),
    UM: (UM, IC50, ANY, LN_UM),
    AUC: (AUC, ANY),
}
# What a measure is called, and the choice of the flag that reads it.
MEASURES = {
    LN_UM: ("ln IC50", LN_UM), LOG10_UM: ("log10 IC50", LOG10_UM), UM: ("IC50 in uM", UM),
    AUC: ("areas under the curve", AUC), IC50: ("IC50", UM), ANY: ("values", LN_UM),
}  # fmt: skip


class Shape(NamedTuple):
    """What the columns of one kind of long table mean.

    Attributes:
      name: for the record.
      marks: the columns that tell it; of each group one is needed.
      values: columns of values with their measure. The first one that is there decides what
        happens if none is in the declared unit: AUC is taken with a warning, IC50 is an error.
      lines, ids, names, targets, pathways: spellings, best first.
      dropped: columns, and the pattern of a cell whose row is left out.
      join: what adds columns from other files.
      inputs: columns that `join` and `dropped` need.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    values: tuple[tuple[str, str], ...]
    lines: tuple[str, ...] = LINES
    ids: tuple[str, ...] = DRUG_IDS
    names: tuple[str, ...] = DRUG_NAMES
    targets: tuple[str, ...] = TARGETS
    pathways: tuple[str, ...] = PATHWAYS
    dropped: tuple[tuple[str, str], ...] = ()
    join: Callable[[pd.DataFrame, Path], pd.DataFrame] | None = None
    inputs: tuple[str, ...] = ()


GDSC_LINES = ("COSMIC_ID", "SANGER_MODEL_ID", "CELL_LINE_NAME")
VALUES = (
    ("LN_IC50", LN_UM), ("ln_ic50_um", LN_UM), ("LN_IC50_curvecurator", LN_UM),
    ("LOG10_IC50_um", LOG10_UM), ("IC50_um", UM), ("IC50", IC50), ("IC50_curvecurator", IC50),
    ("AUC", AUC), ("area_under_curve", AUC), ("AUC_curvecurator", AUC), ("response", ANY),
    ("value", ANY),
)  # fmt: skip
DOSES = ("dose", "conc", "concentration", "cpd_conc_umol")
SHAPES = (
    Shape(
        "CTRP curves", (("experiment_id",), ("master_cpd_id",), ("area_under_curve",)),
        (("area_under_curve", AUC),), lines=("ccl_name",), ids=("master_cpd_id",),
        names=("cpd_name",), dropped=(("ccl_name", ""),), join=join_ctrp,
        inputs=("experiment_id", "master_cpd_id"),
    ),
    Shape(
        "PRISM secondary screen", (("broad_id",), ("depmap_id",), ("auc",), ("screen_id",)),
        (("auc", AUC), ("ic50", UM)), lines=("depmap_id",), ids=("broad_id",), names=("name",),
        dropped=(
            ("depmap_id", "|.*FAILED_STR.*"), ("row_name", ".*FAILED_STR.*"),
            ("passed_str_profiling", "(?i)false"),
        ),
    ),
    Shape(
        "DepMap sanger-dose-response", (("DRUG_ID",), ("IC50_PUBLISHED",)),
        (("IC50_PUBLISHED", UM), ("AUC_PUBLISHED", AUC)),
        lines=("COSMIC_ID", "ARXSPAN_ID", "CELL_LINE_NAME"),
    ),
    Shape(
        "CCLE drug data", (("CCLE Cell Line Name",), ("Compound",), ("IC50 (uM)",)),
        (("IC50 (uM)", UM),), lines=("CCLE Cell Line Name", "Primary Cell Line Name"),
    ),
    Shape(  # its column IC50 is ln IC50 in all its vintages
        "GDSC website table",
        (("Drug name",), ("Cell line name",), ("TCGA classification",), ("IC50", "AUC")),
        (("IC50", LN_UM), ("AUC", AUC)),
        lines=("Cosmic ID", "Cosmic sample Id", "Cell line name"),
    ),
    Shape(
        "GDSC dose response", (GDSC_LINES, ("DRUG_ID",), ("LN_IC50",)),
        (("LN_IC50", LN_UM), ("AUC", AUC)), lines=GDSC_LINES,
    ),
    Shape("CTRP long table", (LINES, ("cpd_name", "master_cpd_id"), ("area_under_curve",)), VALUES),
    # Single doses: no column of them is a response.
    Shape(
        "dose series", ((*LINES, "experiment_id"), DRUG_IDS + DRUG_NAMES, DOSES), VALUES[:-2],
    ),
    Shape(
        "drevalpy table",
        (("cell_line_name", "cell_line_id"), ("pubchem_id", "drug_id"),
         tuple(name for name, _ in VALUES)),
        VALUES,
    ),
    Shape("long table", (LINES, DRUG_IDS + DRUG_NAMES), VALUES),
)  # fmt: skip


def find_shape(fields: Sequence[str]) -> Shape | None:
    """Return the first shape whose marks are all among the fields, or None."""
    for shape in SHAPES:
        if all(find_columns(fields, group) for group in shape.marks):
            return shape
    return None


def read_response_table(path: Path, header: Header, shape: Shape, unit: str) -> Measurements:
    """Read a table with one row per line and drug.

    Args:
      path: the file.
      header: of the file.
      shape: what `find_shape` gave.
      unit: ln_um, log10_um, um or auc: what was declared.

    Raises:
      DataError: no column in the declared unit; a value that is no finite number; a row without
        a line or a drug.
    """
    column, measured_in, is_named = _choose_value(header.fields, shape, unit, path)
    frame = _read_rows(path, header, shape, column)
    n_rows = len(frame)
    dropped, frame = _drop_rows(frame, shape, path)
    n_kept = len(frame)
    frame = frame.dropna(subset=column)
    infinite = np.isinf(frame[column])
    if infinite.any():
        raise DataError(
            f"{path}: row {infinite.idxmax()}: expected a finite {column}, found infinity"
        )
    line = _pick_filled(frame, find_columns(frame, shape.lines), path)
    drug = _pick_drug(frame, shape, path)
    record = {
        "recognised_as": shape.name, "rows": n_rows, "columns": len(header.fields),
        "orientation": "one row per line and drug", "value_column": column, "line_column": line,
        "drug_column": drug, "rows_left_out": dropped, "rows_without_value": n_kept - len(frame),
    }  # fmt: skip
    values = frame[column].to_numpy(np.float64)
    about = _describe_drugs(frame, shape, drug)
    keys = (frame[name].to_numpy(object) for name in (line, drug))
    return Measurements(values, *keys, about, measured_in, is_named, record)


def _choose_value(
    fields: Sequence[str], shape: Shape, unit: str, path: Path
) -> tuple[str, str, bool]:
    """Return the column to read, the unit it is in, and whether its name says ln IC50."""
    found = [(column[0], measure) for name, measure in shape.values
             if (column := find_columns(fields, [name]))]  # fmt: skip
    if not found:
        names: dict[str, str] = {}
        for name, measure in shape.values:
            names.setdefault(measure, name)
        raise DataError(
            f"{path}: expected a column of responses ({' or '.join(names.values())}), found "
            f"{name_first(fields, 12)}"
        )
    for measure in ACCEPTED[unit]:
        for column, given in found:
            if given == measure:
                return column, unit, measure == LN_UM
    column, first = found[0]
    if unit == LN_UM and first == AUC:
        warn_of_auc(path, column)
        return column, AUC, False
    told = ", ".join(f"{column} ({MEASURES[measure][0]})" for column, measure in found)
    flags = " or ".join(dict.fromkeys(FLAG + MEASURES[measure][1] for _, measure in found))
    raise DataError(
        f"{path}: expected a column that holds {MEASURES[unit][0]}, found {told}; use {flags}"
    )


def _read_rows(path: Path, header: Header, shape: Shape, column: str) -> pd.DataFrame:
    """Read the column of values, and beside it all columns that may matter, as trimmed text."""
    spellings = (shape.inputs, shape.lines, shape.ids, shape.names, shape.targets, shape.pathways)
    texts = [name for group in spellings for name in find_columns(header.fields, group)]
    texts += find_columns(header.fields, [name for name, _ in shape.dropped])
    frame = read_table(path, [column], [column], tuple(texts), categorical=True)
    for name in frame.columns.drop(column):
        frame[name] = clean_text(frame[name])
    return shape.join(frame, path) if shape.join else frame


def _drop_rows(frame: pd.DataFrame, shape: Shape, path: Path) -> tuple[int, pd.DataFrame]:
    """Leave out the rows that the portal itself does not trust or that have no line."""
    left_out = pd.Series(False, frame.index)
    for spelling, pattern in shape.dropped:
        for column in find_columns(frame, [spelling]):
            matching = frame[column].str.fullmatch(pattern).astype(bool) & ~left_out
            if matching.any():
                cells = [cell or "empty" for cell in frame.loc[matching, column].unique()]
                warnings.warn(
                    f"{path}: {matching.sum()} of {len(frame)} rows are left out: {column} is "
                    f"{name_first(cells)}",
                    DataWarning, stacklevel=3,
                )  # fmt: skip
            left_out |= matching
    return int(left_out.sum()), frame[~left_out]


def _pick_filled(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> str:
    """Return the first column that is filled in every row."""
    gaps = {name: frame[name] == "" for name in columns}
    for name, empty in gaps.items():
        if not empty.any():
            return name
    first, empty = next(iter(gaps.items()))
    raise DataError(f"{path}: column {first!r}, row {empty.idxmax()}: found an empty cell")


def _pick_drug(frame: pd.DataFrame, shape: Shape, path: Path) -> str:
    """Return the column that tells drugs apart: ids before names, which re-screens share.

    A column of ids with a few gaps is faulty and no reason to go by names.
    """
    columns = find_columns(frame, shape.ids + shape.names)
    in_use = [name for name in columns if (frame[name] != "").mean() > 0.5]
    return _pick_filled(frame, in_use[:1] or columns, path)


def _describe_drugs(frame: pd.DataFrame, shape: Shape, key: str) -> pd.DataFrame:
    first = frame.drop_duplicates(key)
    roles = (shape.ids, shape.names, shape.targets, shape.pathways)
    about = pd.DataFrame("", index=first[key].to_numpy(), columns=ABOUT, dtype=object)
    for name, spellings in zip(ABOUT, roles, strict=True):
        found = find_columns(frame, spellings)
        column = key if key in found else next(iter(found), None)
        # Drugs that are known by name have no id that holds in every row.
        if column and not (name == "drug_id" and column != key):
            about[name] = first[column].to_numpy()
    return about
