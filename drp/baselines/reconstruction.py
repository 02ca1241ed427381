"""Reconstructions that know little: what an autoencoder must beat on tumours it has not seen.

Gene means, and linear codes of any number (principal components). Profiles are dense or SciPy
sparse rows and are made dense some rows at a time. It refuses to know how networks are trained.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import PCA

ROWS_AT_ONCE = 512  # at 18,000 genes 74 MB in float64
ROUNDING = 1e-6  # of the profiles' norm: a singular value below is float32 rounding, no component


class Components(NamedTuple):
    """A linear autoencoder with K codes; K = 0 answers every gene by its mean."""

    mean_G: np.ndarray  # float64
    axes_KG: np.ndarray  # float64, orthonormal rows by falling variance; zero beyond the rank


def fit_components(x_TG, n_components: int, seed: int) -> Components:
    """Return the gene means and the principal components of some tumours' profiles.

    Exact to float32 rounding: ARPACK's Lanczos iteration, which only multiplies by the profiles
    and so leaves sparse ones sparse; a full SVD where the components asked for are a large part of
    all there are. The entry of an axis that is largest in absolute value is positive. 64
    components of 8,000 tumours x 17,400 genes take on one CPU core 2 s sparse (0.5% ones), and 11 s
    dense; up to 90 s dense where no component stands out.

    Args:
      x_TG: (tumours, genes), dense or SciPy sparse, any number type. Dense ones that are not
        float32 are copied.
      n_components: number of codes K. Where the tumours have fewer, further axes are zero: the
        shape never depends on the data.
      seed: of the iteration's start; another seed changes rounding only.

    Raises:
      ValueError: no tumour or gene, n_components below 0, or a value that is not finite.
    """
    n_tumors, n_genes = x_TG.shape
    if min(x_TG.shape) < 1 or n_components < 0:
        raise ValueError(
            f"expected tumours, genes and n_components >= 0, found {n_tumors} tumours, "
            f"{n_genes} genes and n_components={n_components}"
        )
    mean_G = np.asarray(x_TG.sum(axis=0, dtype=np.float64)).ravel() / n_tumors
    if not np.isfinite(mean_G).all():
        gene = int(np.flatnonzero(~np.isfinite(mean_G))[0])
        raise ValueError(f"expected finite profiles, found {mean_G[gene]} as mean of column {gene}")
    axes_KG = np.zeros((n_components, n_genes))
    n_found = min(n_components, n_tumors - 1, n_genes)  # centring costs one
    if n_found > 0 and _is_varied(x_TG):
        found_KG = _find_axes(x_TG, n_found, seed)
        axes_KG[: len(found_KG)] = found_KG
    return Components(mean_G, axes_KG)


def project(components: Components, x_TG) -> np.ndarray:
    """Return the codes (T, K) of tumours, float64: coordinates along the axes from the means.

    Raises:
      ValueError: the tumours have another number of genes than the components.
    """
    n_genes = components.mean_G.size
    if x_TG.shape[1] != n_genes:
        raise ValueError(f"expected {n_genes} genes as fitted, found {x_TG.shape[1]}")
    starts = range(0, x_TG.shape[0], ROWS_AT_ONCE)
    codes = [
        (_densify(x_TG[start : start + ROWS_AT_ONCE]) - components.mean_G) @ components.axes_KG.T
        for start in starts
    ]
    return np.concatenate([np.zeros((0, len(components.axes_KG))), *codes])


def reconstruct_linearly(components: Components, x_TG) -> np.ndarray:
    """Return what the codes of tumours tell of their profiles: dense (T, G) float64."""
    return components.mean_G + project(components, x_TG) @ components.axes_KG


def reconstruction_loss(
    x_TG, reconstruct: Callable[[np.ndarray], np.ndarray], rows_at_once: int = ROWS_AT_ONCE
) -> float:  # fmt: skip
    """Return the mean squared error of a reconstruction over all tumours and genes.

    Accumulated in float64, whatever `reconstruct` computes in.

    Args:
      x_TG: (tumours, genes), dense or SciPy sparse, any number type.
      reconstruct: of a dense float32 block (B, G) its reconstruction (B, G), as an array of NumPy
        or JAX. B is `rows_at_once`, in the last block the rest.
      rows_at_once: tumours that are dense at the same time.

    Raises:
      ValueError: no tumour or gene, rows_at_once below 1, or a reconstruction of another shape.
    """
    n_tumors, n_genes = x_TG.shape
    if min(n_tumors, n_genes, rows_at_once) < 1:
        raise ValueError(
            f"expected tumours, genes and rows_at_once >= 1, found {n_tumors} tumours, "
            f"{n_genes} genes and rows_at_once={rows_at_once}"
        )
    total = 0.0
    for start in range(0, n_tumors, rows_at_once):
        x_BG = _densify(x_TG[start : start + rows_at_once]).astype(np.float32, copy=False)
        answer_BG = np.asarray(reconstruct(x_BG))
        if answer_BG.shape != x_BG.shape:  # (G,) or (B, 1) would broadcast
            raise ValueError(f"expected a reconstruction {x_BG.shape}, found {answer_BG.shape}")
        total += float(np.square(np.subtract(answer_BG, x_BG, dtype=np.float64)).sum())
    return total / (n_tumors * n_genes)


def _find_axes(x_TG, n_components: int, seed: int) -> np.ndarray:
    """Return at most `n_components` axes (K, G): those whose variance is more than rounding."""
    x_TG = x_TG.astype(np.float32, copy=False)
    is_few = 4 * n_components < min(x_TG.shape)
    pca = PCA(n_components, svd_solver="arpack" if is_few else "full", random_state=seed)
    pca.fit(x_TG if is_few else _densify(x_TG))
    norm = np.linalg.norm(x_TG.data if issparse(x_TG) else x_TG)
    return pca.components_[pca.singular_values_ > ROUNDING * norm]


def _is_varied(x_TG) -> bool:
    """Say whether any gene differs between tumours: ARPACK cannot start where none does."""
    low, high = x_TG.min(axis=0), x_TG.max(axis=0)
    return bool((_densify(high) > _densify(low)).any())


def _densify(x_BG) -> np.ndarray:
    """Return rows as a dense array, in the stored type."""
    return x_BG.toarray() if issparse(x_BG) else np.asarray(x_BG)
