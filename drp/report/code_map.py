"""Tumours by their codes, laid out in a plane. It refuses to know what made or laid out the codes.

Thirty cancer types have no thirty colours that every reader can tell apart. So each type is named
where its tumours lie, and a few colours are dealt out as on a map of countries: neighbours differ.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

from drp.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    note_missing,
    styled,
    title_panel,
)

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY)
MOST_DOTS = 5_000  # of a panel; more would cover one another
PANEL = (5.4, 5.2)  # inches
LABEL_SIZE, GAPS = 7.5, (4.0, 0.5)  # points; gaps between labels, across and up
RISE = 7.0  # points above the median, where a small cloud stays visible
LEADER = 7.0  # points: a label moved farther gets a line to its median
DARKER = 0.62  # of a type's colour: its label is read on white and on its own dots
ROUNDS = 400  # of pushing labels apart; 33 of them need some fifty


class CodePanel(NamedTuple):
    """The tumours of one modality in a plane."""

    title: str
    xy_T2: np.ndarray
    cancer_type_T: np.ndarray  # short names: every type is written into the panel
    method: str  # of the layout, for the axis labels: "UMAP", "principal component"
    n_tumors: int | None = None  # of which these are some; None: these are all


@styled
def draw_code_map(panels: Sequence[CodePanel], seed: int = 0) -> Figure:
    """Return a panel per modality: a dot per tumour, each cancer type named above its median.

    A type has the same colour in every panel; colours repeat, never among neighbours.

    Args:
      panels: one per modality. Of more than 5,000 tumours that many are drawn, the labels standing
        at the median of those given.
      seed: which tumours are drawn, and which lies above which.

    Returns:
      The figure; the dots are an image within the SVG.

    Raises:
      ValueError: no panel, or one whose tumours have not one position and one type each.
    """
    if not panels:
        raise ValueError("panels: expected at least one, found none")
    for panel in panels:
        if panel.xy_T2.shape != (len(panel.cancer_type_T), 2):
            raise ValueError(
                f"{panel.title}: expected positions ({len(panel.cancer_type_T)}, 2) for as many "
                f"cancer types, found {panel.xy_T2.shape}"
            )
    medians = [find_medians(panel) for panel in panels]
    colours = deal_colours(medians)
    fig = Figure(figsize=(PANEL[0] * len(panels), PANEL[1]), layout="constrained")
    axes = fig.subplots(1, len(panels), squeeze=False)[0]
    written = [
        draw_panel(ax, panel, of_panel, colours, seed)
        for ax, panel, of_panel in zip(axes, panels, medians, strict=True)
    ]
    for letter, ax, panel in zip("ABCDEFGH", axes, panels, strict=False):
        title_panel(ax, letter, f"{panel.title} ({count_dots(panel)})")
    fig.draw_without_rendering()  # the panels' sizes are known from here on
    for labels in written:
        part_labels(labels)
    return fig


def count_dots(panel: CodePanel) -> str:
    """Say how many tumours a panel shows, and of how many."""
    shown = min(len(panel.xy_T2), MOST_DOTS)
    n_tumors = panel.n_tumors or len(panel.xy_T2)
    left_out = f"{shown:,} of " if n_tumors > shown else ""
    return f"{left_out}{n_tumors:,} tumours"


def find_medians(panel: CodePanel) -> dict[str, np.ndarray]:
    """Return the median position of each cancer type, the most frequent type first."""
    types, counts = np.unique(np.asarray(panel.cancer_type_T, str), return_counts=True)
    return {
        str(name): np.median(panel.xy_T2[panel.cancer_type_T == name], axis=0)
        for name in types[np.argsort(-counts, kind="stable")]
    }


def deal_colours(medians: Sequence[dict[str, np.ndarray]]) -> dict[str, str]:
    """Return each type's colour: the one whose other types lie farthest in every panel."""
    scales = [np.std([*of_panel.values()]) or 1.0 if of_panel else 1.0 for of_panel in medians]
    colours = {}
    for name in dict.fromkeys(name for of_panel in medians for name in of_panel):
        room = dict.fromkeys(COLOURS, np.inf)
        for of_panel, scale in zip(medians, scales, strict=True):
            for other in of_panel.keys() & colours.keys() if name in of_panel else ():
                away = np.linalg.norm(of_panel[name] - of_panel[other]) / scale
                room[colours[other]] = min(room[colours[other]], away)
        colours[name] = max(COLOURS, key=room.get)  # the first of equals
    return colours


