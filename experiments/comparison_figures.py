"""The figures of a comparison, from its tables and parts."""

import numpy as np
import pandas as pd

from drp.evaluation import correlation
from drp.report import (
    Figure2Data,
    draw_coverage,
    draw_figure2,
    draw_learning_curves,
    draw_ranking,
    save_figure,
)
from experiments.bench import Bench
from experiments.comparison_plan import Run
from experiments.comparison_tables import RANDOM_STARTS, Tables
from experiments.fitting import SPAN, find_first_layer
from experiments.parts import PLAIN, PartStore
from experiments.run_folder import RunFolder


def draw_figures(
    folder: RunFolder, tables: Tables, parts: PartStore, shown: Run, bench: Bench
) -> None:
    """Draw and save every figure that the tables have something for."""
    save_figure(draw_figure2(gather_figure2(tables, parts, shown, bench)), folder.path, "figure2")
    if len(tables.paired):
        whole = [bench.recipes[text].train_fraction == 1 for text in tables.table1["recipe"]]
        save_figure(draw_ranking(tables.paired, tables.table1[whole]), folder.path, "ranking")
    networks, gains = gather_learning_curves(tables, bench)
    if networks["train_fraction"].nunique() > 1:
        save_figure(draw_learning_curves(networks, gains), folder.path, "learning_curves")
    for (design, recipe, scale), rows in group_coverage(tables.coverage):
        name = f"coverage_{design}_{recipe}{'_spread' if scale else ''}".translate(PLAIN)
        save_figure(draw_coverage(rows), folder.path, name)


def group_coverage(coverage: pd.DataFrame):
    """Return the rows of each calibrated design, recipe and scale."""
    return coverage.groupby(["design", "recipe", "scale"]) if len(coverage) else ()


def gather_learning_curves(tables: Tables, bench: Bench) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the replicates of networks, and what pre-training adds at each size."""
    controls = [text for text, recipe in bench.recipes.items() if recipe.permuted]
    replicates = tables.replicates[~tables.replicates["recipe"].isin(controls)]
    networks = replicates[replicates["epochs"].notna()]
    pairs = tables.paired[tables.paired["metric"] == "mse_measured"]
    starts = [RANDOM_STARTS.get(design) for design in pairs["design"]]
    gains = pairs[pairs["reference"] == pd.Series(starts, pairs.index, dtype=object)]
    sizes = networks.groupby(["design", "recipe"], as_index=False)["n_fitted"].median()
    gains = gains.merge(sizes, on=["design", "recipe"])
    recipes = [bench.recipes[recipe] for recipe in gains["recipe"]]
    return networks, gains.assign(
        train_fraction=[recipe.train_fraction for recipe in recipes],
        span_offset=[
            recipe.span_offset if find_first_layer(design, recipe) == SPAN else "none"
            for design, recipe in zip(gains["design"], recipes, strict=True)
        ],
    )


def gather_figure2(tables: Tables, parts: PartStore, shown: Run, bench: Bench) -> Figure2Data:
    """Collect what figure 2 shows: replicate 0 of the shown design, and all replicates' errors."""
    lines = bench.lines
    predicted = parts.read(*shown, 0).predicted.astype(np.float64)
    tumors = ("tumors", "-".join(shown), 0)
    return Figure2Data(
        measured_SD=lines.measured_SD,
        imputed_SD=lines.imputed_SD,
        predicted_SD=predicted,
        is_test_S=np.isin(np.arange(len(lines.samples)), bench.splits.fold(0).test),
        predicted_TD=parts.read(*tumors).predicted if parts.path(*tumors).is_file() else None,
        pearson_S=correlation(predicted, lines.measured_SD, axis=1),
        spearman_S=correlation(predicted, lines.measured_SD, axis=1, kind="spearman"),
        replicates=tables.replicates,
        table1=tables.table1,
        shown=f"{shown[0]} ({shown[1]}), replicate 0",
        measure=lines.measure,
    )
