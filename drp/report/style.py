"""How every figure looks and how it is saved. It refuses to know what a figure shows.

Figures are `matplotlib.figure.Figure` objects and never pyplot's: nothing global is set, no
window opens, nothing needs closing.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drp.atomic import replacing

# Okabe and Ito's palette: distinct under the common colour-vision deficiencies.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILION, PURPLE, GREY = "#0072B2", "#D55E00", "#CC79A7", "#767676"

LABELS = {"ln_ic50_um": "ln IC50 (µM)", "auc": "AUC"}  # of an axis, by what a response is
PAGE_WIDTH = 9.0  # inches
DPI = 200

STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so figures agree between machines
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "svg.hashsalt": "drp",  # the same figure gives the same bytes
}


def styled(draw: Callable) -> Callable:
    """Run a drawing function under the house style: matplotlib reads it as artists are made."""

    @wraps(draw)
    def wrapper(*args, **kwargs):
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return wrapper


def title_panel(ax: Axes, letter: str, text: str) -> None:
    """Give a panel its letter and its title, flush left."""
    ax.set_title(f"{letter}   {text}")


def note_missing(ax: Axes, text: str) -> None:
    """Say in an otherwise empty panel why nothing is drawn there."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center", color=GREY, transform=ax.transAxes)


@styled
def save_figure(fig: Figure, folder: Path | str, stem: str) -> tuple[Path, Path]:
    """Write a figure as SVG and PNG, each of them whole or not at all.

    Args:
      fig: a finished figure.
      folder: where; made if it is missing.
      stem: file name without its ending.

    Returns:
      The paths of the SVG and of the PNG.
    """
    svg, png = (Path(folder) / f"{stem}.{kind}" for kind in ("svg", "png"))
    for path, metadata in ((svg, {"Date": None}), (png, {})):  # a date would tell equal runs apart
        with replacing(path) as partial:
            fig.savefig(partial, dpi=DPI, metadata=metadata, facecolor="white")
    return svg, png
