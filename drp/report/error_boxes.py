"""Box plots of test error per design and recipe. It refuses to know how a design is trained."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from drp.report.style import BLACK, BLUE, GREY, ORANGE, note_missing
from drp.report.tables import find_base

RECIPE_COLOURS = {"paper": BLUE, "modern": ORANGE}  # any other recipe is grey
FAR = 2.2  # the axis ends at this multiple of the typical median
GAP, HEADED_GAP = 0.5, 1.0  # between designs, in rows; with a heading in it
MOST_LETTERS = 44  # of a recipe's text beside the axis
MOST_POINTS = 20  # with more replicates than this, a box shows them better than points


class Row(NamedTuple):
    """One box: a design under a recipe."""

    design: str
    recipe: str
    y: float
    values: np.ndarray  # test MSE of each replicate
    published: float  # the paper's median, NaN when there is none


def make_rows(replicates: pd.DataFrame, table1: pd.DataFrame) -> list[Row]:
    """Return the boxes from best to worst design, a design's recipes next to each other."""
    scored = replicates[np.isfinite(replicates["mse_imputed"])]  # not a diverged one
    medians = scored.groupby(["design", "recipe"])["mse_imputed"].median()
    published = table1.set_index(["design", "recipe"])["paper_mse"].astype(float)
    gap = HEADED_GAP if have_lookalikes(set(scored["recipe"])) else GAP
    rows, y = [], 0.0
    for design in medians.groupby("design").min().sort_values(kind="stable").index:
        for recipe in medians.loc[design].sort_values(kind="stable").index:
            chosen = (scored["design"] == design) & (scored["recipe"] == recipe)
            values = scored.loc[chosen, "mse_imputed"].to_numpy(float)
            rows.append(Row(design, recipe, y, values, published.get((design, recipe), np.nan)))
            y += 1.0
        y += gap
    return rows


def find_colour(recipe: str) -> str:
    """Return a recipe's colour; variants have that of the recipe they were made from."""
    return RECIPE_COLOURS.get(find_base(recipe), GREY)


def have_lookalikes(recipes: set[str]) -> bool:
    """Tell whether recipes share a colour, so that boxes must be named one by one."""
    return len({find_base(recipe) for recipe in recipes}) < len(recipes)


def find_limits(rows: list[Row]) -> tuple[float, float]:
    """Return the axis ends: designs that are far worse must not squash the rest."""
    medians = [np.median(row.values) for row in rows]
    seen = np.concatenate([row.values for row in rows] + [[row.published] for row in rows])
    seen = seen[np.isfinite(seen)]
    low, high = seen.min(), min(seen.max(), FAR * np.median(medians))
    margin = 0.06 * (high - low) + 0.02
    return low - margin, high + margin


def draw_error_boxes(ax: Axes, replicates: pd.DataFrame, table1: pd.DataFrame, label: str) -> None:
    """Draw test MSE per design over replicates, the paper's medians and the drug mean's.

    Args:
      ax: the panel.
      replicates: one row per replicate: design, recipe, mse_imputed.
      table1: one row per design and recipe: design, recipe, paper_mse.
      label: what the responses are.
    """
    rows = make_rows(replicates, table1)
    if not rows:
        note_missing(ax, "no replicates")
        return
    low, high = find_limits(rows)
    named = have_lookalikes({row.recipe for row in rows})
    what, unit = "test MSE on the imputed table,", f"({label.removesuffix(' (µM)')})²"
    ax.set(xlim=(low, high), xlabel=f"{what}\n{unit}" if named else f"{what} {unit}")
    for row in rows:
        draw_row(ax, row, high, named)
        if row.design == "drug_mean":
            colour = find_colour(row.recipe)
            ax.axvline(np.median(row.values), color=colour, ls="--", lw=1.3, zorder=0.5)
    label_rows(ax, rows, named)
    ax.set_ylim(rows[-1].y + 0.7, -0.7 - HEADED_GAP * named)
    ax.grid(axis="x")
    draw_legend(ax, rows, named)


