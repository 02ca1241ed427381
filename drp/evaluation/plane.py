"""Codes laid out in two dimensions, to be looked at. It refuses to draw and to say what is near."""

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

FEWEST = 16  # UMAP looks at 15 neighbours
UMAP, PCA = "UMAP", "principal component of ranks"


class Plane(NamedTuple):
    """Two coordinates per tumour, and what they are, for the axis labels."""

    xy_T2: np.ndarray  # float64
    method: str  # UMAP or PCA


def lay_out(codes_TK: np.ndarray, seed: int) -> Plane:
    """Return codes in a plane: by UMAP where the package `umap-learn` is installed.

    Else, or for fewer than 16 tumours, the first two principal components of each code's ranks:
    codes of mutations grow with their number, and a few tumours with thousands of them would press
    all others into a corner. The largest entry of an axis in absolute value is positive; a
    coordinate that does not exist is 0.

    Args:
      codes_TK: codes of the tumours.
      seed: of UMAP; principal components need none.

    Raises:
      ValueError: no tumour or code, or a code that is not finite.
    """
    codes_TK = np.asarray(codes_TK, np.float64)
    if codes_TK.size == 0 or not np.isfinite(codes_TK).all():
        n_wrong = int((~np.isfinite(codes_TK)).sum())
        raise ValueError(
            f"expected finite codes (tumours, codes), found shape {codes_TK.shape} "
            f"with {n_wrong} values that are not finite"
        )
    if len(codes_TK) < FEWEST or find_spec("umap") is None:
        return Plane(_find_components(codes_TK), PCA)
    return Plane(_run_umap(codes_TK, seed), UMAP)


def _run_umap(codes_TK: np.ndarray, seed: int) -> np.ndarray:
    import umap  # optional, and slow to import

    # A seed allows one thread only; saying so keeps UMAP from warning of it.
    layout = umap.UMAP(n_components=2, random_state=seed, n_jobs=1).fit_transform(codes_TK)
    return np.asarray(layout, np.float64)


def _find_components(codes_TK: np.ndarray) -> np.ndarray:
    n_tumors = len(codes_TK)
    centred_TK = (rankdata(codes_TK, axis=0) - (n_tumors + 1) / 2) / n_tumors
    axes_2K = np.linalg.svd(centred_TK, full_matrices=False)[2][:2]
    largest_2 = np.take_along_axis(axes_2K, np.abs(axes_2K).argmax(axis=1)[:, None], axis=1)
    xy = centred_TK @ (axes_2K * np.sign(largest_2)).T
    return np.pad(xy, [(0, 0), (0, 2 - xy.shape[1])])
