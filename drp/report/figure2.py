"""Figure 2 of Chiu et al. 2019: prediction on cell lines, in five parts.

It lays the parts out and checks that they fit together; each part's file draws it. It refuses
to compute a prediction or a score.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure, SubFigure

from drp.report.correlations import draw_correlations
from drp.report.densities import Curve, draw_densities
from drp.report.error_boxes import draw_error_boxes
from drp.report.heatmaps import draw_heatmaps
from drp.report.style import (
    BLACK,
    BLUE,
    GREEN,
    LABELS,
    ORANGE,
    PAGE_WIDTH,
    styled,
    title_panel,
)


@dataclass(frozen=True)
class Figure2Data:
    """What Figure 2 shows. Responses are of one measure; S lines, T tumours, D drugs."""

    measured_SD: np.ndarray  # NaN: not measured
    imputed_SD: np.ndarray  # the same table with its gaps filled
    predicted_SD: np.ndarray
    is_test_S: np.ndarray  # True: the line was held out
    predicted_TD: np.ndarray | None  # tumours; None when there are none
    pearson_S: np.ndarray  # each line's correlation over drugs
    spearman_S: np.ndarray
    replicates: pd.DataFrame  # at least design, recipe, mse_imputed
    table1: pd.DataFrame  # at least design, recipe, paper_mse
    shown: str = ""  # what made the predictions of parts A to D
    measure: str = "ln_ic50_um"  # what the responses are; a key of LABELS

    def __post_init__(self):
        n_lines, n_drugs = self.measured_SD.shape
        tumour_rows = 0 if self.predicted_TD is None else len(self.predicted_TD)
        expected = {
            "imputed_SD": (n_lines, n_drugs),
            "predicted_SD": (n_lines, n_drugs),
            "predicted_TD": (tumour_rows, n_drugs),
            "is_test_S": (n_lines,),
            "pearson_S": (n_lines,),
            "spearman_S": (n_lines,),
        }
        for name, shape in expected.items():
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                raise ValueError(f"{name}: expected shape {shape}, got {array.shape}")


@styled
def draw_figure2(data: Figure2Data) -> Figure:
    """Return Figure 2: densities, heat maps, sample-wise correlations, error per design.

    Parts whose input is missing say so or are left out: no tumours, no line; one replicate, a
    point in place of a box.
    """
    n_boxes = len(data.replicates[["design", "recipe"]].drop_duplicates())
    heights = (2.3, 3.6, max(3.6, 1.5 + 0.19 * n_boxes))
    fig = Figure(figsize=(PAGE_WIDTH, sum(heights)), layout="constrained")
    top, middle, bottom = fig.subfigures(3, 1, height_ratios=heights, hspace=0.03)
    draw_density_part(top, data)
    titles = ("B   Imputed", f"Predicted by {data.shown}" if data.shown else "Predicted")
    draw_heatmaps(middle, (data.imputed_SD, data.predicted_SD), titles, LABELS[data.measure])
    draw_score_parts(bottom, data)
    return fig


def draw_density_part(panel: SubFigure, data: Figure2Data) -> None:
    """Part A: what was measured, what was filled in, and what is predicted."""
    filled = data.imputed_SD[np.isnan(data.measured_SD)]
    curves = [
        Curve("measured", data.measured_SD, BLACK, "-"),
        Curve("imputed", filled, ORANGE, "--"),
        Curve("predicted, cell lines", data.predicted_SD, BLUE, "-"),
    ]
    if data.predicted_TD is not None:
        curves.append(Curve("predicted, tumours", data.predicted_TD, GREEN, "-."))
    ax = panel.subplots()
    draw_densities(ax, curves, LABELS[data.measure])
    title_panel(ax, "A", "Drug response")


def draw_score_parts(panel: SubFigure, data: Figure2Data) -> None:
    """Parts C to E: correlations within a line, and test error of every design."""
    scores, errors = panel.subfigures(1, 2, width_ratios=(1, 1.2), wspace=0.03)
    left, right = scores.subplots(1, 2, sharey=True)
    draw_correlations(left, data.pearson_S, data.is_test_S)
    draw_correlations(right, data.spearman_S, data.is_test_S)
    left.set_ylabel("correlation over drugs, per cell line")
    title_panel(left, "C", "Pearson r")
    title_panel(right, "D", "Spearman ρ")
    ax = errors.subplots()
    draw_error_boxes(ax, data.replicates, data.table1, LABELS[data.measure])
    title_panel(ax, "E", "Test error by design")
