"""Mutation calls -> samples x genes, 1 = protein-changing. It refuses to know cohorts.

Who was sequenced is a fact of its own: a sequenced sample without a call in a gene is wild type,
a sample that was never sequenced is missing, and only a list can tell the two apart. A matrix is
such a list itself.
"""

import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from drp.data.cohort import make_modality
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.duplicates import ERROR
from drp.data.readers.gene_map import GeneMap, name_genes
from drp.data.readers.gene_names import parse_genes
from drp.data.readers.header import Header, reject_one_field
from drp.data.readers.mutation_calls import Calls
from drp.data.readers.mutation_matrices import find_layout, read_mutated_cells
from drp.data.readers.mutation_tables import find_table, read_calls
from drp.data.readers.sequenced import Sequenced
from drp.data.readers.spreadsheet_dates import warn_of_dates
from drp.data.readers.tables import read_header
from drp.data.readers.variant_classes import expand_classes

MOST = 0.5  # share of samples or of genes; an exome has mutations in some per cent of the genes
ENOUGH_CELLS, ENOUGH_SAMPLES = 100, 20  # fewer may be all mutated, or none, by chance

Namer = Callable[[pd.Index, pd.Index], pd.Index]


def keep_names(names: pd.Index, _others: pd.Index) -> pd.Index:
    """Return names as they are."""
    return names


def read_mutations(
    path: str | Path, sequenced: Sequenced | None, variant_classes: Sequence[str],
    accepted_filters: Sequence[str], gene_map: GeneMap | None = None, duplicates: str = ERROR,
    known_samples: Collection[str] = frozenset(), name_samples: Namer = keep_names,
) -> tuple[ad.AnnData, dict]:  # fmt: skip
    """Read mutations from a MAF, another long table, or a matrix, and who was sequenced.

    Args:
      path: any row of `mutation_tables.TABLES` or of `mutation_matrices.LAYOUTS`.
      sequenced: what `read_sequenced` gave. None: those of a matrix, or, with a warning, those
        with any call in a table.
      variant_classes: paper, nonsilent, or classes; see `expand_classes`.
      accepted_filters: a MAF row counts when each of its comma-joined FILTER tokens is one of them.
      gene_map: HGNC's names, or None.
      duplicates: error, or mean: what becomes of a name that stands twice in a matrix.
      known_samples: names that are known to be samples; they tell which way round a matrix is.
      name_samples: (names of one file, names of the other) -> the final names of the first; calls
        and list may name samples differently.

    Returns:
      Sequenced samples x every gene that the file names (uint8 CSR), and a record of the counts.

    Raises:
      DataError: an unknown layout, a missing column, an unknown variant class, no call left, no
        sample in common.
    """
    wanted = expand_classes(variant_classes)
    header = read_header(path)
    reject_one_field(header, path)
    if table := find_table(header):
        calls = read_calls(path, header, table, wanted, {*accepted_filters})
    elif layout := find_layout(header):
        calls = read_mutated_cells(path, header, layout, {*known_samples}, duplicates)
    else:
        raise _explain_unknown(header, path)
    _require_any(len(calls.sample_places), calls, path)
    genes, columns = _name_columns(calls, gene_map, path)
    named = columns[calls.gene_places] >= 0
    _require_any(named.sum(), calls, path)
    calls, sequenced = _name_samples(calls, sequenced, name_samples)
    rows = calls.sample_places[named]
    samples = _choose_samples(calls, rows, sequenced, path)
    pairs = samples.get_indexer(calls.samples)[rows], columns[calls.gene_places[named]]
    values = _join(*pairs, (len(samples), len(genes)))
    _warn_of_nonsense(values, path)
    return make_modality(values, samples, genes), calls.record | {
        "samples_sequenced": len(samples),
        "samples_without_any_call": int((values.sum(axis=1) == 0).sum()),
        "genes_named": len(genes),
    }


def _explain_unknown(header: Header, path: str | Path) -> DataError:
    if not any(header.first):
        return DataError(f"{path}: expected rows below the header, found none")
    return DataError(
        f"{path}: expected mutations: a MAF (columns Hugo_Symbol, Variant_Classification, "
        "Tumor_Sample_Barcode), DepMap's table (HugoSymbol, ModelID, VariantInfo), genes alone "
        "(HugoSymbol, ModelID), or a matrix of samples and genes with 0 and 1; found "
        f"{name_first(header.fields, 12)}"
    )


def _require_any(n_calls: int, calls: Calls, path: str | Path) -> None:
    if n_calls:
        return
    if not calls.record["rows"]:
        raise DataError(f"{path}: expected rows below the header, found none")
    if calls.states_samples:
        raise DataError(f"{path}: expected mutations, found none in any cell")
    counts = [f"{name} {n}" for name, n in calls.record.items() if isinstance(n, int)]
    raise DataError(
        f"{path}: no row is left after --variant_classes and --maf_filters: "
        f"{', '.join(counts)}, variant_classes {calls.record['variant_classes']}"
    )


