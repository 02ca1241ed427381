"""Mutation calls -> samples x genes, 1 = protein-changing. It refuses to know cohorts.

Who was sequenced is a fact of its own: a sequenced sample without a call in a gene is wild type,
a sample that was never sequenced is missing, and only a list can tell the two apart.
"""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from drp.data.barcodes import shorten_barcode
from drp.data.cohort import make_modality
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.tables import read_header, read_table, reject_repeats

PAPER_CLASSES = ("Missense_Mutation", "Nonsense_Mutation", "Frame_Shift_Ins", "Frame_Shift_Del")
VARIANT_CLASSES = {
    "paper": PAPER_CLASSES,
    "nonsilent": (
        *PAPER_CLASSES, "In_Frame_Ins", "In_Frame_Del", "Splice_Site", "Nonstop_Mutation",
        "Translation_Start_Site",
    ),
}  # fmt: skip
KNOWN_CLASSES = {
    *VARIANT_CLASSES["nonsilent"], "Silent", "Splice_Region", "Intron", "RNA", "3'UTR", "5'UTR",
    "3'Flank", "5'Flank", "IGR", "De_novo_Start_InFrame", "De_novo_Start_OutOfFrame",
    "Targeted_Region", "lincRNA",
}  # fmt: skip
NAMELESS = ("", "Unknown")  # how a MAF calls a variant outside of any named gene
CLASS_COLUMNS = (
    "VariantInfo", "MolecularConsequence", "VariantType", "Variant_Classification",
    "Variant_annotation",
)  # fmt: skip
NO_FILTER = "."  # how a VCF writes that no filter was applied; an empty cell says the same
SEQUENCED_COLUMNS = ("Tumor_Sample_Barcode", "ModelID", "sample")


def read_mutations(
    path: str | Path,
    sequenced_path: str | Path | None,
    variant_classes: str,
    accepted_filters: Sequence[str],
) -> tuple[ad.AnnData, dict]:
    """Read a MAF, or a long table of mutated genes, and the list of sequenced samples.

    Args:
      path: a MAF (has `Hugo_Symbol`), or a table with ModelID, HugoSymbol, EntrezGeneID.
      sequenced_path: list of sequenced samples; None takes those with any call, with a warning.
      variant_classes: paper or nonsilent; a row of `VARIANT_CLASSES`.
      accepted_filters: a MAF row counts when each of its comma-joined FILTER tokens is one of them.

    Returns:
      Sequenced samples x every gene that the file names (uint8 CSR), and a record of the counts.

    Raises:
      DataError: a missing column, an unknown variant class, no call left, no sample in common.
    """
    header = read_header(path).fields
    if "HugoSymbol" not in header:
        calls, record = _read_maf(path, VARIANT_CLASSES[variant_classes], accepted_filters)
    else:
        _reject_classes(header, path)
        calls, record = _read_gene_table(path)
    named = ~calls["gene"].isin(NAMELESS)
    record["rows_without_gene_name"] = int((~named).sum())
    calls = calls[named]
    genes = calls.groupby("gene", sort=True)["entrez_id"].first().to_frame().rename_axis(None)
    calls = calls[calls.pop("counts")]
    if not len(calls):
        raise DataError(
            f"{path}: no row is left after --variant_classes and --maf_filters: {record}"
        )
    samples = _sequenced_samples(calls, path, sequenced_path)
    known = calls["sample"].isin(samples)
    if not known.any():
        raise DataError(
            f"{path}: none of its samples ({name_first(calls['sample'].unique(), 3)}) is listed in "
            f"{sequenced_path} ({name_first(samples, 3)})"
        )
    if not known.all():
        unlisted = calls["sample"][~known].unique()
        warnings.warn(
            f"{path}: {len(unlisted)} samples have calls but are not listed as sequenced in "
            f"{sequenced_path}, and are left out: {name_first(unlisted)}", DataWarning, stacklevel=2
        )  # fmt: skip
    matrix = _make_matrix(calls[known], samples, genes)
    record["samples_sequenced"] = matrix.n_obs
    record["samples_without_any_call"] = int((matrix.X.sum(axis=1) == 0).sum())
    record["genes_named"] = matrix.n_vars
    return matrix, record


