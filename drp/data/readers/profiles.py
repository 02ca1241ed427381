"""Expression files of every portal -> samples x genes as they are in the file.

It refuses to judge the numbers (`expression_units`) and to choose among names (`expression`).
"""

import re
import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.depmap import BESIDE, DEFAULT_COLUMNS, take_default_entries
from drp.data.readers.gene_names import (
    OTHER_COLUMNS,
    find_gene_columns,
    looks_like_gene,
    parse_genes,
)
from drp.data.readers.header import Header
from drp.data.readers.matrices import Matrix, read_matrix, reject_gaps
from drp.data.readers.orientation import Orientation, find_orientation, warn_of_guess
from drp.data.readers.tables import read_header
from drp.data.readers.text import GCT

OTHER_TABLES = {  # columns that no matrix of expression has, and what has them
    "Variant_Classification": "a table of variants", "VariantInfo": "a table of variants",
    "MolecularConsequence": "a table of variants", "LN_IC50": "a table of responses",
    "DRUG_ID": "a table of responses", "OncotreeLineage": "a table of cell lines",
}  # fmt: skip


class Profiles(NamedTuple):
    """One expression file.

    Attributes:
      values: (samples, genes) float32, finite, in the file's unit.
      samples: names as in the file, which may repeat.
      genes: what `parse_genes` makes of the genes' names.
      record: what the file was taken for.
    """

    values: np.ndarray
    samples: pd.Index
    genes: pd.DataFrame
    record: dict


class Layout(NamedTuple):
    """How one portal writes expression: its name, and the header by which it is recognised."""

    name: str
    fits: Callable[[Header], bool]
    is_array: bool = False


