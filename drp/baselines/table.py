"""The table of baselines: one row per name. It refuses to know how any of them works."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from drp.baselines.linear import linear
from drp.baselines.means import drug_mean, global_mean, tissue_drug_mean
from drp.baselines.svm import svm


class BaselineInputs(NamedTuple):
    """What a baseline may look at. Rows are all lines; only training rows' targets are read.

    Attributes:
      target_SD: (S, D) float64 ln IC50 (uM); NaN = entry not used for learning.
      tissue_S: (S,) tissue of each line, as strings.
      codes_SK: (S, K) float64 joined codes; None for a baseline that does not use them.
    """

    target_SD: np.ndarray
    tissue_S: np.ndarray
    codes_SK: np.ndarray | None = None


class Baseline(NamedTuple):
    """One way to predict without a network.

    Attributes:
      fit_predict: (inputs, train) -> (S, D) float64 ln IC50 (uM) of all lines, learnt from the rows
        `train` (integer indices) alone; a drug without a training entry gets the global mean.
      uses_codes: whether `codes_SK` must be given.
    """

    fit_predict: Callable[[BaselineInputs, np.ndarray], np.ndarray]
    uses_codes: bool


def _from_codes(fit_predict: Callable) -> Baseline:
    """Wrap a function of (codes_SK, target_SD, train)."""

    def checked(inputs: BaselineInputs, train: np.ndarray) -> np.ndarray:
        if inputs.codes_SK is None:
            raise ValueError(f"{fit_predict.__name__}: expected codes_SK, found None")
        return fit_predict(inputs.codes_SK, inputs.target_SD, train)

    return Baseline(checked, uses_codes=True)


def _from_target(fit_predict: Callable) -> Baseline:
    """Wrap a function of (target_SD, train)."""
    return Baseline(lambda inputs, train: fit_predict(inputs.target_SD, train), uses_codes=False)


def _from_tissue(fit_predict: Callable) -> Baseline:
    """Wrap a function of (target_SD, tissue_S, train)."""
    return Baseline(
        lambda inputs, train: fit_predict(inputs.target_SD, inputs.tissue_S, train),
        uses_codes=False,
    )


BASELINES = {
    "global_mean": _from_target(global_mean),
    "drug_mean": _from_target(drug_mean),
    "tissue_drug_mean": _from_tissue(tissue_drug_mean),
    "linear": _from_codes(linear),
    "svm": _from_codes(svm),
}
