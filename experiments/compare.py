"""How well does each design predict held-out cell lines, and is it better than a table of means?

    python -m experiments.compare --cells=runs/prepared/cells.h5mu --encoders=runs/pretrain/encoders

Trains every design on the same random 80/10/10 splits by cell line, and writes splits.npz,
replicates.csv, timings.csv, table1.csv, predictions.parquet and figure2.svg/.png. A run that was
stopped goes on with the same command. Real lines (515 x 265 drugs, 355 + 17,382 genes), paper
recipe, 100 replicates of all designs: see BUILD_NOTES.md for time and table.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from drp.data import Cohort, read_cohort
from drp.data.lines import CellLines, gather_lines
from drp.data.splits import make_splits, read_splits, write_splits
from drp.evaluation import correlation, published_table1, score_replicate, summarise_replicates
from drp.report import Figure2Data, draw_figure2, format_table1, save_figure
from drp.settings import DESIGN_NAMES, RECIPES, CompareSettings
from experiments.console import launch, say, show_progress
from experiments.encoders import read_encoder
from experiments.fitting import BOTH, Bench, Outcome, fit_design, make_bench, needs_encoders
from experiments.flags import SettingsError, reject_unknown
from experiments.parts import Part, PartStore
from experiments.run_folder import RunFolder

MEANS = ("global_mean", "drug_mean", "tissue_drug_mean")
KEYS = ("design", "recipe", "replicate")
SCORES = (
    "n_test", "mse_train", "mse_imputed", "mse_measured", "pearson_drug", "spearman_drug",
    "pearson_sample", "spearman_sample", "epochs",
)  # fmt: skip

Run = tuple[str, str]  # design, recipe


def run(settings: CompareSettings) -> pd.DataFrame:
    """Fit what is missing, then make every table and figure from what is on disk."""
    reject_unknown(settings.designs, DESIGN_NAMES, "designs")
    reject_unknown(settings.recipe, RECIPES, "recipe")
    if settings.replicates < 1:
        raise SettingsError(f"--replicates: expected at least 1, found {settings.replicates}")
    bench = prepare_bench(settings)
    tumors = read_cohort(settings.tumors) if settings.tumors else None
    inputs = [path for path in (settings.cells, settings.tumors, settings.splits) if path]
    inputs += sorted(Path(settings.encoders).glob("*/encoder.json"))
    folder = RunFolder("compare", settings, inputs)
    folder.begin()
    write_splits(folder.path / "splits.npz", bench.splits, bench.lines.samples)
    runs = list_runs(settings.designs, settings.recipe)
    shown = choose_shown(runs)
    parts = PartStore(folder.path / "replicates")
    for design, recipe in runs:
        fit_missing(design, recipe, bench, parts, settings.replicates, tumors, shown)
    table1 = write_tables(folder, parts, runs, bench, settings)
    figure = draw_figure2(gather_figure2(folder, parts, shown, bench, table1))
    save_figure(figure, folder.path, "figure2")
    folder.finish()
    say(format_table1(table1))
    say(f"wrote {folder.path}/table1.csv, replicates.csv, predictions.parquet and figure2.svg")
    return table1


def prepare_bench(settings: CompareSettings) -> Bench:
    """Read lines, splits and encoders, and check that they fit one another."""
    lines = gather_lines(read_cohort(settings.cells))
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
    return make_bench(
        lines, splits, encoders, settings.encoder_widths, settings.head_widths, settings.slots,
        settings.seed,
    )  # fmt: skip


def list_runs(designs: Sequence[str], recipes: Sequence[str]) -> list[Run]:
    """Return every design and recipe, in the table's order.

    The means cost nothing and are what a model must beat, so they stand in every table, learnt
    from either target.
    """
    wanted = [(name, recipe) for name in designs if name not in MEANS for recipe in recipes]
    means = [(name, recipe) for name in MEANS for recipe in RECIPES]
    return sorted(wanted + means, key=lambda pair: DESIGN_NAMES.index(pair[0]))


def choose_shown(runs: Sequence[Run]) -> Run:
    """Return the design and recipe that figure 2 shows: the first of the table."""
    return runs[0]


def fit_missing(
    design: str, recipe: str, bench: Bench, parts: PartStore, n_replicates: int,
    tumors: Cohort | None, shown: Run,
) -> None:  # fmt: skip
    """Fit the replicates that are not on disk, and make each durable when it is done."""
    todo = parts.missing(design, recipe, n_replicates)
    if not todo:
        return
    outcomes = fit_design(design, recipe, bench, todo)
    started = time.perf_counter()
    label = f"{design} ({recipe})"
    for outcome in show_progress(outcomes, len(todo), label):
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
    samples = tumors.samples_with(*BOTH)
    predicted = outcome.predict_profiles({name: tumors.matrix(name, samples) for name in BOTH})
    part = Part({}, np.arange(len(samples)), predicted.astype(np.float32))
    parts.write("tumors", "-".join(shown), 0, part)


def write_tables(
    folder: RunFolder, parts: PartStore, runs: Sequence[Run], bench: Bench, settings: CompareSettings
) -> pd.DataFrame:
    """Write every table from the parts on disk; return Table 1."""
    numbers = range(settings.replicates)
    stored = {(*pair, r): parts.read(*pair, r) for pair in runs for r in numbers}
    scores = pd.DataFrame(
        [dict(zip(KEYS, where, strict=True)) | part.scores for where, part in stored.items()]
    ).sort_values(list(KEYS), ignore_index=True)
    folder.write_csv("timings.csv", scores[[*KEYS, "seconds"]])
    setup = {"split_by": settings.split_by, "first_layer": "full", "train_fraction": 1.0}
    replicates = scores[[*KEYS]].assign(**setup).join(scores[[*SCORES]])
    folder.write_csv("replicates.csv", replicates)
    table1 = summarise_replicates(replicates, published_table1(), DESIGN_NAMES)
    folder.write_csv("table1.csv", table1)
    tables = [_tabulate(where, part, bench) for where, part in stored.items()]
    folder.write_parquet("predictions.parquet", pd.concat(tables, ignore_index=True))
    return table1


def gather_figure2(
    folder: RunFolder, parts: PartStore, shown: Run, bench: Bench, table1: pd.DataFrame
) -> Figure2Data:
    """Collect what figure 2 shows: replicate 0 of the shown design, and all replicates' errors."""
    lines: CellLines = bench.lines
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
        replicates=pd.read_csv(folder.path / "replicates.csv"),
        table1=table1,
    )


def _tabulate(where: tuple, part: Part, bench: Bench) -> pd.DataFrame:
    """Return a part's predictions in long form, one row per line and drug."""
    n_rows, n_drugs = part.predicted.shape
    in_part = np.full(len(bench.lines.samples), "train", dtype=object)
    in_part[bench.splits.validation_RV[where[2]]] = "validation"
    in_part[bench.splits.test_RT[where[2]]] = "test"
    columns = dict(zip(KEYS, where, strict=True))
    samples = np.repeat(part.rows, n_drugs)
    return pd.DataFrame({
        "design": pd.Categorical([columns["design"]] * (n_rows * n_drugs)),
        "recipe": columns["recipe"],
        "replicate": np.int32(columns["replicate"]),
        "part": in_part[samples],
        "sample": bench.lines.samples.to_numpy()[samples],
        "drug": np.tile(bench.lines.drugs.to_numpy(), n_rows),
        "pred_ln_ic50_um": part.predicted.ravel(),
    })  # fmt: skip


if __name__ == "__main__":
    launch(run, CompareSettings)
