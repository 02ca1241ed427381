"""The table of baselines: one row per name. It refuses to know how any of them works."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from drp.baselines.elastic_net import ELASTIC_NET_GRID, predict_elastic_net
from drp.baselines.inputs import BaselineInputs, check_targets, choose_learned
from drp.baselines.kernel_ridge import (
    KERNEL_RIDGE_GRID,
    RIDGE_GRID,
    KernelSetting,
    predict_kernel_ridge,
    score_kernel_ridge,
)
from drp.baselines.linear import linear
from drp.baselines.means import drug_mean, global_mean, tissue_drug_mean
from drp.baselines.random_forest import FOREST_GRID, predict_random_forest
from drp.baselines.svm import svm
from drp.baselines.tuning import make_tuned


class Uses(Enum):
    """What a baseline looks at beside the targets: the field of its inputs that must be given."""

    NOTHING = ""
    TISSUE = "tissue_S"
    CODES = "codes_SK"
    PROFILES = "profiles_SG"


class Baseline(NamedTuple):
    """One way to predict without a network.

    Attributes:
      fit_predict: inputs -> (S, D) float64 ln IC50 (uM) of all lines. It learns from the training
        entries, and from the validation entries too where `inputs.refit`; what is tuned is tuned on
        the validation entries, or on all of those, left out one by one. A drug without an entry
        gets the global mean.
      uses: which input must be given.
      costly: whether 265 drugs take tens of seconds rather than a few.
      learns_further: whether it may be given lines whose profiles are made up, with weights.
    """

    fit_predict: Callable[[BaselineInputs], np.ndarray]
    uses: Uses
    costly: bool = False
    learns_further: bool = False


def _on_target(fit_predict: Callable) -> Callable[[BaselineInputs], np.ndarray]:
    """Adapt a function of target_SD."""
    return lambda inputs: fit_predict(choose_learned(inputs))


def _on_tissue(fit_predict: Callable) -> Callable[[BaselineInputs], np.ndarray]:
    """Adapt a function of (target_SD, tissue_S)."""
    return lambda inputs: fit_predict(choose_learned(inputs), inputs.tissue_S)


def _on_codes(fit_predict: Callable) -> Callable[[BaselineInputs], np.ndarray]:
    """Adapt a function of (codes_SK, target_SD)."""
    return lambda inputs: fit_predict(inputs.codes_SK, choose_learned(inputs))


def _on_profiles(each: Callable[..., Iterator]) -> Callable[..., Iterator]:
    """Adapt a function of (profiles_SG, target_SD, settings) to what `make_tuned` hands it."""
    return lambda inputs, target_SD, settings: each(inputs.profiles_SG, target_SD, settings)


def _on_lines(each: Callable[..., Iterator]) -> Callable[..., Iterator]:
    """Adapt a function that takes weights and tissues too."""

    def adapted(inputs: BaselineInputs, target_SD: np.ndarray, settings: Sequence[Any]) -> Iterator:
        lines = (inputs.weight_S, inputs.made_up_S, inputs.tissue_S)
        return each(inputs.profiles_SG, target_SD, settings, *lines)

    return adapted


def _tune_kernel_ridge(grid: Sequence[KernelSetting]) -> Callable[[BaselineInputs], np.ndarray]:
    """Return the fit of a kernel ridge; where there are no tissues, by settings without them."""
    predict_each, score_each = _on_lines(predict_kernel_ridge), _on_lines(score_kernel_ridge)
    without = [setting for setting in grid if not setting.tissue]
    with_tissue, without_tissue = (
        make_tuned(predict_each, settings, score_each=score_each) for settings in (grid, without)
    )
    return lambda inputs: (without_tissue if inputs.tissue_S is None else with_tissue)(inputs)


def _check_inputs(name: str, row: Baseline) -> Baseline:
    """Return the row with checks before its fit."""

    def fit_predict(inputs: BaselineInputs) -> np.ndarray:
        if row.uses is not Uses.NOTHING and getattr(inputs, row.uses.value) is None:
            raise ValueError(f"{name}: expected {row.uses.value}, found None")
        check_targets(inputs)
        return row.fit_predict(inputs)

    return row._replace(fit_predict=fit_predict)


_ridge = _tune_kernel_ridge(RIDGE_GRID)
_kernel_ridge = _tune_kernel_ridge(KERNEL_RIDGE_GRID)
_elastic_net = make_tuned(_on_profiles(predict_elastic_net), ELASTIC_NET_GRID, every=4)
_random_forest = make_tuned(_on_profiles(predict_random_forest), FOREST_GRID, every=16)

_ROWS = {
    "global_mean": Baseline(_on_target(global_mean), Uses.NOTHING, learns_further=True),
    "drug_mean": Baseline(_on_target(drug_mean), Uses.NOTHING, learns_further=True),
    "tissue_drug_mean": Baseline(_on_tissue(tissue_drug_mean), Uses.TISSUE, learns_further=True),
    "linear": Baseline(_on_codes(linear), Uses.CODES),
    "svm": Baseline(_on_codes(svm), Uses.CODES),
    "ridge": Baseline(_ridge, Uses.PROFILES, learns_further=True),
    "kernel_ridge": Baseline(_kernel_ridge, Uses.PROFILES, learns_further=True),
    "elastic_net": Baseline(_elastic_net, Uses.PROFILES, costly=True),
    "random_forest": Baseline(_random_forest, Uses.PROFILES, costly=True),
}
BASELINES = {name: _check_inputs(name, row) for name, row in _ROWS.items()}
# What each tuned baseline chooses from.
GRIDS = {
    "ridge": RIDGE_GRID,
    "kernel_ridge": KERNEL_RIDGE_GRID,
    "elastic_net": ELASTIC_NET_GRID,
    "random_forest": FOREST_GRID,
}
