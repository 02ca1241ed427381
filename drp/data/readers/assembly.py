"""What the files gave -> one cohort, if they belong together. It refuses to read any file."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import RESPONSE, UNITS, Cohort
from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.annotation import UNKNOWN, make_obs
from drp.data.readers.ledger import Ledger

FEW = 0.2  # share of the smallest file's samples that have everything, below which one is warned
MANY = 0.1  # share of samples without cancer type above which a warning is due
OTHERS = {  # what the names of the other cohort begin with, what they are, whose flags they need
    "cells": ("TCGA-", "tumours", "--tumors_..."),
    "tumors": ("ACH-", "cell lines", "--cells_..."),
}


def join_tables(tables: Sequence[ad.AnnData], paths: Sequence[Path]) -> ad.AnnData:
    """Put further response tables side by side; a line that one of them lacks is all NaN there.

    A drug that an earlier table has too is named after its file as well.
    """
    seen: set[str] = set()
    for table, path in zip(tables, paths, strict=True):
        names = [f"{name} [{path.name}]" if name in seen else name for name in table.var_names]
        seen |= {*names}
        table.var_names = names
    return ad.concat(tables, axis="var", join="outer", merge="first", fill_value=np.nan)


def assemble(
    modalities: Mapping[str, ad.AnnData], annotation: pd.DataFrame, cohort: str, ledger: Ledger
) -> Cohort:
    """Return the cohort of matrices whose samples have their final names.

    Args:
      modalities: name -> samples x features.
      annotation: the sample table.
      cohort: cells or tumors, with which the roles in the ledger begin.
      ledger: what was read from which file.

    Raises:
      DataError: the sample table knows none of the samples.
    """
    names = pd.Index(sorted(set().union(*(matrix.obs_names for matrix in modalities.values()))))
    obs, n_absent = make_obs(names, annotation)
    reading = {
        "samples_without_annotation": n_absent,
        "annotated_samples_without_data": int((~annotation.index.isin(names)).sum()),
        "mutation": ledger.find_all(f"{cohort}_mutation")[0].record,
    }
    path = ledger.find_all(f"{cohort}_samples")[0].path
    _judge_annotation(obs, n_absent, annotation, path)
    units = {name: UNITS[name] for name in UNITS if name in modalities}
    if RESPONSE in modalities:
        units[RESPONSE] = ledger.find_all("response")[0].record["unit"]
    return Cohort(obs, modalities, {"units": units, "reading": reading})


def check_overlap(
    cohort: Cohort, names: Sequence[str], words: str, measured: Mapping[str, ad.AnnData]
) -> None:
    """Raise a DataError if no sample has everything, and warn if hardly one has."""
    complete = len(cohort.samples_with(*names))
    if not complete:
        raise DataError(f"no {words}; {_name_samples(measured)}")
    least = min(cohort.require(name).n_obs for name in names)
    if complete < FEW * least:
        warnings.warn(
            f"hardly a {words}: {complete}, though each of the files has {least} and more; "
            f"{_name_samples(measured)}", DataWarning, stacklevel=3,
        )  # fmt: skip


def _name_samples(modalities: Mapping[str, ad.AnnData]) -> str:
    return "; ".join(f"{name}: {name_first(m.obs_names, 3)}" for name, m in modalities.items())


def reject_other_cohort(found: pd.Index, path: Path, cohort: str) -> None:
    """Raise a DataError if most of the names can only be those of the other cohort."""
    start, what, flag = OTHERS[cohort]
    if found.str.startswith(start).sum() > len(found) / 2:
        raise DataError(
            f"{path}: its samples ({name_first(found, 3)}) are {what}; give it with a flag {flag}"
        )


def _judge_annotation(
    obs: pd.DataFrame, n_absent: int, annotation: pd.DataFrame, path: str
) -> None:
    """Refuse a sample table of other samples, and tell of many without a cancer type.

    Tissue means, the baseline that is hardest to beat, and per-cancer results hang on it.
    """
    if n_absent == len(obs):
        raise DataError(
            f"{path}: its samples ({name_first(annotation.index, 3)}) are none of the "
            f"{len(obs)} of the other files ({name_first(obs.index, 3)})"
        )
    unknown = obs.index[obs["cancer_type"] == UNKNOWN]
    if len(unknown) > MANY * len(obs):
        warnings.warn(
            f"{path}: no row for {n_absent} of the {len(obs)} samples of all files together; "
            f"cancer type or tissue is unknown for {len(unknown)}: {name_first(unknown, 3)}",
            DataWarning, stacklevel=4,
        )  # fmt: skip
