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

from drp.data.errors import DataError, name_first
from drp.data.readers.depmap import DEFAULT_COLUMNS, LEADING_COLUMNS, take_default_entries
from drp.data.readers.gene_names import (
    ENTREZ_COLUMNS,
    OTHER_COLUMNS,
    SYMBOL_COLUMNS,
    looks_like_gene,
    parse_genes,
)
from drp.data.readers.header import Header
from drp.data.readers.matrices import Matrix, read_matrix, reject_gaps
from drp.data.readers.orientation import Orientation, find_orientation
from drp.data.readers.tables import read_header
from drp.data.readers.text import GCT


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
    _reject_numbers(header, path)
    layout = next(layout for layout in LAYOUTS if layout.fits(header))
    texts, left_out = _find_columns_beside(header)
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
    known = (*LEADING_COLUMNS, *SYMBOL_COLUMNS, *ENTREZ_COLUMNS)
    return [name for name in fields[1:] if name in known], [*OTHER_COLUMNS]


def _take_rows_as_genes(matrix: Matrix, record: dict) -> Profiles:
    leading = matrix.leading.iloc[:, 1:]
    symbols = next((leading[name] for name in SYMBOL_COLUMNS if name in leading), None)
    entrez = next((leading[name] for name in ENTREZ_COLUMNS if name in leading), None)
    genes = parse_genes(matrix.rows, symbols, entrez)
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
    genes = parse_genes(
        data.var_names, _as_text(data.var, SYMBOL_COLUMNS), _as_text(data.var, ENTREZ_COLUMNS)
    )
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


def _as_text(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series | None:
    name = next((name for name in names if name in frame), None)
    return None if name is None else frame[name].astype(str)