def _warn_of_nonsense(values: sparse.csr_matrix, path: str | Path) -> None:
    """Warn of samples and genes of which no exome can be: almost all mutated, or almost none."""
    share = values.nnz / np.prod(values.shape)
    if share > MOST and np.prod(values.shape) >= ENOUGH_CELLS:
        warnings.warn(
            f"{path}: {share:.0%} of all genes of all samples are mutated: does 1 stand for wild "
            "type, or are these copy numbers?", DataWarning, stacklevel=3,
        )  # fmt: skip
    n_without = int((values.sum(axis=1) == 0).sum())
    if n_without > MOST * values.shape[0] and values.shape[0] >= ENOUGH_SAMPLES:
        warnings.warn(
            f"{path}: {n_without} of {values.shape[0]} sequenced samples have no mutation and "
            "count as wild type in every gene: does the file hold all of them?", DataWarning,
            stacklevel=3,
        )  # fmt: skip


def _name_columns(
    calls: Calls, gene_map: GeneMap | None, path: str | Path
) -> tuple[pd.DataFrame, np.ndarray]:
    """Name the genes; spellings of one gene share a column.

    Returns:
      One row per gene in the order of names, column entrez_id; and the column of each spelling, -1
      where it names no gene.
    """
    parsed = parse_genes(calls.genes["label"].tolist(), entrez=calls.genes["entrez_id"].tolist())
    named, counts = name_genes(parsed, gene_map, path)
    calls.record.update(counts)
    is_named = named["name"] != ""
    warn_of_dates(named["name"], path)
    if not calls.states_samples:
        calls.record["rows_without_gene_name"] = int(
            calls.genes["rows"][~is_named.to_numpy()].sum()
        )
    names = pd.Index(sorted(named["name"][is_named].unique()), dtype=object)
    spellings = pd.DataFrame({"label": calls.genes["label"].to_numpy(), "name": named["name"]})
    calls.record["genes_merged"] = len(spellings[is_named].drop_duplicates()) - len(names)
    known = named[is_named & (named["entrez_id"] != "")].drop_duplicates("name").set_index("name")
    genes = known[["entrez_id"]].reindex(names, fill_value="")
    return genes, names.get_indexer(named["name"])


def _name_samples(
    calls: Calls, sequenced: Sequenced | None, name_samples: Namer
) -> tuple[Calls, Sequenced | None]:
    """Return calls and list, if there is one, with samples under their final names."""
    others = calls.samples[:0] if sequenced is None else sequenced.samples
    places, samples = pd.factorize(name_samples(calls.samples, others))
    if sequenced is not None:
        sequenced = sequenced._replace(samples=name_samples(others, calls.samples).unique())
    samples = pd.Index(samples, dtype=object)
    if calls.states_samples:
        calls.record["samples_merged"] += len(calls.samples) - len(samples)
    return calls._replace(samples=samples, sample_places=places[calls.sample_places]), sequenced


def _choose_samples(
    calls: Calls, rows: np.ndarray, sequenced: Sequenced | None, path: str | Path
) -> pd.Index:
    """Return who was sequenced, by the list, by the matrix, or by both."""
    record = calls.record
    if sequenced is None:
        if calls.states_samples:
            return calls.samples
        warnings.warn(
            f"{path}: no list of sequenced samples: a sample without any call counts as never "
            "sequenced, not as wild type", DataWarning, stacklevel=3
        )  # fmt: skip
        return calls.samples[np.unique(rows)].sort_values()
    samples, source = sequenced
    present = calls.samples if calls.states_samples else calls.samples[np.unique(rows)]
    listed = present.isin(samples)
    if not listed.any():
        raise DataError(
            f"{path}: none of its samples ({name_first(present, 3)}) is listed in "
            f"{source} ({name_first(samples, 3)})"
        )
    if not listed.all():
        what = "are in the matrix" if calls.states_samples else "have calls"
        record["samples_not_listed"] = int((~listed).sum())
        warnings.warn(
            f"{path}: {(~listed).sum()} samples {what} but are not listed as sequenced in "
            f"{source}, and are left out: {name_first(present[~listed])}", DataWarning,
            stacklevel=3,
        )  # fmt: skip
    if calls.states_samples:
        there = samples.isin(present)
        record["listed_samples_not_in_matrix"] = int((~there).sum())
        samples = samples[there]
    return samples


def _join(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Return 1 where there is any call; a row of -1 is nobody's."""
    listed = rows >= 0
    pairs = np.unique(rows[listed].astype(np.int64) * shape[1] + columns[listed])
    ones = np.ones(len(pairs), np.uint8)
    return sparse.csr_matrix((ones, (pairs // shape[1], pairs % shape[1])), shape=shape)
