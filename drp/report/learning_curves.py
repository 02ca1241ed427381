"""Test error against the number of lines fitted on. It refuses to train or to compare."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from drp.evaluation import bootstrap_interval, corrected_t_interval
from drp.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PAGE_WIDTH,
    PURPLE,
    SKY,
    VERMILION,
    note_missing,
    styled,
    title_panel,
)
from drp.report.tables import ERROR, PAPER, RANKING, find_base

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK, GREY)  # one per design
MARKERS = "osD^vPX*"  # with the colour: more designs than colours have other marks
DASHES = {PAPER: "--"}  # of a recipe; any other is drawn through
OFFSETS = {"keep": ("o", "-"), "drop": ("s", "--")}
FRACTION, OFFSET = "train_fraction", "span_offset"
SPREAD = 0.16  # of the logarithm of the number of lines: bars of a size stand side by side
LONG_LABEL, LEGEND_ROW = 32, 0.19  # characters, inches
ENDS = ["mean_difference", "ci_low", "ci_high"]
SCORES = ((ERROR, "measured MSE", "Test error"), (RANKING, "r per drug", "Correlation over lines"))


class Curve(NamedTuple):
    """One design by one recipe: at each size of the training part a mean and its interval."""

    design: str
    recipe: str  # without the fraction
    n_fitted: np.ndarray
    scores: dict[str, np.ndarray]  # metric -> (sizes, 3): mean, low, high

    @property
    def label(self) -> str:
        """The curve's name in the legend."""
        return f"{self.design.replace('_', ' ')}, {self.recipe}"


@styled
def draw_learning_curves(
    replicates: pd.DataFrame, differences: pd.DataFrame | None = None
) -> Figure:
    """Return error and correlation against lines fitted on, and what pre-training adds.

    Every design that is given is drawn, and the axes hold all of them.

    Args:
      replicates: one row per design, recipe, train_fraction and replicate: n_fitted, n_test
        (lines), mse_measured, pearson_drug, split_by. A recipe may name the fraction too.
      differences: pre-trained less random in measured MSE: train_fraction, n_fitted, span_offset,
        mean_difference, ci_low, ci_high, and design, recipe and reference if there are several;
        None or empty: not known.

    Raises:
      ValueError: there are no replicates.
    """
    curves = gather_curves(replicates)
    if not curves:
        raise ValueError("replicates: expected at least one, found none")
    looks = choose_looks([curve.design for curve in curves])
    longest = max(len(curve.label) for curve in curves)
    n_columns = 3 if longest <= LONG_LABEL else 2
    known = differences is not None and len(differences) > 0
    n_lines = 2 * len(group_gains(differences)) if known else 0  # of text, below panel C
    height = 3.3 + LEGEND_ROW * max(np.ceil(len(curves) / n_columns), n_lines)
    fig = Figure(figsize=(PAGE_WIDTH + 2, height), layout="constrained")
    scores, gains = fig.subfigures(1, 2, width_ratios=(2.2, 1), wspace=0.03)
    axes = scores.subplots(1, 2)
    for ax, letter, (metric, called, title) in zip(axes, "AB", SCORES, strict=True):
        draw_curves(ax, curves, metric, looks)
        ax.set_ylabel(f"{called} of test lines")
        title_panel(ax, letter, title)
    handles, labels = axes[0].get_legend_handles_labels()
    scores.legend(handles, labels, loc="outside lower left", ncols=n_columns, handlelength=2.8)
    ax = gains.subplots()
    title_panel(ax, "C", "Pre-trained less random")
    if known:
        draw_gains(ax, differences, looks)
        gains.legend(loc="outside lower center", handlelength=2.8)
    else:
        note_missing(ax, "not compared")
    return fig


