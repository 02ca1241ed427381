"""The tumours of one modality: which of them train, which judge, and what is known of their genes.

The profiles stay on disk. It refuses to know what is trained.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data.backed import TumorFile
from drp.data.errors import DataError, name_first
from drp.training.feeding import Tumors, read_rows
from drp.training.gene_moments import GeneMoments, measure_genes

MOST_HELD_OUT = 10_000  # so that memory does not grow with the number of tumours


class TumorSet(NamedTuple):
    """The tumours of one modality, T of them.

    Attributes:
      name: the modality.
      genes: its genes; index = symbol.
      x: (T, genes), on disk.
      train: rows to train on, in rising order; `held_out`: the others.
      judged: (H, genes), the held-out ones in memory, in the stored type; None if there are none.
      moments: of the training tumours.
      cancer_types: (T,).
    """

    name: str
    genes: pd.DataFrame
    x: Tumors
    train: np.ndarray
    held_out: np.ndarray
    judged: Tumors | None
    moments: GeneMoments
    cancer_types: pd.Categorical


def open_tumors(file: TumorFile, name: str, held_out: float, seed: int) -> TumorSet:
    """Part a modality's tumours, and read what the parts say of the genes.

    Args:
      file: prepared tumours.
      name: the modality.
      held_out: share that is held out.
      seed: of which.

    Raises:
      DataError: the file lacks the modality or is damaged; too few tumours for both parts; a value
        of the training tumours that is not finite.
    """
    x_TG = file.matrix(name)
    train, judges = part_rows(x_TG.shape[0], held_out, seed)
    if not len(train) or (held_out and not len(judges)):
        raise DataError(
            f"{name}: {x_TG.shape[0]} tumours are too few for --held_out={held_out:g}: "
            f"{len(train)} would train and {len(judges)} judge"
        )
    try:
        judged = read_rows(x_TG, judges) if len(judges) else None
        moments = measure_genes(x_TG, train)
    except OSError as error:  # every row is read here
        raise DataError(f"{file.path}: {name} is damaged ({error})") from error
    genes, types = file.genes(name), file.cancer_types(name)
    broken = genes.index[~np.isfinite(moments.variance)]
    if len(broken):
        raise DataError(f"{name}: expected finite values, found others in {name_first(broken)}")
    return TumorSet(name, genes, x_TG, train, judges, judged, moments, types)


def part_rows(n_tumors: int, held_out: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on and the rows held out, each in rising order."""
    n_held_out = min(round(held_out * n_tumors), MOST_HELD_OUT)
    order = np.random.default_rng(seed).permutation(n_tumors)
    return np.sort(order[n_held_out:]), np.sort(order[:n_held_out])


def sample_rows(rows: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return at most so many of the rows, drawn by seed, in rising order."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
