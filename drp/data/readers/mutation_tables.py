"""Long tables of variants -> calls. It refuses to know matrices and who was sequenced."""

import re
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.barcodes import shorten_barcode
from drp.data.readers.depmap import DEFAULT_COLUMNS, find_default_entries
from drp.data.readers.header import Header
from drp.data.readers.mutation_calls import Calls
from drp.data.readers.tables import read_table
from drp.data.readers.text import GAPS
from drp.data.readers.variant_classes import classify

FILTER = "FILTER"
NO_FILTER = "."  # how a VCF writes that no filter was applied; an empty cell says the same
ALL_COUNT = "not given by the source: every row counts"
# These tell kinds of variants apart, yet not the classes that decide whether a row counts.
OTHER_KINDS = ("Variant_annotation", "VariantType", "Variant_Type")


class Table(NamedTuple):
    """A portal's long table: how it is told, and what its columns are called.

    Attributes:
      name: what it is called in records.
      told_by: columns that it has, all of them.
      samples: columns with the sample, the best first; a row takes the first that is filled in.
      gene: column with the symbol.
      entrez: column with the Entrez id, which may be absent.
      classes: columns with the class, the best first; none: every row counts.
      sample_start: how a cell of the first sample column starts if it holds a sample's id.
    """

    name: str
    told_by: tuple[str, ...]
    samples: tuple[str, ...]
    gene: str
    entrez: str
    classes: tuple[str, ...]
    sample_start: str = ""


MAF = ("Hugo_Symbol", "Entrez_Gene_Id", ("Variant_Classification",))
HUGO = ("HugoSymbol", "EntrezGeneID")
DEPMAP = (*HUGO, ("VariantInfo", "MolecularConsequence"))
BARCODE, MODEL = ("Tumor_Sample_Barcode",), ("ModelID", "DepMap_ID")
TABLES = (
    Table("DepMap OmicsSomaticMutations", ("HugoSymbol", "VariantInfo"), MODEL, *DEPMAP),
    Table("DepMap OmicsSomaticMutations", ("HugoSymbol", "MolecularConsequence"), MODEL, *DEPMAP),
    # These two lack HugoSymbol, and a message says so.
    Table("DepMap OmicsSomaticMutations", ("ModelID", "VariantInfo"), MODEL, *DEPMAP),
    Table("DepMap OmicsSomaticMutations", ("ModelID", "MolecularConsequence"), MODEL, *DEPMAP),
    Table("table of variants", ("HugoSymbol", "Variant_Classification"), MODEL, *HUGO, MAF[2]),
    Table("gene table", ("HugoSymbol", "ModelID"), MODEL, *HUGO, ()),
    Table("gene table", ("HugoSymbol", "DepMap_ID"), MODEL, *HUGO, ()),
    Table("DepMap CCLE_mutations", ("Hugo_Symbol", "DepMap_ID"), ("DepMap_ID", *BARCODE), *MAF),
    Table("CCLE 2018 MAF", ("Hugo_Symbol", "Broad_ID"), ("Broad_ID", *BARCODE), *MAF, "ACH-"),
    Table("GDC MAF", ("Hugo_Symbol", "GDC_FILTER"), BARCODE, *MAF),
    Table("MC3 MAF", ("Hugo_Symbol", "NCALLERS"), BARCODE, *MAF),
    Table("MAF", BARCODE, BARCODE, *MAF),
    Table("MAF", MAF[2], BARCODE, *MAF),
    Table("MAF", ("Hugo_Symbol", "Variant_Type"), BARCODE, *MAF),
    Table("cBioPortal table of mutations", ("Sample ID", "Mutation Type"), ("Sample ID",), "Gene",
          "Entrez Gene ID", ("Mutation Type",)),
    Table("Xena table of mutations", ("sample", "gene", "effect"), ("sample",), "gene",
          "Entrez_Gene_Id", ("effect",)),
)  # fmt: skip


def find_table(header: Header) -> Table | None:
    """Return the first of the known tables that has its columns in the header, or None."""
    return next((table for table in TABLES if header.has(*table.told_by)), None)


def read_calls(
    path: str | Path, header: Header, table: Table, wanted: Collection[str],
    accepted: Collection[str],
) -> Calls:  # fmt: skip
    """Read a long table; a row counts by its class and its FILTER.

    Args:
      path: the table.
      header: its header.
      table: what `find_table` told.
      wanted: MAF classes that count.
      accepted: a row counts when each of its comma-joined FILTER tokens is one of them.

    Raises:
      DataError: a missing column, a row without sample, an unknown class.
    """
    frame = _read_frame(path, header, table)
    record = {"recognised_as": table.name, "rows": len(frame), "columns": len(header.fields)}
    default = header.pick(DEFAULT_COLUMNS)
    if default is not None:
        is_default = find_default_entries(frame[default], f"{path}: column {default!r}")
        record["rows_not_the_default_entry"] = int((~is_default).sum())
        frame = frame[is_default]
    passed = np.ones(len(frame), bool)
    if FILTER in frame:
        passed = _look_up(frame[FILTER], lambda cell: _passes(cell, accepted), bool)
    counted = _find_counted(frame, table, wanted, path, record)
    record["rows_failing_filter"] = int((~passed).sum())
    record["rows_of_other_classes"] = int((passed & ~counted).sum())
    sample_places, samples = _place_samples(frame, table, path)
    gene_places, genes = _place_genes(frame, table)
    counts = passed & counted
    return Calls(samples, genes, sample_places[counts], gene_places[counts], False, record)


