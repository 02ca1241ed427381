"""The tables of a comparison, from its parts on disk. It refuses to fit anything."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from drp.atomic import write_text
from drp.evaluation import correlation, published_table1, summarise_replicates
from drp.report import Figure2Data, format_table1_markdown
from drp.settings import DESIGN_NAMES, RECIPES, CompareSettings
from experiments.bench import Bench
from experiments.fitting import find_first_layer
from experiments.parts import PartStore
from experiments.run_folder import RunFolder

PARTS = ("unused", "train", "validation", "test")
KEYS = ("design", "recipe", "replicate")
SCORES = (
    "n_test", "mse_train", "mse_imputed", "mse_measured", "pearson_drug", "spearman_drug",
    "pearson_sample", "spearman_sample", "epochs",
)  # fmt: skip

Run = tuple[str, str]  # design, recipe


def write_tables(
    folder: RunFolder,
    parts: PartStore,
    runs: Sequence[Run],
    bench: Bench,
    settings: CompareSettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write every table from the parts on disk; return the replicates and Table 1."""
    wheres = sorted((*pair, number) for pair in runs for number in range(settings.replicates))
    scores = pd.DataFrame(
        [dict(zip(KEYS, where, strict=True)) | parts.read(*where).scores for where in wheres]
    )
    folder.write_csv("timings.csv", tabulate_timings(scores))
    setup = {
        "split_by": settings.split_by,
        "first_layer": [
            find_first_layer(design, recipe, settings.first_layer)
            for design, recipe in zip(scores["design"], scores["recipe"], strict=True)
        ],
        "train_fraction": 1.0,
    }
    replicates = scores[[*KEYS]].assign(**setup).join(scores[[*SCORES]])
    folder.write_csv("replicates.csv", replicates)
    published = published_table1()
    if bench.lines.measure != "ln_ic50_um":  # the published errors are those of ln IC50
        published = published.head(0)
    table1 = summarise_replicates(replicates, published, DESIGN_NAMES)
    folder.write_csv("table1.csv", table1)
    write_text(folder.path / "table1.md", format_table1_markdown(table1) + "\n")
    folder.write_parquet("predictions.parquet", tabulate_predictions(parts, wheres, bench))
    return replicates, table1


def tabulate_timings(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the seconds that each design and recipe took, and the use that its slots were of."""
    by_run = scores.groupby(["design", "recipe"])
    sums = by_run[["seconds", "epochs", "slot_epochs"]].sum().reset_index()
    sums.insert(2, "n_replicates", by_run.size().to_numpy())
    utilisation = sums["epochs"] / sums["slot_epochs"].where(sums["slot_epochs"] > 0)
    return sums.drop(columns=["epochs", "slot_epochs"]).assign(utilisation=utilisation)


def tabulate_predictions(
    parts: PartStore, wheres: Sequence[tuple[str, str, int]], bench: Bench
) -> Iterator[pd.DataFrame]:
    """Yield each part's predictions in long form, a row per line and drug, all of one schema."""
    samples, drugs = bench.lines.samples, bench.lines.drugs
    for design, recipe, number in wheres:
        part = parts.read(design, recipe, number)
        n_rows, n_drugs = part.predicted.shape
        used_S = np.zeros(len(samples), int)  # a place in PARTS; lines of no part stay unused
        for place, rows_RN in enumerate(bench.splits, start=1):
            used_S[rows_RN[number]] = place
        columns = {
            "design": ([DESIGN_NAMES.index(design)], DESIGN_NAMES),
            "recipe": ([list(RECIPES).index(recipe)], list(RECIPES)),
            "part": (used_S[part.rows], PARTS),
            "sample": (part.rows, samples),
        }
        table = pd.DataFrame({
            name: pd.Categorical.from_codes(
                np.repeat(codes, n_rows * n_drugs // len(codes)), categories
            )
            for name, (codes, categories) in columns.items()
        })  # fmt: skip
        table.insert(2, "replicate", np.int32(number))
        table["drug"] = pd.Categorical.from_codes(np.tile(np.arange(n_drugs), n_rows), drugs)
        table[f"pred_{bench.lines.measure}"] = part.predicted.ravel()
        yield table


def gather_figure2(
    replicates: pd.DataFrame, table1: pd.DataFrame, parts: PartStore, shown: Run, bench: Bench
) -> Figure2Data:
    """Collect what figure 2 shows: replicate 0 of the shown design, and all replicates' errors."""
    lines = bench.lines
    predicted = parts.read(*shown, 0).predicted.astype(np.float64)
    tumors = ("tumors", "-".join(shown), 0)
    return Figure2Data(
        measured_SD=lines.measured_SD,
        imputed_SD=lines.imputed_SD,
        predicted_SD=predicted,
        is_test_S=np.isin(np.arange(len(lines.samples)), bench.splits.test_RT[0]),
        predicted_TD=parts.read(*tumors).predicted if parts.path(*tumors).is_file() else None,
        pearson_S=correlation(predicted, lines.measured_SD, axis=1),
        spearman_S=correlation(predicted, lines.measured_SD, axis=1, kind="spearman"),
        replicates=replicates,
        table1=table1,
        shown=f"{shown[0]} ({shown[1]}), replicate 0",
        measure=lines.measure,
    )
