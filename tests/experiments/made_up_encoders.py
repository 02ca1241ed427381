"""Encoders with random weights, as pre-training would leave them, and what they say of profiles."""

from itertools import pairwise

import numpy as np
import pandas as pd

from experiments.encoders import Preprocessing

WIDTHS = (8, 6, 4)
FACTS = {"modality": "expression", "architecture": {"widths": list(WIDTHS)}, "seed": 3}


def make_genes(n: int, first: int = 0) -> pd.DataFrame:
    """Return genes as a cohort's `var` has them; every third has no Entrez id."""
    numbers = range(first, first + n)
    ids = ["" if i % 3 == 0 else str(1000 + i) for i in numbers]
    return pd.DataFrame({"entrez_id": ids}, index=[f"G{i}" for i in numbers])


def draw_params(n_genes: int, seed: int = 0, widths: tuple[int, ...] = WIDTHS) -> dict:
    """Return weights and biases of all layers."""
    rng = np.random.default_rng(seed)
    return {
        f"dense_{layer}": {
            "kernel": rng.normal(0, below**-0.5, (below, above)).astype(np.float32),
            "bias": rng.normal(0, 0.1, above).astype(np.float32),
        }
        for layer, (below, above) in enumerate(pairwise((n_genes, *widths)))
    }


def draw_preprocessing(n_genes: int, seed: int = 1) -> Preprocessing:
    """Return statistics that change every gene."""
    rng = np.random.default_rng(seed)
    mean, fill = rng.gamma(4, 1, (2, n_genes)).astype(np.float32)
    return Preprocessing(mean, rng.uniform(0.5, 2, n_genes).astype(np.float32), fill)


def read_as_is(n_genes: int) -> Preprocessing:
    """Return statistics that change nothing; a missing gene stands at 0.5."""
    zeros = np.zeros(n_genes, np.float32)
    return Preprocessing(zeros, zeros + 1, zeros + 0.5)


def draw_profiles(n_genes: int, seed: int = 2) -> np.ndarray:
    """Return (7, genes) raw values."""
    return np.random.default_rng(seed).gamma(4, 1, (7, n_genes)).astype(np.float32)


def encode(params: dict, x_BG: np.ndarray) -> np.ndarray:
    """Return the codes in float64."""
    for layer in range(len(params)):
        dense = params[f"dense_{layer}"]
        x_BG = np.maximum(x_BG.astype(np.float64) @ dense["kernel"] + dense["bias"], 0)
    return x_BG
