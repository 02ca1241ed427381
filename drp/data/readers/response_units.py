"""Whether responses are in the unit that was declared. It refuses to know any file format."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from drp.data.errors import DataError, DataWarning

LN_UM, LOG10_UM, UM, AUC = "ln_um", "log10_um", "um", "auc"  # the choices of --response_unit
FLAG = "--response_unit="
TO_STORED = {
    LN_UM: lambda x: x,
    LOG10_UM: lambda x: x * np.log(10),
    UM: np.log,
    AUC: lambda x: x,
}
STORED_UNITS = {LN_UM: "ln(uM)", LOG10_UM: "ln(uM)", UM: "ln(uM)", AUC: "AUC"}
MIN_DRUGS = 20  # fewer drugs may well have a small spread, or no potent one, by themselves
MIN_VALUES = 20  # fewer values may lie between 0 and 1 by chance
LOG10_SPREAD = 1.6  # ln IC50 of GDSC spreads by 2.7, its log10 by 1.2
LOG10_UM_FLOOR, LOG10_UM_CEILING = -5.0, 7.0  # log10 IC50 of GDSC: -4.3 to 5.6; ln: -10.0 to 12.8
Z_TOLERANCE = 0.05
LN_UM_FLOOR = -60.0  # fits without bounds give -25 at times
MEDIAN_CEILING = 6.0  # the median ln IC50 of GDSC is 2.5 in uM, 9.4 in nM
UM_CEILING = 20.0  # ln IC50 ends at 13; a plain IC50 in uM reaches hundreds
AUC_CEILING = 100.0  # areas in per cent end there, CTRP's at about 30
# Upper ends of the areas that the portals publish, by what they call the drugs' source.
AUC_ENDS = {"": 1.05, "GDSC1": 1.05, "GDSC2": 1.05, "BRD": 3.0, "CTRP": 40.0}
AUC_SCALES = (
    (1.05, "GDSC-like, 0 to 1"),
    (3.0, "PRISM-like, 1 = no effect"),
    (np.inf, "CTRP-like, summed over the doses"),
)


class Spread(NamedTuple):
    """What is asked of a table's values.

    Attributes:
      low, high, median, mean, spread: of the values as they are in the file; spread = their sd.
      n_values, n_drugs: how many there are, and of how many drugs.
      is_named: whether the column's name itself says natural log of an IC50.
    """

    low: float
    high: float
    median: float
    mean: float
    spread: float
    n_values: int
    n_drugs: int
    is_named: bool

    @property
    def may_be_log10_um(self) -> bool:
        """Whether log10 of an IC50 in uM can have these ends."""
        return self.low >= LOG10_UM_FLOOR and self.high <= LOG10_UM_CEILING

    @property
    def may_be_z_scores(self) -> bool:
        """Whether mean and spread are those of standardised values."""
        return abs(self.mean) < Z_TOLERANCE and abs(self.spread - 1) < Z_TOLERANCE


class Rule(NamedTuple):
    """A unit that is declared, what no table in that unit shows, and what to say then."""

    units: tuple[str, ...]
    is_broken: Callable[[Spread], bool]
    message: str


RULES = (
    Rule((UM,), lambda s: s.low <= 0,
         f"an IC50 in uM is positive; use {FLAG}ln_um or log10_um"),
    Rule((LN_UM, LOG10_UM), lambda s: s.high > UM_CEILING,
         f"this looks like plain uM; use {FLAG}um"),
    Rule((LOG10_UM,), lambda s: s.high > LOG10_UM_CEILING,
         f"no drug has 1e{{high:.0f}} uM; use {FLAG}ln_um"),
    Rule((LOG10_UM,), lambda s: s.low < LOG10_UM_FLOOR,
         f"no drug acts at 10^{LOG10_UM_FLOOR:.0f} uM; use {FLAG}ln_um"),
    Rule((LN_UM,), lambda s: s.low < LN_UM_FLOOR,
         f"no drug acts at exp({LN_UM_FLOOR:.0f}) uM"),
    Rule((LN_UM, LOG10_UM), lambda s: s.may_be_z_scores and s.n_values >= MIN_VALUES,
         "mean {mean:.2f}: this looks like z-scores, which cannot be converted"),
    Rule((LN_UM, LOG10_UM),
         lambda s: s.low >= 0 and s.high <= AUC_ENDS[""] and s.n_values >= MIN_VALUES,
         f"this looks like an AUC; name the column AUC and use {FLAG}auc"),
    Rule((LN_UM,), lambda s: s.low >= 0 and s.n_drugs >= MIN_DRUGS and not s.is_named,
         f"no value is negative, as in plain uM, an AUC or ln (nM); use {FLAG}um or {FLAG}auc"),
    Rule((LN_UM,), lambda s: s.median > MEDIAN_CEILING and s.n_drugs >= MIN_DRUGS,
         "median {median:.3g}: this looks like ln (nM); subtract ln(1000) first"),
    Rule((LN_UM,),
         lambda s: s.spread < LOG10_SPREAD and s.may_be_log10_um and s.n_drugs >= MIN_DRUGS,
         f"this looks like log10 (uM); use {FLAG}log10_um; if it is ln (uM) all the same, give "
         f"exp of the values and {FLAG}um"),
    Rule((AUC,), lambda s: s.low < 0,
         f"an AUC is never negative; use {FLAG}ln_um or log10_um"),
    Rule((AUC,), lambda s: s.high > AUC_CEILING,
         f"no AUC is above {AUC_CEILING:.0f}; use {FLAG}um if these are IC50s"),
)  # fmt: skip


def check_unit(
    values: np.ndarray, n_drugs: int, unit: str, is_named: bool, path: str | Path, column: str
) -> None:
    """Reject values whose spread or sign shows another base or unit than the declared one.

    Args:
      values: (n,) measured values as they are in the file.
      n_drugs: how many drugs they are of.
      unit: ln_um, log10_um, um or auc.
      is_named: whether the file itself names the values ln IC50.
      path: where they are from, for messages.
      column: likewise.

    Raises:
      DataError: there are none, or they are plainly in another unit; the message names the flag
        that cures it.
    """
    if not len(values):
        raise DataError(f"{path}: expected measurements in {column}, found none")
    with np.errstate(over="ignore"):
        spread = values.std()
        mean = values.mean()
    low, high = values.min(), values.max()
    if low == high and len(values) >= MIN_VALUES:
        raise DataError(f"{path}: expected responses in {column}, found {low:g} in every row")
    found = Spread(
        low, high, np.median(values), mean, spread, len(values), n_drugs, is_named
    )  # fmt: skip
    for rule in RULES:
        if unit in rule.units and rule.is_broken(found):
            raise DataError(
                f"{path}: {column} from {found.low:.3g} to {found.high:.3g}, spread "
                f"{found.spread:.2f}: {rule.message.format(**found._asdict())}"
            )


def looks_like_auc(values: np.ndarray, source: str) -> bool:
    """Tell whether values of no named measure lie where only areas under the curve do.

    No table of ln IC50 is free of negative values and that narrow.

    Args:
      values: (n,) measured values.
      source: what the drugs' names call their source, such as CTRP; "" if nothing.
    """
    end = AUC_ENDS.get(source, AUC_ENDS[""])
    return len(values) >= MIN_VALUES and values.min() >= 0 and values.max() <= end


def warn_of_auc(path: str | Path, column: str) -> None:
    """Warn that areas under the curve stand where ln IC50 was expected."""
    warnings.warn(
        f"{path}: {column}: these are areas under the curve (AUC): predictions will be of AUC and "
        f"not of ln IC50; {FLAG}auc says that this is meant",
        DataWarning, stacklevel=2,
    )  # fmt: skip


def name_auc_scale(values: np.ndarray) -> str:
    """Say in words on which portal's scale areas under the curve are."""
    return next(name for end, name in AUC_SCALES if values.max() <= end)
