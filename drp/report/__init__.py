"""Tables, figures and the one-page HTML report. The only room that draws.

It takes finished numbers (numpy arrays, pandas frames) and makes them readable: Figure 2 and
Table 1 of Chiu et al. 2019, our own table, the ranking of designs, learning and pre-training
curves, maps of codes, coverage of intervals, and a self-contained page that holds them. It refuses
to know how the numbers came about: it reads no cohort, fits no model, scores nothing.
"""

from drp.report.code_map import CodePanel, draw_code_map
from drp.report.coverage import draw_coverage
from drp.report.figure2 import Figure2Data, draw_figure2
from drp.report.learning_curves import draw_learning_curves
from drp.report.page import Section, write_report
from drp.report.ranking import draw_ranking
from drp.report.style import save_figure
from drp.report.tables import (
    Table,
    format_table1_markdown,
    make_evaluation_table,
    make_protocol_table,
)
from drp.report.training_curves import draw_training_curves

__all__ = [
    "CodePanel",
    "Figure2Data",
    "Section",
    "Table",
    "draw_code_map",
    "draw_coverage",
    "draw_figure2",
    "draw_learning_curves",
    "draw_ranking",
    "draw_training_curves",
    "format_table1_markdown",
    "make_evaluation_table",
    "make_protocol_table",
    "save_figure",
    "write_report",
]
