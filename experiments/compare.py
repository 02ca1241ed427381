"""How well does each design predict held-out cell lines, and is it better than a table of means?

    python -m experiments.compare --cells=runs/prepared/cells.h5mu --encoders=runs/pretrain/encoders

Trains every design on the same random 80/10/10 splits by cell line, and writes splits.npz,
replicates.csv, timings.csv, table1.csv/.md, predictions.parquet and figure2.svg/.png, and weights/
if they shall be kept. A run that was stopped goes on with the same command. Real lines (515 x 265
drugs, 355 + 17,382 genes), paper recipe: see BUILD_NOTES.md for time and table.
"""

import dataclasses
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from drp.data import Cohort, DataError, read_cohort
from drp.data.cohort import CELL_LINES, TUMORS
from drp.data.lines import CellLines, gather_lines
from drp.data.splits import make_splits, read_splits, write_splits
from drp.evaluation import score_replicate
from drp.models import DESIGNS, MODALITIES
from drp.report import draw_figure2, format_table1, save_figure
from drp.settings import DESIGN_NAMES, N_COMPONENTS, RECIPES, CompareSettings
from experiments.bench import Bench, Training, make_codes, needs_encoders
from experiments.checkpoints import write_checkpoint
from experiments.cluster import check_same, is_first, join_cluster, together
from experiments.comparison_tables import Run, gather_figure2, write_tables
from experiments.console import launch, say, show_progress
from experiments.encoders import read_encoder
from experiments.fitting import FORGETFUL, Choices, Outcome, fit_design
from experiments.flags import SettingsError, check_limits, reject_unknown
from experiments.parts import Part, PartStore
from experiments.run_folder import RunFolder, hash_file
from experiments.wiring import ROWS_AT_ONCE

MEANS = ("global_mean", "drug_mean", "tissue_drug_mean")


def run(settings: CompareSettings) -> pd.DataFrame | None:
    """Fit what is missing, then make every table and figure from what is on disk.

    Of several processes only the first does so, and returns Table 1; the others train with it.
    """
    check_limits(settings)
    reject_unknown(settings.designs, DESIGN_NAMES, "designs")
    reject_unknown(settings.recipe, RECIPES, "recipe")
    join_cluster(settings.coordinator_address, settings.num_processes, settings.process_id)
    bench = together(lambda: prepare_bench(settings))
    check_same(lambda: describe_run(settings))
    runs = list_runs(settings.designs, settings.recipe)
    opened = together(lambda: open_run(settings, bench) if is_first() else None)
    if opened is None:
        return follow(runs, bench)
    folder, tumors = opened
    shown = runs[0]  # what figure 2 shows in detail
    parts = PartStore(folder.path / "replicates")
    choices = Choices(folder.recall, folder.settle)
    weights = folder.path / "weights" if settings.keep_weights else None
    for design, recipe in runs:
        missing = parts.missing(design, recipe, settings.replicates)
        outcomes = fit_design(design, recipe, bench, missing, choices)
        of_tumors = tumors if (design, recipe) == shown else None
        label = f"{design} ({recipe})"
        keep_outcomes(
            show_progress(outcomes, len(missing), label), design, recipe, bench, parts, of_tumors,
            weights,
        )  # fmt: skip
    replicates, table1 = write_tables(folder, parts, runs, bench, settings)
    figure = draw_figure2(gather_figure2(replicates, table1, parts, shown, bench))
    save_figure(figure, folder.path, "figure2")
    folder.finish()
    say(format_table1(table1))
    say(f"wrote {folder.path}/table1.csv, replicates.csv, predictions.parquet and figure2.svg")
    return table1


def open_run(settings: CompareSettings, bench: Bench) -> tuple[RunFolder, Cohort | None]:
    """Return the folder of results, its splits written, and the tumours if any are asked for."""
    tumors = read_tumor_cohort(settings.tumors, bench.lines) if settings.tumors else None
    folder = RunFolder("compare", settings, list_inputs(settings), describe_method(settings))
    folder.begin()
    write_splits(folder.path / "splits.npz", bench.splits, bench.lines.samples)
    return folder, tumors


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
        settings.head_widths, settings.replicates, settings.seed,
        Training(**{name: getattr(settings, name) for name in Training._fields}),
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


