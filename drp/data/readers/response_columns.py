"""The spellings of a response table's columns, and what it gives. It refuses to know any value."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.readers.text import GAPS

# What names a line, best first: ids before names, which several lines may share.
LINES = (
    "COSMIC_ID", "Cosmic sample Id", "COSMIC identifier", "SANGER_MODEL_ID", "SangerModelID",
    "DepMap_ID", "ModelID", "ARXSPAN_ID", "cell_line_id", "CCLE Cell Line Name", "CCLE_Name",
    "CELL_LINE_NAME", "CELL_LINE", "ccl_name", "cell_line_display_name", "cellosaurus_id", "sample",
)  # fmt: skip
DRUG_IDS = ("DRUG_ID", "pubchem_id", "broad_id", "master_cpd_id", "compound_id")
DRUG_NAMES = ("DRUG_NAME", "drug", "cpd_name", "Compound", "compound_name")
TARGETS = ("PUTATIVE_TARGET", "Target", "Targets", "gene_symbol_of_protein_target")
PATHWAYS = (
    "PATHWAY_NAME", "TARGET_PATHWAY", "Target pathway", "moa", "target_or_activity_of_compound",
)  # fmt: skip
ABOUT = ("drug_id", "drug_name", "target", "pathway")
WHOLE = re.compile(r"(\d+)\.0+")


class Measurements(NamedTuple):
    """One value per measured pair of line and drug, as the file has them.

    Attributes:
      values: (n,) float64, finite, in `unit`.
      lines: (n,) names of lines.
      drugs: (n,) keys of drugs.
      about: one row per drug, index = its key; columns drug_id, drug_name, target, pathway.
      unit: ln_um, log10_um, um or auc.
      is_named: whether the file itself names the values ln IC50.
      record: what was read, for the user.
    """

    values: np.ndarray
    lines: np.ndarray
    drugs: np.ndarray
    about: pd.DataFrame
    unit: str
    is_named: bool
    record: dict


def simplify(name: str) -> str:
    """Return a name without case, spaces and signs: `Drug Name` and `DRUG_NAME` are one."""
    return re.sub(r"[^a-z0-9]", "", name.replace("µ", "u").replace("μ", "u").lower())


def find_columns(fields: Sequence[str], spellings: Sequence[str]) -> list[str]:
    """Return the fields that are spelled so, in the order of the spellings."""
    fields_by_name: dict[str, str] = {}
    for field in fields:
        fields_by_name.setdefault(simplify(field), field)
    names = dict.fromkeys(simplify(spelling) for spelling in spellings)
    return [fields_by_name[name] for name in names if name in fields_by_name]


def clean_text(column: pd.Series) -> pd.Series:
    """Return identifiers trimmed: "" where there is none, and `905933.0` is 905933."""
    cleaned = {text: _clean(text) for text in column.unique()}
    return column.astype(object).map(cleaned).astype(object)


def _clean(text: str) -> str:
    text = text.strip()
    if match := WHOLE.fullmatch(text):
        return match[1]
    return "" if text in GAPS else text
