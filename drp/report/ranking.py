"""Designs ranked by how far they are from a table of drug means. It refuses to test anything."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from drp.report.error_boxes import find_colour
from drp.report.style import BLACK, GREEN, PAGE_WIDTH, styled
from drp.report.tables import (
    DRUG_MEAN,
    ERROR,
    KEY,
    RANKING,
    choose_pairs,
    find_base,
    find_networks,
)

PANELS = ((ERROR, "measured MSE"), (RANKING, "r per drug"))
ROW_HEIGHT, LETTER_WIDTH = 0.185, 0.062  # inches
FAR = 3.0  # the axis ends at this multiple of the typical distance from the drug mean
ENDS = ["mean_difference", "ci_low", "ci_high"]


@styled
def draw_ranking(paired: pd.DataFrame, table1: pd.DataFrame) -> Figure:
    """Return a dot and its 95% interval per design and recipe, the best design on top.

    Left: mean difference in measured MSE from the drug mean; right: the same in r per drug, in the
    same order. What lies far off is written at the axis's end, so that it does not squash the rest.

    Args:
      paired: one row per design, recipe, reference and metric: mean_difference, ci_low, ci_high
        (NaN = no interval), reference_recipe; rows whose reference is `drug_mean` are shown.
      table1: design, recipe, median_epochs, which only networks have. Its rows are shown.

    Raises:
      ValueError: nothing is compared with the drug mean, or a design twice.
    """
    rows = arrange_rows(paired, table1)
    longest = max(map(len, rows["label"]))
    size = (PAGE_WIDTH + LETTER_WIDTH * max(0, longest - 30), 1.6 + ROW_HEIGHT * len(rows))
    fig = Figure(figsize=size, layout="constrained")
    axes = fig.subplots(1, 2, sharey=True)
    bests = []
    for ax, (metric, called) in zip(axes, PANELS, strict=True):
        bests.append(draw_differences(ax, rows, metric))
        what = f"difference in {called} from the drug mean"
        ax.set_xlabel(f"{what}\n(dot: mean over replicates; bar: its 95% interval)")
    axes[0].set_title("Test error (left is better)")
    axes[1].set_title("Correlation over lines (right is better)")
    axes[0].set_yticks(range(len(rows)), rows["label"], fontsize=8)
    axes[0].set_ylim(len(rows) - 0.4, -0.6)
    draw_legend(fig, rows, dict.fromkeys(best for best in bests if best))
    return fig


def arrange_rows(paired: pd.DataFrame, table1: pd.DataFrame) -> pd.DataFrame:
    """Return a row per design and recipe, the lowest error first.

    Returns:
      Columns design, recipe, label, network, and mean_difference, ci_low and ci_high of each metric
      as `METRIC mean_difference` and so on.
    """
    rows = None
    for metric, _ in PANELS:
        pairs = choose_pairs(paired, DRUG_MEAN, metric)[KEY + ENDS]
        pairs = pairs.rename(columns={end: f"{metric} {end}" for end in ENDS})
        rows = pairs if rows is None else rows.merge(pairs, on=KEY, how="outer")
    rows = rows.merge(table1[KEY].assign(network=find_networks(table1)), on=KEY)
    if rows.empty:
        raise ValueError(f"paired: expected rows whose reference is {DRUG_MEAN}, found none")
    rows["label"] = rows["design"].str.replace("_", " ") + ", " + rows["recipe"]
    by = f"{ERROR} mean_difference"
    return rows.sort_values([by, "label"], kind="stable", ignore_index=True)


def draw_differences(ax: Axes, rows: pd.DataFrame, metric: str) -> str:
    """Draw one metric's dots and lines; return the label of the best baseline, "" for none."""
    means, lows, highs = (rows[f"{metric} {end}"].to_numpy(float) for end in ENDS)
    left, right = find_limits(means, lows, highs)
    ax.set_xlim(left, right)
    ax.axvline(0, color=BLACK, lw=1.0, zorder=1)
    best = find_best(rows, means, lower_is_better=metric == ERROR)
    if best is not None:
        ax.axvline(means[best], color=GREEN, ls="--", lw=1.2, zorder=1)
    for y, (mean, low, high) in enumerate(zip(means, lows, highs, strict=True)):
        if left <= mean <= right:
            draw_dot(ax, y, (mean, low, high), rows["network"][y], find_colour(rows["recipe"][y]))
        elif not np.isnan(mean):
            write_far(ax, y, mean, mean > right)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="both")
    return "" if best is None else rows["label"][best]


def find_limits(means: np.ndarray, lows: np.ndarray, highs: np.ndarray) -> tuple[float, float]:
    """Return the axis ends: they hold 0 and every interval that is not far off."""
    reach = FAR * np.median(np.abs(means[np.isfinite(means)])) if np.isfinite(means).any() else 0.0
    near = np.abs(means) <= reach  # NaN compares False
    seen = np.concatenate([ends[near] for ends in (means, lows, highs)] + [[0.0]])
    seen = seen[np.isfinite(seen)]
    margin = 0.05 * np.ptp(seen) + 1e-3
    return seen.min() - margin, seen.max() + margin


def find_best(rows: pd.DataFrame, means: np.ndarray, lower_is_better: bool) -> int | None:
    """Return the place of the best baseline, None where there is none."""
    costs = means if lower_is_better else -means
    costs = np.where(rows["network"] | ~np.isfinite(means), np.inf, costs)
    return int(costs.argmin()) if np.isfinite(costs).any() else None


def draw_dot(ax: Axes, y: int, ends: tuple[float, ...], network: bool, colour: str) -> None:
    """Draw a mean with its interval."""
    mean, low, high = ends
    ax.plot([low, high], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    ax.plot(mean, y, **mark(network, colour), zorder=3)


def mark(network: bool, colour: str) -> dict:
    """Return how a dot looks: networks are full circles, baselines open squares."""
    fill = colour if network else "white"
    marker, size = ("o", 5.5) if network else ("s", 5.0)
    return {"marker": marker, "ms": size, "mec": colour, "mew": 1.4, "color": fill, "ls": ""}


def write_far(ax: Axes, y: int, mean: float, at_right: bool) -> None:
    """Write a value that lies beyond the axis at its end."""
    text = f"{mean:+.2f} ▸" if at_right else f"◂ {mean:+.2f}"
    place = {"xytext": (-2 if at_right else 2, 0), "textcoords": "offset points", "va": "center"}
    x, side = (ax.get_xlim()[1], "right") if at_right else (ax.get_xlim()[0], "left")
    clear = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    ax.annotate(text, (x, y), **place, ha=side, fontsize=8, bbox=clear, zorder=4)


def draw_legend(fig: Figure, rows: pd.DataFrame, bests: dict[str, None]) -> None:
    """Name the marks of networks and baselines by recipe, and the two lines."""
    kinds = set(zip(rows["network"], map(find_base, rows["recipe"]), strict=True))
    marks = []
    for network, base in sorted(kinds, key=lambda kind: (not kind[0], kind[1])):
        label = f"{'network' if network else 'baseline'}, {base} recipe"
        marks.append(Line2D([], [], **mark(network, find_colour(base)), label=label))
    marks.append(Line2D([], [], color=BLACK, lw=1.0, label="drug mean"))
    if bests:
        called = f"best baseline: {' / '.join(bests)}"
        marks.append(Line2D([], [], color=GREEN, ls="--", lw=1.2, label=called))
    fig.legend(handles=marks, loc="outside lower center", ncols=3)