def shorten_recipe(text: str) -> str:
    """Return a recipe's text, its end left out where it would squeeze the axes."""
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def label_rows(ax: Axes, rows: list[Row], named: bool) -> None:
    """Name the designs; where colours do not tell recipes apart, each box below its design."""
    by_design = pd.DataFrame(rows).groupby("design", sort=False)["y"]
    if named:
        heads = by_design.min() - 0.9
        ax.set_yticks([*heads, *(row.y for row in rows)])
        recipes = [shorten_recipe(row.recipe) for row in rows]
        ax.set_yticklabels([*heads.index.str.replace("_", " "), *recipes])
        for number, text in enumerate(ax.get_yticklabels()):
            text.set(fontsize=7.5, fontweight="bold" if number < len(heads) else "normal")
    else:
        centres = by_design.mean()
        ax.set_yticks(centres, centres.index.str.replace("_", " "))
    ax.tick_params(axis="y", length=0)


def draw_row(ax: Axes, row: Row, high: float, named: bool) -> None:
    """Draw one box; what lies beyond the axis is written at its end.

    Args:
      ax: the panel.
      row: the box.
      high: the axis's end.
      named: whether the label beside the axis already says the recipe.
    """
    colour = find_colour(row.recipe)
    few = row.values.size <= MOST_POINTS
    ax.boxplot(
        row.values, positions=[row.y], widths=0.62, orientation="horizontal", manage_ticks=False,
        patch_artist=True, showfliers=not few, medianprops={"color": BLACK, "lw": 1.6},
        boxprops={"facecolor": colour, "edgecolor": colour, "alpha": 0.55},
        whiskerprops={"color": colour}, capprops={"color": colour},
        flierprops={"marker": ".", "markersize": 3, "markeredgecolor": colour},
    )  # fmt: skip
    if few:
        ax.scatter(row.values, np.full(row.values.size, row.y), s=7, color=colour, zorder=3, lw=0)
    ax.plot(row.published, row.y, "D", color="white", mec=BLACK, mew=1.2, ms=5.5, zorder=4)
    text = describe_beyond(row._replace(recipe="") if named else row, high)
    if text:
        place = {"xytext": (-2, 0), "textcoords": "offset points", "ha": "right", "va": "center"}
        clear = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        ax.annotate(text, (high, row.y), **place, fontsize=8, bbox=clear, zorder=5)


def describe_beyond(row: Row, high: float) -> str:
    """Return what a row has to say about values right of the axis's end, or nothing."""
    beyond = row.values[row.values > high]
    parts = []
    if np.median(row.values) > high:
        parts.append(f"{row.recipe} median {np.median(row.values):.2f}".lstrip())
    elif beyond.size:
        parts.append(f"{beyond.size} of {row.values.size} to {beyond.max():.1f}")
    if row.published > high:
        parts.append(f"published {row.published:.2f}")
    return ", ".join(parts) + " ▸" if parts else ""


def draw_legend(ax: Axes, rows: list[Row], named: bool) -> None:
    """Name the recipes' colours, the published medians and the drug mean's line, if drawn."""
    recipes = [find_base(row.recipe) if named else row.recipe for row in rows]
    marks = [
        Patch(facecolor=find_colour(name), alpha=0.55, label=f"{name} recipe")
        for name in dict.fromkeys(recipes)
    ]
    if any(np.isfinite(row.published) for row in rows):
        diamond = {"marker": "D", "ls": "", "color": "white", "mec": BLACK, "ms": 5.5}
        marks.append(Line2D([], [], **diamond, label="published median"))
    if any(row.design == "drug_mean" for row in rows):
        marks.append(Line2D([], [], color=GREY, ls="--", lw=1.3, label="median of the drug mean"))
    ax.figure.legend(handles=marks, loc="outside lower right", ncols=2)
