"""Baselines: what a deep model must beat, and the components it may be fed.

Means, linear regression and support vector machines on components; ridge, kernel ridge, elastic
net and random forest on whole profiles, tuned. All learn each drug by itself.
It refuses to know how networks are trained, and where its arrays came from.
"""

from drp.baselines.components import project_components
from drp.baselines.duals import invert_penalised, solve_duals
from drp.baselines.inputs import BaselineInputs, choose_learned
from drp.baselines.table import BASELINES, GRIDS, Baseline, Uses

__all__ = [
    "BASELINES",
    "GRIDS",
    "Baseline",
    "BaselineInputs",
    "Uses",
    "choose_learned",
    "invert_penalised",
    "project_components",
    "solve_duals",
]
