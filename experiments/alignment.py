"""An encoder's weights -> the same over another cohort's genes and over raw values.

Host arrays throughout. It refuses to read files, and to judge how many genes are enough.
"""

from typing import Any, NamedTuple

import jax
import numpy as np
import pandas as pd

from drp.data.crosswalk import match_genes
from drp.models.dense import HE_UNIFORM


class Match(NamedTuple):
    """Which of an encoder's genes a cohort has.

    Attributes:
      place_G: (encoder's genes,) where each stands among the cohort's; -1: the cohort lacks it.
      missing: the encoder's genes that the cohort lacks.
      new: the cohort's genes that the encoder lacks.
    """

    place_G: np.ndarray
    missing: pd.Index
    new: pd.Index


def pair_genes(stored: pd.DataFrame, genes: pd.DataFrame) -> Match:
    """Pair an encoder's genes with a cohort's as two cohorts' are paired: see `match_genes`.

    Args:
      stored: the encoder's genes, index = symbol, column `entrez_id` where known.
      genes: the same of the cohort.
    """
    pairs, _ = match_genes(with_entrez(stored), with_entrez(genes))
    place_G = genes.index.get_indexer(pairs["second"].reindex(stored.index))
    is_new = ~np.isin(np.arange(len(genes)), place_G)
    return Match(place_G, stored.index[place_G < 0], genes.index[is_new])


def with_entrez(genes: pd.DataFrame) -> pd.DataFrame:
    """Return the genes with their Entrez ids alone, "" where unknown."""
    if "entrez_id" not in genes:
        return pd.DataFrame({"entrez_id": ""}, genes.index, dtype=object)
    known = genes["entrez_id"].astype(object)
    return known.where(known.notna(), "").astype(str).to_frame()


def fold_preprocessing(params: Any, mean_G: np.ndarray, scale_G: np.ndarray) -> Any:
    """Rewrite an encoder of (x - mean) / scale so that x itself gives the same codes.

    ((x - mean) / scale) W + b = x (W / scale) + (b - (mean / scale) W): what
    `drp.training.scaling.fold_scaling` does, the other way round. The bias is a sum over thousands
    of genes, so it is summed in float64; the result is float32.

    Args:
      params: {"dense_0": {"kernel": (G, width), "bias": (width,)}, ...}.
      mean_G: what was taken off each gene.
      scale_G: what divided it.
    """
    first = params["dense_0"]
    shift_W = _weigh(-mean_G / scale_G, first["kernel"])
    return _replace_first(params, first["kernel"] / scale_G[:, None], first["bias"] + shift_W)


def align_genes(params: Any, match: Match, fill_G: np.ndarray, n_genes: int, seed: int) -> Any:
    """Return an encoder over the cohort's genes, in the cohort's order.

    A gene that the cohort lacks stands at its fill value for every sample: it adds one constant to
    the first bias. A gene that the encoder lacks starts from He-uniform weights.

    Args:
      params: {"dense_0": {"kernel": (G, width), "bias": (width,)}, ...}, over raw values.
      match: where the encoder's genes stand in the cohort.
      fill_G: the value at which a missing gene stands, raw.
      n_genes: how many the cohort has.
      seed: of the new genes' weights.
    """
    first, missing_G = params["dense_0"], match.place_G < 0
    kernel = first["kernel"]
    shape = n_genes, kernel.shape[1]
    # All rows are drawn, so that a gene's weights do not depend on which others are new.
    is_drawn = len(match.new) > 0
    aligned = np.array(_draw(shape, seed)) if is_drawn else np.empty(shape, kernel.dtype)
    aligned[match.place_G[~missing_G]] = kernel[~missing_G]
    bias = first["bias"] + _weigh(fill_G[missing_G], kernel[missing_G])
    return _replace_first(params, aligned, bias)


def _draw(shape: tuple[int, int], seed: int) -> jax.Array:
    return HE_UNIFORM(jax.random.key(seed), shape, "float32")


def _weigh(x_G: np.ndarray, kernel_GW: np.ndarray) -> np.ndarray:
    """Return x W, (width,), in float64."""
    return x_G.astype(np.float64) @ kernel_GW.astype(np.float64)


def _replace_first(params: Any, kernel: np.ndarray, bias: np.ndarray) -> Any:
    first = {"kernel": kernel.astype(np.float32), "bias": bias.astype(np.float32)}
    return {**params, "dense_0": first}
