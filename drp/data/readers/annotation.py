"""Tables about samples -> obs. It refuses to know any measurement."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.barcodes import find_patients, shorten_barcode
from drp.data.readers.header import Header, pick, reject_one_field
from drp.data.readers.tables import read_header, read_table, reject_repeats
from drp.data.readers.text import GAPS

UNKNOWN = "unknown"
MISSING = (*GAPS, "'--", "[Not Available]", "[Not Applicable]", "[Unknown]")  # GDC's and TCGA's
NUMBERS = ("age", "OS", "OS.time", "PFI", "PFI.time")
TOTAL = "TOTAL"  # a last row of sums starts with it; it is no sample


class Layout(NamedTuple):
    """How one source writes its sample table. Of several spellings the first counts.

    Attributes:
      recognised_as: name for people.
      ids: columns that may name a row.
      types: columns that may hold the cancer type or tissue.
      otherwise: column that names a row whose id is empty, several joined, or another row's too.
      repeats: whether a sample may have several rows, as the GDC's have one per treatment.
    """

    recognised_as: str
    ids: tuple[str, ...]
    types: tuple[str, ...]
    otherwise: str = ""
    repeats: bool = False


LAYOUTS = (
    Layout("table of cell lines", ("ModelID",), ("cancer_type", "tissue")),
    Layout("table of samples", ("sample",), ("cancer_type", "tissue")),
    Layout("DepMap Model.csv", ("ModelID",), ("OncotreeLineage", "OncotreePrimaryDisease")),
    Layout(
        "DepMap sample_info.csv", ("DepMap_ID",),
        ("lineage", "primary_disease", "Primary Disease", "Primary_Disease"),
    ),
    Layout("CCLE Cell_lines_annotations", ("depMapID",), ("Site_Primary",), otherwise="CCLE_ID"),
    Layout("CCLE sample info 2012", ("CCLE name",), ("Site Primary",)),
    Layout(
        "Cell Model Passports model_list", ("BROAD_ID", "model_id"), ("tissue", "cancer_type"),
        otherwise="model_id",
    ),
    Layout(
        "GDSC Cell_Lines_Details", ("COSMIC identifier",),
        ("GDSC Tissue descriptor 1", "GDSC Tissue descriptor 2"),
    ),
    Layout("TCGA-CDR", ("bcr_patient_barcode",), ("type",)),
    Layout(
        "GDC clinical", ("case_submitter_id", "cases.submitter_id"),
        ("project_id", "project.project_id"), repeats=True,
    ),
    Layout(
        "Xena phenotype", ("sample", "sampleID"),
        ("cancer type abbreviation", "primary disease or tissue", "_primary_disease",
         "_primary_site"),
    ),
    Layout(
        "cBioPortal clinical", ("SAMPLE_ID", "Sample ID", "PATIENT_ID", "Patient ID"),
        ("CANCER_TYPE_ACRONYM", "TCGA PanCanAtlas Cancer Type Acronym", "CANCER_TYPE",
         "Cancer Type", "CANCER_TYPE_DETAILED", "Cancer Type Detailed"),
    ),
)  # fmt: skip
SPELLINGS = {  # what a column is called here <- what the sources call it
    "COSMIC_ID": ("COSMIC_ID", "COSMICID", "COSMIC identifier"),
    "SANGER_MODEL_ID": (
        "SANGER_MODEL_ID", "SangerModelID", "Sanger_Model_ID", "Sanger ID", "model_id",
    ),
    "CCLE_NAME": (
        "CCLE_NAME", "CCLEName", "CCLE_Name", "CCLE Name", "CCLE name", "CCLE_ID", "ccle_name",
    ),
    "CELL_LINE_NAME": (
        "CELL_LINE_NAME", "CellLineName", "cell_line_name", "Cell line primary name", "model_name",
        "Sample Name", "Name",
    ),
    "STRIPPED_NAME": ("STRIPPED_NAME", "StrippedCellLineName", "stripped_cell_line_name"),
    "age": ("age", "age_at_initial_pathologic_diagnosis", "Age"),
}  # fmt: skip


def read_annotation(path: str | Path) -> tuple[pd.DataFrame, dict]:
    """Read a sample table of cell lines or tumours, as our own files or the portals write it.

    Returns:
      One row per sample, index = sample id; `cancer_type` first ("unknown" where empty), then the
      file's other columns: age (years), OS and PFI (events; times in days) as numbers, all else
      as text, "" where empty. Identifiers have the names of `SPELLINGS`, "" where there is none.
      And the record: recognised_as, rows, columns, id_column, type_column, rows_without_id,
      rows_named_otherwise, repeated_rows, rows_without_type.

    Raises:
      DataError: no id or type column, a repeated id, no row with an id, an unreadable file.
    """
    header = read_header(path)
    reject_one_field(header, path)
    names = {field: _tidy(field, place) for place, field in enumerate(header.fields)}
    layout = _find_layout(header._replace(fields=list(names.values())), path)
    frame = read_table(path, ()).rename(columns=names)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    id_column, type_column = pick(layout.ids, frame), pick(layout.types, frame)
    ids, n_otherwise = _name_rows(frame, id_column, layout.otherwise)
    kinds = _blank(frame[type_column]).str.removeprefix("TCGA-").replace("", UNKNOWN)
    kept = _keep_rows(frame, ids, kinds, layout, f"{path}: column {id_column!r}")
    record = {
        "recognised_as": layout.recognised_as,
        "rows": len(frame),
        "columns": len(header.fields),
        "id_column": id_column,
        "type_column": type_column,
        "rows_without_id": int((ids == "").sum()),
        "rows_named_otherwise": n_otherwise,
        "repeated_rows": int((ids != "").sum()) - len(kept),
        "rows_without_type": int((kinds[kept] == UNKNOWN).sum()),
    }
    told = _standardise(frame.loc[kept], {id_column, type_column}, path)
    told.insert(0, "cancer_type", kinds[kept])
    samples = pd.Index(ids[kept].map(shorten_barcode), dtype=object)
    return told.set_axis(samples.rename(None)), record


def make_obs(samples: pd.Index, annotation: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return one row per sample in the given order, and how many had no row in the annotation.

    A TCGA sample without a row of its own gets its patient's.
    """
    own = samples.isin(annotation.index)
    keys = pd.Index(np.where(own, samples, find_patients(samples)), dtype=object)
    obs = annotation.reindex(keys).set_axis(samples)
    text = obs.columns.difference([name for name in NUMBERS if name in obs])
    obs[text] = obs[text].fillna("")
    obs["cancer_type"] = obs["cancer_type"].replace("", UNKNOWN)
    return obs, int((~keys.isin(annotation.index)).sum())


