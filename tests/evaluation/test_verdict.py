"""The verdict says who wins, in what, by how much, and says plainly when nobody does."""

import numpy as np
import pandas as pd
import pytest

from drp.evaluation.comparisons import COLUMNS
from drp.evaluation.verdict import judge_designs, state_verdict

RIDGE = ("kernel_ridge", "modern")
BEST = {"the best classical baseline": RIDGE}
WIN = (-0.031, -0.044, -0.018)
RANK_WIN = (0.012, 0.004, 0.020)
UNCLEAR = (0.002, -0.010, 0.014)
LOSS = (0.5, 0.4, 0.6)


def make_paired(*rows: tuple, reference: tuple[str, str] = RIDGE) -> pd.DataFrame:
    """Rows of design, (difference, low, high) in MSE and the same in r."""
    table = [
        (design, "modern", *reference, metric, 100, *interval, 0.01)
        for design, *intervals in rows
        for metric, interval in zip(("mse_measured", "pearson_drug"), intervals, strict=True)
    ]
    return pd.DataFrame(table, columns=COLUMNS)


def test_one_winner():
    paired = make_paired(("expression_only", WIN, RANK_WIN), ("pca", LOSS, UNCLEAR))
    assert state_verdict(paired, BEST) == (
        "expression_only (modern) beats the best classical baseline, kernel_ridge (modern), in "
        "measured MSE and in r per drug: MSE -0.031 (95% CI -0.044 to -0.018), "
        "r per drug +0.012 (0.004 to 0.020)."
    )


def test_winners_in_error_alone_are_named_apart():
    paired = make_paired(
        ("a", WIN, RANK_WIN), ("b", WIN, UNCLEAR), ("c", (-0.1, -0.2, -0.05), RANK_WIN)
    )
    both, alone = state_verdict(paired, BEST).split(". ")
    assert both.startswith("2 of 3 designs beat the best classical baseline")
    assert both.index("c (modern), MSE -0.100") < both.index("a (modern), MSE -0.031")
    assert alone.startswith("b (modern) beats the best classical baseline")
    assert "in measured MSE alone: MSE -0.031" in alone


def test_nobody_wins():
    paired = make_paired(("a", LOSS, RANK_WIN), ("b", UNCLEAR, RANK_WIN))
    assert state_verdict(paired, BEST) == (
        "No design (of 2) beats the best classical baseline, kernel_ridge (modern), in measured "
        "MSE. The nearest is b (modern), MSE +0.002 (95% CI -0.010 to 0.014), "
        "r per drug +0.012 (0.004 to 0.020)."
    )


def test_only_the_designs_that_are_judged_count():
    paired = make_paired(("ridge", WIN, RANK_WIN), ("a", LOSS, LOSS))
    assert "No design (of 1) beats" in state_verdict(paired, BEST, designs=["a"])


def test_a_line_per_reference():
    mean = ("drug_mean", "modern")
    paired = pd.concat(
        [make_paired(("a", LOSS, LOSS)), make_paired(("a", WIN, RANK_WIN), reference=mean)]
    )
    lines = state_verdict(paired, {"the drug mean": mean} | BEST).split("\n")
    assert lines[0].startswith("a (modern) beats the drug mean, drug_mean (modern), in measured")
    assert lines[1].startswith("No design (of 1) beats the best classical baseline")


@pytest.mark.parametrize("mean", [np.inf, -np.inf, np.nan])
def test_a_diverged_run_beats_nobody(mean):
    unknown = (mean, np.nan, np.nan)
    judged = judge_designs(make_paired(("a", unknown, unknown)), RIDGE)
    assert not judged[["beats_mse", "beats_r"]].to_numpy().any()
    verdict = state_verdict(make_paired(("a", unknown, unknown)), BEST)
    assert verdict.endswith(
        "beats the best classical baseline, kernel_ridge (modern), in measured MSE."
    )


def test_nothing_compared():
    assert state_verdict(make_paired(), BEST) == (
        "Nothing was compared with the best classical baseline, kernel_ridge (modern)."
    )


def test_a_single_split_has_differences_and_no_intervals():
    paired = make_paired(("a", (-0.25, np.nan, np.nan), (0.1, np.nan, np.nan)))
    assert state_verdict(paired, BEST) == (
        "Beside the best classical baseline, kernel_ridge (modern), from one split and so without "
        "an interval: a (modern), MSE -0.250, r per drug +0.100."
    )


def test_many_winners_are_counted_and_the_first_are_listed():
    paired = make_paired(*((name, WIN, RANK_WIN) for name in "abcde"))
    verdict = state_verdict(paired, BEST)
    assert verdict.startswith("5 of 5 designs beat")
    assert verdict.count("95% CI") == 3
    assert verdict.endswith("; and 2 more, see paired.csv.")
