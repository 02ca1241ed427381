"""Pre-training loss per epoch. It refuses to know what is being trained."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from drp.report.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, styled

CURVES = {"loss": ("training", BLUE), "held_out_loss": ("held-out tumours", ORANGE)}
LEVELS = ((GREY, "--"), (GREEN, "-."), (PURPLE, ":"), (BLACK, (0, (6, 2))))  # then again
FEW = 10  # points of a curve, of which each is marked


@styled
def draw_training_curves(
    history: pd.DataFrame, baselines: Mapping[str, Mapping[str, float]]
) -> Figure:
    """Return a panel per modality: loss against epoch, and the losses of what knows little.

    An autoencoder that does not fall below the line of the gene means has learnt nothing but them.
    Held-out losses are to be compared with baselines on the same tumours.

    Args:
      history: one row per modality and epoch: modality, epoch, loss and, where some tumours were
        held out, held_out_loss (mean squared errors; NaN: not measured after this epoch).
      baselines: of each modality, loss by name, as {"gene means": 1.3}; may lack some. A name
        looks the same in all panels.

    Returns:
      The figure.

    Raises:
      ValueError: the history is empty.
    """
    if history.empty:
        raise ValueError("history: expected at least one epoch, got none")
    modalities = list(dict.fromkeys(history["modality"]))
    looks = choose_looks([name for of_modality in baselines.values() for name in of_modality])
    fig = Figure(figsize=(max(3.8, 3.6 * len(modalities)), 3.0), layout="constrained")
    axes = fig.subplots(1, len(modalities), squeeze=False)[0]
    for ax, modality in zip(axes, modalities, strict=True):
        draw_losses(ax, history[history["modality"] == modality].sort_values("epoch"))
        for name, loss in baselines.get(modality, {}).items():
            colour, dashes = looks[name]
            ax.axhline(loss, color=colour, ls=dashes, lw=1.2, label=name)
        ax.set_title(modality)
    axes[0].set_ylabel("reconstruction error (MSE)")
    handles = {
        label: handle
        for ax in axes
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    fig.legend(handles.values(), handles, loc="outside lower center", ncols=2, handlelength=2.8)
    return fig


def choose_looks(names: Sequence[str]) -> dict[str, tuple]:
    """Return each baseline's colour and dashes."""
    return dict(zip(dict.fromkeys(names), cycle(LEVELS), strict=False))


def draw_losses(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw one modality's losses that were measured."""
    for column, (label, colour) in CURVES.items():
        measured = rows[rows[column].notna()] if column in rows else rows[:0]
        if len(measured):
            marker = "o" if len(measured) <= FEW else ""
            ax.plot(
                measured["epoch"], measured[column],
                color=colour, lw=1.8, marker=marker, ms=4, label=label,
            )  # fmt: skip
    ax.set_xlabel("epoch")
    ax.set_ylim(bottom=0)
    ax.margins(x=0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="y")
