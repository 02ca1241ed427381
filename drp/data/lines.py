"""A cohort of cell lines -> the plain arrays that models learn from. One frozen schema for all."""

import zlib
from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.cohort import (
    EXPRESSION,
    EXPRESSION_ALL,
    IMPUTED,
    MEASURES,
    MUTATION,
    RESPONSE,
    RESPONSE_AUX,
    UNITS,
    Cohort,
)

EXPRESSION_GENES = {"shared": EXPRESSION, "all": EXPRESSION_ALL}  # which genes: what holds them


class FurtherLines(NamedTuple):
    """Lines that have mutation and response, and were never measured for expression.

    Attributes:
      samples: (F,) line ids.
      tissue_F: (F,) tissue of origin.
      mutation_FM: uint8, 1 = mutated.
      measured_FD, imputed_FD, auxiliary_FA: as in `CellLines`.
    """

    samples: pd.Index
    tissue_F: np.ndarray
    mutation_FM: np.ndarray
    measured_FD: np.ndarray
    imputed_FD: np.ndarray
    auxiliary_FA: np.ndarray

    def target(self, name: str) -> np.ndarray:
        """Return the imputed or the measured responses."""
        return {"imputed": self.imputed_FD, "measured": self.measured_FD}[name]


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
      drug_names: (D,) names alone: a drug that was screened twice has one name and two keys.
      auxiliary_SA: responses of other screens, as measured_SD; no column where there are none.
      measure: what the responses are: ln_ic50_um, or auc.
      further: lines that only help in learning.
    """

    samples: pd.Index
    tissue_S: np.ndarray
    inputs: dict[str, np.ndarray]
    genes: dict[str, pd.Index]
    measured_SD: np.ndarray
    imputed_SD: np.ndarray
    drugs: pd.Index
    drug_names: np.ndarray
    auxiliary_SA: np.ndarray
    measure: str
    further: FurtherLines

    def target(self, name: str) -> np.ndarray:
        """Return what a recipe's `target` names: the imputed or the measured responses."""
        return {"imputed": self.imputed_SD, "measured": self.measured_SD}[name]


def gather_lines(cells: Cohort, expression: str = "shared") -> CellLines:
    """Return the complete cell lines of a prepared cohort.

    Args:
      cells: the prepared cell lines.
      expression: shared: the genes that the tumours have too; all: every gene that was measured.

    Raises:
      DataError: a modality is missing.
    """
    held_in = {EXPRESSION: EXPRESSION_GENES[expression], MUTATION: MUTATION}
    samples = cells.samples_with(*held_in.values(), RESPONSE)
    response = cells.require(RESPONSE)
    return CellLines(
        samples=samples,
        tissue_S=cells.obs.loc[samples, "cancer_type"].to_numpy(str),
        inputs={name: cells.matrix(place, samples) for name, place in held_in.items()},
        genes={name: cells.require(place).var_names for name, place in held_in.items()},
        measured_SD=cells.matrix(RESPONSE, samples).astype(np.float64),
        imputed_SD=cells.matrix(RESPONSE, samples, layer=IMPUTED).astype(np.float64),
        drugs=response.var_names,
        drug_names=response.var.get("drug_name", pd.Series(response.var_names)).to_numpy(str),
        auxiliary_SA=gather_auxiliary(cells, samples),
        further=gather_further(cells, samples),
        measure=MEASURES[cells.uns.get("units", UNITS).get(RESPONSE, UNITS[RESPONSE])],
    )


def gather_auxiliary(cells: Cohort, samples: pd.Index) -> np.ndarray:
    """Return other screens' responses (S, A); a line that they lack has gaps throughout."""
    if RESPONSE_AUX not in cells.modalities:
        return np.empty((len(samples), 0))
    screened = cells.require(RESPONSE_AUX)
    gathered_SA = np.full((len(samples), screened.n_vars), np.nan)
    known = samples.isin(screened.obs_names)
    gathered_SA[known] = cells.matrix(RESPONSE_AUX, samples[known])
    return gathered_SA


def gather_further(cells: Cohort, complete: pd.Index) -> FurtherLines:
    """Return the lines with mutation and response that are not among the complete ones."""
    samples = cells.samples_with(MUTATION, RESPONSE)
    samples = samples[~samples.isin(complete)]
    return FurtherLines(
        samples,
        cells.obs.loc[samples, "cancer_type"].to_numpy(str),
        cells.matrix(MUTATION, samples),
        cells.matrix(RESPONSE, samples).astype(np.float64),
        cells.matrix(RESPONSE, samples, layer=IMPUTED).astype(np.float64),
        gather_auxiliary(cells, samples),
    )


def select_further(further: FurtherLines, rows: np.ndarray) -> FurtherLines:
    """Return some of the further lines."""
    return FurtherLines(*(values[rows] for values in further))


def select_lines(lines: CellLines, rows: np.ndarray) -> CellLines:
    """Return some of the lines, in the order of `rows`, as if there were no others."""
    arrays = {
        name: getattr(lines, name)[rows]
        for name in ("samples", "tissue_S", "measured_SD", "imputed_SD", "auxiliary_SA")
    }
    inputs = {name: x[rows] for name, x in lines.inputs.items()}
    return lines._replace(inputs=inputs, **arrays)


def shuffle_lines(lines: CellLines, what: str, seed: int) -> CellLines:
    """Return lines some of whose rows are another line's: a control.

    With labels shuffled nothing can be learned; with a modality shuffled, what else is known.

    Args:
      lines: the cell lines.
      what: a modality, whose profiles are shuffled; labels: all inputs and the tissue together,
        which takes every line's own response from it and leaves the inputs as they go together; or
        nothing. Further lines, whose responses are their own, are left out of a control.
      seed: of the order.
    """
    if not what:
        return lines
    order = np.random.default_rng([seed, zlib.crc32(what.encode())]).permutation(len(lines.samples))
    if what == "labels":
        inputs = {name: x[order] for name, x in lines.inputs.items()}
        lines = lines._replace(inputs=inputs, tissue_S=lines.tissue_S[order])
    else:
        lines = lines._replace(inputs={**lines.inputs, what: lines.inputs[what][order]})
    return lines._replace(further=select_further(lines.further, np.arange(0)))