def describe_run(settings: CompareSettings) -> dict[str, object]:
    """Return what all processes of one run must have in common."""
    paths = list_inputs(settings)
    given = {
        field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)
        if not field.metadata["places"] and field.name not in {*paths, "out"}
    }  # fmt: skip
    data = {name: [hash_file(path) for path in files] for name, files in paths.items()}
    return {**given, **data, "method": describe_method(settings)}


def list_runs(designs: Sequence[str], recipes: Sequence[str]) -> list[Run]:
    """Return every design and recipe, in the table's order.

    The means cost nothing and are what a model must beat, so they stand in every table, learnt
    from either target.
    """
    wanted = [(name, recipe) for name in designs if name not in MEANS for recipe in recipes]
    means = [(name, recipe) for name in MEANS for recipe in RECIPES]
    return sorted(wanted + means, key=lambda pair: DESIGN_NAMES.index(pair[0]))


def follow(runs: Sequence[Run], bench: Bench) -> None:
    """Train with the first process, which knows what is missing and keeps what comes out."""
    for design, recipe in runs:
        if design in DESIGNS:
            for _ in fit_design(design, recipe, bench, (), FORGETFUL):
                pass


def keep_outcomes(
    outcomes: Iterable[Outcome], design: str, recipe: str, bench: Bench, parts: PartStore,
    tumors: Cohort | None, weights: Path | None,
) -> None:  # fmt: skip
    """Make each replicate durable when it is done; its part comes last, and says that it is whole.

    Args:
      outcomes: finished replicates of one design and recipe.
      design: its name.
      recipe: its recipe.
      bench: what they were fitted on.
      parts: where they are kept.
      tumors: predicted with replicate 0; None for no prediction.
      weights: folder for the networks' weights; None to keep none.
    """
    started = time.perf_counter()
    for outcome in outcomes:
        seconds = time.perf_counter() - started
        if tumors is not None and outcome.number == 0 and outcome.predict_profiles:
            parts.write("tumors", f"{design}-{recipe}", 0, predict_tumors(outcome, tumors))
        if weights is not None and outcome.keep:
            name = f"{outcome.number:05d}.npz"
            facts = {"design": design, "recipe": recipe, "seed": bench.seed}
            facts |= bench.training._asdict()
            write_checkpoint(weights / f"{design}-{recipe}" / name, outcome.keep(), facts)
        parts.write(design, recipe, outcome.number, make_part(outcome, bench, seconds))
        started = time.perf_counter()


def make_part(outcome: Outcome, bench: Bench, seconds: float) -> Part:
    """Score one replicate and choose the predictions that are kept."""
    splits, lines, number = bench.splits, bench.lines, outcome.number
    test = splits.test_RT[number]
    scores = score_replicate(
        outcome.predicted_SD, lines.imputed_SD, lines.measured_SD, splits.train_RN[number], test
    )
    scores |= {
        "epochs": outcome.epochs, "slot_epochs": outcome.slot_epochs, "seconds": seconds,
    }  # fmt: skip
    rows = np.arange(len(lines.samples)) if number == 0 else test
    return Part(scores, rows, outcome.predicted_SD[rows].astype(np.float32))


def predict_tumors(outcome: Outcome, tumors: Cohort) -> Part:
    """Predict every tumour that has both profiles, some at a time: they are sparse on the host."""
    samples = tumors.samples_with(*MODALITIES)
    predicted = [
        outcome.predict_profiles({name: tumors.matrix(name, some) for name in MODALITIES})
        for some in (samples[at : at + ROWS_AT_ONCE] for at in range(0, len(samples), ROWS_AT_ONCE))
    ]
    return Part({}, np.arange(len(samples)), np.concatenate(predicted).astype(np.float32))


if __name__ == "__main__":
    launch(run, CompareSettings)