def _read_maf(path, classes: Sequence[str], accepted: Sequence[str]) -> tuple[pd.DataFrame, dict]:
    columns = ["Hugo_Symbol", "Variant_Classification", "Tumor_Sample_Barcode"]
    frame = read_table(path, columns, optional=("FILTER", "Entrez_Gene_Id"), keys=columns[2:])
    found = frame["Variant_Classification"].unique()
    unknown = sorted(set(found) - KNOWN_CLASSES)
    if unknown:
        raise DataError(f"{path}: unknown Variant_Classification: {name_first(unknown)}")
    passed = _passes(frame["FILTER"], accepted) if "FILTER" in frame else np.ones(len(frame), bool)
    counted = frame["Variant_Classification"].isin(classes)
    record = {
        "rows": len(frame),
        "rows_failing_filter": int((~passed).sum()),
        "rows_of_other_classes": int((passed & ~counted).sum()),
    }
    barcodes = frame["Tumor_Sample_Barcode"]
    short = {barcode: shorten_barcode(barcode) for barcode in barcodes.unique()}
    calls = pd.DataFrame({
        "sample": barcodes.map(short),
        "gene": frame["Hugo_Symbol"],
        "entrez_id": _read_entrez(frame, "Entrez_Gene_Id"),
        "counts": passed & counted,
    })  # fmt: skip
    return calls, record


def _read_gene_table(path) -> tuple[pd.DataFrame, dict]:
    frame = read_table(
        path, ["ModelID", "HugoSymbol"], optional=("EntrezGeneID",), keys=["ModelID"]
    )
    calls = pd.DataFrame({
        "sample": frame["ModelID"].map(shorten_barcode),
        "gene": frame["HugoSymbol"],
        "entrez_id": _read_entrez(frame, "EntrezGeneID"),
        "counts": True,
    })  # fmt: skip
    return calls, {"rows": len(frame), "variant_classes": "not given by the source: all rows count"}


def _read_entrez(frame: pd.DataFrame, name: str) -> pd.Series | str:
    """Return ids as expression files write them: 0 stands for none, and 7157.0 for 7157."""
    return frame[name].str.removesuffix(".0").replace("0", "") if name in frame else ""


def _passes(column: pd.Series, accepted: Sequence[str]) -> np.ndarray:
    tokens = {text: set(re.split("[,;]", text or NO_FILTER)) for text in column.unique()}
    return column.map({text: found <= {*accepted} for text, found in tokens.items()}).to_numpy(bool)


def _reject_classes(header: Sequence[str], path: str | Path) -> None:
    """Refuse a gene table that tells silent from other variants, since all its rows would count."""
    classes = [name for name in header if name in CLASS_COLUMNS]
    if classes:
        raise DataError(
            f"{path}: column {classes[0]!r} holds variant classes, which are read from a MAF only; "
            "keep the protein-changing rows and drop the column, or give a MAF"
        )


def _sequenced_samples(calls: pd.DataFrame, path, sequenced_path) -> pd.Index:
    if sequenced_path is None:
        warnings.warn(
            f"{path}: no list of sequenced samples: a sample without any call counts as never "
            "sequenced, not as wild type", DataWarning, stacklevel=3
        )  # fmt: skip
        return pd.Index(sorted(calls["sample"].unique()))
    header = read_header(sequenced_path).fields
    column = next((name for name in SEQUENCED_COLUMNS if name in header), None)
    if column is None:
        raise DataError(
            f"{sequenced_path}: expected a column {' or '.join(SEQUENCED_COLUMNS)}, "
            f"found {name_first(header, 12)}"
        )
    listed = read_table(sequenced_path, [column], keys=[column])[column]
    reject_repeats(listed, f"{sequenced_path}: column {column!r}")
    return pd.Index(listed.map(shorten_barcode).unique())  # two vials are one sample


def _make_matrix(calls: pd.DataFrame, samples: pd.Index, genes: pd.DataFrame) -> ad.AnnData:
    pairs = calls[["sample", "gene"]].drop_duplicates()
    rows = samples.get_indexer(pairs["sample"])
    columns = genes.index.get_indexer(pairs["gene"])
    ones = np.ones(len(pairs), np.uint8)
    values = sparse.csr_matrix((ones, (rows, columns)), shape=(len(samples), len(genes)))
    return make_modality(values, samples, genes)
