"""Tables as text. It refuses to compute a number: it chooses columns, order of words, decimals.

Three tables come from the same rows: Table 1, the paper's protocol (its recipe beside what was
published), and ours, where every design stands beside the drug mean and the best baseline.
"""

from typing import NamedTuple

import pandas as pd

MISSING = "-"
PAPER = "paper"  # recipes that start so follow the published protocol
DRUG_MEAN = "drug_mean"
ERROR, RANKING = "mse_measured", "pearson_drug"  # metrics of paired differences
KEY = ["design", "recipe"]

Run = tuple[str, str]  # design, recipe


class Column(NamedTuple):
    """One printed column: the frame's name for it, its head, its decimals, the side it keeps to.

    Without decimals a cell is printed as it is.
    """

    name: str
    head: str
    decimals: int | None = None
    side: str = ">"  # < for words


DESIGN, RECIPE = Column("design", "design", side="<"), Column("recipe", "recipe", side="<")
RUNS = Column("n_replicates", "runs", 0)
PROTOCOL = (
    RUNS,
    Column("median_mse_imputed", "MSE imputed", 2),
    Column("sd_mse_imputed", "(sd)", 2),
    Column("median_mse_measured", "MSE measured", 2),
    Column("median_pearson_drug", "r per drug", 3),
    Column("median_epochs", "epochs", 1),
    Column("paper_mse", "published MSE", 2),
    Column("paper_epochs", "published epochs", 1),
)
TABLE1 = (DESIGN, RECIPE, *PROTOCOL)
OURS = (
    DESIGN,
    RECIPE,
    RUNS,
    Column("n_fitted", "lines fitted on", 0),
    Column("mean_mse_measured", "MSE measured", 3),
    Column("mean_pearson_drug", "r per drug", 3),
    Column("median_pearson_within_tissue", "r within tissue", 3),
    Column("median_explained", "explained share", 2),
)


class Table(NamedTuple):
    """Rows and the columns that are printed of them.

    Attributes:
      rows: a frame with at least the columns' names.
      columns: what is printed, in order.
    """

    rows: pd.DataFrame
    columns: tuple[Column, ...]

    def cells(self) -> pd.DataFrame:
        """Return a frame of strings, with readable heads and "-" where nothing is known.

        Raises:
          ValueError: a column is missing.
        """
        missing = [column.name for column in self.columns if column.name not in self.rows]
        if missing:
            found = list(self.rows)
            raise ValueError(f"table1: expected columns {', '.join(missing)}, got {found}")
        return pd.DataFrame(
            {
                column.head: [format_cell(cell, column.decimals) for cell in self.rows[column.name]]
                for column in self.columns
            },
            dtype=object,
        )

    def text(self) -> str:
        """Return the table for the terminal: words to the left, numbers to the right."""
        lines = align(self.cells(), self.columns)
        rule = "-" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:]])

    def markdown(self) -> str:
        """Return the table in Markdown, for the README."""
        cells = self.cells().map(lambda cell: cell.replace("|", r"\|"))
        marks = ["---" if column.side == "<" else "---:" for column in self.columns]
        rows = [list(cells.columns), marks, *cells.to_numpy().tolist()]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def make_protocol_table(table1: pd.DataFrame) -> Table:
    """Return the published protocol's table: medians of its recipe beside the published figures.

    Args:
      table1: one row per design and recipe, with the columns of TABLE1. Rows whose recipe starts
        with `paper` are kept; the recipe is a column if there are several.
    """
    rows = table1[[find_base(recipe) == PAPER for recipe in table1["recipe"]]]
    names = (DESIGN, RECIPE) if rows["recipe"].nunique() > 1 else (DESIGN,)
    return Table(rows, (*names, *PROTOCOL))