def _tidy(field: str, place: int) -> str:
    """Return a name without the line breaks that GDSC has in it; no name in HDF5 holds a slash."""
    return " ".join(field.split()).replace("/", "_") or f"Unnamed: {place}"


def _find_layout(header: Header, path: str | Path) -> Layout:
    """Return the first layout that has both its columns."""
    named = [layout for layout in LAYOUTS if header.pick(layout.ids)]
    for layout in named:
        if header.pick(layout.types):
            return layout
    if named:
        header.require(named[0].types, path)
    raise DataError(
        f"{path}: expected a column ModelID or sample, found {name_first(header.fields, 12)}; "
        f"known as well: {name_first([layout.recognised_as for layout in LAYOUTS[2:]], 99)}"
    )


def _blank(column: pd.Series) -> pd.Series:
    """Return text without spaces around it, "" for every way to write a missing value."""
    column = column.str.strip()
    return column.mask(column.isin(MISSING), "")


def _clean_ids(column: pd.Series) -> pd.Series:
    """Return identifiers; a number that went through a float column loses its `.0`."""
    return _blank(column).str.replace(r"^(\d+)\.0$", r"\1", regex=True)


def _name_rows(frame: pd.DataFrame, id_column: str, otherwise: str) -> tuple[pd.Series, int]:
    """Return the id of each row, and how many got it from the column `otherwise`."""
    ids = _clean_ids(frame[id_column])
    if otherwise not in frame or otherwise == id_column:
        return ids, 0
    unclear = (ids == "") | ids.str.contains(";", regex=False) | ids.duplicated(keep=False)
    others = _clean_ids(frame[otherwise])
    return ids.mask(unclear, others), int((unclear & (others != "")).sum())


def _keep_rows(
    frame: pd.DataFrame, ids: pd.Series, kinds: pd.Series, layout: Layout, where: str
) -> pd.Index:
    """Return the rows that stand for a sample each: those with an id, the first of its vials."""
    named = ids[ids != ""]
    if named.empty:
        raise DataError(f"{where}: expected the name of at least one sample, found none")
    if layout.repeats:
        named_once = pd.DataFrame({"id": named, "kind": kinds[named.index]}).drop_duplicates()
        reject_repeats(named_once["id"], f"{where}, which has rows of different types")
    else:
        reject_repeats(named, where)
    lost = frame.loc[ids == ""]
    lost = lost.index[~lost.iloc[:, 0].str.strip().str.upper().str.startswith(TOTAL)]
    if len(lost):
        warnings.warn(
            f"{where}: {len(lost)} rows name no sample and are left out: row {name_first(lost)}",
            DataWarning, stacklevel=3,
        )  # fmt: skip
    return named.index[~named.map(shorten_barcode).duplicated()]


def _standardise(frame: pd.DataFrame, used: set[str], path: str | Path) -> pd.DataFrame:
    """Return the columns beside id and type under the names by which others look for them."""
    names = _find_standard_names(frame.columns)
    columns = {}
    for column in frame:
        name = names.get(column, column)
        if name in NUMBERS and column not in used:
            columns[name] = _read_numbers(frame[column], path)
        elif name in SPELLINGS and name not in NUMBERS:
            columns[name] = _clean_ids(frame[column])
        elif column not in used:
            # A source may have a column of our own name that is not the one it was read from.
            columns[f"source_{name}" if name == "cancer_type" else name] = frame[column]
    return pd.DataFrame(columns, index=frame.index)


def _find_standard_names(columns: Sequence[str]) -> Mapping[str, str]:
    found = {name: [s for s in spellings if s in columns] for name, spellings in SPELLINGS.items()}
    return {spellings[0]: name for name, spellings in found.items() if spellings}


def _read_numbers(column: pd.Series, path: str | Path) -> pd.Series:
    """Return a clinical column as numbers; what is none becomes NaN, with a warning."""
    numbers = pd.to_numeric(column, errors="coerce").astype(np.float64)
    numbers = numbers.where(np.isfinite(numbers))
    lost = column[numbers.isna() & ~column.str.strip().isin(MISSING)].unique()
    if len(lost):
        warnings.warn(
            f"{path}: column {column.name!r}: no number in {name_first(lost)}; taken as missing",
            DataWarning, stacklevel=4,
        )  # fmt: skip
    return numbers
