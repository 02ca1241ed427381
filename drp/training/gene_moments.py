"""What the training tumours say of each gene, and the loss of knowing no more than that."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from drp.training.feeding import Tumors, densify, read_blocks


class GeneMoments(NamedTuple):
    """Per gene, over the training tumours; float64, (genes,)."""

    mean: np.ndarray
    variance: np.ndarray

    @property
    def loss(self) -> float:
        """The mean squared error of the genes' means, a reconstruction that knows no tumour."""
        return float(self.variance.mean())


def measure_genes(x_TG: Tumors, rows_N: np.ndarray) -> GeneMoments:
    """Return mean and variance of every gene over some tumours, reading them block by block.

    Args:
      x_TG: profiles.
      rows_N: rows in rising order.
    """
    sum_G, squares_G = _sum_moments(read_blocks(x_TG, rows_N), x_TG.shape[1])
    mean_G = sum_G / len(rows_N)
    return GeneMoments(mean_G, np.maximum(squares_G / len(rows_N) - mean_G**2, 0.0))


def _sum_moments(blocks: Iterable, n_genes: int) -> tuple[np.ndarray, np.ndarray]:
    sum_G, squares_G = np.zeros(n_genes), np.zeros(n_genes)
    for block in blocks:
        dense = densify(block).astype(np.float64)
        sum_G += dense.sum(axis=0)
        squares_G += (dense**2).sum(axis=0)
    return sum_G, squares_G
