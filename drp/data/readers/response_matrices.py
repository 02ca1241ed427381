"""Wide response tables, lines x drugs or drugs x lines -> measurements. It refuses to know units.

Which side holds the drugs is told by the names alone: nothing in the values says it.
"""

import re
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.gene_names import (
    ENTREZ_COLUMNS,
    SYMBOL_COLUMNS,
    looks_like_gene,
    parse_genes,
)
from drp.data.readers.header import Header, reject_one_field
from drp.data.readers.matrices import Matrix, read_matrix, reject_gaps
from drp.data.readers.orientation import SAMPLE, WELL_KNOWN_GENES
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
    simplify,
)
from drp.data.readers.response_units import AUC, LN_UM, looks_like_auc, warn_of_auc
from drp.data.readers.text import GAPS

ROLES = dict(zip(ABOUT, (DRUG_IDS, DRUG_NAMES, TARGETS, PATHWAYS), strict=True))
# The ways in which portals name a drug at the head of a column; the first that fits counts.
DRUG_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"Drug_(?P<id>\d+)(?:_\w+)?",
        r"(?P<source>GDSC\d?|CTRP|BRD):(?P<id>[^():\s]+)",
        r"(?P<name>.+) \((?P<source>[A-Za-z]\w*):(?P<id>[^():\s]+)\)",
        r"(?P<name>.+) \((?P<id>\d+)\)",
        r"(?P<id>BRD-\w+(?:-\d+)*)",
        r"(?P<id>\d{1,4})",
    )
)
MEASURED = re.compile(r"Drug_\d+_(?P<measure>[A-Za-z]\w*)")
LINE_ID = re.compile(r"\d{6,7}|CVCL_\w{4}")  # of COSMIC and Cellosaurus
REPLICATE = re.compile(r".*[\d.]+ ?[uµμ]M rep\d+")
LINEAGE = re.compile(r"lineage\d*")
BESIDE = frozenset({"tissue", "cancertype", "tissuefactor", "msifactor", "mediafactor"})
EXPECTED = (
    "expected one row per line and drug (columns such as COSMIC_ID, DRUG_ID and LN_IC50), or a "
    "matrix of lines x drugs"
)
MEASURES = ("LN_IC50", "IC50", "AUC", "area_under_curve")  # of a table, not of a matrix
GUESSED = "lines in rows, guessed"
MIN_VALUES = 20  # fewer values may be whole numbers by chance


class Wide(NamedTuple):
    """A matrix with its sides named.

    Attributes:
      values: (lines, drugs), NaN = not measured.
      lines: (lines,) names.
      about: one row per column, index = key of the drug, which may repeat.
      source: what the drugs' names call their source, such as CTRP; "" if nothing.
      orientation: for the record.
    """

    values: np.ndarray
    lines: np.ndarray
    about: pd.DataFrame
    source: str
    orientation: str


