"""Raw files -> the cohort of cell lines and the cohort of tumours, unfiltered.

It refuses to know gene filters and imputation, which need both cohorts: see `preparation`.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.annotation import UNKNOWN, make_obs, read_annotation
from drp.data.barcodes import select_primary
from drp.data.cohort import EXPRESSION, MUTATION, RESPONSE, RESPONSE_AUX, UNITS, Cohort
from drp.data.crosswalk import match_lines
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.expression import read_expression
from drp.data.mutation import read_mutations
from drp.data.response import read_response

MANY = 0.1  # share of samples without cancer type above which a warning is due


def read_cells(
    expression: Sequence[Path], mutation: Path, sequenced: Path | None, samples: Path,
    responses: Sequence[Path], expression_unit: str, response_unit: str, variant_classes: str,
    accepted_filters: Sequence[str], min_measured: int,
) -> tuple[Cohort, dict]:  # fmt: skip
    """Read the cell lines: expression, mutation, one or several response tables, annotation.

    Args:
      expression: expression files, the first wins (see `read_expression`).
      mutation: mutation calls.
      sequenced: list of sequenced lines, or None.
      samples: sample table with ModelID, COSMIC_ID and tissue.
      responses: dose-response tables; the first is predicted, the others become `response_aux`.
      expression_unit: log2p1, log2p001 or tpm.
      response_unit: ln_um, log10_um or um.
      variant_classes: paper or nonsilent.
      accepted_filters: MAF FILTER tokens that pass.
      min_measured: measured lines that every drug of the first response table must have.

    Returns:
      The unfiltered cohort and a record of what was read from each file.

    Raises:
      DataError: see the readers; or the files have no line in common.
    """
    annotation = read_annotation(samples)
    record: dict = {}
    modalities = {}
    modalities[EXPRESSION], record[EXPRESSION] = read_expression(
        expression, expression_unit, "--cells_expression_unit"
    )
    modalities[MUTATION], record[MUTATION] = read_mutations(
        mutation, sequenced, variant_classes, accepted_filters
    )
    tables = [read_response(responses[0], response_unit, min_measured)]
    tables += [read_response(path, response_unit, 1) for path in responses[1:]]
    for path, table in zip(responses, tables, strict=True):
        table.obs_names, record[str(path)] = match_lines(
            table.obs_names, annotation, str(path), str(samples)
        )
    modalities[RESPONSE] = tables[0]
    if tables[1:]:
        modalities[RESPONSE_AUX] = _join_tables(tables[1:])
    cohort = _assemble(modalities, annotation, record)
    if not len(cohort.samples_with(EXPRESSION, MUTATION, RESPONSE)):
        firsts = [
            f"{name}: {name_first(matrix.obs_names, 3)}" for name, matrix in modalities.items()
        ]
        raise DataError(f"no cell line has expression, mutation and response; {'; '.join(firsts)}")
    return cohort, record


def read_tumors(
    expression: Sequence[Path], mutation: Path, sequenced: Path | None, samples: Path,
    expression_unit: str, variant_classes: str, accepted_filters: Sequence[str],
) -> tuple[Cohort, dict]:  # fmt: skip
    """Read the tumours: expression, mutation, annotation; one primary tumour per patient.

    The arguments, the returns and the errors are those of `read_cells`.
    """
    annotation = read_annotation(samples)
    record: dict = {}
    matrix, record[EXPRESSION] = read_expression(
        expression, expression_unit, "--tumors_expression_unit"
    )
    calls, record[MUTATION] = read_mutations(mutation, sequenced, variant_classes, accepted_filters)
    measured = {EXPRESSION: matrix, MUTATION: calls}
    everyone = measured[EXPRESSION].obs_names.union(calls.obs_names)
    primary = select_primary(everyone)
    record["samples_not_primary_or_second_of_a_patient"] = len(everyone) - len(primary)
    kept = {name: m[m.obs_names.isin(primary)].copy() for name, m in measured.items()}
    cohort = _assemble(kept, annotation, record)
    if not len(cohort.samples_with(EXPRESSION, MUTATION)):
        firsts = [f"{name}: {name_first(m.obs_names, 3)}" for name, m in measured.items()]
        raise DataError(f"no tumour has both expression and mutation; {'; '.join(firsts)}")
    return cohort, record


def _join_tables(tables: Sequence[ad.AnnData]) -> ad.AnnData:
    """Put further response tables side by side; a line that one of them lacks is all NaN there."""
    return ad.concat(tables, axis="var", join="outer", merge="first", fill_value=np.nan)


def _assemble(
    modalities: Mapping[str, ad.AnnData], annotation: pd.DataFrame, record: dict
) -> Cohort:
    names = sorted(set().union(*(matrix.obs_names for matrix in modalities.values())))
    obs, record["samples_without_annotation"] = make_obs(pd.Index(names), annotation)
    record["annotated_samples_without_data"] = int((~annotation.index.isin(names)).sum())
    _warn_of_unknown(obs, record["samples_without_annotation"], annotation)
    units = {name: UNITS[name] for name in UNITS if name in modalities}
    calls = {"mutation_calls": record[MUTATION]}
    return Cohort(obs, modalities, {"units": units, "reading": calls})


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
