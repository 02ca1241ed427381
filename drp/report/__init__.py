"""Tables, figures and the one-page HTML report. The only room that draws.

It takes finished numbers (numpy arrays, pandas frames) and makes them readable: Figure 2 and
Table 1 of Chiu et al. 2019, the pre-training curves, and a self-contained page that holds them.
It refuses to know how the numbers came about: it reads no cohort, fits no model, scores nothing.
"""

from drp.report.figure2 import Figure2Data, draw_figure2
from drp.report.page import Section, write_report
from drp.report.style import save_figure
from drp.report.tables import format_table1, format_table1_cells, format_table1_markdown
from drp.report.training_curves import draw_training_curves

__all__ = [
    "Figure2Data",
    "Section",
    "draw_figure2",
    "draw_training_curves",
    "format_table1",
    "format_table1_cells",
    "format_table1_markdown",
    "save_figure",
    "write_report",
]
