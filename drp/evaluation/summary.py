"""Table 1: the replicates of each design and recipe in one row. It refuses to know any design."""

from collections.abc import Sequence

import pandas as pd

PUBLISHED_RECIPE = "paper"  # the published figures belong to the published way of training
FURTHER = {
    "n_fitted": ("n_fitted", "median"),
    "median_pearson_residual": ("pearson_residual", "median"),
    "median_pearson_within_tissue": ("pearson_within_tissue", "median"),
    "median_explained": ("explained", "median"),
    "mean_mse_measured": ("mse_measured", "mean"),
    "mean_pearson_drug": ("pearson_drug", "mean"),
}


def summarise_replicates(
    replicates: pd.DataFrame, published: pd.DataFrame, order: Sequence[str]
) -> pd.DataFrame:
    """Summarise replicates as Table 1, beside the published figures.

    Medians, as in Chiu et al.; the standard deviation is that of a sample (ddof 1), NaN for a
    single replicate. The means are those whose differences `compare_designs` gives. NaN scores
    (epochs of a baseline) are left out of all.

    Args:
      replicates: one row per design, recipe and replicate, with mse_imputed, mse_measured
        (squared ln(uM)), pearson_drug and epochs; n_fitted (lines fitted on), pearson_residual,
        pearson_within_tissue and explained are summarised if they are there.
      published: columns design, median_mse_imputed, median_epochs; see `published_table1`.
      order: every design, in the order of the rows; rows of one design are sorted by recipe.

    Returns:
      Columns design, recipe, n_replicates, median_mse_imputed, sd_mse_imputed,
      median_mse_measured, median_pearson_drug, median_epochs, paper_mse, paper_epochs; the last two
      are NaN except beside the recipe `paper`. Then n_fitted (median), median_pearson_residual,
      median_pearson_within_tissue, median_explained, mean_mse_measured, mean_pearson_drug; NaN for
      what `replicates` lacks.

    Raises:
      ValueError: a design is not in `order`.
    """
    unknown = sorted(set(replicates["design"]) - set(order))
    if unknown:
        raise ValueError(f"designs without a place in the order: {', '.join(unknown)}")
    rank = {design: place for place, design in enumerate(order)}
    lacking = {column for column, _ in FURTHER.values() if column not in replicates}
    by_run = replicates.assign(**dict.fromkeys(lacking, float("nan"))).groupby(
        ["design", "recipe"], as_index=False
    )
    table = by_run.agg(
        n_replicates=("replicate", "size"),
        median_mse_imputed=("mse_imputed", "median"),
        sd_mse_imputed=("mse_imputed", "std"),
        median_mse_measured=("mse_measured", "median"),
        median_pearson_drug=("pearson_drug", "median"),
        median_epochs=("epochs", "median"),
    )
    paper = published.set_index("design")
    is_paper = table["recipe"] == PUBLISHED_RECIPE
    table["paper_mse"] = table["design"].map(paper["median_mse_imputed"]).where(is_paper)
    table["paper_epochs"] = table["design"].map(paper["median_epochs"]).where(is_paper)
    table = table.merge(by_run.agg(**FURTHER), on=["design", "recipe"])
    return table.sort_values(
        "design", key=lambda designs: designs.map(rank), kind="stable", ignore_index=True
    )
