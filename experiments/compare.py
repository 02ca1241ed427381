"""How well does each design predict held-out cell lines, and is it better than a table of means?

    python -m experiments.compare --cells=runs/prepared/cells.h5mu --encoders=runs/pretrain/encoders

Trains every design on the same random 80/10/10 splits by cell line, and writes splits.npz,
replicates.csv, timings.csv, table1.csv, predictions.parquet and figure2.svg/.png. A run that was
stopped goes on with the same command. Real lines (515 x 265 drugs, 355 + 17,382 genes), paper
recipe, 100 replicates of all designs: see BUILD_NOTES.md for time and table.
"""

import dataclasses
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from drp.atomic import write_text
from drp.data import Cohort, DataError, read_cohort
from drp.data.cohort import CELL_LINES, TUMORS
from drp.data.lines import CellLines, gather_lines
from drp.data.splits import make_splits, read_splits, write_splits
from drp.evaluation import correlation, published_table1, score_replicate, summarise_replicates
from drp.models import DESIGNS, MODALITIES
from drp.report import (
    Figure2Data,
    draw_figure2,
    format_table1,
    format_table1_markdown,
    save_figure,
)
from drp.settings import DESIGN_NAMES, N_COMPONENTS, RECIPES, CompareSettings
from experiments.bench import Bench, make_codes, needs_encoders
from experiments.console import launch, say, show_progress
from experiments.encoders import read_encoder
from experiments.fitting import Outcome, find_first_layer, fit_design
from experiments.flags import SettingsError, check_limits, reject_unknown
from experiments.parts import Part, PartStore
from experiments.run_folder import RunFolder

PARTS = ("unused", "train", "validation", "test")
MEANS = ("global_mean", "drug_mean", "tissue_drug_mean")
KEYS = ("design", "recipe", "replicate")
SCORES = (
    "n_test", "mse_train", "mse_imputed", "mse_measured", "pearson_drug", "spearman_drug",
    "pearson_sample", "spearman_sample", "epochs",
)  # fmt: skip

Run = tuple[str, str]  # design, recipe


def run(settings: CompareSettings) -> pd.DataFrame:
    """Fit what is missing, then make every table and figure from what is on disk."""
    check_limits(settings)
    reject_unknown(settings.designs, DESIGN_NAMES, "designs")
    reject_unknown(settings.recipe, RECIPES, "recipe")
    bench = prepare_bench(settings)
    tumors = read_tumor_cohort(settings.tumors, bench.lines) if settings.tumors else None
    folder = RunFolder("compare", settings, list_inputs(settings), describe_method(settings))
    folder.begin()
    write_splits(folder.path / "splits.npz", bench.splits, bench.lines.samples)
    runs = list_runs(settings.designs, settings.recipe)
    shown = runs[0]  # what figure 2 shows in detail
    parts = PartStore(folder.path / "replicates")
    for design, recipe in runs:
        fit_missing(design, recipe, bench, parts, settings.replicates, tumors, shown)
    replicates, table1 = write_tables(folder, parts, runs, bench, settings)
    figure = draw_figure2(gather_figure2(replicates, table1, parts, shown, bench))
    save_figure(figure, folder.path, "figure2")
    folder.finish()
    say(format_table1(table1))
    say(f"wrote {folder.path}/table1.csv, replicates.csv, predictions.parquet and figure2.svg")
    return table1


def prepare_bench(settings: CompareSettings) -> Bench:
    """Read lines, splits and encoders, and check that they fit one another."""
    lines = gather_lines(read_cohort(settings.cells, CELL_LINES))
    if settings.splits:
        splits = read_splits(settings.splits, lines.samples)
        if len(splits.train_RN) < settings.replicates:
            raise SettingsError(
                f"--replicates={settings.replicates}: {settings.splits} holds "
                f"{len(splits.train_RN)} splits"
            )
    else:
        splits = make_splits(len(lines.samples), settings.replicates, settings.seed)
    encoders = {
        name: read_encoder(
            Path(settings.encoders) / name, lines.genes[name], settings.encoder_widths
        ).params
        for name in needs_encoders(settings.designs)
    }
    return Bench(
        lines, splits, encoders, make_codes(lines, splits), settings.encoder_widths,
        settings.head_widths, settings.slots, settings.seed, settings.first_layer,
        settings.span_offset,
    )  # fmt: skip


