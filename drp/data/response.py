"""Dose-response tables -> lines x drugs, natural-log IC50 in uM. It refuses to know imputation."""

from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import make_modality
from drp.data.errors import DataError, name_first
from drp.data.tables import read_table

COLUMNS = ("COSMIC_ID", "DRUG_ID", "DRUG_NAME", "LN_IC50")
KEYS = ("COSMIC_ID", "DRUG_ID")
DRUG_TEXT = {"PUTATIVE_TARGET": "target", "PATHWAY_NAME": "pathway"}
TO_LN_UM = {"ln_um": lambda x: x, "log10_um": lambda x: x * np.log(10), "um": np.log}
MIN_DRUGS_FOR_SPREAD = 20  # fewer drugs may well have a small spread by themselves
LOG10_SPREAD = 1.6  # ln IC50 of GDSC spreads by 2.6, its log10 by 1.1
LOG10_UM_CEILING = 7.0  # log10 IC50 of GDSC ends at 5.6
MEDIAN_CEILING = 6.0  # the median ln IC50 of GDSC is 2.5 in uM, 9.4 in nM
UM_CEILING = 20.0  # ln IC50 ends at 13; a plain IC50 in uM reaches hundreds


def read_response(path: str | Path, unit: str, min_measured: int) -> ad.AnnData:
    """Read a GDSC dose-response table (one row per line and drug).

    Drugs are keyed by GDSC id, never by name: re-screens share a name.

    Args:
      path: table with COSMIC_ID, DRUG_ID, DRUG_NAME, LN_IC50; target and pathway if they are there.
      unit: ln_um, log10_um or um: what column LN_IC50 holds.
      min_measured: measured lines that every drug must have.

    Returns:
      Lines (COSMIC ids, ascending) x drugs (by id, ascending); float32 ln IC50 (uM), NaN = not
      measured; var: drug_id, drug_name, target, pathway, n_measured.

    Raises:
      DataError: missing column, value that is no number, two rows for one line and drug, values
        plainly not in the declared unit, a drug with too few measurements.
    """
    frame = read_table(path, COLUMNS, ("LN_IC50",), tuple(DRUG_TEXT), keys=KEYS)
    frame = frame.dropna(subset="LN_IC50")
    infinite = np.isinf(frame["LN_IC50"])
    if infinite.any():
        raise DataError(
            f"{path}: row {infinite.idxmax()}: expected a finite LN_IC50, found infinity"
        )
    _reject_double_rows(frame, path)
    _check_unit(frame["LN_IC50"].to_numpy(), frame["DRUG_ID"].nunique(), unit, path)
    wide = frame.assign(value=TO_LN_UM[unit](frame["LN_IC50"])).pivot(
        index="COSMIC_ID", columns="DRUG_ID", values="value"
    )
    wide = wide.loc[sorted(wide.index, key=_by_number), sorted(wide.columns, key=_by_number)]
    drugs = _make_drugs(frame, wide)
    few = drugs[drugs["n_measured"] < min_measured]
    if len(few):
        counts = [f"{key}: {n}" for key, n in few["n_measured"].items()]
        raise DataError(
            f"{path}: {len(few)} drugs are measured in fewer than {min_measured} lines "
            f"({name_first(counts)}); leave them out of the file or lower --min_measured"
        )
    return make_modality(wide.to_numpy(np.float32), wide.index, drugs)


def _make_drugs(frame: pd.DataFrame, wide: pd.DataFrame) -> pd.DataFrame:
    first = frame.drop_duplicates("DRUG_ID").set_index("DRUG_ID").loc[wide.columns]
    drugs = pd.DataFrame({"drug_id": first.index, "drug_name": first["DRUG_NAME"].to_numpy()})
    for source, name in DRUG_TEXT.items():
        drugs[name] = first[source].to_numpy() if source in first else ""
    drugs["n_measured"] = wide.notna().sum(axis=0).to_numpy()
    return drugs.set_index(drugs["drug_name"] + " (" + drugs["drug_id"] + ")")


def _by_number(identifier: str) -> tuple[int, str]:
    return (int(identifier), "") if identifier.isdecimal() else (2**62, identifier)


def _reject_double_rows(frame: pd.DataFrame, path: str | Path) -> None:
    doubled = frame.duplicated(list(KEYS))
    if doubled.any():
        row = frame.loc[doubled.idxmax()]
        raise DataError(
            f"{path}: {doubled.sum()} rows repeat a line and drug, first COSMIC_ID "
            f"{row['COSMIC_ID']}, DRUG_ID {row['DRUG_ID']}: expected one row for each pair"
        )


def _check_unit(values: np.ndarray, n_drugs: int, unit: str, path: str | Path) -> None:
    """Reject values whose spread or sign shows another base or unit than the declared one."""
    if not len(values):
        raise DataError(f"{path}: expected measurements in LN_IC50, found none")
    low, high, spread = values.min(), values.max(), values.std()
    found = f"{path}: LN_IC50 from {low:.3g} to {high:.3g}, spread {spread:.2f}"
    if unit == "um" and low <= 0:
        raise DataError(
            f"{found}: an IC50 in uM is positive; use --response_unit=ln_um or log10_um"
        )
    if unit != "um" and high > UM_CEILING:
        raise DataError(f"{found}: this looks like plain uM; use --response_unit=um")
    if unit == "log10_um" and high > LOG10_UM_CEILING:
        raise DataError(f"{found}: no drug has 1e{high:.0f} uM; use --response_unit=ln_um")
    if unit == "ln_um" and np.median(values) > MEDIAN_CEILING and n_drugs >= MIN_DRUGS_FOR_SPREAD:
        median = f"median {np.median(values):.3g}"
        raise DataError(f"{found}, {median}: this looks like ln (nM); subtract ln(1000) first")
    if unit == "ln_um" and spread < LOG10_SPREAD and n_drugs >= MIN_DRUGS_FOR_SPREAD:
        raise DataError(f"{found}: this looks like log10 (uM); use --response_unit=log10_um")
