"""Matrices of samples and genes -> calls. It refuses to know classes, which no matrix gives."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError
from drp.data.readers.barcodes import shorten_barcode
from drp.data.readers.depmap import BESIDE, take_default_entries
from drp.data.readers.duplicates import ERROR
from drp.data.readers.gene_names import (
    NAMELESS,
    OTHER_COLUMNS,
    find_gene_columns,
    looks_like_gene,
)
from drp.data.readers.header import Header
from drp.data.readers.matrices import Matrix, read_matrix, reject_gaps
from drp.data.readers.mutation_calls import Calls
from drp.data.readers.mutation_words import (
    is_changes,
    is_number,
    part_columns,
    read_changes,
    read_flags,
)
from drp.data.readers.orientation import Orientation, find_orientation, warn_of_guess
from drp.data.readers.tables import reject_repeats

CELLS_COUNT = "not given by the source: every cell above 0 counts"
CHANGES_COUNT = "not given by the source: every cell but WT counts"
EVENT = "_mut"  # what gdsctools puts behind a gene; copy numbers and factors are named otherwise
MOST_MUTATIONS = 1000  # of one gene in one sample; a hypermutated TTN has some hundred
ENOUGH_VALUES = 5  # so many different impossible values are no slip but another quantity


class Layout(NamedTuple):
    """How one portal writes a matrix.

    Attributes:
      name: what it is called in records.
      fits: tells the layout by the header and the first row.
      read: (path, header, record) -> the matrix; what it leaves out goes into the record.
      counting: which cells count, for the record.
      samples_in_rows: whether the matrix that `read` gives is so in any case.
    """

    name: str
    fits: Callable[[Header], bool]
    read: Callable[[Path, Header, dict], Matrix]
    counting: str = CELLS_COUNT
    samples_in_rows: bool = False


def find_layout(header: Header) -> Layout | None:
    """Return the first of the known layouts that the header and the first row fit, or None."""
    header = header.with_corner()
    return next((layout for layout in LAYOUTS if layout.fits(header)), None)


def read_mutated_cells(
    path: str | Path, header: Header, layout: Layout, known_samples: Collection[str],
    duplicates: str,
) -> Calls:  # fmt: skip
    """Read a matrix; a cell counts if it is above 0, or holds a change of the protein.

    Args:
      path: the matrix.
      header: its header.
      layout: what `find_layout` told.
      known_samples: names that are known to be samples; they tell which way round the matrix is.
      duplicates: error, or mean: samples or genes of one name are joined, mutated if either is.

    Raises:
      DataError: a cell that is no count, a repeated name, nobody sequenced.
    """
    path, header = Path(path), header.with_corner()
    record = {"recognised_as": layout.name}
    matrix = layout.read(path, header, record)
    record = {"rows": len(matrix.rows), "columns": len(header.fields), **record}
    matrix, is_named = take_default_entries(matrix, record, path)
    _reject_other_quantities(matrix, path)
    orientation = Orientation(True, True)
    if not (layout.samples_in_rows or is_named):
        orientation = find_orientation(matrix.rows, matrix.columns, header.fields[0], known_samples)
    record["orientation"] = record.get("orientation", str(orientation))
    warn_of_guess(orientation, path)
    record["variant_classes"] = layout.counting
    labels, entrez = matrix.columns, None
    if not orientation.samples_in_rows:
        labels, entrez = _name_rows(matrix)
        matrix = matrix.transposed()
    if duplicates == ERROR:
        cure = "; --duplicates=mean joins them"
        reject_repeats(matrix.rows, f"{path}: samples", cure)
        reject_repeats(labels[~labels.isin(NAMELESS)], f"{path}: genes", cure)
    short, samples = pd.factorize(matrix.rows.map(shorten_barcode))
    record["samples_merged"] = len(short) - len(samples)
    rows, columns = np.nonzero(matrix.values)
    genes = pd.DataFrame(
        {"label": labels, "entrez_id": "" if entrez is None else entrez, "rows": 1}
    )
    return Calls(pd.Index(samples, dtype=object), genes, short[rows], columns, True, record)


def _name_rows(matrix: Matrix) -> tuple[pd.Index, np.ndarray | None]:
    """Return the symbol, or else the name, of each gene in rows, and their Entrez ids if given."""
    symbols, entrez = find_gene_columns(matrix.leading.iloc[:, 1:])
    labels = matrix.rows
    if symbols is not None:
        labels = labels.where(symbols.isin(NAMELESS), symbols)
    return labels, None if entrez is None else entrez.to_numpy(object)


def _reject_other_quantities(matrix: Matrix, path: Path) -> None:
    """Raise a DataError unless every cell is 0 or a count of mutations."""
    reject_gaps(matrix, path)
    values = matrix.values
    wrong = (values < 0) | (values != np.floor(values)) | (values > MOST_MUTATIONS)
    if not wrong.any():
        return
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    found = np.unique(values[wrong][: ENOUGH_VALUES * ENOUGH_VALUES])
    kind = "0, 1 or a count of mutations"
    if len(found) >= ENOUGH_VALUES or found.max() > MOST_MUTATIONS:
        kind += "; it looks like measurements, such as expression"
    raise DataError(
        f"{path}: row {matrix.rows[row]!r}, column {matrix.columns[column]!r}: expected {kind}; "
        f"found {values[row, column]:g}"
    )


def _read_numbers(path: Path, header: Header, record: dict) -> Matrix:
    del header, record
    return read_matrix(path, BESIDE, OTHER_COLUMNS)


def _read_events(path: Path, header: Header, record: dict) -> Matrix:
    """Read the genes of gdsctools' genomic features and leave the other features out."""
    others = [name for name in header.fields[1:] if not name.endswith(EVENT)]
    record["columns_left_out"] = len(others)
    matrix = read_matrix(path, (), others)
    return matrix._replace(columns=matrix.columns.str.removesuffix(EVENT))


def _holds(header: Header, tell: Callable[[str], bool]) -> bool:
    """Tell whether most cells of the first row are of a kind."""
    cells = [header.first[place] for place in part_columns(header)[1] if place < len(header.first)]
    return bool(cells) and sum(map(tell, cells)) >= len(cells) / 2


LAYOUTS = (
    Layout("cBioPortal matrix of mutations", is_changes, read_changes, CHANGES_COUNT, True),
    Layout("gdsctools genomic features",
           lambda header: any(name.endswith(EVENT) for name in header.fields[1:]), _read_events,
           samples_in_rows=True),
    Layout("matrix of True and False",
           lambda header: _holds(header, lambda cell: cell.lower() in ("true", "false")),
           read_flags),
    Layout("DepMap matrix of mutations",
           lambda header: any(map(looks_like_gene, header.fields)) and _holds(header, is_number),
           _read_numbers),
    Layout("matrix of mutations", lambda header: _holds(header, is_number), _read_numbers),
)  # fmt: skip
