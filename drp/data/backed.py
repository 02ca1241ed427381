"""Prepared tumours on disk, opened and not loaded: a cohort may be larger than the memory.

It refuses to hold more of a modality than it is asked for.
"""

from pathlib import Path

import anndata as ad
import h5py
import numpy as np
import pandas as pd

from drp.data.cohort import TUMORS
from drp.data.errors import DataError

DAMAGED = (OSError, KeyError, ValueError, TypeError, RuntimeError)


class TumorFile:
    """An open tumors.h5mu. Use it in a `with` block, which closes the file."""

    def __init__(self, path: str | Path):
        """Open a file that `write_cohort` wrote.

        Raises:
          DataError: no such file; it is cut short or no MuData file; it holds no tumours.
        """
        self.path = Path(path)
        if not self.path.is_file():
            raise DataError(f"{path}: no such file; `python -m experiments.prepare` makes it")
        try:
            self._file = h5py.File(self.path)
            self._modalities = self._file["mod"]
            kind = ad.io.read_elem(self._file["uns"]).get("kind", TUMORS)
            self._types = pd.Categorical(ad.io.read_elem(self._file["obs/cancer_type"]))
        except DAMAGED as error:
            raise DataError(f"{path}: not a complete .h5mu file ({error})") from error
        if kind != TUMORS:
            self._file.close()
            raise DataError(f"{path}: expected prepared {TUMORS}, found {kind}")

    def __enter__(self) -> "TumorFile":
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def matrix(self, name: str) -> "h5py.Dataset | ad.abc.CSRDataset":
        """Return a modality's tumours x genes as it lies on disk: `[start:stop]` reads rows.

        Raises:
          DataError: the file lacks the modality.
        """
        x_TG = self._modality(name)["X"]
        return x_TG if isinstance(x_TG, h5py.Dataset) else ad.io.sparse_dataset(x_TG)

    def genes(self, name: str) -> pd.DataFrame:
        """Return what is known of a modality's genes; index = symbol."""
        return ad.io.read_elem(self._modality(name)["var"])

    def samples(self, name: str, start: int, stop: int) -> np.ndarray:
        """Return the ids of some tumours of a modality, in the order of its rows."""
        obs = self._modality(name)["obs"]
        return obs[obs.attrs["_index"]].asstr()[start:stop].astype(str)

    def cancer_types(self, name: str) -> pd.Categorical:
        """Return the cancer type of every tumour of a modality, in the order of its rows."""
        place = self._file[f"obsmap/{name}"][:]  # of each sample: its row, from 1; 0 = none
        here = np.flatnonzero(place)
        return self._types[here[np.argsort(place[here])]]

    def _modality(self, name: str) -> h5py.Group:
        if name not in self._modalities or f"obsmap/{name}" not in self._file:
            found = ", ".join(self._modalities) or "none"
            raise DataError(f"{self.path}: no modality {name!r}; found: {found}")
        return self._modalities[name]
