"""Cell lines by any identifier. It refuses to guess: what means two lines leads nowhere."""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first

MODEL, COSMIC, STRIPPED = "ModelID", "COSMIC_ID", "stripped name"
EXACT = (COSMIC, "SANGER_MODEL_ID", "CCLE_NAME", "CELL_LINE_NAME")  # the most trusted first
# COSMIC_687983 and DATA.687983 head GDSC's matrices; R writes .1 behind a line's second column.
COSMIC_SPELLING = re.compile(r"^(?:(?:COSMIC|DATA)[_.: ]?(\d+)(?:\.\d+)?|(\d+)(?:\.0)?)$", re.ASCII)
MODEL_BEHIND = re.compile(r"\((ACH-\d{6})\)$")  # CCLE's RPKM has `22RV1_PROSTATE (ACH-000956)`
SEVERAL = ""  # what an identifier leads to that means several lines


@dataclass(frozen=True)
class LineNames:
    """What identifiers mean which line.

    Attributes:
      tables: kind of identifier -> identifier -> model id, the most trusted kind first; `SEVERAL`
        in place of a model id where the identifier means several lines.
    """

    tables: Mapping[str, Mapping[str, str]]

    @property
    def known(self) -> frozenset[str]:
        """Every identifier that leads to a line."""
        return frozenset(
            identifier for table in self.tables.values()
            for identifier, model in table.items() if model != SEVERAL
        )  # fmt: skip

    def find(self, identifier: str) -> tuple[str, str]:
        """Return the model id and the kind by which it was found.

        Returns:
          (`SEVERAL`, kind) if the identifier means several lines, ("", "") if it means none.
        """
        behind = MODEL_BEHIND.search(identifier)
        exact = (identifier, read_cosmic_id(identifier), behind[1] if behind else "")
        stripped = (strip_name(identifier),)
        for kind, table in self.tables.items():
            for spelling in stripped if kind == STRIPPED else exact:
                if spelling and spelling in table:
                    return table[spelling], kind
        return "", ""


def make_line_names(annotation: pd.DataFrame) -> LineNames:
    """Gather the identifiers of a table of cell lines.

    In order of trust: the model id itself, COSMIC id, Sanger model id, CCLE name, cell-line name,
    each as it is written; then names without all but letters and digits, in capitals, so that
    `OVCAR-3` is OVCAR3. `TT` (thyroid) and `T-T` (oesophagus) are told apart only as written.

    Args:
      annotation: index = model id, columns as `read_annotation` names them.
    """
    columns = {kind: annotation[kind] for kind in EXACT if kind in annotation}
    tables = {MODEL: {name: name for name in annotation.index}}
    tables |= {kind: _tabulate(column.items()) for kind, column in columns.items()}
    if COSMIC in tables:
        cosmic = annotation[COSMIC].map(lambda text: read_cosmic_id(text) or text)
        tables[COSMIC] = _tabulate(cosmic.items())
    loose = [columns.get("CELL_LINE_NAME"), annotation.get("STRIPPED_NAME")]
    if "CCLE_NAME" in columns:
        loose.append(columns["CCLE_NAME"].str.split("_").str[0])
    tables[STRIPPED] = _tabulate(
        (model, strip_name(name))
        for column in loose if column is not None for model, name in column.items()
    )  # fmt: skip
    return LineNames(tables)


def match_lines(
    ids: pd.Index, names: LineNames, source: str, samples: str, required: bool = True
) -> tuple[pd.Index, dict]:
    """Turn any identifiers of cell lines into model ids.

    Args:
      ids: identifiers as a source writes them.
      names: what they may mean.
      source: what the ids are from, for messages.
      samples: what the names are from, for messages.
      required: whether at least one id must have a match.

    Returns:
      One model id per id; where there is none, `COSMIC:<number>` for a COSMIC id and else the id
      itself. Two ids of one line give its model id twice. And the record: matched, unmatched (with
      the ambiguous), unmatched_examples, matched_by (counts by kind), ambiguous.

    Raises:
      DataError: no id has a match, and one is required.
    """
    pairs = [names.find(identifier) for identifier in ids]
    found = pd.DataFrame(pairs, ids.astype(object), ["model", "kind"], dtype=object)
    lost = found.index[found["model"] == ""]
    unclear = found.index[(found["model"] == SEVERAL) & (found["kind"] != "")]
    if required and len(lost) == len(ids):
        raise _explain(ids, names, source, samples)
    _warn(lost, unclear, source, samples)
    counts = found["kind"][found["model"] != ""].value_counts()
    record = {
        "matched": len(ids) - len(lost),
        "unmatched": len(lost),
        "unmatched_examples": list(lost[:5]),
        "matched_by": {kind: int(counts[kind]) for kind in names.tables if kind in counts},
        "ambiguous": len(unclear),
    }
    models = [model or _name_unmatched(name) for name, model in found["model"].items()]
    return pd.Index(models, dtype=object), record


def read_cosmic_id(identifier: str) -> str:
    """Return the number of a COSMIC id in any spelling, "" if it is none."""
    match = COSMIC_SPELLING.match(identifier)
    return (match[1] or match[2]) if match else ""


def strip_name(name: str) -> str:
    """Return a name in capitals, letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _tabulate(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return identifier -> model id for pairs of model id and identifier."""
    table: dict[str, str] = {}
    for model, identifier in pairs:
        if identifier:
            table[identifier] = model if table.get(identifier, model) == model else SEVERAL
    return table


def _name_unmatched(identifier: str) -> str:
    number = read_cosmic_id(identifier)
    return f"COSMIC:{number}" if number else identifier


def _warn(lost: pd.Index, unclear: pd.Index, source: str, samples: str) -> None:
    absent = lost[~lost.isin(unclear)]
    if len(absent):
        warnings.warn(
            f"{len(absent)} lines of {source} are not in {samples}: {name_first(absent)}",
            DataWarning, stacklevel=3,
        )  # fmt: skip
    if len(unclear):
        warnings.warn(
            f"{len(unclear)} lines of {source} have a name that means several lines of {samples}, "
            f"and are left unmatched: {name_first(unclear)}",
            DataWarning, stacklevel=3,
        )  # fmt: skip


def _explain(ids: pd.Index, names: LineNames, source: str, samples: str) -> DataError:
    numbers = len(ids) > 0 and all(identifier.isdecimal() for identifier in ids)
    if numbers and COSMIC not in names.tables:
        return DataError(
            f"{samples}: expected a column 'COSMIC_ID' to match the lines of {source} by, found "
            f"{name_first(list(names.tables)[:-1])}"
        )
    known = list(names.tables[COSMIC if numbers else MODEL])
    place = "has its COSMIC_ID in" if numbers else "is in"
    return DataError(
        f"no line of {source} ({name_first(ids, 3)}) {place} {samples} ({name_first(known, 3)})"
    )
