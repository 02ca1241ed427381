"""Cohorts on disk, as MuData (.h5mu). It refuses to know what the numbers mean."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mudata

from drp.atomic import replacing
from drp.data.cohort import Cohort
from drp.data.errors import DataError


def write_cohort(path: str | Path, cohort: Cohort) -> None:
    """Write a cohort to one .h5mu file, all or nothing. Any scverse tool can read it."""
    with _quiet_mudata():
        mdata = mudata.MuData(dict(cohort.modalities))
        mdata.obs = cohort.obs.loc[mdata.obs_names]
        mdata.uns = dict(cohort.uns)
        with replacing(path) as partial:
            mdata.write_h5mu(partial, compression="gzip")


def read_cohort(path: str | Path) -> Cohort:
    """Read a cohort that `write_cohort` wrote.

    Raises:
      DataError: no such file, or it is cut short or no MuData file.
    """
    if not Path(path).is_file():
        raise DataError(f"{path}: no such file; `python -m experiments.prepare` makes it")
    try:
        with _quiet_mudata():
            mdata = mudata.read_h5mu(path)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(f"{path}: not a complete .h5mu file ({error})") from error
    return Cohort(mdata.obs.sort_index(), dict(mdata.mod), dict(mdata.uns))


@contextmanager
def _quiet_mudata() -> Iterator[None]:
    """Keep columns where they are, and silence the one warning that our layout always causes.

    The same gene symbol in two modalities is meant: we slice per modality, never across.
    """
    with mudata.set_options(pull_on_update=False), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*var_names are not unique.*")
        yield
