"""What a baseline may look at. It refuses to know how the entries were split.

Two tables of targets say it all: splits by line, by tissue and by line-drug pair are the same thing
in here, and an entry that tests is in neither.
"""

from typing import NamedTuple

import numpy as np


class BaselineInputs(NamedTuple):
    """One replicate. Rows are all lines, those that test included: they are predicted too.

    Attributes:
      train_SD: (S, D) float64 ln IC50 (uM) to learn from; NaN = entry not used.
      validation_SD: (S, D) float64 ln IC50 (uM) to tune on; NaN = entry not used.
      refit: whether the model that predicts learns from the validation entries too, after tuning.
      tissue_S: (S,) tissue of each line, as strings.
      codes_SK: (S, K) float64 joined codes; None for a baseline that does not use them.
      profiles_SG: (S, G) profiles, for instance log2(TPM+1), not scaled; None likewise.
      weight_S: (S,) weight of each line in what is minimised, > 0; None where all count alike.
      made_up_S: (S,) bool, whose profiles were not measured, and do not set the scale of genes;
        given with `weight_S`.
    """

    train_SD: np.ndarray
    validation_SD: np.ndarray
    refit: bool
    tissue_S: np.ndarray | None = None
    codes_SK: np.ndarray | None = None
    profiles_SG: np.ndarray | None = None
    weight_S: np.ndarray | None = None
    made_up_S: np.ndarray | None = None


def check_targets(inputs: BaselineInputs) -> None:
    """Check that the two tables of targets belong together.

    Raises:
      ValueError: tables of unlike shape, or an entry in both.
    """
    train_SD, validation_SD = inputs.train_SD, inputs.validation_SD
    if train_SD.shape != validation_SD.shape:
        raise ValueError(
            f"expected train_SD and validation_SD of one shape, found {train_SD.shape} and "
            f"{validation_SD.shape}"
        )
    n_shared = np.count_nonzero(~np.isnan(train_SD) & ~np.isnan(validation_SD))
    if n_shared:
        raise ValueError(
            f"expected every entry in train_SD or validation_SD alone, found {n_shared} in both"
        )


def choose_learned(inputs: BaselineInputs) -> np.ndarray:
    """Return the (S, D) target of the model that predicts; NaN = not used for learning."""
    if not inputs.refit:
        return inputs.train_SD
    return np.where(np.isnan(inputs.train_SD), inputs.validation_SD, inputs.train_SD)


def find_fitted(target_SD: np.ndarray) -> np.ndarray:
    """Return the row numbers of the lines with any entry: those that a model is fitted on.

    Raises:
      ValueError: there is no entry at all.
    """
    fitted = np.flatnonzero(~np.isnan(target_SD).all(axis=1))
    if not len(fitted):
        raise ValueError(
            f"expected at least one target entry to learn from, found {target_SD.shape} "
            "lines x drugs without any"
        )
    return fitted
