"""Which designs earn their place, in a sentence. It refuses to compute a statistic."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from drp.evaluation.comparisons import Run, name_run

ERROR, RANKING = "mse_measured", "pearson_drug"
MOST_LISTED = 3


def judge_designs(
    paired: pd.DataFrame, reference: Run, designs: Collection[str] | None = None
) -> pd.DataFrame:
    """Return who beats a reference: whose 95% interval excludes 0 on the good side.

    Args:
      paired: what `compare_designs` gave, with mse_measured and pearson_drug among its metrics.
      reference: design and recipe.
      designs: the designs that are judged; None for all.

    Returns:
      One row per run, the lowest error first, indexed by design and recipe. Columns `mse` and
      `r`, each with `_low` and `_high`: differences from the reference; beats_mse, beats_r.
    """
    rows = paired[
        (paired["reference"] == reference[0]) & (paired["reference_recipe"] == reference[1])
    ]
    if designs is not None:
        rows = rows[rows["design"].isin(set(designs))]
    judged = pd.DataFrame()
    for short, metric in (("mse", ERROR), ("r", RANKING)):
        of_metric = rows[rows["metric"] == metric].set_index(["design", "recipe"])
        for name, column in (("", "mean_difference"), ("_low", "ci_low"), ("_high", "ci_high")):
            judged[short + name] = of_metric[column]
    # NaN compares False: a diverged run beats nobody.
    judged["beats_mse"], judged["beats_r"] = judged["mse_high"] < 0, judged["r_low"] > 0
    return judged.sort_values("mse", kind="stable")


def state_verdict(
    paired: pd.DataFrame,
    references: Mapping[str, Run],
    designs: Collection[str] | None = None,
) -> str:
    """Say which designs beat each reference in measured MSE, which also in r, and by how much.

    Args:
      paired: what `compare_designs` gave.
      references: what the sentence calls a reference, such as "the best classical baseline" ->
        its design and recipe.
      designs: the designs that are judged; None for all.

    Returns:
      A line per reference.
    """
    return "\n".join(
        _state(judge_designs(paired, run, designs), f"{called}, {name_run(run)}")
        for called, run in references.items()
    )


def _state(judged: pd.DataFrame, opponent: str) -> str:
    if judged.empty:
        return f"Nothing was compared with {opponent}."
    both = judged[judged["beats_mse"] & judged["beats_r"]]
    error_only = judged[judged["beats_mse"] & ~judged["beats_r"]]
    sentences = [
        f"{_name_winners(winners, len(judged))} {opponent}, {where}: {_list(winners)}."
        for winners, where in (
            (both, "in measured MSE and in r per drug"), (error_only, "in measured MSE alone"),
        )
        if len(winners)
    ]  # fmt: skip
    if judged["mse_high"].isna().all() and np.isfinite(judged["mse"]).all():
        return (
            f"Beside {opponent}, from one split and so without an interval: {_list(judged, True)}."
        )
    return " ".join(sentences) or _state_defeat(judged, opponent)


def _state_defeat(judged: pd.DataFrame, opponent: str) -> str:
    known = judged[np.isfinite(judged["mse"])]
    nearest = f" The nearest is {_list(known.head(1), named=True)}." if len(known) else ""
    return f"No design (of {len(judged)}) beats {opponent}, in measured MSE.{nearest}"


def _name_winners(winners: pd.DataFrame, n_judged: int) -> str:
    if len(winners) == 1:
        return f"{name_run(winners.index[0])} beats"
    return f"{len(winners)} of {n_judged} designs beat"


def _list(winners: pd.DataFrame, named: bool = False) -> str:
    """Return the differences of the first few; a single winner was named before."""
    named = named or len(winners) > 1
    more = len(winners) - MOST_LISTED
    return "; ".join(
        (f"{name_run(run)}, " if named else "")
        + f"MSE {_state_difference(row, 'mse', '95% CI ')}, "
        + f"r per drug {_state_difference(row, 'r')}"
        for run, row in winners.head(MOST_LISTED).iterrows()
    ) + (f"; and {more} more, see paired.csv" if more > 0 else "")


def _state_difference(row: pd.Series, name: str, called: str = "") -> str:
    """Return a difference with its interval, if it has one."""
    if np.isnan(row[f"{name}_low"]):
        return f"{row[name]:+.3f}"
    return f"{row[name]:+.3f} ({called}{row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f})"
