"""Table 1 as text. It refuses to compute a number: it chooses columns, order of words, decimals."""

from typing import NamedTuple

import pandas as pd

MISSING = "-"


class Column(NamedTuple):
    """One printed column: the frame's name for it, its head, its decimals (None: as it is)."""

    name: str
    head: str
    decimals: int | None


COLUMNS = (
    Column("design", "design", None),
    Column("recipe", "recipe", None),
    Column("n_replicates", "runs", 0),
    Column("median_mse_imputed", "MSE imputed", 2),
    Column("sd_mse_imputed", "(sd)", 2),
    Column("median_mse_measured", "MSE measured", 2),
    Column("median_pearson_drug", "r per drug", 3),
    Column("median_epochs", "epochs", 1),
    Column("paper_mse", "published MSE", 2),
    Column("paper_epochs", "published epochs", 1),
)


def format_table1_cells(table1: pd.DataFrame) -> pd.DataFrame:
    """Return Table 1 as a frame of strings, with readable heads and "-" where nothing is known.

    Args:
      table1: one row per design and recipe, with the columns of COLUMNS in any order.

    Returns:
      The frame, as the terminal, the README and the HTML page show it.

    Raises:
      ValueError: a column is missing.
    """
    missing = [column.name for column in COLUMNS if column.name not in table1]
    if missing:
        raise ValueError(f"table1: expected columns {', '.join(missing)}, got {list(table1)}")
    return pd.DataFrame(
        {
            column.head: [format_cell(value, column.decimals) for value in table1[column.name]]
            for column in COLUMNS
        },
        dtype=object,
    )


def format_cell(value: object, decimals: int | None) -> str:
    """Return one cell: a missing value is a dash, a number has its column's decimals."""
    if pd.isna(value):
        return MISSING
    return str(value) if decimals is None else f"{value:.{decimals}f}"


def format_table1(table1: pd.DataFrame) -> str:
    """Return Table 1 for the terminal: words to the left, numbers to the right."""
    lines = align(format_table1_cells(table1))
    rule = "-" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:]])


def format_table1_markdown(table1: pd.DataFrame) -> str:
    """Return Table 1 as a Markdown table, for the README."""
    cells = format_table1_cells(table1).map(lambda cell: cell.replace("|", r"\|"))
    marks = ["---" if column.decimals is None else "---:" for column in COLUMNS]
    rows = [list(cells.columns), marks, *cells.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def align(cells: pd.DataFrame) -> list[str]:
    """Return the lines of a frame of strings, head first, padded to its columns' widths."""
    padded = []
    for column in COLUMNS:
        texts = [column.head, *cells[column.head]]
        width = max(map(len, texts))
        side = "<" if column.decimals is None else ">"
        padded.append([f"{text:{side}{width}}" for text in texts])
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]
