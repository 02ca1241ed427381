"""Settings of every recipe and experiment, as frozen dataclasses. Standard library only.

A field's metadata holds its help text and, where there are few, its allowed values;
`experiments/flags.py` turns the fields into command-line flags.
"""

from drp.settings.experiments import (
    DESIGN_NAMES,
    N_COMPONENTS,
    BenchmarkSettings,
    CompareSettings,
    PrepareSettings,
    PretrainSettings,
    ReproduceSettings,
)
from drp.settings.fields import setting
from drp.settings.recipes import ENCODER_WIDTHS, HEAD_WIDTHS, RECIPES, Recipe

__all__ = [
    "DESIGN_NAMES",
    "ENCODER_WIDTHS",
    "HEAD_WIDTHS",
    "N_COMPONENTS",
    "RECIPES",
    "BenchmarkSettings",
    "CompareSettings",
    "PrepareSettings",
    "PretrainSettings",
    "Recipe",
    "ReproduceSettings",
    "setting",
]
