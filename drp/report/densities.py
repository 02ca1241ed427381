"""Densities of response values. It refuses to know where a set of values comes from."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from scipy.ndimage import gaussian_filter1d

from drp.report.style import note_missing

N_BINS = 1024


class Curve(NamedTuple):
    """One set of values and how its line looks."""

    label: str
    values: np.ndarray  # any shape; NaN is skipped
    colour: str
    line: str  # matplotlib's line style


def estimate_density(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return a Gaussian kernel density on an even grid of bin edges.

    Binned first and smoothed after, so that millions of predicted values cost no more than
    their histogram. The bandwidth is Scott's rule, as scipy.stats.gaussian_kde has it.

    Args:
      values: [N] finite values.
      grid: [N_BINS + 1] bin edges.

    Returns:
      [N_BINS] density at the bins' centres.
    """
    step = grid[1] - grid[0]
    counts = np.histogram(values, grid)[0].astype(float)
    bandwidth = values.std(ddof=1) * values.size ** (-1 / 5) if values.size > 1 else 0.0
    smooth = gaussian_filter1d(counts, max(bandwidth / step, 1.0), mode="constant")
    return smooth / (values.size * step)


def make_grid(sets: list[np.ndarray]) -> np.ndarray:
    """Return even bin edges over all sets but their last thousandth on either side."""
    low = min(np.quantile(values, 0.001) for values in sets)
    high = max(np.quantile(values, 0.999) for values in sets)
    margin = 0.05 * (high - low) + 0.1
    return np.linspace(low - margin, high + margin, N_BINS + 1)


def draw_densities(ax: Axes, curves: list[Curve], label: str) -> None:
    """Draw one line per set of values; a set without finite values is left out.

    Args:
      ax: the panel.
      curves: the sets.
      label: what the values are.
    """
    finite = [curve._replace(values=curve.values[np.isfinite(curve.values)]) for curve in curves]
    finite = [curve for curve in finite if curve.values.size]
    if not finite:
        note_missing(ax, "no values")
        return
    grid = make_grid([curve.values for curve in finite])
    centres = (grid[:-1] + grid[1:]) / 2
    for curve in finite:
        name = f"{curve.label} (n = {curve.values.size:,})"
        density = estimate_density(curve.values, grid)
        ax.plot(centres, density, color=curve.colour, linestyle=curve.line, lw=1.8, label=name)
    ax.set(xlabel=label, ylabel="density", xlim=(grid[0], grid[-1]))
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    ax.legend(loc="upper left")
