"""Baselines: what a deep model must beat, and the components it may be fed.

Means, linear regression and support vector machines, all learning from the training lines alone.
It refuses to know how networks are trained, and where its arrays came from.
"""

from drp.baselines.components import Components, fit_components, project
from drp.baselines.table import BASELINES, Baseline, BaselineInputs

__all__ = [
    "BASELINES",
    "Baseline",
    "BaselineInputs",
    "Components",
    "fit_components",
    "project",
]
