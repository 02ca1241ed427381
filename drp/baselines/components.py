"""Principal components of profiles. It refuses to know which genes or modality these are.

Exact rather than randomised, so that a design that stands on them repeats to the last digit. All
that components need of the profiles is the inner products of the samples, which many replicates
share: 900 lines x 17,000 genes are multiplied once, and not for every split.
"""

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits


def project_components(
    products_RR: np.ndarray, train: np.ndarray, n_components: int
) -> np.ndarray:  # fmt: skip
    """Return the codes of all samples: their coordinates along the training samples' components.

    By the Gram matrix of the centred training samples. Where these have fewer components than
    asked for, further codes are zero: the shape never depends on the data. The sign of a component
    is the one that makes the largest code of a training sample positive.

    Args:
      products_RR: (R, R) float64 inner products of all samples' profiles.
      train: row indices of those to learn from.
      n_components: number of codes K.

    Returns:
      (R, K) float64 codes, by falling variance over the training samples.

    Raises:
      ValueError: no training row, n_components below 1, or a value that is not finite.
    """
    if len(train) == 0 or n_components < 1:
        raise ValueError(
            f"expected training rows and n_components >= 1, found {len(train)} rows and "
            f"n_components={n_components}"
        )
    # (x - mean) . (t - mean) = x.t - x.mean - mean.t + mean.mean, for all x and training t
    with_train_RN = products_RR[:, train]
    mean_N = with_train_RN[train].mean(axis=0)
    centred_RN = with_train_RN - with_train_RN.mean(axis=1, keepdims=True) - mean_N + mean_N.mean()
    # Below this, a squared singular value is rounding error of the mean and of the products.
    floor = np.trace(with_train_RN[train]) * max(products_RR.shape) * np.finfo(np.float64).eps
    first = max(len(train) - n_components, 0)
    with threadpool_limits(1, "blas"):  # on a busy machine the threads wait for one another
        squares_K, vectors_NK = linalg.eigh(
            centred_RN[train], subset_by_index=(first, len(train) - 1)
        )
    kept = np.flatnonzero(squares_K > floor)[::-1]  # eigh sorts upwards
    axes_NK = _fix_signs(vectors_NK[:, kept]) / np.sqrt(squares_K[kept])
    codes_RK = np.zeros((len(products_RR), n_components))
    codes_RK[:, : len(kept)] = centred_RN @ axes_NK
    return codes_RK


def _fix_signs(vectors_NK: np.ndarray) -> np.ndarray:
    """Turn each column so that its largest entry in absolute value is positive."""
    largest_K = np.abs(vectors_NK).argmax(axis=0)
    return vectors_NK * np.sign(vectors_NK[largest_K, np.arange(vectors_NK.shape[1])])
