"""Lists of a screen's drugs: name, target and pathway by id. It refuses to know responses."""

import warnings
from pathlib import Path

import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.header import reject_one_field
from drp.data.readers.response_columns import (
    ABOUT,
    DRUG_IDS,
    DRUG_NAMES,
    PATHWAYS,
    TARGETS,
    clean_text,
    find_columns,
)
from drp.data.readers.tables import read_header, read_table

SPELLINGS = dict(
    zip(ABOUT, (DRUG_IDS, (*DRUG_NAMES, "name"), TARGETS, PATHWAYS), strict=True)
)  # fmt: skip
NEEDED = ("drug_id", "drug_name")


def read_drug_list(path: str | Path) -> tuple[pd.DataFrame, dict]:
    """Read the list of drugs of a screen, such as GDSC's screened_compounds or Drug_list.

    Args:
      path: a table with DRUG_ID, DRUG_NAME and, if there, TARGET and TARGET_PATHWAY, in any of the
        portals' spellings. An id may stand in several rows, one per screening site.

    Returns:
      One row per drug, index `drug_id`; columns drug_name, target, pathway, "" where not given.
      And the record of what was read.

    Raises:
      DataError: no column of ids or names, a row without an id, an unreadable file.
    """
    header = read_header(path)
    reject_one_field(header, path)
    found = {role: find_columns(header.fields, names) for role, names in SPELLINGS.items()}
    for role in NEEDED:
        if not found[role]:
            raise DataError(
                f"{path}: expected a column {' or '.join(SPELLINGS[role])}, found "
                f"{name_first(header.fields, 12)}"
            )
    columns = {names[0]: role for role, names in found.items() if names}
    frame = read_table(path, tuple(columns)).apply(clean_text).rename(columns=columns)
    if not len(frame):
        raise DataError(f"{path}: expected one row per drug, found none")
    if (empty := frame["drug_id"] == "").any():
        raise DataError(f"{path}: row {empty.idxmax()}: expected an id of a drug, found none")
    _tell_renamed(frame, path)
    frame = frame.reindex(columns=ABOUT, fill_value="").replace("", None)
    # Of the rows of one id, the first that gives a text counts.
    drugs = frame.groupby("drug_id", sort=False).first().fillna("").astype(object)
    record = {"recognised_as": "list of drugs", "rows": len(frame), "columns": len(header.fields)}
    return drugs, record | {"drugs": len(drugs)}


def _tell_renamed(frame: pd.DataFrame, path: str | Path) -> None:
    names = frame[["drug_id", "drug_name"]].drop_duplicates()
    renamed = names["drug_id"][names["drug_id"].duplicated()].unique()
    if len(renamed):
        warnings.warn(
            f"{path}: {len(renamed)} ids stand with several names, of which the first counts: "
            f"{name_first(renamed)}",
            DataWarning, stacklevel=3,
        )  # fmt: skip
