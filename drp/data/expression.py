"""Expression files -> samples x genes, log2(TPM+1). It refuses to know cohorts and gene filters."""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.barcodes import shorten_barcode
from drp.data.cohort import make_modality
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.tables import read_matrix, reject_repeats

SYMBOL_ENTREZ = re.compile(r"^(?P<symbol>.+) \((?P<entrez>\d+)\)$")
GENE_ID = "Entrez_Gene_Id"  # cBioPortal's second column; no sample
LOG2_TPM_CEILING = np.log2(1e6 + 1)  # a gene cannot have more than all of a million transcripts
LOG2_P001_FLOOR = np.log2(0.001)  # log2(TPM+0.001) of a gene without transcripts

TO_LOG2P1 = {
    "log2p1": lambda x: x,
    "log2p001": lambda x: np.log2(np.maximum(np.exp2(x) - 0.001, 0) + 1),
    "tpm": lambda x: np.log2(x + 1),
}


def read_expression(
    paths: Sequence[str | Path], unit: str, unit_flag: str
) -> tuple[ad.AnnData, dict]:
    """Read one or several expression files; the first one wins.

    The first file's genes are the gene set. A later file adds the samples that no earlier file
    has, and where both have a sample, the first file's values stand.

    Args:
      paths: files, either with genes in the header (DepMap's `SYMBOL (ENTREZ)`, or TCGA barcodes in
        the first column) or Xena's way (genes in rows, samples in the header).
      unit: log2p1, log2p001 or tpm: what the files hold.
      unit_flag: the command-line flag that declares the unit, named in error messages.

    Returns:
      Samples x genes, float32 log2(TPM+1), and a record of what was read.

    Raises:
      DataError: see `read_expression_file`; or a later file lacks genes of the first.
    """
    matrix = read_expression_file(paths[0], unit, unit_flag)
    record = {str(paths[0]): f"{matrix.n_obs} samples x {matrix.n_vars} genes"}
    for path in paths[1:]:
        further = read_expression_file(path, unit, unit_flag)
        absent = matrix.var_names.difference(further.var_names)
        if len(absent):
            raise DataError(
                f"{path}: lacks {len(absent)} genes of {paths[0]}, whose genes are the gene set: "
                f"{name_first(absent)}"
            )
        further = further[:, matrix.var_names]
        fresh = ~further.obs_names.isin(matrix.obs_names)
        record[str(path)] = (
            f"adds {fresh.sum()} samples; {_disagreement(matrix, further[~fresh], path)}"
        )
        samples = matrix.obs_names.append(further.obs_names[fresh])
        matrix = make_modality(np.vstack([matrix.X, further[fresh].X]), samples, matrix.var)
    return matrix, record


def read_expression_file(path: str | Path, unit: str, unit_flag: str) -> ad.AnnData:
    """Read one expression file and bring it to log2(TPM+1).

    Raises:
      DataError: what `read_matrix` raises; values that are plainly not in the declared unit.
    """
    frame = read_matrix(path).drop(columns=GENE_ID, errors="ignore")
    if frame.empty:
        raise DataError(f"{path}: expected samples beside {GENE_ID!r}, found none")
    frame = frame if _has_genes_in_header(frame) else frame.T
    _check_unit(frame, unit, unit_flag, path)
    genes = _make_genes(frame.columns)
    reject_repeats(genes.index, f"{path}: gene symbols")
    values = TO_LOG2P1[unit](frame.to_numpy()).astype(np.float32)
    return _shorten_names(make_modality(np.ascontiguousarray(values), frame.index, genes))


def _shorten_names(matrix: ad.AnnData) -> ad.AnnData:
    """Name TCGA samples by 15 characters; of several vials the first by name stands."""
    short = matrix.obs_names.map(shorten_barcode)
    order = np.argsort(matrix.obs_names.to_numpy(str), kind="stable")
    kept = np.sort(order[~short[order].duplicated()])
    return make_modality(matrix.X[kept], short[kept], matrix.var)


def _has_genes_in_header(frame: pd.DataFrame) -> bool:
    genes = [bool(SYMBOL_ENTREZ.match(name)) for name in frame.columns]
    barcodes = frame.index.str.startswith("TCGA-")
    return sum(genes) > len(genes) / 2 or barcodes.sum() > len(barcodes) / 2


def _make_genes(names: pd.Index) -> pd.DataFrame:
    matches = [SYMBOL_ENTREZ.match(name) for name in names]
    symbols = [m["symbol"] if m else name for m, name in zip(matches, names, strict=True)]
    return pd.DataFrame({"entrez_id": [m["entrez"] if m else "" for m in matches]}, index=symbols)


def _check_unit(frame: pd.DataFrame, unit: str, unit_flag: str, path: str | Path) -> None:
    """Reject values that the declared unit cannot hold; the message names the cure."""
    values = frame.to_numpy()
    low, high = float(values.min()), float(values.max())
    row, column = np.unravel_index(values.argmin(), values.shape)
    found = (
        f"{path}: declared {unit_flag}={unit}, found values from {low:.4g} "
        f"({frame.index[row]}, {frame.columns[column]}) to {high:.4g}"
    )
    if low < 0 and abs(low - LOG2_P001_FLOOR) < 0.1 and unit != "log2p001":
        raise DataError(f"{found}: log2(TPM+0.001)? Use {unit_flag}=log2p001")
    if low < (LOG2_P001_FLOOR - 0.1 if unit == "log2p001" else 0):
        raise DataError(f"{found}: expected none so negative; z-scores cannot be converted")
    if unit == "log2p001" and low == 0:
        raise DataError(f"{found}: a least value of 0 is log2(TPM+1); use {unit_flag}=log2p1")
    if high <= LOG2_TPM_CEILING:
        if unit == "tpm":
            raise DataError(f"{found}: this looks like a logarithm; use {unit_flag}=log2p1")
        return
    if (values == np.round(values)).all():
        raise DataError(f"{found}, all whole: counts must be turned into TPM first")
    if unit != "tpm":
        raise DataError(f"{found}, above log2(1e6+1) = 19.9: linear TPM? Use {unit_flag}=tpm")


def _disagreement(first: ad.AnnData, second: ad.AnnData, path: str | Path) -> str:
    """Say how far two files differ where both have a sample, and warn if they plainly do."""
    if not second.n_obs:
        return "no sample in both files"
    gap = float(np.median(np.abs(first[second.obs_names].X - second.X)))
    text = (
        f"{second.n_obs} samples in both differ by {gap:.3f} log2 in median; the first file stands"
    )
    if gap > 0.5:
        warnings.warn(f"{path}: {text}", DataWarning, stacklevel=3)
    return text