NUMBER = re.compile(r"-?\d+\.\d+(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)
BARRED, ENSEMBL = r"[^|]+\|\d+$", r"ENSG\d{11}"


def _most(header: Header, pattern: str) -> bool:
    names = header.fields[1:]
    return sum(bool(re.match(pattern, name)) for name in names) > len(names) / 2


def _starts(header: Header, pattern: str) -> bool:
    return bool(header.first and re.match(pattern, header.first[0]))


LAYOUTS = (
    Layout("GCT of a microarray", lambda h: h.preamble in GCT and _starts(h, r"\d+_at$"), True),
    Layout("GCT 1.2", lambda h: h.preamble == "#1.2"),
    Layout("GCT 1.3", lambda h: h.preamble == "#1.3"),
    Layout("DepMap expression by profile", lambda h: h.pick(DEFAULT_COLUMNS)),
    Layout("DepMap expression", lambda h: _most(h, r".+ \(.+\)$")),
    Layout("GDSC RMA", lambda h: _most(h, r"(DATA\.|COSMIC_)\d+"), True),
    Layout("Firehose RSEM", lambda h: _most(h, BARRED) or _starts(h, BARRED)),
    Layout("CCLE RSEM", lambda h: h.has("gene_id", "transcript_ids")),
    Layout("cBioPortal expression", lambda h: h.has("Hugo_Symbol", "Entrez_Gene_Id")),
    Layout("Ensembl matrix", lambda h: _most(h, ENSEMBL) or _starts(h, ENSEMBL)),
    Layout("matrix", lambda h: True),
)  # fmt: skip


def read_profiles(path: str | Path, known_samples: Collection[str]) -> Profiles:
    """Read an expression file of any layout.

    Args:
      path: text, workbook, parquet, or AnnData's `.h5ad` (samples x genes).
      known_samples: names that are known to be samples; they tell which way round a file is.

    Raises:
      DataError: what `read_matrix` raises; an empty or infinite cell; no default entry.
    """
    path = Path(path)
    if path.suffix == ".h5ad":
        return _read_anndata(path)
    header = read_header(path).with_corner()
    if other := header.pick(tuple(OTHER_TABLES)):
        raise DataError(
            f"{path}: expected a matrix of expression, found {OTHER_TABLES[other]} (column {other})"
        )
    _reject_numbers(header, path)
    layout = next(layout for layout in LAYOUTS if layout.fits(header))
    texts, left_out = _find_columns_beside(header)
    _warn_of_numbers(header, texts, path)
    matrix = read_matrix(path, texts, left_out)
    reject_gaps(matrix, path)
    record = {
        "recognised_as": layout.name,
        "rows": len(matrix.rows),
        "columns": len(header.fields),
        "is_array": layout.is_array,
    }
    matrix, is_named = take_default_entries(matrix, record, path)
    if header.preamble in GCT:
        orientation = Orientation(samples_in_rows=False, is_told=True)
    elif is_named:
        orientation = Orientation(samples_in_rows=True, is_told=True)
    else:
        orientation = find_orientation(matrix.rows, matrix.columns, header.fields[0], known_samples)
    record["orientation"] = str(orientation)
    warn_of_guess(orientation, path)
    if orientation.samples_in_rows:
        return Profiles(matrix.values, matrix.rows, parse_genes(matrix.columns), record)
    return _take_rows_as_genes(matrix, record)


def _reject_numbers(header: Header, path: Path) -> None:
    numbers = [name for name in header.fields[1:] if NUMBER.fullmatch(name)]
    if len(numbers) > len(header.fields) / 2:
        raise DataError(
            f"{path}: expected names in the header, found numbers ({name_first(numbers, 3)}): is "
            "the first line missing?"
        )


def _find_columns_beside(header: Header) -> tuple[list[str], list[str]]:
    """Return the columns of text beside the numbers, and those that are not read."""
    fields = header.fields
    patterned = [looks_like_gene(name) for name in fields]
    start = patterned.index(True) if any(patterned) else 0
    if start and sum(patterned) > (len(fields) - start) / 2:  # all before the genes is on samples
        return fields[1:start], []
    return [name for name in fields[1:] if name in BESIDE], [*OTHER_COLUMNS]


def _warn_of_numbers(header: Header, texts: Sequence[str], path: Path) -> None:
    """Warn of columns before the first gene that hold numbers: they may be genes themselves."""
    cells = dict(zip(header.fields, header.first, strict=False))
    odd = [name for name in texts if name not in BESIDE and NUMBER.fullmatch(cells.get(name, ""))]
    if odd:
        warnings.warn(
            f"{path}: {len(odd)} columns before the first gene hold numbers and are left out: "
            f"{name_first(odd)}; are they genes? Then name them as the others", DataWarning,
            stacklevel=3,
        )  # fmt: skip


def _take_rows_as_genes(matrix: Matrix, record: dict) -> Profiles:
    genes = parse_genes(matrix.rows, *find_gene_columns(matrix.leading.iloc[:, 1:]))
    return Profiles(matrix.values.T, matrix.columns, genes, record)


def _read_anndata(path: Path) -> Profiles:
    """Read `.h5ad`; genes are named by the columns of `var` that hold symbols and Entrez ids."""
    data = _open_anndata(path)
    if data.X is None or not data.n_obs or not data.n_vars:
        raise DataError(
            f"{path}: expected samples x genes in X, found {data.n_obs} x {data.n_vars}"
        )
    values = data.X.toarray() if sparse.issparse(data.X) else np.asarray(data.X)
    values = values.astype(np.float32)
    reject_gaps(Matrix(values, data.obs_names, data.var_names, data.obs), path)
    genes = parse_genes(data.var_names, *find_gene_columns(data.var))
    record = {
        "recognised_as": "AnnData",
        "rows": data.n_obs,
        "columns": data.n_vars,
        "is_array": False,
        "orientation": "samples in rows",
    }
    return Profiles(values, data.obs_names, genes, record)


def _open_anndata(path: Path) -> ad.AnnData:
    if not path.is_file():
        found = "expected a file, found a folder" if path.is_dir() else "no such file"
        raise DataError(f"{path}: {found}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice, which are judged later
            return ad.read_h5ad(path)
    except Exception as error:  # a damaged file fails in countless ways
        text = " ".join(ascii(str(error)).split())[:200]
        raise DataError(f"{path}: not a complete .h5ad file ({text})") from error
