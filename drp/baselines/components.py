"""Principal components of a profile matrix. It refuses to know which genes or modality these are.

Exact rather than randomised, so that a design that stands on them repeats to the last digit.
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits


class Components(NamedTuple):
    """Principal axes of the training rows, by falling variance.

    Attributes:
      mean_G: (G,) float64 mean of the training rows.
      axes_KG: (K, G) float64 orthonormal rows; rows beyond the rank of the training data are zero.
    """

    mean_G: np.ndarray
    axes_KG: np.ndarray


def fit_components(values_SG: np.ndarray, train: np.ndarray, n_components: int) -> Components:
    """Fit the leading principal components of the training rows.

    Through the Gram matrix of the shorter side: 400 lines x 17,000 genes have at most 400
    components, so this takes a fraction of a second. When the data's rank is below
    `n_components`, the remaining axes are zero (and so are their codes): the shape never depends on
    the data. The sign of an axis is the one that makes its largest loading positive.

    Args:
      values_SG: (S, G) profiles, any real or integer type.
      train: row indices to learn from.
      n_components: number of axes K.

    Returns:
      Components with exactly K axes.

    Raises:
      ValueError: no training row, n_components below 1, or a value that is not finite.
    """
    if len(train) == 0 or n_components < 1:
        raise ValueError(
            f"expected training rows and n_components >= 1, found {len(train)} rows and "
            f"n_components={n_components}"
        )
    centred_SG = values_SG[train].astype(np.float64)
    # Below this, a squared singular value is rounding error of the mean and of the Gram product.
    floor = np.vdot(centred_SG, centred_SG) * max(centred_SG.shape) * np.finfo(np.float64).eps
    mean_G = centred_SG.mean(axis=0)
    centred_SG -= mean_G
    axes_KG = _leading_axes(centred_SG, n_components, floor)
    padded_KG = np.zeros((n_components, values_SG.shape[1]))
    padded_KG[: len(axes_KG)] = _fix_signs(axes_KG)
    return Components(mean_G, padded_KG)


def project(components: Components, values_SG: np.ndarray) -> np.ndarray:
    """Return the codes of samples: their coordinates along the axes.

    Args:
      components: from `fit_components`.
      values_SG: (S, G) profiles, with the genes and in the unit of the fit.

    Returns:
      (S, K) float64 codes.
    """
    axes_GK = components.axes_KG.T
    return values_SG.astype(np.float64) @ axes_GK - components.mean_G @ axes_GK


def _leading_axes(centred_SG: np.ndarray, n_components: int, floor: float) -> np.ndarray:
    """Return at most n_components orthonormal axes: those with more than `floor` sum of squares."""
    n_samples, n_genes = centred_SG.shape
    wide = n_samples <= n_genes
    gram = centred_SG @ centred_SG.T if wide else centred_SG.T @ centred_SG
    first = max(len(gram) - n_components, 0)
    with threadpool_limits(1, "blas"):  # on a busy machine the threads wait for one another
        squares, vectors = linalg.eigh(gram, subset_by_index=(first, len(gram) - 1))
    squares, vectors = squares[::-1], vectors[:, ::-1]  # eigh sorts upwards
    kept = squares > floor
    axes = vectors[:, kept].T
    return (axes @ centred_SG) / np.sqrt(squares[kept])[:, None] if wide else axes


def _fix_signs(axes_KG: np.ndarray) -> np.ndarray:
    """Turn each axis so that its largest loading in absolute value is positive."""
    largest_K = np.abs(axes_KG).argmax(axis=1)
    return axes_KG * np.sign(axes_KG[np.arange(len(axes_KG)), largest_K])[:, None]
