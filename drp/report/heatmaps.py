"""Two response tables side by side in one order. It refuses to know how either was made."""

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from scipy.cluster.hierarchy import leaves_list, linkage


def order_rows(table_SD: np.ndarray) -> np.ndarray:
    """Return row order by Ward clustering of the column-centred table.

    Centred, because otherwise the drugs' means, shared by all lines, drown the lines' differences.

    Args:
      table_SD: complete table; entries that are not finite count as the column's mean.

    Returns:
      [S] indices.
    """
    if len(table_SD) < 3:
        return np.arange(len(table_SD))
    finite = np.isfinite(table_SD)
    count = np.maximum(finite.sum(axis=0), 1)
    mean = np.where(finite, table_SD, 0).sum(axis=0) / count
    centred = np.where(finite, table_SD - mean, 0)
    return leaves_list(linkage(centred, method="ward"))


def order_columns(table_SD: np.ndarray) -> np.ndarray:
    """Return column order by falling mean, so that the most potent drug stands at the bottom."""
    finite = np.isfinite(table_SD)
    mean = np.where(finite, table_SD, 0).sum(axis=0) / np.maximum(finite.sum(axis=0), 1)
    return np.argsort(-mean, kind="stable")


def draw_heatmaps(
    panel: SubFigure, tables_SD: Sequence[np.ndarray], titles: Sequence[str], label: str
) -> list[Axes]:
    """Draw tables side by side, drugs x lines, with the first one's order and one colour bar.

    Args:
      panel: the part of a figure to fill.
      tables_SD: tables of one shape.
      titles: one for each table.
      label: what the values are.

    Returns:
      The tables' axes.
    """
    order_S, order_D = order_rows(tables_SD[0]), order_columns(tables_SD[0])
    # The extremes would leave all else one colour; the bar's arrows say that they are cut off.
    low, high = np.nanpercentile(tables_SD[0], (1, 99))
    colours = matplotlib.colormaps["viridis"].with_extremes(bad="#D9D9D9")
    axes = list(panel.subplots(1, len(tables_SD), sharey=True, squeeze=False)[0])
    for ax, table_SD, title in zip(axes, tables_SD, titles, strict=True):
        image = ax.imshow(
            table_SD[np.ix_(order_S, order_D)].T,
            aspect="auto",
            cmap=colours,
            vmin=low,
            vmax=high,
            interpolation="none",  # in an SVG: one pixel per entry, which keeps the file small
        )
        ax.set_title(title)
        ax.set(xlabel=f"{len(order_S):,} cell lines", xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    axes[0].set_ylabel(f"{len(order_D):,} drugs")
    bar = panel.colorbar(image, ax=axes, extend="both", fraction=0.03, pad=0.015, aspect=30)
    bar.set_label(label)
    bar.outline.set_visible(False)
    return axes
