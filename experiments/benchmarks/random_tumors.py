"""Random tumours of any number as a tumors.h5mu file, which may be larger than the memory.

A few programs move all expression genes, so that there is something to learn; mutations are noise.
No more than some thousands differ: to draw a million would take longer than to train on them. It
refuses to know what is trained.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import anndata as ad
import h5py
import numpy as np
import pandas as pd
from scipy import sparse

from drp.data.cohort import TUMORS

MUTATED = 0.01  # share of ones
MEAN_EXPRESSION = 3.0
PROGRAMS = 8
CANCER_TYPES = ("A", "B", "C", "D")
MOST_DIFFERENT = 4_096
CHUNK_ROWS = 256  # of a dense matrix on disk
BYTES_PER_SAMPLE = 200  # its name, cancer type and place, generously


class Profiles(NamedTuple):
    """How the profiles of one modality are made.

    Attributes:
      draw: (random generator, tumours, genes) -> profiles.
      write: (group of the modality, shape, blocks) -> the matrix X is in the file.
      count_bytes: number of genes -> bytes of a tumour, in memory and on disk.
    """

    draw: Callable[[np.random.Generator, int, int], np.ndarray | sparse.csr_matrix]
    write: Callable[[h5py.Group, tuple[int, int], Iterator], None]
    count_bytes: Callable[[int], float]


def write_tumors(path: Path, n_tumors: int, n_genes: int, seed: int) -> None:
    """Write tumours with both modalities, uncompressed, as `TumorFile` reads them."""
    rng = np.random.default_rng(seed)
    types = pd.Categorical.from_codes(rng.integers(len(CANCER_TYPES), size=n_tumors), CANCER_TYPES)
    samples = pd.Index([f"T{number:07d}" for number in range(n_tumors)])
    genes = pd.DataFrame(index=pd.Index([f"G{number}" for number in range(n_genes)]))
    with h5py.File(path, "w") as file:
        ad.io.write_elem(file, "uns", {"kind": TUMORS})
        ad.io.write_elem(file, "obs", pd.DataFrame({"cancer_type": types}, index=samples))
        for name, profiles in PROFILES.items():
            modality = file.create_group(f"mod/{name}")
            modality["obs"] = file["obs"]  # the same one under a second name
            ad.io.write_elem(modality, "var", genes)
            drawn = profiles.draw(rng, min(n_tumors, MOST_DIFFERENT), n_genes)
            profiles.write(modality, (n_tumors, n_genes), repeat_rows(rng, drawn, n_tumors))
            file[f"obsmap/{name}"] = np.arange(1, n_tumors + 1)
    settle_on_disk(path)


def count_file_bytes(n_tumors: int, n_genes: int) -> float:
    """Return the size of the file, rounded up."""
    profiles = sum(one.count_bytes(n_genes) for one in PROFILES.values())
    return n_tumors * (BYTES_PER_SAMPLE + profiles)


def repeat_rows(rng: np.random.Generator, drawn, n_tumors: int) -> Iterator:
    """Yield the drawn rows in one random order after another, block by block, n_tumors in all."""
    for start in range(0, n_tumors, drawn.shape[0]):
        yield drawn[rng.permutation(drawn.shape[0])[: n_tumors - start]]


def settle_on_disk(path: Path) -> None:
    """Wait until the disk has it all: what is measured next shall not share the disk with it."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def draw_expression(rng: np.random.Generator, n_tumors: int, n_genes: int) -> np.ndarray:
    """Return float32 profiles, half of whose variance is that of the programs."""
    loadings_PG = rng.standard_normal((PROGRAMS, n_genes), np.float32) / np.float32(PROGRAMS**0.5)
    activity_TP = rng.standard_normal((n_tumors, PROGRAMS), np.float32)
    noise_TG = rng.standard_normal((n_tumors, n_genes), np.float32)
    return activity_TP @ loadings_PG + noise_TG + np.float32(MEAN_EXPRESSION)


def draw_mutation(rng: np.random.Generator, n_tumors: int, n_genes: int) -> sparse.csr_matrix:
    """Return uint8 profiles, CSR."""
    is_mutated_TG = rng.random((n_tumors, n_genes), np.float32) < MUTATED
    return sparse.csr_matrix(is_mutated_TG, dtype=np.uint8)


def write_dense(modality: h5py.Group, shape: tuple[int, int], blocks: Iterator) -> None:
    """Write blocks of rows as one dataset, in chunks of whole rows."""
    chunks = (min(CHUNK_ROWS, shape[0]), shape[1])
    x_TG = modality.create_dataset("X", shape, np.float32, chunks=chunks)
    start = 0
    for block in blocks:
        x_TG[start : start + len(block)] = block
        start += len(block)


def write_sparse(modality: h5py.Group, shape: tuple[int, int], blocks: Iterator) -> None:
    """Write blocks of rows as one CSR matrix, which grows."""
    ad.io.write_elem(modality, "X", next(blocks))
    x_TG = ad.io.sparse_dataset(modality["X"])
    for block in blocks:
        x_TG.append(block)


PROFILES = {
    "expression": Profiles(draw_expression, write_dense, lambda genes: 4.0 * genes),
    # a byte and a column number of four for each 1, and where the row begins
    "mutation": Profiles(draw_mutation, write_sparse, lambda genes: 5 * MUTATED * genes + 8),
}
