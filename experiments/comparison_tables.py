"""The tables of a comparison, from its parts on disk. It refuses to fit anything."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import pandas as pd

from drp.atomic import write_text
from drp.baselines import BASELINES
from drp.evaluation import (
    choose_references,
    compare_designs,
    find_best_run,
    published_table1,
    state_verdict,
    summarise_replicates,
)
from drp.models import DESIGNS
from drp.report import format_table1_markdown, make_evaluation_table, make_protocol_table
from drp.settings import DESIGN_NAMES, CompareSettings
from experiments.bench import Bench
from experiments.comparison_plan import Run
from experiments.coverage import measure_coverage
from experiments.fitting import find_first_layer
from experiments.parts import PartStore
from experiments.prediction_table import tabulate_predictions
from experiments.run_folder import RunFolder
from experiments.variants import find_stand_ins, is_whole, list_recipes

KEYS = ("design", "recipe", "replicate")
SCORES = (
    "n_test", "n_fitted", "mse_train", "mse_imputed", "mse_measured", "pearson_drug",
    "spearman_drug", "pearson_sample", "spearman_sample", "pearson_residual", "spearman_residual",
    "pearson_within_tissue", "spearman_within_tissue", "explained", "epochs",
)  # fmt: skip
COMPARED = (
    "mse_measured", "mse_imputed", "pearson_drug", "spearman_drug", "pearson_within_tissue",
)  # fmt: skip
DRUG_MEAN = ("drug_mean", "modern")
# What a pre-trained design would be without pre-training.
RANDOM_STARTS = {"complete": "random_init", "expression_only": "expression_only_random"}


class Tables(NamedTuple):
    """What a comparison found.

    Attributes:
      replicates: a row per design, recipe and replicate.
      table1: a row per design and recipe.
      paired: differences between designs.
      coverage: of the intervals; empty where no design was calibrated.
      verdict: who beats what, in words.
      text: what a person is shown of all that.
    """

    replicates: pd.DataFrame
    table1: pd.DataFrame
    paired: pd.DataFrame
    coverage: pd.DataFrame
    verdict: str
    text: str


def write_tables(
    folder: RunFolder, parts: PartStore, runs: Mapping[Run, int], bench: Bench,
    settings: CompareSettings,
) -> Tables:  # fmt: skip
    """Write every table from the parts on disk."""
    wheres = sorted((*run, number) for run, count in runs.items() for number in range(count))
    scores = pd.DataFrame(
        [dict(zip(KEYS, where, strict=True)) | parts.read(*where).scores for where in wheres]
    )
    folder.write_csv("timings.csv", tabulate_timings(scores))
    replicates = tabulate_replicates(scores, bench, settings)
    folder.write_csv("replicates.csv", replicates)
    published = published_table1()
    if bench.lines.measure != "ln_ic50_um":  # the published errors are those of ln IC50
        published = published.head(0)
    table1 = summarise_replicates(replicates, published, DESIGN_NAMES)
    folder.write_csv("table1.csv", table1)
    asked = list_recipes(settings.recipe, settings.train_fractions)
    judged = [text for text, recipe in bench.recipes.items() if is_whole(recipe)]
    paired, verdict = compare_runs(
        replicates, settings.split_by, judged, find_stand_ins(asked, bench.recipes)
    )
    folder.write_csv("paired.csv", paired)
    coverage = measure_coverage(parts, runs, bench)
    if len(coverage):
        folder.write_csv("coverage.csv", coverage)
    predictions = tabulate_predictions(parts, wheres, bench)
    folder.write_parquet("predictions.parquet", predictions)
    protocol, ours = make_protocol_table(table1), make_evaluation_table(table1, paired)
    write_text(folder.path / "table1.md", format_table1_markdown(table1) + "\n")
    write_text(folder.path / "evaluation.md", ours.markdown() + "\n")
    verdict = "\n".join([verdict, *describe_coverage(coverage)])
    text = "\n\n".join([protocol.text(), ours.text(), verdict])
    return Tables(replicates, table1, paired, coverage, verdict, text)


def tabulate_replicates(
    scores: pd.DataFrame, bench: Bench, settings: CompareSettings
) -> pd.DataFrame:
    """Return the scores of every replicate, with what it was trained on and how."""
    runs = list(zip(scores["design"], scores["recipe"], strict=True))
    held_out = [bench.splits.fold(number).name for number in scores["replicate"]]
    setup = {
        "split_by": settings.split_by,
        "held_out": held_out,
        "first_layer": [find_first_layer(name, bench.recipes[recipe]) for name, recipe in runs],
        "train_fraction": [bench.recipes[recipe].train_fraction for _, recipe in runs],
    }
    return scores[[*KEYS]].assign(**setup).join(scores[[*SCORES]])


def compare_runs(
    replicates: pd.DataFrame, split_by: str, judged: Collection[str], stand_ins: Mapping[str, str]
) -> tuple[pd.DataFrame, str]:
    """Return paired differences from what a model must beat, and who does, in words.

    That is the drug mean, the best baseline, and a random start; for networks also the same design
    by the first recipe, so that a variant is compared with what it varies. The lockbox is one
    split, as splits by line are.

    Args:
      replicates: a row per design, recipe and replicate.
      split_by: what was held out together.
      judged: the recipes by which designs are judged, and among which the best baseline is.
      stand_ins: of the recipes that were asked for, in their order: the one whose random starts a
        recipe is compared with.
    """
    whole = replicates[replicates["recipe"].isin(judged)]
    is_mean = whole["design"] == DRUG_MEAN[0]  # under one recipe: it is the first reference
    whole = whole[~is_mean | (whole["recipe"] == DRUG_MEAN[1])]
    references = choose_references(whole, BASELINES, DRUG_MEAN)
    present = set(replicates["design"])
    references += [(name, None) for name in RANDOM_STARTS.values() if name in present]
    by = "line" if split_by == "lockbox" else split_by
    replicates = replicates.assign(split_by=by)
    references = list(dict.fromkeys(references))
    paired = compare_designs(replicates, references, COMPARED, by, stand_ins)
    varied = replicates[replicates["design"].isin(DESIGNS)]
    first = next(
        text for text in [*judged, *stand_ins] if text in stand_ins
    )  # on all lines, if any
    varied = compare_designs(varied, [(None, first)], COMPARED, by)
    if len(varied):
        paired = pd.concat([paired, varied], ignore_index=True)
    best = find_best_run(whole, BASELINES)
    judges = {"the drug mean": DRUG_MEAN, "the best classical baseline": best or DRUG_MEAN}
    networks = [name for name in DESIGNS if name in present]
    return paired, state_verdict(paired[paired["recipe"].isin(judged)], judges, networks)


def describe_coverage(coverage: pd.DataFrame) -> list[str]:
    """Return a sentence for each design whose intervals were calibrated."""
    overall = coverage[coverage["kind"] == "overall"] if len(coverage) else coverage
    return [
        f"{row.design} ({row.recipe}): {row.level:.0%} intervals{row.scale} cover "
        f"{row.coverage:.1%} of {row.n_entries:,} measured entries, mean width {row.mean_width:.2f}"
        for row in overall.itertuples()
    ]


def tabulate_timings(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the seconds that each design and recipe took, and the use that its slots were of."""
    by_run = scores.groupby(["design", "recipe"])
    sums = by_run[["seconds", "trained_epochs", "slot_epochs"]].sum().reset_index()
    sums.insert(2, "n_replicates", by_run.size().to_numpy())
    utilisation = sums["trained_epochs"] / sums["slot_epochs"].where(sums["slot_epochs"] > 0)
    return sums.drop(columns=["trained_epochs", "slot_epochs"]).assign(utilisation=utilisation)
