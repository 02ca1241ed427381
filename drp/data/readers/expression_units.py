"""What the numbers of an expression file are, judged by the numbers. It refuses to know genes."""

import warnings
from pathlib import Path

import numpy as np

from drp.data.errors import DataError, DataWarning

LOG2_TPM_CEILING = np.log2(1e6 + 1)  # a gene cannot have more than all of a million transcripts
LOG2_P001_FLOOR = np.log2(0.001)  # log2(TPM+0.001) of a gene without transcripts
TPM_SUM = 1e6  # what the TPM of one sample sum to over all genes; over some genes it is less
GENOME = 10_000  # genes of which the TPM sum to most of a million
LOGGED_TWICE_CEILING = np.log2(LOG2_TPM_CEILING + 1)
ENOUGH_VALUES = 100  # fewer may be whole numbers, equal or small by chance
ARRAY_FLOOR = 1.0  # RNA-seq has genes at 0; the background of a normalised array is about 2.5

TO_LOG2P1 = {
    "log2p1": lambda x: x,
    "log2p001": lambda x: np.log2(np.maximum(np.exp2(x) - 0.001, 0) + 1),
    "tpm": lambda x: np.log2(x + 1),
}


def guess_unit(values: np.ndarray) -> str:
    """Name the unit that values look like: a key of `TO_LOG2P1`, counts or z-scores."""
    low, high = float(values.min()), float(values.max())
    if low < 0:
        return "log2p001" if abs(low - LOG2_P001_FLOOR) < 0.1 else "z-scores"
    if high <= LOG2_TPM_CEILING:
        return "log2p1"
    return "counts" if (values == np.round(values)).all() else "tpm"


def check_unit(values: np.ndarray, unit: str, unit_flag: str, path: str | Path, names) -> None:
    """Reject values that the declared unit cannot hold; the message names the cure.

    Args:
      values: (samples, genes), finite.
      unit: the declared unit, a key of `TO_LOG2P1`.
      unit_flag: the flag that declares it.
      path: the file, for the message.
      names: (row, column) -> words that name the cell, for the message.
    """
    guess = guess_unit(values)
    low, high = float(values.min()), float(values.max())
    if values.size >= ENOUGH_VALUES:
        _reject_no_measurements(values, low, high, path)
    if guess == unit:
        return
    row, column = np.unravel_index(values.argmin(), values.shape)
    found = (
        f"{path}: declared {unit_flag}={unit}, found values from {low:.4g} "
        f"({names(row, column)}) to {high:.4g}"
    )
    if guess == "z-scores" and (unit != "log2p001" or low < LOG2_P001_FLOOR - 0.1):
        raise DataError(f"{found}: expected none so negative; z-scores cannot be converted")
    if guess == "log2p001":
        raise DataError(f"{found}: log2(TPM+0.001)? Use {unit_flag}=log2p001")
    if unit == "log2p001" and low == 0:
        raise DataError(f"{found}: a least value of 0 is log2(TPM+1); use {unit_flag}=log2p1")
    if guess == "counts":
        raise DataError(f"{found}, all whole: counts must be turned into TPM first")
    if guess == "tpm":
        raise DataError(f"{found}, above log2(1e6+1) = 19.9: linear TPM? Use {unit_flag}=tpm")
    if unit == "tpm":
        raise DataError(f"{found}: this looks like a logarithm; use {unit_flag}=log2p1")


def _reject_no_measurements(values: np.ndarray, low: float, high: float, path: str | Path) -> None:
    if low == high:
        raise DataError(f"{path}: expected expression, found {low:g} in every cell")
    if high <= LOG2_TPM_CEILING and (values == np.round(values)).all():
        raise DataError(
            f"{path}: expected expression, found whole numbers only, from {low:g} to {high:g}, as "
            "mutations, copy numbers or counts are"
        )


def warn_of_scale(values: np.ndarray, path: str | Path, is_array: bool) -> None:
    """Warn of values that are on a logarithmic scale, but plainly not of TPM.

    Args:
      values: (samples, genes) as log2(x+1).
      path: the file, for the message.
      is_array: whether the file's names are those of a microarray.
    """
    total = float(np.median(np.expm1(values * np.log(2.0)).sum(axis=1)))
    if is_array or values.min() > ARRAY_FLOOR:
        reason = (
            f"a microarray's scale (least value {values.min():.3g}), not TPM: its values are used "
            "as they are; cell lines and tumours should be measured alike"
        )
    elif total > 1.1 * TPM_SUM:
        reason = f"not TPM: those of a sample sum to {total:.3g}, TPM to 1e6 at most"
    elif values.size >= ENOUGH_VALUES and values.max() <= LOGGED_TWICE_CEILING:
        reason = (
            f"no gene has more than {np.exp2(values.max()) - 1:.3g} TPM in any sample: was the "
            "logarithm taken twice, or are the values scaled to a range?"
        )
    elif values.shape[1] >= GENOME and total < TPM_SUM / 5:
        reason = (
            f"the TPM of a sample sum to {total:.3g}, those of all genes to 1e6: is the logarithm "
            "of another base than 2, or are these no TPM?"
        )
    else:
        return
    warnings.warn(f"{path}: {reason}", DataWarning, stacklevel=4)