def make_evaluation_table(table1: pd.DataFrame, paired: pd.DataFrame) -> Table:
    """Return our table: measured entries, with paired differences from what a model must beat.

    Args:
      table1: one row per design and recipe, with the columns of OURS and median_epochs.
      paired: design, recipe, reference, reference_recipe, metric, mean_difference, ci_low, ci_high,
        of the metrics mse_measured and pearson_drug; may be empty.

    Returns:
      Differences from the drug mean in MSE and from the best baseline in MSE and r, each with its
      95% interval, where `paired` has them. A design's row beside itself is empty.

    Raises:
      ValueError: a design is compared twice with one reference.
    """
    best = find_best_reference(table1, paired)
    present = set(paired["reference"])
    references = [name for name in dict.fromkeys((DRUG_MEAN, best)) if name in present]
    wanted = [(name, ERROR) for name in references]
    wanted += [(best, RANKING)] if best else []
    rows, columns = table1, list(OURS)
    for reference, metric in wanted:
        pairs = choose_pairs(paired, reference, metric)
        name = f"{metric} less {reference}"
        texts = [format_interval(*pair) for pair in zip(*map(pairs.get, INTERVAL), strict=True)]
        known = pairs[KEY].assign(**{name: texts})
        rows = rows.merge(known, on=KEY, how="left")
        columns.append(Column(name, f"{SHORT[metric]} - {reference} [95%]"))
    return Table(rows, tuple(columns))


INTERVAL = ("mean_difference", "ci_low", "ci_high")
SHORT = {ERROR: "MSE", RANKING: "r"}


def find_best_reference(table1: pd.DataFrame, paired: pd.DataFrame) -> str:
    """Return the baseline with the lowest measured MSE among the references, "" if there is none.

    The drug mean has a column of its own, so it is the best baseline only where it stands alone.
    """
    references = paired[["reference", "reference_recipe"]].drop_duplicates()
    references = references.set_axis(KEY, axis=1).merge(table1, on=KEY)
    baselines = references[~find_networks(references)]
    others = baselines[baselines["design"] != DRUG_MEAN]
    ranked = (others if len(others) else baselines).sort_values("mean_mse_measured")
    return str(ranked["design"].iloc[0]) if len(ranked) else ""


def choose_pairs(paired: pd.DataFrame, reference: str, metric: str) -> pd.DataFrame:
    """Return the rows that compare designs with a reference, one per design and recipe.

    Raises:
      ValueError: a design is compared with the reference under two of its recipes.
    """
    pairs = paired[(paired["reference"] == reference) & (paired["metric"] == metric)]
    twice = pairs[pairs.duplicated(KEY)]
    if len(twice):
        recipes = ", ".join(sorted(set(pairs["reference_recipe"])))
        raise ValueError(
            f"paired: expected one row per design, recipe and metric beside {reference}, found "
            f"{twice['design'].iloc[0]} twice (reference recipes: {recipes})"
        )
    return pairs


def find_networks(table1: pd.DataFrame) -> pd.Series:
    """Return which rows are networks: only they are trained by epochs."""
    return table1["median_epochs"].notna()


def find_base(recipe: str) -> str:
    """Return the recipe that a variant such as `modern:dropout=0.5` was made from."""
    return recipe.split(":")[0]


def format_interval(mean: float, low: float, high: float) -> str:
    """Return a difference with its interval, which a single replicate does not have."""
    if pd.isna(mean):
        return MISSING
    return f"{mean:+.3f}" if pd.isna(low) else f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"


def format_cell(value: object, decimals: int | None) -> str:
    """Return one cell: a missing value is a dash, a number has its column's decimals."""
    if pd.isna(value):
        return MISSING
    return str(value) if decimals is None else f"{value:.{decimals}f}"


def align(cells: pd.DataFrame, columns: tuple[Column, ...]) -> list[str]:
    """Return the lines of a frame of strings, head first, padded to its columns' widths."""
    padded = []
    for column in columns:
        texts = [column.head, *cells[column.head]]
        width = max(map(len, texts))
        padded.append([f"{text:{column.side}{width}}" for text in texts])
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]


def format_table1_markdown(table1: pd.DataFrame) -> str:
    """Return Table 1 in Markdown, for the README.

    Args:
      table1: one row per design and recipe, with the columns of TABLE1 in any order.

    Raises:
      ValueError: a column is missing.
    """
    return Table(table1, TABLE1).markdown()