def _read_frame(path: str | Path, header: Header, table: Table) -> pd.DataFrame:
    header.require([table.gene], path)
    if not header.pick(table.classes):
        _reject_other_kinds(header, table, path)
    needed = [table.gene, header.require(table.samples, path)]
    if table.classes:
        needed.append(header.require(table.classes, path))
    optional = (FILTER, table.entrez, *DEFAULT_COLUMNS, *table.samples, *table.classes)
    return read_table(path, needed, optional=optional, categorical=True)


def _reject_other_kinds(header: Header, table: Table, path: str | Path) -> None:
    """Refuse a table that tells silent from other variants only by something else than a class."""
    found = header.pick(OTHER_KINDS[:2] if table.classes else OTHER_KINDS)
    if found is not None:
        raise DataError(
            f"{path}: column {found!r} groups variants and does not tell their classes; expected "
            "a column Variant_Classification, VariantInfo or MolecularConsequence, or only the "
            f"protein-changing rows without the column {found!r}"
        )


def _find_counted(
    frame: pd.DataFrame, table: Table, wanted: Collection[str], path: str | Path, record: dict
) -> np.ndarray:
    """Tell which rows are of a wanted class; what told it goes into the record."""
    if not table.classes:
        record["variant_classes"] = ALL_COUNT
        return np.ones(len(frame), bool)
    there = [name for name in table.classes if name in frame]
    meanings = {name: _classify_cells(frame[name]) for name in there}
    usable = [name for name in there if meanings[name] and all(meanings[name].values())]
    column = (usable or there)[0]
    meaning = meanings[column]
    unknown = sorted(cell for cell, classes in meaning.items() if not classes)
    if unknown:
        raise DataError(f"{path}: unknown {column}: {name_first(unknown)}")
    record["class_column"] = column
    record["variant_classes"] = ", ".join(sorted(wanted))
    classless = _look_up(frame[column], lambda cell: cell not in meaning, bool)
    if classless.any():
        record["rows_without_class"] = int(classless.sum())
        rows = name_first(frame.index[classless])
        warnings.warn(
            f"{path}: column {column!r}: {classless.sum()} rows have no class and do not count: "
            f"rows {rows}", DataWarning, stacklevel=4,
        )  # fmt: skip
    none: frozenset[str] = frozenset()
    return _look_up(frame[column], lambda cell: bool(meaning.get(cell, none) & {*wanted}), bool)


def _classify_cells(column: pd.Series) -> Mapping[str, frozenset[str]]:
    return {cell: classify(cell) for cell in column.cat.categories if cell not in GAPS}


def _passes(cell: str, accepted: Collection[str]) -> bool:
    return {*re.split("[,;]", cell or NO_FILTER)} <= {*accepted}


def _place_samples(
    frame: pd.DataFrame, table: Table, path: str | Path
) -> tuple[np.ndarray, pd.Index]:
    """Return each row's place among the samples, and the samples, barcodes shortened."""
    there = [name for name in table.samples if name in frame]
    places = np.full(len(frame), -1)
    labels: list[str] = []
    for name in reversed(there):  # the best column last: it overwrites the others
        start = table.sample_start if name == table.samples[0] else ""
        cells = frame[name].cat.categories
        fits = np.array([cell not in GAPS and cell.startswith(start) for cell in cells], bool)
        codes = frame[name].cat.codes.to_numpy()
        places = np.where(fits[codes], codes.astype(np.int64) + len(labels), places)
        labels += [*cells]
    if (places < 0).any():
        row = frame.index[places.argmin()]
        raise DataError(f"{path}: column {there[0]!r}, row {row}: found an empty cell")
    short, samples = pd.factorize(
        pd.Index([shorten_barcode(label) for label in labels], dtype=object)
    )
    return short[places], samples


def _place_genes(frame: pd.DataFrame, table: Table) -> tuple[np.ndarray, pd.DataFrame]:
    """Return each row's place among the pairs of symbol and Entrez id, and these pairs."""
    symbols = frame[table.gene]
    entrez = frame[table.entrez] if table.entrez in frame else pd.Series(
        pd.Categorical.from_codes(np.zeros(len(frame), int), [""]), frame.index
    )  # fmt: skip
    n = max(len(entrez.cat.categories), 1)
    pairs = symbols.cat.codes.to_numpy(np.int64) * n + entrez.cat.codes.to_numpy(np.int64)
    places, unique = pd.factorize(pairs)
    genes = pd.DataFrame({
        "label": symbols.cat.categories.to_numpy(object)[unique // n],
        "entrez_id": entrez.cat.categories.to_numpy(object)[unique % n],
        "rows": np.bincount(places, minlength=len(unique)),
    })  # fmt: skip
    return places, genes


def _look_up(column: pd.Series, tell, dtype: type) -> np.ndarray:
    """Apply a function to the categories and spread the results over the rows."""
    return np.array([tell(cell) for cell in column.cat.categories], dtype)[column.cat.codes]