def choose_looks(designs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return each design's colour, and its mark where there are more designs than colours."""
    return {
        design: {
            "color": COLOURS[place % len(COLOURS)],
            "marker": MARKERS[place // len(COLOURS) % len(MARKERS)],
        }
        for place, design in enumerate(dict.fromkeys(designs))
    }


def gather_curves(replicates: pd.DataFrame) -> list[Curve]:
    """Return a curve per design and recipe, the one that ends with the lowest error first."""
    recipes = [drop_field(recipe, FRACTION) for recipe in replicates["recipe"]]
    rows = replicates.assign(recipe=recipes)
    curves = []
    for (design, recipe), of_run in rows.groupby(["design", "recipe"], sort=False):
        sizes = [of_size for _, of_size in of_run.groupby(FRACTION)]
        scores = {
            metric: np.array([summarise(of_size, metric) for of_size in sizes])
            for metric, *_ in SCORES
        }
        n_fitted = np.array([of_size["n_fitted"].mean() for of_size in sizes])
        curves.append(Curve(design, recipe, n_fitted, scores))
    return sorted(curves, key=lambda curve: curve.scores[ERROR][-1, 0])


def drop_field(recipe: str, *fields: str) -> str:
    """Return a recipe's text without what the axis or the marks say already."""
    return ":".join(part for part in recipe.split(":") if part.split("=")[0] not in fields)


def summarise(rows: pd.DataFrame, metric: str) -> tuple[float, float, float]:
    """Return the mean of one size's replicates, and the interval that redrawn splits allow."""
    values = rows[metric].to_numpy(float)
    if rows["split_by"].iloc[0] == "tissue":
        found = bootstrap_interval(values)
    else:
        found = corrected_t_interval(values, (rows["n_test"] / rows["n_fitted"]).max(), 1.0)
    return found.mean, found.low, found.high


def draw_curves(
    ax: Axes, curves: Sequence[Curve], metric: str, looks: dict[str, dict[str, str]]
) -> None:
    """Draw one metric's curves: a colour per design, dashes for the paper's recipe."""
    for place, curve in enumerate(curves):
        draw_bars(
            ax, curve.n_fitted * dodge(place, len(curves)), curve.scores[metric],
            ls=DASHES.get(find_base(curve.recipe), "-"), label=curve.label, **looks[curve.design],
        )  # fmt: skip
    scale_sizes(ax, np.concatenate([curve.n_fitted for curve in curves]))


def draw_gains(ax: Axes, differences: pd.DataFrame, looks: dict[str, dict[str, str]]) -> None:
    """Draw the paired difference at each size, a line per span offset and whatever else is told."""
    groups = group_gains(differences)
    ax.axhline(0, color=BLACK, lw=1.0, zorder=1)
    for place, (told, of_line) in enumerate(groups):
        marker, dashes = OFFSETS.get(told[OFFSET], ("D", ":"))
        look = looks.get(told.get("design"), {"color": BLACK}) | {"marker": marker}
        is_paper = find_base(told.get("recipe", "")) == PAPER
        draw_bars(
            ax, of_line["n_fitted"] * dodge(place, len(groups)), of_line[ENDS].to_numpy(float),
            ls=dashes, label=name_gain(told), **look, mfc="white" if is_paper else look["color"],
        )  # fmt: skip
    ax.set_ylabel("difference in measured MSE\n(below 0: pre-training helps)")
    scale_sizes(ax, differences["n_fitted"].to_numpy(float))


def group_gains(differences: pd.DataFrame) -> list[tuple[dict[str, str], pd.DataFrame]]:
    """Return what is told of each line, and its rows from few lines fitted on to many."""
    rows = differences.sort_values("n_fitted", kind="stable")
    if "recipe" in rows:
        rows = rows.assign(recipe=[drop_field(text, FRACTION, OFFSET) for text in rows["recipe"]])
    keys = [key for key in ("design", "recipe", "reference", OFFSET) if key in rows]
    groups = rows.groupby(keys, sort=False)
    return [(dict(zip(keys, names, strict=True)), of_line) for names, of_line in groups]


def name_gain(told: dict[str, str]) -> str:
    """Return what is compared, by which recipe, under which span offset."""
    pair = " less ".join(told[key] for key in ("design", "reference") if key in told)
    rest = ", ".join(part for part in (told.get("recipe"), f"offset: {told[OFFSET]}") if part)
    apart = ",\n" if len(pair) + len(rest) > LONG_LABEL else ", "
    return apart.join(part for part in (pair.replace("_", " "), rest) if part)


def draw_bars(ax: Axes, x: np.ndarray, ends: np.ndarray, **look) -> None:
    """Draw means joined by a line, with their intervals; `ends` is (sizes, 3)."""
    mean, low, high = ends.T
    reach = np.stack([mean - low, high - mean])
    ax.errorbar(x, mean, reach, lw=1.4, ms=4.2, elinewidth=1.0, capsize=0, **look)


def dodge(place: int, n: int) -> float:
    """Return the factor that keeps a curve's bars beside those of the others."""
    return float(np.exp(SPREAD * (place / (n - 1) - 0.5))) if n > 1 else 1.0


def scale_sizes(ax: Axes, n_fitted: np.ndarray) -> None:
    """Give an axis a logarithmic scale with a tick at every size."""
    ax.set_xscale("log")
    sizes = np.unique(np.round(n_fitted))
    apart = sizes[np.append(True, np.diff(np.log(sizes)) > 0.2)]  # not 412 beside 463
    ax.xaxis.set_major_locator(FixedLocator(apart))
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("cell lines fitted on\n(bars: 95% intervals of the mean)")
    ax.grid(axis="y")
