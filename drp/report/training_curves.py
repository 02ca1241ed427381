"""Pre-training loss per epoch. It refuses to know what is being trained."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from drp.report.style import BLUE, GREY, styled


@styled
def draw_training_curves(history: pd.DataFrame, baseline: Mapping[str, float]) -> Figure:
    """Return a panel per modality: loss against epoch, and the loss of a table of gene means.

    An autoencoder that does not fall below its dashed line has learnt nothing but the means.

    Args:
      history: one row per modality and epoch: modality, epoch, loss (mean squared error).
      baseline: each modality's loss when every gene is answered by its mean; may lack some.

    Returns:
      The figure.

    Raises:
      ValueError: the history is empty.
    """
    if history.empty:
        raise ValueError("history: expected at least one epoch, got none")
    modalities = list(dict.fromkeys(history["modality"]))
    fig = Figure(figsize=(max(3.8, 3.6 * len(modalities)), 2.9), layout="constrained")
    axes = fig.subplots(1, len(modalities), squeeze=False)[0]
    for ax, modality in zip(axes, modalities, strict=True):
        rows = history[history["modality"] == modality].sort_values("epoch")
        draw_curve(ax, rows, baseline.get(modality))
        ax.set_title(modality)
    axes[0].set_ylabel("reconstruction error (MSE)")
    handles = {
        label: handle
        for ax in axes
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    fig.legend(handles.values(), handles, loc="outside lower center", ncols=2)
    return fig


def draw_curve(ax: Axes, rows: pd.DataFrame, baseline: float | None) -> None:
    """Draw one modality's loss and, where known, the gene means' loss."""
    marker = "o" if len(rows) <= 10 else ""
    ax.plot(rows["epoch"], rows["loss"], color=BLUE, lw=1.8, marker=marker, ms=4, label="training")
    if baseline is not None:
        ax.axhline(baseline, color=GREY, ls="--", lw=1.2, label="gene means")
    ax.set_xlabel("epoch")
    ax.set_ylim(bottom=0)
    ax.margins(x=0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="y")
