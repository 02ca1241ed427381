"""What DepMap puts beside the genes of its newer files. It refuses to know what cells mean.

A row of such a file is a profile; several may be of one model, of which one is the default entry.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from drp.data.errors import DataError, name_first
from drp.data.readers.gene_names import ENTREZ_COLUMNS, SYMBOL_COLUMNS
from drp.data.readers.header import pick
from drp.data.readers.matrices import Matrix

MODEL_COLUMNS = ("ModelID", "DepMap_ID", "depmap_id")
DEFAULT_COLUMNS = ("IsDefaultEntryForModel", "is_default_entry")
LEADING_COLUMNS = (
    *MODEL_COLUMNS, *DEFAULT_COLUMNS, "ProfileID", "SequencingID", "ModelConditionID",
    "IsDefaultEntryForMC", "cell_line_display_name", "lineage_1", "lineage_2", "lineage_3",
    "lineage_4", "lineage_5", "lineage_6",
)  # fmt: skip
# The columns of text that may stand beside the cells of a matrix of samples and genes.
BESIDE = (*LEADING_COLUMNS, *SYMBOL_COLUMNS, *ENTREZ_COLUMNS)
YES, NO = ("yes", "true", "1"), ("no", "false", "0", "")


def find_default_entries(column: pd.Series, where: str) -> np.ndarray:
    """Tell which rows are the ones that DepMap takes for their model.

    Args:
      column: Yes or No, True or False, as categories; an empty cell means no.
      where: file and column, for the message.

    Raises:
      DataError: a cell holds something else.
    """
    words = [word.strip().lower() for word in column.cat.categories]
    for word, found in zip(words, column.cat.categories, strict=True):
        if word not in (*YES, *NO):
            raise DataError(f"{where}: expected Yes or No, found {found!r}")
    return np.array([word in YES for word in words], bool)[column.cat.codes]


def take_default_entries(matrix: Matrix, record: dict, path: Path) -> tuple[Matrix, bool]:
    """Keep the default entry of each model, and name the rows by their models.

    Returns:
      The matrix, and whether a column of its own names the rows.

    Raises:
      DataError: no entry is a default one, or a cell is neither Yes nor No.
    """
    beside = matrix.leading
    column = pick(MODEL_COLUMNS, beside.columns[1:])
    if column is not None:
        matrix = matrix._replace(rows=pd.Index(beside[column], dtype=object))
    default = pick(DEFAULT_COLUMNS, beside)
    if default is None:
        return matrix, column is not None
    if column is None and beside.columns[0] not in MODEL_COLUMNS:
        raise DataError(
            f"{path}: expected a column {' or '.join(MODEL_COLUMNS)} beside {default!r}, found "
            f"{name_first([name or 'one without a name' for name in beside.columns])}"
        )
    is_default = find_default_entries(
        beside[default].astype("category"), f"{path}: column {default!r}"
    )
    record["rows_not_the_default_entry"] = int((~is_default).sum())
    if not is_default.any():
        raise DataError(f"{path}: column {default!r}: expected Yes in some row, found none")
    kept = Matrix(
        matrix.values[is_default], matrix.rows[is_default], matrix.columns, beside[is_default]
    )
    return kept, True
