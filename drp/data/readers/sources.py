"""Raw files -> the cohort of cell lines and the cohort of tumours, unfiltered.

It refuses to know gene filters and imputation, which need both cohorts: see `preparation`.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import EXPRESSION, MUTATION, RESPONSE, RESPONSE_AUX, UNITS, Cohort
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.annotation import UNKNOWN, make_obs, read_annotation
from drp.data.readers.barcodes import resolve_patients, select_primary
from drp.data.readers.drug_list import read_drug_list
from drp.data.readers.expression import join_expression, read_expression_file
from drp.data.readers.gene_map import GeneMap
from drp.data.readers.ledger import Ledger
from drp.data.readers.lines import make_line_names, match_lines
from drp.data.readers.mutation import read_mutations
from drp.data.readers.renaming import rename_samples
from drp.data.readers.response import read_response
from drp.data.readers.sequenced import read_sequenced

EMPTY = pd.DataFrame({"cancer_type": []})  # a sample table that could not be read
PATIENT = 12  # characters of a TCGA barcode that name the patient
FEW = 0.2  # share of the smallest file's samples that have everything, below which one is warned
MANY = 0.1  # share of samples without cancer type above which a warning is due


@dataclass(frozen=True)
class Files:
    """The files of one cohort, and the unit of its expression. Tumours have no response.

    Attributes:
      cohort: cells or tumors; with it begin the names of the settings.
      expression: expression files, the first wins (see `join_expression`).
      expression_unit: log2p1, log2p001 or tpm.
      mutation: mutation calls.
      sequenced: list of sequenced samples, or None.
      samples: sample table.
      responses: response tables; the first is predicted, the others become `response_aux`.
      response_unit: ln_um, log10_um, um or auc.
      drugs: names and targets of drugs that the responses give by id only, or None.
      min_measured: measured lines that every drug of the first response table must have.
    """

    cohort: str
    expression: Sequence[Path]
    expression_unit: str
    mutation: Path
    sequenced: Path | None
    samples: Path
    responses: Sequence[Path] = ()
    response_unit: str = "ln_um"
    drugs: Path | None = None
    min_measured: int = 1


@dataclass(frozen=True)
class Rules:
    """How files are read, whatever they hold.

    Attributes:
      variant_classes: paper, nonsilent, or MAF classes that count as mutations.
      accepted_filters: MAF FILTER tokens that pass.
      gene_map: HGNC's names, or None.
      duplicates: error or mean: what becomes of a name that stands twice.
    """

    variant_classes: Sequence[str]
    accepted_filters: Sequence[str]
    gene_map: GeneMap | None = None
    duplicates: str = "error"


def read_cells(files: Files, rules: Rules, ledger: Ledger) -> Cohort:
    """Read the cell lines: sample table, expression, mutation, one or several response tables.

    Every identifier is brought to that of the sample table, and `ledger` notes what came of each
    file.

    Returns:
      The unfiltered cohort.

    Raises:
      DataError: see the readers; or the files have no line in common.
    """
    annotation = ledger.read("cells_samples", files.samples, read_annotation)
    lines = make_line_names(EMPTY if annotation is None else annotation)

    def name(found: pd.Index, path: Path, required: bool = False) -> tuple[pd.Index, dict]:
        if annotation is None:  # a check goes on without it
            return found, {}
        return match_lines(found, lines, str(path), str(files.samples), required)

    def name_calls(found: pd.Index, _others: pd.Index) -> pd.Index:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)  # told of once, when all are read
            return name(found, files.mutation)[0]

    expression = _read_expression(files, rules, ledger, lines.known, name)
    calls = _read_mutations(files, rules, ledger, lines.known, name, name_calls)
    tables = _read_responses(files, rules, ledger, lines.known, name)
    ledger.reject_errors()
    modalities = {EXPRESSION: expression, MUTATION: calls, RESPONSE: tables[0]}
    if tables[1:]:
        modalities[RESPONSE_AUX] = _join_tables(tables[1:], files.responses[1:])
    cohort = _assemble(modalities, annotation, files, ledger)
    words = "cell line has expression, mutation and response"
    _check_overlap(cohort, (EXPRESSION, MUTATION, RESPONSE), words, modalities)
    return cohort


def read_tumors(files: Files, rules: Rules, ledger: Ledger) -> Cohort:
    """Read the tumours: sample table, expression, mutation; one primary tumour per patient.

    The arguments, the returns and the errors are those of `read_cells`.
    """
    annotation = ledger.read("tumors_samples", files.samples, read_annotation)
    listed = (EMPTY if annotation is None else annotation).index

    def name(found: pd.Index, _path: Path) -> tuple[pd.Index, dict]:
        named = found.isin(listed) | found.str[:PATIENT].isin(listed)
        lost = [str(sample) for sample in found[~named][:5]]
        counts = {"matched": int(named.sum()), "unmatched": int((~named).sum())}
        return found, counts | {"unmatched_examples": lost}

    expression = _read_expression(files, rules, ledger, frozenset(listed), name)
    known = listed if expression is None else listed.union(expression.obs_names)

    def name_calls(found: pd.Index, others: pd.Index) -> pd.Index:
        return resolve_patients(found, known.union(others))

    calls = _read_mutations(files, rules, ledger, frozenset(known), name, name_calls)
    ledger.reject_errors()
    names = resolve_patients(expression.obs_names, known.union(calls.obs_names))
    where = f"{', '.join(map(str, files.expression))}: samples of one patient"
    expression = rename_samples(expression, names, rules.duplicates, where)
    everyone = expression.obs_names.union(calls.obs_names)
    primary = select_primary(everyone)
    measured = {EXPRESSION: expression, MUTATION: calls}
    kept = {name: m[m.obs_names.isin(primary)].copy() for name, m in measured.items()}
    cohort = _assemble(kept, annotation, files, ledger)
    cohort.uns["reading"]["samples_not_primary_or_second_of_a_patient"] = len(everyone.difference(
        primary
    ))  # fmt: skip
    words = "tumour has both expression and mutation"
    _check_overlap(cohort, (EXPRESSION, MUTATION), words, measured)
    return cohort


def _read_expression(files, rules, ledger, known_samples, name) -> ad.AnnData | None:
    role = f"{files.cohort}_expression"

    def read(path: Path) -> tuple[ad.AnnData, dict]:
        matrix, record = read_expression_file(
            path, files.expression_unit, f"--{role}_unit", rules.gene_map, rules.duplicates,
            known_samples,
        )  # fmt: skip
        names, matched = name(matrix.obs_names, path)
        where = f"{path}: samples that are one cell line"
        return rename_samples(matrix, names, rules.duplicates, where), record | matched

    matrices = [ledger.read(role, path, read) for path in files.expression]
    if any(matrix is None for matrix in matrices):
        return None
    joined, added = join_expression(files.expression, matrices)
    for path, text in added.items():
        ledger.find(role, path).record["joined"] = text
    return joined


def _read_mutations(files, rules, ledger, known_samples, name, name_calls) -> ad.AnnData | None:
    sequenced = None
    if files.sequenced:
        role = f"{files.cohort}_sequenced"
        sequenced = ledger.read(role, files.sequenced, read_sequenced, rules.duplicates)

    def read(path: Path) -> tuple[ad.AnnData, dict]:
        calls, record = read_mutations(
            path, sequenced, rules.variant_classes, rules.accepted_filters, rules.gene_map,
            rules.duplicates, known_samples, name_calls,
        )  # fmt: skip
        _, matched = name(calls.obs_names, path)
        return calls, record | matched

    return ledger.read(f"{files.cohort}_mutation", files.mutation, read)


def _read_responses(files, rules, ledger, known_lines, name) -> list[ad.AnnData | None]:
    drugs = ledger.read("drugs", files.drugs, read_drug_list) if files.drugs else None

    def read(path: Path) -> tuple[ad.AnnData, dict]:
        least = files.min_measured if path == files.responses[0] else 1
        table, record = read_response(
            path, files.response_unit, least, rules.duplicates, known_lines, drugs
        )
        names, matched = name(table.obs_names, path, required=True)
        where = f"{path}: lines that are one by the sample table"
        return rename_samples(table, names, rules.duplicates, where), record | matched

    tables = [ledger.read("response", path, read) for path in files.responses]
    measures = {entry.path: entry.record.get("unit") for entry in ledger.find_all("response")}
    if len({*measures.values()} - {None}) > 1:
        found = "; ".join(f"{path}: {measure}" for path, measure in measures.items())
        raise DataError(f"response tables of different measures are never mixed: {found}")
    return tables


def _join_tables(tables: Sequence[ad.AnnData], paths: Sequence[Path]) -> ad.AnnData:
    """Put further response tables side by side; a line that one of them lacks is all NaN there.

    A drug that an earlier table has too is named after its file as well.
    """
    seen: set[str] = set()
    for table, path in zip(tables, paths, strict=True):
        names = [f"{name} [{path.name}]" if name in seen else name for name in table.var_names]
        seen |= {*names}
        table.var_names = names
    return ad.concat(tables, axis="var", join="outer", merge="first", fill_value=np.nan)


def _assemble(
    modalities: Mapping[str, ad.AnnData], annotation: pd.DataFrame, files: Files, ledger: Ledger
) -> Cohort:
    names = pd.Index(sorted(set().union(*(matrix.obs_names for matrix in modalities.values()))))
    obs, n_absent = make_obs(names, annotation)
    reading = {
        "samples_without_annotation": n_absent,
        "annotated_samples_without_data": int((~annotation.index.isin(names)).sum()),
        "mutation": ledger.find_all(f"{files.cohort}_mutation")[0].record,
    }
    _warn_of_unknown(obs, n_absent, annotation)
    units = {name: UNITS[name] for name in UNITS if name in modalities}
    if RESPONSE in modalities:
        units[RESPONSE] = ledger.find_all("response")[0].record["unit"]
    return Cohort(obs, modalities, {"units": units, "reading": reading})


def _check_overlap(
    cohort: Cohort, names: Sequence[str], words: str, measured: Mapping[str, ad.AnnData]
) -> None:
    """Raise a DataError if no sample has everything, and warn if hardly one has."""
    complete = len(cohort.samples_with(*names))
    if not complete:
        raise DataError(f"no {words}; {_name_samples(measured)}")
    least = min(cohort.require(name).n_obs for name in names)
    if complete < FEW * least:
        warnings.warn(
            f"hardly a {words}: {complete}, though each of the files has {least} and more; "
            f"{_name_samples(measured)}", DataWarning, stacklevel=3,
        )  # fmt: skip


def _name_samples(modalities: Mapping[str, ad.AnnData]) -> str:
    return "; ".join(f"{name}: {name_first(m.obs_names, 3)}" for name, m in modalities.items())


def _warn_of_unknown(obs: pd.DataFrame, n_absent: int, annotation: pd.DataFrame) -> None:
    """Say so when the sample table leaves many samples without a cancer type.

    Tissue means, the baseline that is hardest to beat, and per-cancer results hang on it.
    """
    unknown = obs.index[obs["cancer_type"] == UNKNOWN]
    if len(unknown) > MANY * len(obs):
        warnings.warn(
            f"the sample table ({name_first(annotation.index, 3)}) has no row for {n_absent} of "
            f"{len(obs)} samples; cancer type or tissue is unknown for {len(unknown)}: "
            f"{name_first(unknown, 3)}", DataWarning, stacklevel=4,
        )  # fmt: skip