def draw_panel(
    ax: Axes, panel: CodePanel, medians: dict[str, np.ndarray], colours: dict[str, str], seed: int
) -> list[Annotation]:
    """Draw one modality's dots; return the labels, which may still overlap."""
    if not medians:
        note_missing(ax, "no tumours")
        return []
    # In random order, so that no type covers the others because it comes last.
    some = np.random.default_rng(seed).permutation(len(panel.xy_T2))[:MOST_DOTS]
    dots = [colours[str(name)] for name in np.asarray(panel.cancer_type_T)[some]]
    size = float(np.clip(14_000 / len(some), 4, 20))
    ax.scatter(*panel.xy_T2[some].T, s=size, c=dots, alpha=0.65, linewidths=0, rasterized=True)
    ax.set(xlabel=f"{panel.method} 1", ylabel=f"{panel.method} 2", xticks=[], yticks=[])
    return [write_label(ax, name, xy, colours[name]) for name, xy in medians.items()]


def write_label(ax: Axes, name: str, xy: np.ndarray, colour: str) -> Annotation:
    """Write a type's name just above its median."""
    dark = tuple(DARKER * part for part in to_rgb(colour))
    label = ax.annotate(
        name, xy, (0, RISE), textcoords="offset points", ha="center", va="center", zorder=4,
        fontsize=LABEL_SIZE, weight="bold", color=dark,
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
    )  # fmt: skip
    label.set_in_layout(False)
    return label


def part_labels(labels: Sequence[Annotation]) -> None:
    """Move labels apart, with a line from where each would stand if that is far."""
    if not labels:
        return
    to_points = 72 / labels[0].figure.dpi
    boxes = [label.get_window_extent() for label in labels]
    centre_L2 = to_points * np.array([[(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2] for b in boxes])
    size_L2 = to_points * np.array([[box.width, box.height] for box in boxes]) + GAPS
    for label, move in zip(labels, push_apart(centre_L2, size_L2) - centre_L2, strict=True):
        label.set_position((move[0], move[1] + RISE))
        if np.hypot(*move) > LEADER:
            draw_leader(label)


def draw_leader(label: Annotation) -> None:
    """Draw a line from a label to its median, below all labels."""
    leader = label.axes.annotate(
        "", label.xy, label.get_position(), textcoords="offset points", zorder=3,
        arrowprops={"arrowstyle": "-", "color": BLACK, "lw": 0.7, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    leader.set_in_layout(False)


def push_apart(centre_L2: np.ndarray, size_L2: np.ndarray) -> np.ndarray:
    """Return the centres of boxes moved until none overlaps, or until ROUNDS are over.

    Each overlapping pair is moved along the axis that needs less, half each; in a fixed order, so
    that the same boxes give the same places.
    """
    centre_L2 = centre_L2.copy()
    first, second = np.triu_indices(len(centre_L2), 1)
    for _ in range(ROUNDS):
        apart_P2 = centre_L2[second] - centre_L2[first]
        over_P2 = (size_L2[first] + size_L2[second]) / 2 - np.abs(apart_P2)
        pairs = np.flatnonzero((over_P2 > 1e-6).all(axis=1))
        if pairs.size == 0:
            break
        axis = over_P2[pairs].argmin(axis=1)
        side = np.where(apart_P2[pairs, axis] < 0, -1, 1)
        step = side * over_P2[pairs, axis] / 2
        np.subtract.at(centre_L2, (first[pairs], axis), step)
        np.add.at(centre_L2, (second[pairs], axis), step)
    return centre_L2
