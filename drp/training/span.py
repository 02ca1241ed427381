"""The first layer in the span of the training lines. It refuses to know any other layer.

The gradient of a first-layer matrix W (G, H) lies in the row space of the inputs that it is trained
on, so W = W0 + V A with an orthonormal basis V (G, K) of that space and K at most the number of
training lines: A (K, H) is all that moves. A line x is known to the network by its coordinates
z = x V and by its offset x W0. V itself, genes wide, is never built: V = X' C with the training
lines X, so that z = (x X') C needs inner products of lines only. Plain gradient descent on A is
plain gradient descent on W; for Adam it is a change of basis.

Coordinates are made on the host in float64, since small directions are differences of large sums.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from threadpoolctl import threadpool_limits

from drp.models.dense import matmul

ROWS_AT_ONCE = 512  # samples whose genes are held in float64 at a time


class Basis(NamedTuple):
    """One replicate's basis of the span of its training lines, in one modality.

    Attributes:
      train_N: (N,) rows of the training lines.
      coefficients_NK: (N, K) float64, K = N; a direction that the lines do not have is all 0, so
        that all replicates share one shape.
    """

    train_N: np.ndarray
    coefficients_NK: np.ndarray

    def project(self, products_TS: np.ndarray) -> np.ndarray:
        """Return coordinates (T, K), float32, from inner products with all lines (T, S)."""
        coordinates = products_TS[:, self.train_N] @ self.coefficients_NK
        return coordinates.astype(np.float32)


class Offset(NamedTuple):
    """What becomes of the part of W0 that no training line sees.

    Attributes:
      start: (x W0 of the training lines (N, H), C (N, K)) -> the coefficients A (K, H) at first.
      stays: whether x W0 is added for every line; else A alone is the first layer.
    """

    start: Callable[[Array, Array], Array]
    stays: bool


def multiply_lines(x_TG: np.ndarray, lines_SG: np.ndarray) -> np.ndarray:
    """Return inner products (T, S) of samples and lines, float64, some samples at a time."""
    lines_GS = np.asarray(lines_SG, np.float64).T
    parts = [
        np.asarray(x_TG[start : start + ROWS_AT_ONCE], np.float64) @ lines_GS
        for start in range(0, len(x_TG), ROWS_AT_ONCE)
    ]
    return np.concatenate(parts)


def fit_basis(products_SS: np.ndarray, train_N: np.ndarray) -> Basis:
    """Return the basis of one replicate: the thin SVD of its lines by way of their products.

    With X X' = U s2 U', V = X' U / s has orthonormal columns and the span of X's rows.

    Args:
      products_SS: (S, S) float64 inner products of all lines.
      train_N: (N,) rows of the training lines.
    """
    with threadpool_limits(1, "blas"):  # threads that wait for one another cost more than they give
        s2_N, u_NN = np.linalg.eigh(products_SS[np.ix_(train_N, train_N)])
    smallest = s2_N.max(initial=0.0) * len(train_N) * np.finfo(np.float64).eps
    real = s2_N > smallest
    scale_N = np.where(real, 1 / np.sqrt(np.where(real, s2_N, 1.0)), 0.0)
    # The largest direction first, as an SVD has it.
    return Basis(train_N, (u_NN * scale_N)[:, ::-1])


def _start_at_zero(offset_NH: Array, coefficients_NK: Array) -> Array:
    return jnp.zeros((coefficients_NK.shape[1], offset_NH.shape[1]), offset_NH.dtype)


def _start_in_span(offset_NH: Array, coefficients_NK: Array) -> Array:
    return matmul(coefficients_NK.T, offset_NH)  # V' W0 = C' X W0


OFFSETS = {
    "keep": Offset(_start_at_zero, stays=True),
    "drop": Offset(_start_in_span, stays=False),
}