def read_tumor_cohort(path: str, lines: CellLines) -> Cohort:
    """Read the tumours, and check that they have the cell lines' genes in the same order."""
    tumors = read_cohort(path, TUMORS)
    for name in MODALITIES:
        found = tumors.require(name).var_names
        if not found.equals(lines.genes[name]):
            raise DataError(
                f"{path}: {name}: expected the cell lines' {len(lines.genes[name])} genes in their "
                f"order, found {len(found)} others; prepare both cohorts together"
            )
    return tumors


def list_inputs(settings: CompareSettings) -> dict[str, list[Path]]:
    """Return the files that the results depend on, by setting."""
    encoders = needs_encoders(settings.designs)
    single = {name: getattr(settings, name) for name in ("cells", "tumors", "splits")}
    files = {name: [Path(path)] for name, path in single.items() if path}
    return files | {
        "encoders": [Path(settings.encoders) / name / "encoder.json" for name in encoders]
    }


def describe_method(settings: CompareSettings) -> dict:
    """Return what else the results depend on: rows of tables that a user may edit."""
    recipes = {f"recipe {name}": dataclasses.asdict(recipe) for name, recipe in RECIPES.items()}
    designs = {f"design {name}": str(DESIGNS[name]) for name in settings.designs if name in DESIGNS}
    return {**recipes, **designs, "components": N_COMPONENTS}


def list_runs(designs: Sequence[str], recipes: Sequence[str]) -> list[Run]:
    """Return every design and recipe, in the table's order.

    The means cost nothing and are what a model must beat, so they stand in every table, learnt
    from either target.
    """
    wanted = [(name, recipe) for name in designs if name not in MEANS for recipe in recipes]
    means = [(name, recipe) for name in MEANS for recipe in RECIPES]
    return sorted(wanted + means, key=lambda pair: DESIGN_NAMES.index(pair[0]))


def fit_missing(
    design: str, recipe: str, bench: Bench, parts: PartStore, n_replicates: int,
    tumors: Cohort | None, shown: Run,
) -> None:  # fmt: skip
    """Fit the replicates that are not on disk, and make each durable when it is done."""
    missing = parts.missing(design, recipe, n_replicates)
    if not missing:
        return
    outcomes = fit_design(design, recipe, bench, missing)
    started = time.perf_counter()
    label = f"{design} ({recipe})"
    for outcome in show_progress(outcomes, len(missing), label):
        seconds = time.perf_counter() - started
        if (design, recipe) == shown and outcome.number == 0 and tumors is not None:
            write_tumor_predictions(parts, shown, outcome, tumors)
        parts.write(design, recipe, outcome.number, make_part(outcome, bench, seconds))
        started = time.perf_counter()


def make_part(outcome: Outcome, bench: Bench, seconds: float) -> Part:
    """Score one replicate and choose the predictions that are kept."""
    splits, lines, number = bench.splits, bench.lines, outcome.number
    test = splits.test_RT[number]
    scores = score_replicate(
        outcome.predicted_SD, lines.imputed_SD, lines.measured_SD, splits.train_RN[number], test
    )
    scores |= {"epochs": outcome.epochs, "seconds": seconds}
    rows = np.arange(len(lines.samples)) if number == 0 else test
    return Part(scores, rows, outcome.predicted_SD[rows].astype(np.float32))


def write_tumor_predictions(parts: PartStore, shown: Run, outcome: Outcome, tumors: Cohort) -> None:
    """Predict every tumour that has both profiles with the replicate that figure 2 shows."""
    if outcome.predict_profiles is None:
        return
    samples = tumors.samples_with(*MODALITIES)
    predicted = outcome.predict_profiles(
        {name: tumors.matrix(name, samples) for name in MODALITIES}
    )
    part = Part({}, np.arange(len(samples)), predicted.astype(np.float32))
    parts.write("tumors", "-".join(shown), 0, part)


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
    times = scores.groupby(["design", "recipe"])["seconds"].agg(["size", "sum"]).reset_index()
    times = times.set_axis(["design", "recipe", "n_replicates", "seconds"], axis=1)
    folder.write_csv("timings.csv", times)
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


if __name__ == "__main__":
    launch(run, CompareSettings)
