"""Sample-wise correlations, fitted lines and test lines apart. It refuses to compute them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from drp.report.style import BLACK, BLUE, VERMILION, note_missing


def draw_correlations(ax: Axes, r_S: np.ndarray, is_test_S: np.ndarray) -> None:
    """Draw a violin of the correlations for training and validation lines and one for test lines.

    Args:
      ax: the panel.
      r_S: each line's correlation over drugs, -1 to 1; NaN is skipped.
      is_test_S: True for test lines.
    """
    finite_S = np.isfinite(r_S)
    groups = [
        ("training and\nvalidation", r_S[finite_S & ~is_test_S], BLUE),
        ("held-out\ntest", r_S[finite_S & is_test_S], VERMILION),
    ]
    groups = [group for group in groups if group[1].size]
    if not groups:
        note_missing(ax, "no correlations")
        return
    for position, (_, values, colour) in enumerate(groups):
        draw_violin(ax, values, position, colour)
    ax.set_xticks(
        range(len(groups)), [f"{label}\nn = {values.size:,}" for label, values, _ in groups]
    )
    ax.set_xlim(-0.6, len(groups) - 0.4)
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.grid(axis="y")


def draw_violin(ax: Axes, values: np.ndarray, position: float, colour: str) -> None:
    """Draw a violin with quartile bar, median and its number; few values also as points."""
    if values.size > 1:
        body = ax.violinplot(values, [position], widths=0.8, showextrema=False)["bodies"][0]
        body.set(facecolor=colour, edgecolor=colour, alpha=0.35)
    if values.size <= 100:
        # A fixed seed: the scatter only keeps points apart and must not change the file.
        jitter = np.random.default_rng(0).uniform(-0.1, 0.1, values.size)
        ax.scatter(position + jitter, values, s=5, color=colour, alpha=0.6, lw=0)
    lower, median, upper = np.percentile(values, (25, 50, 75))
    ax.plot([position, position], [lower, upper], color=BLACK, lw=3, solid_capstyle="butt")
    ax.plot(position, median, "o", color="white", markeredgecolor=BLACK, markersize=5)
    ax.annotate(
        f"{median:.2f}", (position, median), xytext=(7, 0), textcoords="offset points",
        va="center", fontsize=9, fontweight="bold",
    )  # fmt: skip