def read_response_matrix(
    path: Path, header: Header, unit: str, known_lines: Collection[str],
    known_drugs: Collection[str] = (),
) -> Measurements:  # fmt: skip
    """Read a matrix of lines x drugs, or of drugs x lines.

    Args:
      path: the file.
      header: of the file.
      unit: ln_um, log10_um, um or auc: what was declared. Values that can only be areas under the
        curve are taken as such, with a warning, if ln_um was.
      known_lines: names that are known to be cell lines.
      known_drugs: names and ids that are known to be drugs.

    Raises:
      DataError: this is no matrix of responses; a cell that is no finite number; a line or a drug
        without a name.
    """
    header = _check_header(header, path)
    beside = [field for field in header.fields[1:] if _stands_beside(field)]
    matrix = read_matrix(path, _find_leading(header), beside)
    reject_gaps(matrix, path, gaps_allowed=True)
    for names in (matrix.rows, matrix.columns):
        _reject_genes(names, path)
    wide = _turn(matrix, known_lines, known_drugs)
    if wide.orientation == GUESSED:
        warnings.warn(
            f"{path}: no name tells which side holds the drugs; lines are taken to be in the rows",
            DataWarning, stacklevel=2,
        )  # fmt: skip
    rows, columns = np.nonzero(~np.isnan(wide.values))
    values = wide.values[rows, columns].astype(np.float64)
    _reject_whole_numbers(values, path)
    if unit == LN_UM and looks_like_auc(values, wide.source):
        warn_of_auc(path, "the values")
        unit = AUC
    lines, drugs = wide.lines[rows], wide.about.index.to_numpy(object)[columns]
    for kind, names in (("line", lines), ("drug", drugs)):
        if (names == "").any():
            raise DataError(f"{path}: expected a name of each {kind}, found an empty one")
    record = {
        "recognised_as": "response matrix", "rows": len(matrix.rows),
        "columns": len(header.fields), "orientation": wide.orientation, "value_column": "values",
        "line_column": "line", "drug_column": "drug",
        "lines_without_measurement": int(len({*wide.lines}) - len({*lines})),
        "drugs_without_measurement": int(wide.about.index.nunique() - len({*drugs})),
    }  # fmt: skip
    about = wide.about[~wide.about.index.duplicated()]
    return Measurements(values, lines, drugs, about, unit, False, record)


