"""Successive halving beside the grid, on the same tumours from the same seed."""

from pathlib import Path

import pandas as pd

from drp.atomic import remove
from drp.settings import BenchmarkSettings
from experiments.benchmarks.cases import SearchSpec
from experiments.benchmarks.processes import run_worker
from experiments.benchmarks.random_tumors import write_tumors
from experiments.benchmarks.study import Study
from experiments.console import say

STRATEGIES = ("grid", "halving")  # the first is what the others are judged by
MADE_UP_TUMORS, MADE_UP_GENES = 600, 60
CLOSE_PERCENT, FEW_EPOCHS = 1.0, 0.25
PRINTED = {
    "strategy": "{}", "modality": "{}", "n_tumors": "{:,.0f}", "n_settings": "{:.0f}",
    "epochs_spent": "{:,.0f}", "share_of_grid_epochs": "{:.1%}", "widths": "{}",
    "batch_size": "{:.0f}", "held_out_loss": "{:.5g}", "excess_percent": "{:.2f}",
    "seconds": "{:,.0f}",
}  # fmt: skip


def compare_searches(settings: BenchmarkSettings) -> Study:
    """Search with every strategy, each in a process and a folder of its own.

    A curve that both need is trained by both, so that the seconds are what each would take alone.
    One that was stopped goes on; what it leaves for that is removed at the end.
    """
    folder = Path(settings.out).resolve() / "searches"
    tumors, space = settings.tumors, "published"
    if not tumors:
        tumors, space = folder / "tumors.h5mu", "reduced"
        folder.mkdir(exist_ok=True)
        write_tumors(tumors, MADE_UP_TUMORS, MADE_UP_GENES, settings.seed)
    found = {}
    for strategy in STRATEGIES:
        say(f"searching by {strategy}")
        spec = SearchSpec(
            "strategy", strategy, space, str(Path(tumors).resolve()), str(folder / strategy),
            settings.search_modality, settings.seed,
        )  # fmt: skip
        found[strategy] = run_worker(spec, hear=say)
    remove(folder)
    table = tabulate_searches(settings.search_modality, found)
    return Study(table, PRINTED, conclude_searches(table))


def tabulate_searches(modality: str, found: dict[str, dict]) -> pd.DataFrame:
    """Return a row per strategy.

    Args:
      modality: of the tumours.
      found: strategy -> fields of `strategy.Found`; the grid among them.

    Returns:
      strategy, modality, n_tumors, n_settings (different ones that were tried), epochs_spent,
      share_of_grid_epochs, widths, batch_size (of its choice), epochs, held_out_loss (of the
      choice, trained for all epochs), excess_percent (of that over the grid's), seconds.
    """
    rows = [{"strategy": strategy, "modality": modality, **one} for strategy, one in found.items()]
    table, grid = pd.DataFrame(rows), found["grid"]
    return table.assign(
        widths=["-".join(map(str, widths)) for widths in table["widths"]],
        share_of_grid_epochs=table["epochs_spent"] / grid["epochs_spent"],
        excess_percent=100 * (table["held_out_loss"] / grid["held_out_loss"] - 1),
    )


def conclude_searches(table: pd.DataFrame) -> list[str]:
    """Return what each strategy but the grid reached, in a sentence."""
    return [describe_strategy(row) for _, row in table[table["strategy"] != "grid"].iterrows()]


def describe_strategy(row: pd.Series) -> str:
    """Return how near the grid's best a strategy came, for how many of its epochs."""
    excess, share = row["excess_percent"], row["share_of_grid_epochs"]
    reached = excess <= CLOSE_PERCENT and share <= FEW_EPOCHS
    return (
        f"{row['strategy']}: a loss {excess:+.2f}% from the grid's best for {share:.1%} of its "
        f"epochs; within {CLOSE_PERCENT:g}% for at most {FEW_EPOCHS:.0%}: "
        f"{'yes' if reached else 'no'}"
    )
