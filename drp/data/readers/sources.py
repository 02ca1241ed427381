"""Raw files -> the cohort of cell lines and the cohort of tumours, unfiltered.

It refuses to know gene filters and imputation, which need both cohorts: see `preparation`.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import EXPRESSION, MUTATION, RESPONSE, RESPONSE_AUX, Cohort
from drp.data.errors import DataError, DataWarning
from drp.data.readers.annotation import read_annotation
from drp.data.readers.assembly import assemble, check_overlap, join_tables, reject_other_cohort
from drp.data.readers.barcodes import find_patients, resolve_patients, select_primary
from drp.data.readers.drug_list import read_drug_list
from drp.data.readers.expression import join_expression, read_expression_file
from drp.data.readers.gene_map import GeneMap
from drp.data.readers.ledger import Ledger
from drp.data.readers.lines import make_line_names, match_lines
from drp.data.readers.mutation import read_mutations
from drp.data.readers.renaming import rename_samples
from drp.data.readers.response import read_response
from drp.data.readers.sequenced import Sequenced, read_sequenced

EMPTY = pd.DataFrame({"cancer_type": []})  # a sample table that could not be read


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
        reject_other_cohort(found, path, files.cohort)
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
        modalities[RESPONSE_AUX] = join_tables(tables[1:], files.responses[1:])
    cohort = assemble(modalities, annotation, files.cohort, ledger)
    words = "cell line has expression, mutation and response"
    check_overlap(cohort, (EXPRESSION, MUTATION, RESPONSE), words, modalities)
    return cohort


def read_tumors(files: Files, rules: Rules, ledger: Ledger) -> Cohort:
    """Read the tumours: sample table, expression, mutation; one primary tumour per patient.

    The arguments, the returns and the errors are those of `read_cells`.
    """
    annotation = ledger.read("tumors_samples", files.samples, read_annotation)
    listed = (EMPTY if annotation is None else annotation).index

    def name(found: pd.Index, path: Path) -> tuple[pd.Index, dict]:
        reject_other_cohort(found, path, files.cohort)
        final = resolve_patients(found, listed)
        named = final.isin(listed) | find_patients(final).isin(listed)
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
    cohort = assemble(kept, annotation, files.cohort, ledger)
    cohort.uns["reading"]["samples_not_primary_or_second_of_a_patient"] = len(everyone.difference(
        primary
    ))  # fmt: skip
    words = "tumour has both expression and mutation"
    check_overlap(cohort, (EXPRESSION, MUTATION), words, measured)
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
        renamed = rename_samples(matrix, names, rules.duplicates, where)
        record["samples_merged"] += matrix.n_obs - renamed.n_obs
        return renamed, record | matched

    matrices = [ledger.read(role, path, read) for path in files.expression]
    if any(matrix is None for matrix in matrices):
        return None
    joined, added = join_expression(files.expression, matrices)
    for path, text in added.items():
        ledger.find(role, path).record["joined"] = text
    return joined


def _read_mutations(files, rules, ledger, known_samples, name, name_calls) -> ad.AnnData | None:
    def read_list(path: Path) -> tuple[Sequenced, dict]:
        sequenced, record = read_sequenced(path, rules.duplicates)
        return sequenced, record | name(sequenced.samples, path)[1]

    sequenced = None
    if files.sequenced:
        sequenced = ledger.read(f"{files.cohort}_sequenced", files.sequenced, read_list)

    def read(path: Path) -> tuple[ad.AnnData, dict]:
        calls, record = read_mutations(
            path, sequenced, rules.variant_classes, rules.accepted_filters, rules.gene_map,
            rules.duplicates, known_samples, name_calls,
        )  # fmt: skip
        mutated = np.asarray(calls.X.sum(axis=1)).ravel() > 0
        return calls, record | name(calls.obs_names[mutated], path)[1]

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
        renamed = rename_samples(table, names, rules.duplicates, where)
        renamed.var["n_measured"] = (~np.isnan(renamed.X)).sum(axis=0)
        return renamed, record | matched | {"lines_merged": table.n_obs - renamed.n_obs}

    tables = [ledger.read("response", path, read) for path in files.responses]
    measures = {entry.path: entry.record.get("unit") for entry in ledger.find_all("response")}
    if len({*measures.values()} - {None}) > 1:
        found = "; ".join(f"{path}: {measure}" for path, measure in measures.items())
        raise DataError(f"response tables of different measures are never mixed: {found}")
    return tables
