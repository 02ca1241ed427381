"""Matrices whose cells are words -> matrices of 0 and 1. It refuses to know genes and lists.

The words are True and False, or, in cBioPortal's download, changes of the protein, WT and NS.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.depmap import BESIDE
from drp.data.readers.gene_names import OTHER_COLUMNS
from drp.data.readers.header import TEXT, Header
from drp.data.readers.matrices import Matrix
from drp.data.readers.tables import read_columns
from drp.data.readers.text import GAPS, CellError, read_batches

FLAGS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
STUDY, SAMPLE = "STUDY_ID", "SAMPLE_ID"  # the two leading fields of cBioPortal's download
WILD_TYPE, UNCALLED = "WT", "NA"
NOT_SEQUENCED = ("NS", "NP")  # not sequenced, not profiled: by the age of the portal


def is_changes(header: Header) -> bool:
    """Tell whether a header is that of cBioPortal's table of samples and genes."""
    return header.has(STUDY) and (header.has(SAMPLE) or header.first[:1] == [SAMPLE])


def part_columns(header: Header) -> tuple[list[int], list[int]]:
    """Return the places of the text beside the cells, and those of the cells."""
    beside = {0, *(n for n, name in enumerate(header.fields) if name in BESIDE)}
    cells = [
        n for n, name in enumerate(header.fields) if n not in beside and name not in OTHER_COLUMNS
    ]
    return sorted(beside), cells


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number, or empty as numbers can be."""
    try:
        float(cell)
    except ValueError:
        return cell in GAPS
    return True


def read_flags(path: Path, header: Header, record: dict) -> Matrix:
    """Read cells of True and False."""
    del record
    texts, places = part_columns(header)
    beside = pd.concat(read_columns(path, header, texts), axis=1)
    beside.columns = [header.fields[place] for place in texts]
    names = pd.Index(beside.iloc[:, 0], dtype=object)
    columns = pd.Index([header.fields[place] for place in places], dtype=object)
    values = np.empty((len(names), len(places)), np.float32)
    fill = _fill_parsed if header.container == TEXT else _fill_translated
    try:
        fill(values, path, header, places, names)
    except CellError:  # slower, and able to say which cell it is
        _fill_translated(values, path, header, places, names)
    return Matrix(values, names, columns, beside)


def _fill_parsed(
    values: np.ndarray, path: Path, header: Header, places: Sequence[int], rows: pd.Index
) -> None:
    del rows
    start = 0
    for batch in read_batches(path, header, places, [pa.bool_()] * len(places)):
        part = values[start : start + batch.num_rows]
        for place, cells in enumerate(batch.columns):
            part[:, place] = cells.cast(pa.float32()).to_numpy(zero_copy_only=False)
        start += batch.num_rows


def _fill_translated(
    values: np.ndarray, path: Path, header: Header, places: Sequence[int], rows: pd.Index
) -> None:
    for place, cells in enumerate(read_columns(path, header, places, categorical=True)):
        meanings = {cell: FLAGS.get(cell.strip().lower()) for cell in cells.cat.categories}
        name = header.fields[places[place]]
        values[:, place] = _translate(cells, meanings, rows, name, "True or False", path)


def read_changes(path: Path, header: Header, record: dict) -> Matrix:
    """Read cBioPortal's table of protein changes, samples x genes or the other way round.

    Raises:
      DataError: a cell that is empty or a number, or no sample that is sequenced in every gene.
    """
    columns = list(read_columns(path, header, range(len(header.fields)), categorical=True))
    record["rows"] = len(columns[0])
    is_turned = header.fields[0] == STUDY and header.first[:1] == [SAMPLE]
    if is_turned:
        samples = pd.Index([column.iloc[0] for column in columns[1:]], dtype=object)
        genes = pd.Index(columns[0].iloc[1:], dtype=object)
        cells = [column.iloc[1:] for column in columns[1:]]
    else:
        samples = pd.Index(columns[header.fields.index(SAMPLE)], dtype=object)
        places = [n for n, name in enumerate(header.fields) if name not in (STUDY, SAMPLE)]
        genes = pd.Index([header.fields[place] for place in places], dtype=object)
        cells = [columns[place] for place in places]
    meanings = _find_meanings(cells)
    rows, names = (genes, samples) if is_turned else (samples, genes)
    values = np.empty((len(rows), len(names)), np.float32)
    for place, column in enumerate(cells):
        values[:, place] = _translate(
            column, meanings, rows, names[place], "WT, NS or a change of the protein", path
        )
    record["orientation"] = "samples in columns" if is_turned else "samples in rows"
    whole = Matrix(values.T if is_turned else values, samples, genes, pd.DataFrame(index=samples))
    return _leave_out_unsequenced(whole, path, record)


def _find_meanings(columns: Sequence[pd.Series]) -> Mapping[str, float | None]:
    """Return cell -> 1 (mutated), 0, NaN (not sequenced) or None (impossible).

    Older portals wrote NA for what is WT today; beside WT it can only mean not sequenced.
    """
    words = {word for column in columns for word in column.cat.categories}
    meanings: dict[str, float | None] = {
        word: 1.0 if _names_change(word) else None for word in words
    }
    wild_types = {word for word in words if word.strip().upper() == WILD_TYPE}
    meanings |= dict.fromkeys(wild_types, 0.0) | {UNCALLED: np.nan if wild_types else 0.0}
    return meanings | dict.fromkeys(NOT_SEQUENCED, np.nan)


def _names_change(word: str) -> bool:
    """Tell whether a word may name a change of a protein, such as V600E: it has letters."""
    return word not in GAPS and not is_number(word) and any(map(str.isalpha, word))


def _leave_out_unsequenced(matrix: Matrix, path: Path, record: dict) -> Matrix:
    """Leave out samples that no gene was sequenced in, then genes, then samples in part."""
    gaps = np.isnan(matrix.values)
    nowhere = gaps.all(axis=1)
    unread = gaps[~nowhere].all(axis=0)
    in_part = ~nowhere & gaps[:, ~unread].any(axis=1)
    record["samples_not_sequenced"] = int(nowhere.sum())
    record["genes_not_sequenced"] = int(unread.sum())
    record["samples_sequenced_in_part"] = int(in_part.sum())
    kept = ~nowhere & ~in_part
    if not kept.any():
        raise DataError(
            f"{path}: expected samples that are sequenced in every gene, found none of "
            f"{len(kept)}; keep the columns of genes that all of them have"
        )
    if in_part.any():
        warnings.warn(
            f"{path}: {in_part.sum()} samples are sequenced in some of the genes only and are left "
            f"out: {name_first(matrix.rows[in_part])}", DataWarning, stacklevel=5,
        )  # fmt: skip
    samples = matrix.rows[kept]
    values = matrix.values[kept][:, ~unread]
    return Matrix(values, samples, matrix.columns[~unread], pd.DataFrame(index=samples))


def _translate(
    cells: pd.Series, meanings: Mapping[str, float | None], rows: pd.Index, column: str,
    expected: str, path: Path,
) -> np.ndarray:  # fmt: skip
    """Return one column of words as numbers."""
    words = cells.cat.categories
    codes = cells.cat.codes.to_numpy()
    impossible = np.array([meanings[word] is None for word in words], bool)[codes]
    if impossible.any():
        place = impossible.argmax()
        raise DataError(
            f"{path}: row {rows[place]!r}, column {column!r}: expected {expected}, found "
            f"{cells.iloc[place]!r}"
        )
    return np.array([meanings[word] for word in words], np.float32)[codes]
