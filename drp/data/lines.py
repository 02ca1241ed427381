"""A cohort of cell lines -> the plain arrays that models learn from. One frozen schema for all."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.cohort import (
    EXPRESSION,
    IMPUTED,
    MEASURES,
    MUTATION,
    RESPONSE,
    UNITS,
    Cohort,
)


class CellLines(NamedTuple):
    """The cell lines that have expression, mutation and response, aligned row by row.

    Attributes:
      samples: (S,) line ids.
      tissue_S: (S,) tissue of origin, "unknown" where not given.
      inputs: expression -> (S, E) float32 log2(TPM+1); mutation -> (S, M) uint8, 1 = mutated.
      genes: the same names -> gene symbols, one per column.
      measured_SD: ln IC50 (uM), float64, NaN = not measured.
      imputed_SD: the same with every gap filled.
      drugs: (D,) drug keys `NAME (GDSC id)`.
      measure: what the responses are: ln_ic50_um, or auc.
    """

    samples: pd.Index
    tissue_S: np.ndarray
    inputs: dict[str, np.ndarray]
    genes: dict[str, pd.Index]
    measured_SD: np.ndarray
    imputed_SD: np.ndarray
    drugs: pd.Index
    measure: str

    def target(self, name: str) -> np.ndarray:
        """Return what a recipe's `target` names: the imputed or the measured responses."""
        return {"imputed": self.imputed_SD, "measured": self.measured_SD}[name]


def gather_lines(cells: Cohort) -> CellLines:
    """Return the complete cell lines of a prepared cohort.

    Raises:
      DataError: a modality is missing.
    """
    names = (EXPRESSION, MUTATION)
    samples = cells.samples_with(*names, RESPONSE)
    return CellLines(
        samples=samples,
        tissue_S=cells.obs.loc[samples, "cancer_type"].to_numpy(str),
        inputs={name: cells.matrix(name, samples) for name in names},
        genes={name: cells.require(name).var_names for name in names},
        measured_SD=cells.matrix(RESPONSE, samples).astype(np.float64),
        imputed_SD=cells.matrix(RESPONSE, samples, layer=IMPUTED).astype(np.float64),
        drugs=cells.require(RESPONSE).var_names,
        measure=MEASURES[cells.uns.get("units", UNITS).get(RESPONSE, UNITS[RESPONSE])],
    )
