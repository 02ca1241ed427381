"""Lines whose expression was never measured, as mixtures of lines whose expression was.

What such a line's expression may be is guessed from its tissue: the mean of the training lines of
that tissue, shrunk towards the mean of all. A mean is linear, so whatever is linear in expression
(coordinates in a span, components, a first layer before its ReLU) mixes in the same way.
"""

import numpy as np

SHRINKAGE = 2.0  # training lines of any tissue that each mean counts besides its own


def mix_tissues(tissue_F: np.ndarray, tissue_N: np.ndarray) -> np.ndarray:
    """Return weights (F, N) of the training lines in every further line; rows sum to 1.

    Args:
      tissue_F: (F,) tissues of the lines to be made up.
      tissue_N: (N,) tissues of the training lines.
    """
    same_FN = tissue_F[:, None] == tissue_N[None, :]
    n_F1 = same_FN.sum(axis=1, keepdims=True)
    return (same_FN + SHRINKAGE / len(tissue_N)) / (n_F1 + SHRINKAGE)
