"""Cohorts on disk, as MuData (.h5mu). It refuses to know what the numbers mean."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mudata
import pandas as pd
from pandas.api.types import is_extension_array_dtype, is_numeric_dtype

from drp.atomic import replacing
from drp.data.cohort import Cohort
from drp.data.errors import DataError


def write_cohort(path: str | Path, cohort: Cohort) -> None:
    """Write a cohort to one .h5mu file, all or nothing. Any scverse tool can read it."""
    with _quiet_mudata():
        # Copies, because the writer turns repeated text of its input into categories.
        mdata = mudata.MuData({name: matrix.copy() for name, matrix in cohort.modalities.items()})
        mdata.obs = cohort.obs.loc[mdata.obs_names]
        mdata.uns = dict(cohort.uns)
        with replacing(path) as partial:
            mdata.write_h5mu(partial, compression="gzip")


def read_cohort(path: str | Path, kind: str | None = None) -> Cohort:
    """Read a cohort that `write_cohort` wrote.

    Args:
      path: the .h5mu file.
      kind: cell_lines or tumors, what the caller needs; None for either.

    Returns:
      The cohort, its samples in alphabetical order; the rows and columns of each modality in the
      order in which they were written.

    Raises:
      DataError: no such file; it is cut short or no MuData file; it holds the other kind, so that
        an encoder never trains on the lines that test it.
    """
    if not Path(path).is_file():
        raise DataError(f"{path}: no such file; `python -m experiments.prepare` makes it")
    try:
        with _quiet_mudata():
            mdata = mudata.read_h5mu(path)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise DataError(f"{path}: not a complete .h5mu file ({error})") from error
    found = mdata.uns.get("kind", kind)
    if kind and found != kind:
        raise DataError(f"{path}: expected prepared {kind}, found {found}")
    for matrix in mdata.mod.values():
        matrix.var = _plain(matrix.var)
    return Cohort(_plain(mdata.obs).sort_index(), dict(mdata.mod), dict(mdata.uns))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Undo what storage does to columns: text in categories, numbers with pandas' own NA."""
    kinds = {name: kind for name, kind in frame.dtypes.items() if is_extension_array_dtype(kind)}
    plain = {name: float if is_numeric_dtype(kind) else object for name, kind in kinds.items()}
    return frame.astype(plain)


@contextmanager
def _quiet_mudata() -> Iterator[None]:
    """Keep columns where they are, and silence two warnings.

    The same gene symbol in two modalities is meant: we slice per modality, never across. A file
    that mudata did not write is read if it can be, and else raises.
    """
    with mudata.set_options(pull_on_update=False), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*var_names are not unique.*")
        warnings.filterwarnings("ignore", message="The HDF5 file was not created by")
        yield
