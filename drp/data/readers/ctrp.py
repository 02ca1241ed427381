"""CTRP's curves -> rows that name their line and drug. It refuses to know what a response is."""

from pathlib import Path

import pandas as pd

from drp.data.errors import DataError, name_first
from drp.data.readers.response_columns import clean_text
from drp.data.readers.tables import read_table

EXPERIMENTS, CELL_LINES, COMPOUNDS = "per_experiment", "per_cell_line", "per_compound"
COMPOUND_TEXT = ("cpd_name", "gene_symbol_of_protein_target", "target_or_activity_of_compound")


def join_ctrp(curves: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Give each curve the name of its line and drug, from the archive's tables beside it.

    Args:
      curves: rows of `v20.data.curves_post_qc.txt`: experiment_id, master_cpd_id, ...
      path: that file.

    Returns:
      The rows with ccl_name, cpd_name and the drug's target as well, "" where the tables have none.

    Raises:
      DataError: a table is not there or cannot be used.
    """
    experiments = _read_beside(path, EXPERIMENTS, ["experiment_id", "master_ccl_id"])
    # The archive repeats an experiment for each of its plates.
    experiments = experiments.drop_duplicates()
    unclear = experiments["experiment_id"][experiments["experiment_id"].duplicated()]
    if len(unclear):
        raise DataError(
            f"{_find(path, EXPERIMENTS)}: expected one master_ccl_id for each experiment, found "
            f"several for {name_first(unclear)}"
        )
    lines = _read_beside(path, CELL_LINES, ["master_ccl_id", "ccl_name"])
    drugs = _read_beside(path, COMPOUNDS, ["master_cpd_id", "cpd_name"], COMPOUND_TEXT)
    line_of = experiments.set_index("experiment_id")["master_ccl_id"].map(
        lines.drop_duplicates("master_ccl_id").set_index("master_ccl_id")["ccl_name"]
    )
    drugs = drugs.drop_duplicates("master_cpd_id").set_index("master_cpd_id")
    joined = {"ccl_name": curves["experiment_id"].map(line_of).fillna("")}
    for name in drugs.columns:
        joined[name] = curves["master_cpd_id"].map(drugs[name]).fillna("")
    return curves.assign(**joined)


def _read_beside(path: Path, table: str, columns: list[str], optional=()) -> pd.DataFrame:
    return read_table(_find(path, table), columns, optional=optional).apply(clean_text)


def _find(path: Path, table: str) -> Path:
    """Return the path of one of the archive's tables, packed or not."""
    version = path.name.split(".")[0]
    for name in (f"{version}.meta.{table}.txt", f"v20.meta.{table}.txt"):
        for ending in ("", ".gz"):
            if (found := path.with_name(name + ending)).is_file():
                return found
    raise DataError(
        f"{path}: CTRP's curves name lines and drugs by numbers: expected v20.meta.{table}.txt of "
        "the same archive beside the file, found none"
    )
