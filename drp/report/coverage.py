"""How often prediction intervals hold the measured response. It refuses to make intervals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drp.report.style import (
    BLACK,
    BLUE,
    GREEN,
    PAGE_WIDTH,
    VERMILION,
    note_missing,
    styled,
    title_panel,
)

ROW_HEIGHT = 0.175  # inches per tissue
MARKED = 2  # drugs named at each end


@styled
def draw_coverage(coverage: pd.DataFrame) -> Figure:
    """Return observed coverage of every drug and tissue, beside what was asked for.

    Args:
      coverage: columns kind (overall, drug or tissue), group (its name), level (coverage asked for,
        0 to 1), n_entries, coverage (share of measured entries within their interval, NaN = none
        measured); a row of kind overall, and the others as they are known.

    Raises:
      ValueError: not exactly one overall row.
    """
    overall = coverage[coverage["kind"] == "overall"]
    if len(overall) != 1:
        raise ValueError(f"coverage: expected one overall row, found {len(overall)}")
    level, found = overall[["level", "coverage"]].to_numpy(float)[0]
    drugs, tissues = (find_rows(coverage, kind) for kind in ("drug", "tissue"))
    height = max(3.4, 1.5 + ROW_HEIGHT * len(tissues))
    fig = Figure(figsize=(PAGE_WIDTH, height), layout="constrained")
    left, right = fig.subplots(1, 2, width_ratios=(1.15, 1))
    draw_drugs(left, drugs)
    draw_tissues(right, tissues)
    for ax, along in ((left, left.axhline), (right, right.axvline)):
        if ax.axison:
            along(level, color=BLACK, lw=1.2, zorder=1.5, label=f"asked for: {level:.0%}")
            text = f"all entries: {found:.1%}"
            along(found, color=VERMILION, ls="--", lw=1.4, zorder=1.6, label=text)
    title_panel(left, "A", f"Per drug ({len(drugs)})")
    title_panel(right, "B", f"Per tissue ({len(tissues)})")
    shown = left if left.axison else right
    handles, labels = shown.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig


def find_rows(coverage: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the rows of one kind that have measured entries, the lowest coverage first."""
    rows = coverage[(coverage["kind"] == kind) & coverage["coverage"].notna()]
    return rows.sort_values("coverage", kind="stable", ignore_index=True)


def draw_drugs(ax: Axes, drugs: pd.DataFrame) -> None:
    """Draw a dot per drug in the order of coverage, and name those at the ends."""
    if drugs.empty:
        note_missing(ax, "no drugs")
        return
    values = drugs["coverage"].to_numpy(float)
    ax.plot(np.arange(1, len(values) + 1), values, ".", color=BLUE, ms=4.5, zorder=2)
    ends = range(len(drugs)) if len(drugs) <= 2 * MARKED else [*range(MARKED), *range(-MARKED, 0)]
    for at in ends:
        lowest = at >= 0
        place = {"xytext": (6 if lowest else -6, 0), "ha": "left" if lowest else "right"}
        ax.annotate(
            drugs["group"].iloc[at], (range(1, len(values) + 1)[at], values[at]), **place,
            textcoords="offset points", va="center", fontsize=7.5,
        )  # fmt: skip
    ax.set(xlabel="drugs, in order of coverage", ylabel="share of entries within the interval")
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.margins(x=0.03)
    ax.grid(axis="y")


def draw_tissues(ax: Axes, tissues: pd.DataFrame) -> None:
    """Draw a dot per tissue, the lowest coverage at the bottom; dots grow with the entries."""
    if tissues.empty:
        note_missing(ax, "no tissues")
        return
    entries = tissues["n_entries"].to_numpy(float)
    sizes = 12 + 60 * entries / entries.max()
    ax.scatter(tissues["coverage"], range(len(tissues)), s=sizes, color=GREEN, lw=0, zorder=2)
    labels = [
        f"{name.replace('_', ' ')} ({n:,.0f})"
        for name, n in zip(tissues["group"], entries, strict=True)
    ]
    ax.set_yticks(range(len(tissues)), labels, fontsize=8)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.7, len(tissues) - 0.3)
    ax.set_xlabel("share of entries within the interval (entries)")
    ax.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.grid(axis="both")
