"""How well does each design predict held-out cell lines, and is it better than a table of means?

    python -m experiments.compare --cells=runs/prepared/cells.h5mu --encoders=runs/pretrain/encoders

Fits every design on the same splits of the cell lines, and writes splits.npz, replicates.csv,
timings.csv, table1.csv/.md, paired.csv, predictions.parquet, coverage.csv, figure2.svg/.png and
further figures, and weights/ if they shall be kept. A run that was stopped goes on with the same
command. Real lines (515 x 265 drugs): see BUILD_NOTES.md for times and tables.
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from drp.data import Cohort
from drp.data.splits import write_splits
from drp.models import DESIGNS, MODALITIES
from drp.settings import DESIGN_NAMES, CompareSettings, Recipe
from experiments.bench import Bench, check_together, prepare_bench, read_tumor_cohort
from experiments.checkpoints import write_checkpoint
from experiments.cluster import check_same, is_first, join_cluster, together
from experiments.comparison_figures import draw_figures
from experiments.comparison_plan import (
    Run,
    describe_method,
    describe_run,
    find_recipes,
    list_inputs,
    list_runs,
)
from experiments.comparison_tables import Tables, write_tables
from experiments.console import launch, say, show_progress
from experiments.fitting import FORGETFUL, Choices, Outcome, fit_design
from experiments.flags import check_limits, reject_unknown
from experiments.parts import PLAIN, Part, PartStore
from experiments.run_folder import RunFolder
from experiments.scoring import Scorer
from experiments.variants import is_whole
from experiments.wiring import ROWS_AT_ONCE


def run(settings: CompareSettings) -> Tables | None:
    """Fit what is missing, then make every table and figure from what is on disk.

    Of several processes only the first does so and returns the tables; the others train with it.
    """
    check_limits(settings)
    reject_unknown(settings.designs, DESIGN_NAMES, "designs")
    check_together(settings)
    recipes = find_recipes(settings)
    join_cluster(settings.coordinator_address, settings.num_processes, settings.process_id)
    bench = together(lambda: prepare_bench(settings, recipes))
    check_same(lambda: describe_run(settings, recipes))
    runs = list_runs(settings, recipes, bench.n_replicates)
    opened = together(lambda: open_run(settings, bench) if is_first() else None)
    if opened is None:
        return follow(runs, bench)
    folder, tumors = opened
    parts, scorer = PartStore(folder.path / "replicates"), Scorer(bench)
    choices = Choices(folder.recall, folder.settle)
    weights = folder.path / "weights" if settings.keep_weights else None
    shown = choose_shown(runs, recipes)
    for (design, recipe), n_replicates in runs.items():
        missing = parts.missing(design, recipe, n_replicates)
        outcomes = fit_design(design, recipe, bench, missing, choices)
        of_tumors = tumors if (design, recipe) == shown else None
        label = f"{design} ({recipe})"
        keep_outcomes(
            show_progress(outcomes, len(missing), label), design, recipe, bench, scorer, parts,
            of_tumors, weights,
        )  # fmt: skip
    tables = write_tables(folder, parts, runs, bench, settings)
    draw_figures(folder, tables, parts, shown, bench)
    folder.finish()
    say(tables.text)
    say(f"wrote {folder.path}/table1.csv, paired.csv, replicates.csv, predictions.parquet, figures")
    return tables


def choose_shown(runs: Mapping[Run, int], recipes: Mapping[str, Recipe]) -> Run:
    """Return what figure 2 shows in detail: the first run on all lines and nothing shuffled."""
    whole = [run for run in runs if is_whole(recipes[run[1]])]
    return next(iter([*whole, *runs]))


def open_run(settings: CompareSettings, bench: Bench) -> tuple[RunFolder, Cohort | None]:
    """Return the folder of results, its splits written, and the tumours if any are asked for."""
    tumors = read_tumor_cohort(settings.tumors, bench.lines) if settings.tumors else None
    method = describe_method(settings, bench.recipes)
    folder = RunFolder("compare", settings, list_inputs(settings, bench.recipes), method)
    folder.begin()
    lines = bench.lines
    write_splits(folder.path / "splits.npz", bench.splits, lines.samples, lines.drugs)
    return folder, tumors


def follow(runs: Mapping[Run, int], bench: Bench) -> None:
    """Train with the first process, which knows what is missing and keeps what comes out."""
    for design, recipe in runs:
        if design in DESIGNS:
            for _ in fit_design(design, recipe, bench, (), FORGETFUL):
                pass


def keep_outcomes(
    outcomes: Iterable[Outcome], design: str, recipe: str, bench: Bench, scorer: Scorer,
    parts: PartStore, tumors: Cohort | None, weights: Path | None,
) -> None:  # fmt: skip
    """Make each replicate durable when it is done; its part comes last, and says that it is whole.

    Args:
      outcomes: finished replicates of one design and recipe.
      design: its name.
      recipe: its recipe.
      bench: what they were fitted on.
      scorer: what judges them.
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
            facts = {"design": design, "recipe": recipe, "seed": bench.seed}
            facts |= bench.training._asdict()
            write_members(weights / f"{design}-{recipe}".translate(PLAIN), outcome, facts)
        part = scorer.make_part(outcome, design, bench.recipes[recipe], seconds)
        parts.write(design, recipe, outcome.number, part)
        started = time.perf_counter()


def write_members(folder: Path, outcome: Outcome, facts: Mapping[str, object]) -> None:
    """Write the weights of a replicate's networks, a file for each."""
    for member, checkpoint in enumerate(outcome.keep()):
        name = f"{outcome.number:05d}-{member:02d}.npz"
        write_checkpoint(folder / name, checkpoint, {**facts, "member": member})


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