def parse_drugs(names: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Take the names at the head of the drugs' columns apart.

    Args:
      names: such as `Drug_1_IC50`, `GDSC:1`, `ERLOTINIB (GDSC1:1)`, `Erlotinib (1)`, `1`, or bare
        names.

    Returns:
      One row per drug, index = its id or, where there is none, its name; columns as in
      `Measurements.about`; and the source that most of them name, "" if none.
    """
    parsed = [_parse_drug(name.strip()) for name in names]
    about = pd.DataFrame([drug[:2] for drug in parsed], columns=ABOUT[:2], dtype=object)
    about = about.reindex(columns=ABOUT, fill_value="")
    about.index = about["drug_id"].where(about["drug_id"] != "", about["drug_name"]).to_numpy()
    sources = Counter(drug[2] for drug in parsed)
    return about, max(sources, key=sources.get, default="")


def _parse_drug(name: str) -> tuple[str, str, str]:
    for spelling in DRUG_SPELLINGS:
        if match := spelling.fullmatch(name):
            parts = {"name": "", "source": "", **match.groupdict()}
            return parts["id"], parts["name"], parts["source"].upper()
    return "", name, ""


def _turn(matrix: Matrix, known_lines: Collection[str], known_drugs: Collection[str]) -> Wide:
    """Put the lines in the rows, and name them and the drugs."""
    line = next(iter(find_columns(matrix.leading, LINES)), None)
    described = {role: find_columns(matrix.leading, names) for role, names in ROLES.items()}
    drug = next(iter(described["drug_id"] + described["drug_name"]), None)
    rows = matrix.leading[line or drug] if line or drug else matrix.rows.to_series()
    rows = clean_text(rows).to_numpy(object)
    columns = clean_text(matrix.columns.to_series()).to_numpy(object)
    known = [{simplify(name) for name in names} - {""} for names in (known_lines, known_drugs)]
    evidence = _weigh(rows, *known) - _weigh(columns, *known)
    evidence += 0.5 * (bool(line) - bool(drug and not line))
    if evidence >= 0:
        side = "lines in rows" if evidence else GUESSED
        return Wide(matrix.values, rows, *parse_drugs(columns), side)
    about, source = parse_drugs(rows)
    for role, (field, *_) in ((role, found) for role, found in described.items() if found):
        given = clean_text(matrix.leading[field]).to_numpy(object)
        # The column that names the rows is taken apart already: `GDSC:1001` has the id 1001.
        about[role] = about[role].mask((about[role] == "") | (field != drug), given)
    about.index = about["drug_id"].where(about["drug_id"] != "", about["drug_name"]).to_numpy()
    return Wide(matrix.values.T, columns, about, source, "lines in columns")


def _weigh(names: Sequence[str], lines: Collection[str], drugs: Collection[str]) -> float:
    """Return how far names look like lines (up to 1) rather than like drugs (down to -1)."""
    evidence = 0
    for name in names:
        plain = simplify(name)
        if plain in lines or plain in drugs:
            evidence += (plain in lines) - (plain in drugs)
        elif SAMPLE.match(name) or LINE_ID.fullmatch(name):
            evidence += 1
        else:
            evidence -= _is_spelled_as_drug(name)
    return evidence / max(len(names), 1)


def _check_header(header: Header, path: Path) -> Header:
    """Refuse what can be told by its header and first row to be another kind of table."""
    reject_one_field(header, path)
    header = header.with_corner()
    genes = [field for field in header.fields if field in (*SYMBOL_COLUMNS, *ENTREZ_COLUMNS)]
    if genes:
        raise DataError(f"{path}: {EXPECTED}; found a table of genes (column {genes[0]})")
    doses = [field for field in header.fields if REPLICATE.fullmatch(field)]
    if doses:
        raise DataError(
            f"{path}: {EXPECTED}; found single doses ({doses[0]}), which are no AUC or IC50"
        )
    measures = find_columns(header.fields, MEASURES)
    if measures:
        raise DataError(
            f"{path}: {EXPECTED}; found {measures[0]} without a column of lines or of drugs: "
            f"{name_first(header.fields, 12)}"
        )
    mixed = {m["measure"] for field in header.fields if (m := MEASURED.fullmatch(field))}
    if len(mixed) > 1:
        raise DataError(
            f"{path}: {EXPECTED}; found several measures side by side: {', '.join(sorted(mixed))}"
        )
    named = _find_leading(header)
    cells = [
        cell.strip()
        for field, cell in zip(header.fields[1:], header.first[1:], strict=False)
        if field not in named and not _stands_beside(field)
    ]
    texts = [cell for cell in cells if cell not in (*GAPS, "None") and not _is_number(cell)]
    if 2 * len(texts) > len(cells):
        raise DataError(f"{path}: {EXPECTED}; found the columns {name_first(header.fields, 12)}")
    return header


def _find_leading(header: Header) -> list[str]:
    """Return the columns that name or describe the rows."""
    spellings = (LINES, *ROLES.values())
    return [field for names in spellings for field in find_columns(header.fields, names)]


def _is_number(cell: str) -> bool:
    try:
        float(cell.removeprefix(">").removeprefix("<"))  # a censored one is named later
    except ValueError:
        return False
    return True


def _stands_beside(field: str) -> bool:
    """Tell whether a column describes lines or drugs and is not needed."""
    name = simplify(field)
    return name in BESIDE or bool(LINEAGE.fullmatch(name))


def _is_spelled_as_drug(name: str) -> bool:
    return any(spelling.fullmatch(name) for spelling in DRUG_SPELLINGS)


def _reject_genes(names: Sequence[str], path: Path) -> None:
    # `TP53 (7157)` and `Erlotinib (1)` are spelled alike: there, well-known symbols tell.
    known = WELL_KNOWN_GENES.intersection(parse_genes(names)["symbol"])
    coded = [name for name in names if looks_like_gene(name) and not _is_spelled_as_drug(name)]
    if len(known) >= min(2, len(names) / 10) or 2 * len(coded) > len(names):
        found = name_first(sorted(known) or coded)
        raise DataError(f"{path}: {EXPECTED}; found names of genes ({found})")


def _reject_whole_numbers(values: np.ndarray, path: Path) -> None:
    if len(values) >= MIN_VALUES and (values == np.round(values)).all():
        raise DataError(
            f"{path}: {EXPECTED}; found whole numbers only, from {values.min():.0f} to "
            f"{values.max():.0f}, as mutations or counts are"
        )
