"""Expression files -> samples x genes, log2(TPM+1). It refuses to know cohorts and gene filters."""

import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import make_modality
from drp.data.crosswalk import match_genes
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.barcodes import shorten_barcode
from drp.data.readers.duplicates import merge_rows
from drp.data.readers.expression_units import TO_LOG2P1, check_unit, guess_unit, warn_of_scale
from drp.data.readers.gene_map import GeneMap, name_genes
from drp.data.readers.profiles import read_profiles
from drp.data.readers.spreadsheet_dates import warn_of_dates


def read_expression_file(
    path: str | Path, unit: str, unit_flag: str, gene_map: GeneMap | None = None,
    duplicates: str = "error", known_samples: Collection[str] = frozenset(),
) -> tuple[ad.AnnData, dict]:  # fmt: skip
    """Read one expression file and bring it to log2(TPM+1).

    Args:
      path: a file of any layout of `profiles.LAYOUTS`, either way round.
      unit: log2p1, log2p001 or tpm: what the file holds.
      unit_flag: the command-line flag that declares it, named in messages.
      gene_map: HGNC's names, or None.
      duplicates: error, or mean: what becomes of a sample or gene that stands twice; the mean is
        taken of log2(TPM+1).
      known_samples: names that are known to be samples.

    Returns:
      Samples x genes, float32 log2(TPM+1), and a record of what was read.

    Raises:
      DataError: what `read_profiles` and `name_genes` raise; values that are plainly not in the
        declared unit; repeats.
    """
    profiles = read_profiles(path, known_samples)
    record = dict(profiles.record)
    names, counts = _name_columns(profiles.genes, gene_map, path)
    spelled = names["name"].to_numpy()
    check_unit(
        profiles.values, unit, unit_flag, path,
        lambda row, column: f"{profiles.samples[row]}, {spelled[column] or 'unnamed gene'}",
    )  # fmt: skip
    guess = guess_unit(profiles.values)
    record["unit"] = unit if guess == unit else f"{unit} (looks like {guess})"
    kept = spelled != ""
    values = TO_LOG2P1[unit](profiles.values if kept.all() else profiles.values[:, kept])
    warn_of_scale(values, path, record.pop("is_array"))
    genes = names[kept]
    values, symbols = merge_rows(
        values.T, genes.set_index("name").index, duplicates, f"{path}: gene symbols"
    )
    values, samples = merge_rows(
        values.T, profiles.samples.str.strip(), duplicates, f"{path}: samples"
    )
    var = genes.drop_duplicates("name").set_index("name").loc[symbols]
    values = np.ascontiguousarray(values, np.float32)
    matrix = _shorten_names(make_modality(values, samples, var))
    return matrix, record | counts | {
        "samples_merged": len(profiles.samples) - len(samples),
        "further_vials_left_out": len(samples) - matrix.n_obs,
        "genes_merged": len(genes) - len(symbols),
    }


def join_expression(
    paths: Sequence[str | Path], matrices: Sequence[ad.AnnData]
) -> tuple[ad.AnnData, dict]:
    """Join expression files; the first one wins.

    The first file's genes are the gene set. A later file adds the samples that no earlier file
    has, and where both have a sample, the first file's values stand.

    Args:
      paths: the files.
      matrices: what `read_expression_file` made of them, samples under their final names.

    Returns:
      Samples x the first file's genes, and what each later file added, by its path.

    Raises:
      DataError: a later file lacks genes of the first.
    """
    matrix, record = matrices[0], {}
    for path, further in zip(paths[1:], matrices[1:], strict=True):
        pairs, _ = match_genes(matrix.var, further.var)
        absent = matrix.var_names.difference(pairs.index)
        if len(absent):
            raise DataError(
                f"{path}: lacks {len(absent)} genes of {paths[0]}, whose genes are the gene set: "
                f"{name_first(absent)}"
            )
        values = further[:, pairs["second"]].X
        fresh = ~further.obs_names.isin(matrix.obs_names)
        same = further.obs_names[~fresh]
        record[str(path)] = (
            f"adds {fresh.sum()} samples; {_disagreement(matrix[same].X, values[~fresh], path)}"
        )
        samples = matrix.obs_names.append(further.obs_names[fresh])
        matrix = make_modality(np.vstack([matrix.X, values[fresh]]), samples, matrix.var)
    return matrix, record


def _name_columns(
    genes: pd.DataFrame, gene_map: GeneMap | None, path: str | Path
) -> tuple[pd.DataFrame, dict]:
    """Return the names of the genes, "" for what has none, and the counts of `name_genes`."""
    names, counts = name_genes(genes, gene_map, path)
    names["name"] = _keep_apart(names)
    warn_of_dates(names["name"], path)
    nameless = (genes == "").all(axis=1)
    if nameless.any():
        warnings.warn(
            f"{path}: {nameless.sum()} genes have no name, or are second copies on Y, and are left "
            "out", DataWarning, stacklevel=3,
        )  # fmt: skip
    return names, counts


def _keep_apart(genes: pd.DataFrame) -> pd.Series:
    """Name two genes of one symbol by their Entrez ids as well: `TBCE (6905)`.

    So a symbol that means two genes matches no gene of a file that has symbols only.
    """
    pairs = genes[genes["entrez_id"] != ""].drop_duplicates()
    double = pairs["name"][pairs["name"].duplicated()].unique()
    apart = genes["name"].isin(double) & (genes["entrez_id"] != "")
    return genes["name"].mask(apart, genes["name"] + " (" + genes["entrez_id"] + ")")


def _shorten_names(matrix: ad.AnnData) -> ad.AnnData:
    """Name TCGA samples by 15 characters; of several vials the first by name stands."""
    short = matrix.obs_names.map(shorten_barcode)
    order = np.argsort(matrix.obs_names.to_numpy(str), kind="stable")
    kept = np.sort(order[~short[order].duplicated()])
    if len(kept) == len(short):
        return make_modality(matrix.X, short, matrix.var)
    return make_modality(matrix.X[kept], short[kept], matrix.var)


def _disagreement(first: np.ndarray, second: np.ndarray, path: str | Path) -> str:
    """Say how far two files differ where both have a sample, and warn if they plainly do."""
    if not len(second):
        return "no sample in both files"
    gap = float(np.median(np.abs(first - second)))
    text = (
        f"{len(second)} samples in both differ by {gap:.3f} log2 in median; the first file stands"
    )
    if gap > 0.5:
        warnings.warn(f"{path}: {text}", DataWarning, stacklevel=3)
    return text
