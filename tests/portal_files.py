"""One file of the folder of raw files, rewritten as a portal would give it.

It refuses to know what may be wrong with a file: see `tests.experiments.bad_input`.
"""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import anndata as ad
import numpy as np
import pandas as pd

from tests import portal_tables
from tests.raw_files import RawFiles


class Portal(NamedTuple):
    """How a portal writes one of the files.

    Attributes:
      file: name in the folder; its first part says which of the raw files it stands for.
      make: raw files -> the table, all columns as the portal has them.
      settings: what must be set to read it as it is meant.
    """

    file: str
    make: Callable[[RawFiles], pd.DataFrame]
    settings: Mapping = MappingProxyType({})


def write_portal(raw_files: RawFiles, name: str, edit=lambda table: table) -> Path:
    """Put a portal's file in the place of the one that the folder has.

    Args:
      raw_files: the folder.
      name: a key of `PORTALS`.
      edit: table of objects -> the table that is written.

    Returns:
      The file.
    """
    portal = PORTALS[name]
    path = raw_files.folder / portal.file
    table = edit(portal.make(raw_files).astype(object))
    for old in raw_files.folder.glob(f"{path.name.split('.')[0]}.*"):
        old.unlink()
    WRITERS[path.suffixes[0]](table, path)
    return path


PORTALS = {
    "DepMap expression 25Q3": Portal("cells_expression.csv", portal_tables.make_profiles),
    "GCT 1.2": Portal("cells_expression.gct", portal_tables.make_gct),
    "GDSC RMA": Portal("cells_expression.txt", portal_tables.make_rma),
    "AnnData": Portal("cells_expression.h5ad", portal_tables.make_anndata),
    "parquet": Portal("cells_expression.parquet", portal_tables.make_profiles),
    "workbook": Portal("cells_expression.xlsx", portal_tables.make_profiles),
    "Toil": Portal("panel.tsv.gz", portal_tables.make_toil, {"tumors_expression_unit": "log2p001"}),
    "Firehose": Portal("panel.tsv", portal_tables.make_firehose),
    "HGNC": Portal("gene_map.txt", portal_tables.make_hgnc),
    "OmicsSomaticMutations": Portal("cells_mutation.csv", portal_tables.make_omics),
    "CCLE_mutations": Portal("cells_mutation.csv", portal_tables.make_legacy),
    "damaging matrix": Portal("cells_mutation.csv", portal_tables.make_damaging),
    "GDC MAF": Portal("tumors_mutation.maf", portal_tables.make_gdc),
    "cBioPortal matrix": Portal("tumors_mutation.txt", portal_tables.make_changes),
    "cBioPortal table": Portal("tumors_mutation.tsv", portal_tables.make_page),
    "Xena matrix": Portal("tumors_mutation.tsv.gz", portal_tables.make_flags),
    "GDSC workbook": Portal("response.xlsx", portal_tables.make_gdsc),
    "DeepCDR": Portal("response.csv", portal_tables.make_deepcdr),
    "GDSC wide": Portal("response.csv", portal_tables.make_wide),
    "PRISM": Portal("response.csv", portal_tables.make_prism, {"response_unit": "auc"}),
    "CTRP": Portal("response.txt", portal_tables.make_curves, {"response_unit": "auc"}),
    "drevalpy": Portal("response.csv", portal_tables.make_drevalpy),
    "Model.csv": Portal("models.csv", portal_tables.make_model),
    "OmicsProfiles": Portal("cells_sequenced.csv", portal_tables.make_omics_profiles),
    "cBioPortal clinical": Portal("samples.txt", portal_tables.make_clinical),
}


def _write_delimited(separator: str):
    def write(table: pd.DataFrame, path: Path) -> None:
        table.to_csv(path, sep=separator, index=False, lineterminator="\n")

    return write


def _write_gct(table: pd.DataFrame, path: Path) -> None:
    sizes = f"#1.2\n{len(table)}\t{table.shape[1] - 2}\n"
    path.write_text(sizes + table.to_csv(sep="\t", index=False, lineterminator="\n"))


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    table.infer_objects().to_parquet(path, index=False)


def _write_workbook(table: pd.DataFrame, path: Path) -> None:
    table.to_excel(path, index=False)


def _write_anndata(table: pd.DataFrame, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name may be meant to stand twice
        ad.AnnData(table.to_numpy(np.float32), table[[]], table.T[[]]).write_h5ad(path)


WRITERS = {
    ".csv": _write_delimited(","), ".tsv": _write_delimited("\t"), ".txt": _write_delimited("\t"),
    ".maf": _write_delimited("\t"), ".gct": _write_gct, ".parquet": _write_parquet,
    ".xlsx": _write_workbook, ".h5ad": _write_anndata,
}  # fmt: skip
