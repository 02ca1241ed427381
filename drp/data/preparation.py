"""Unfiltered cohorts -> cohorts that hold the same model genes. It refuses to know files."""

import warnings
from collections.abc import Mapping

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import (
    CELL_LINES,
    EXPRESSION,
    EXPRESSION_ALL,
    IMPUTED,
    MUTATION,
    RESPONSE,
    TUMORS,
    Cohort,
    make_modality,
)
from drp.data.crosswalk import match_genes
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.imputation import impute_vim_knn

FEW = 0.2  # share of the genes of the smaller side below which a warning is due


def prepare_cohorts(
    cells: Cohort, tumors: Cohort, min_mean: float, min_sd: float, neighbours: int
) -> tuple[Cohort, Cohort, dict]:
    """Apply the paper's gene filters and imputation (Chiu et al. 2019, Methods).

    Expression genes are dropped when their mean or standard deviation (n - 1) over the tumours is
    too low, mutation genes when no sample of either cohort is mutated; the rest must be measured
    in both cohorts. All measured expression genes stay in `expression_all`.

    Args:
      cells: lines with expression, mutation and response.
      tumors: tumours with expression and mutation.
      min_mean: least mean log2(TPM+1) of a gene over the tumours.
      min_sd: least standard deviation of a gene over the tumours.
      neighbours: donors per gap of the response table.

    Returns:
      Cells and tumours with the same genes in the same order (the lines' symbols), and a record of
      every filter with its counts, which is also in `uns["preparation"]` of both.

    Raises:
      DataError: the cohorts share no gene of a modality, no gene passes a filter, or there are
        too few tumours to filter by.
    """
    record: dict = {}
    pairs = {}
    pairs[EXPRESSION], record["expression_genes"] = _shared_expression(
        cells, tumors, min_mean, min_sd
    )
    pairs[MUTATION], record["mutation_genes"] = _shared_mutation(cells, tumors)
    response, record["imputation"] = _impute(cells.require(RESPONSE), neighbours)
    cohorts = {CELL_LINES: cells, TUMORS: tumors}
    record["samples"] = {name: _count_samples(cohort) for name, cohort in cohorts.items()}
    record["reading"] = {name: cohort.uns.get("reading", {}) for name, cohort in cohorts.items()}
    of_cells = _restrict(cells, {name: (genes, genes.index) for name, genes in pairs.items()})
    of_tumors = _restrict(tumors, {name: (genes, genes["second"]) for name, genes in pairs.items()})
    of_cells[RESPONSE] = response
    return (
        _with(cells, of_cells, record, CELL_LINES),
        _with(tumors, of_tumors, record, TUMORS),
        record,
    )


def _shared_expression(cells: Cohort, tumors: Cohort, min_mean: float, min_sd: float):
    pairs, counts = _share_genes(cells, tumors, EXPRESSION)
    values = tumors.require(EXPRESSION)[:, pairs["second"]].X
    if len(values) < 2:
        raise DataError(f"expected at least 2 tumours with expression, found {len(values)}")
    low = values.mean(axis=0, dtype=np.float64) < min_mean
    flat = values.std(axis=0, dtype=np.float64, ddof=1) < min_sd
    counts |= {
        f"mean_below_{min_mean:g}_in_tumors": int(low.sum()),
        f"sd_below_{min_sd:g}_in_tumors": int(flat.sum()),
        "kept": int((~low & ~flat).sum()),
    }
    return _keep(pairs, ~low & ~flat, EXPRESSION), counts


def _shared_mutation(cells: Cohort, tumors: Cohort):
    pairs, counts = _share_genes(cells, tumors, MUTATION)
    in_cells = np.asarray(cells.require(MUTATION)[:, pairs.index].X.sum(axis=0)).ravel()
    in_tumors = np.asarray(tumors.require(MUTATION)[:, pairs["second"]].X.sum(axis=0)).ravel()
    mutated = (in_cells > 0) | (in_tumors > 0)
    counts |= {"never_mutated_in_either": int((~mutated).sum()), "kept": int(mutated.sum())}
    return _keep(pairs, mutated, MUTATION), counts


def _share_genes(cells: Cohort, tumors: Cohort, name: str) -> tuple[pd.DataFrame, dict]:
    first, second = cells.require(name).var, tumors.require(name).var
    pairs, counts = match_genes(first, second)
    if not len(pairs):
        raise DataError(
            f"{name}: cell lines ({name_first(first.index, 3)}) and tumours "
            f"({name_first(second.index, 3)}) share no gene by Entrez id or symbol"
        )
    smaller = min(len(first), len(second))
    if len(pairs) < FEW * smaller:
        warnings.warn(
            f"{name}: cell lines ({name_first(first.index, 3)}) and tumours "
            f"({name_first(second.index, 3)}) share only {len(pairs)} of {smaller} genes; are they "
            "named alike? See --gene_map", DataWarning, stacklevel=4,
        )  # fmt: skip
    renamed = {"only_in_first": "only_in_cell_lines", "only_in_second": "only_in_tumors"}
    return pairs, {renamed.get(key, key): count for key, count in counts.items()}


def _keep(pairs: pd.DataFrame, passed: np.ndarray, name: str) -> pd.DataFrame:
    if not passed.any():
        raise DataError(f"{name}: none of {len(pairs)} shared genes passes the filters")
    return pairs[passed]


def _restrict(
    cohort: Cohort, genes: Mapping[str, tuple[pd.DataFrame, pd.Index]]
) -> dict[str, ad.AnnData]:
    """Return the cohort's modalities on the shared genes; other modalities pass through.

    Args:
      cohort: the unfiltered cohort.
      genes: modality -> the genes as both cohorts shall name them, and this cohort's own names.
    """
    kept = dict(cohort.modalities)
    kept[EXPRESSION_ALL] = cohort.require(EXPRESSION)
    for name, (shared, own_names) in genes.items():
        matrix = cohort.require(name)
        values = matrix[:, own_names].X.copy()
        kept[name] = make_modality(values, matrix.obs_names, shared[["entrez_id"]])
    return kept


def _impute(response: ad.AnnData, neighbours: int) -> tuple[ad.AnnData, dict]:
    filled, counts = impute_vim_knn(np.asarray(response.X, np.float64).T, neighbours)
    assert np.isfinite(filled).all(), "the imputation left a gap"
    response = response.copy()
    response.layers[IMPUTED] = filled.T.astype(np.float32)
    share = counts.filled / filled.size
    record = {"lines": response.n_obs, "drugs": response.n_vars, "share_filled": round(share, 4)}
    return response, record | counts._asdict()


def _count_samples(cohort: Cohort) -> dict:
    names = [name for name in (EXPRESSION, MUTATION, RESPONSE) if name in cohort.modalities]
    counts = {name: cohort.require(name).n_obs for name in names}
    return counts | {"with_" + "_and_".join(names): len(cohort.samples_with(*names))}


def _with(cohort: Cohort, modalities: Mapping[str, ad.AnnData], record: dict, kind: str) -> Cohort:
    provenance = {key: value for key, value in cohort.uns.items() if key != "reading"}
    provenance |= {"preparation": record, "kind": kind}
    return Cohort(cohort.obs, modalities, provenance)
