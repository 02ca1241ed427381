"""A bench of random lines that trains in seconds: gaps, further lines, further screens, tissues."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from drp.data.imputation import impute_vim_knn
from drp.data.lines import CellLines, FurtherLines
from drp.data.splits import make_splits
from drp.settings import RECIPES, Recipe
from experiments.bench import Bench, Training

S, F, T, D, A, WIDTHS = 30, 9, 7, 4, 2, (16, 8)
N_GENES = {"mutation": 60, "expression": 90}
# So small that a network trains in milliseconds; everything else is as in the recipe.
QUICK = {"encoder_widths": WIDTHS, "head_widths": (6,), "batch_size": 8, "max_epochs": 3}


def quick(name: str, **changes) -> Recipe:
    """Return a recipe of small networks that train for a few epochs."""
    return replace(RECIPES[name], **{**QUICK, **changes})


def draw(n: int, seed: int) -> dict[str, np.ndarray]:
    """Return profiles of n samples."""
    rng = np.random.default_rng(seed)
    mutated = (rng.random((n, N_GENES["mutation"])) < 0.1).astype(np.uint8)
    expression = rng.gamma(2, 1, (n, N_GENES["expression"])).astype(np.float32)
    return {"mutation": mutated, "expression": expression}


def draw_encoder(n_genes: int) -> dict:
    """Return an encoder as pre-training leaves one."""
    rng, widths = np.random.default_rng(n_genes), (n_genes, *WIDTHS)
    return {
        f"dense_{layer}": {
            "kernel": rng.normal(0, below**-0.5, (below, above)).astype(np.float32),
            "bias": rng.normal(0, 0.1, above).astype(np.float32),
        }
        for layer, (below, above) in enumerate(pairwise(widths))
    }


def draw_responses(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return measured (n, D), the same with its gaps filled, and auxiliary responses (n, A)."""
    rng = np.random.default_rng(seed)
    both = rng.normal(2, 1, (n, D + A)) + np.arange(D + A)
    both[rng.random(both.shape) < 0.15] = np.nan
    measured_SD, auxiliary_SA = both[:, :D], both[:, D:]
    return measured_SD, impute_vim_knn(measured_SD.T)[0].T, auxiliary_SA


def make_lines(n_further: int = F) -> CellLines:
    """Return random lines of three tissues; further lines, of skin and bone not alike many."""
    measured_SD, imputed_SD, auxiliary_SA = draw_responses(S, 2)
    genes = {name: pd.Index([f"G{i}" for i in range(n)]) for name, n in N_GENES.items()}
    samples, others, drugs = (
        pd.Index([f"{x}{i}" for i in range(n)]) for x, n in (("L", S), ("F", n_further), ("D", D))
    )
    tissue_S, tissue_F = (np.resize([*["lung"] * 3, "skin", "bone"], n) for n in (S, n_further))
    further = FurtherLines(
        others, tissue_F, draw(n_further, 4)["mutation"], *draw_responses(n_further, 5)
    )
    return CellLines(
        samples, tissue_S, draw(S, 0), genes, measured_SD, imputed_SD, drugs,
        np.array(["a", "b", "c", "a"]), auxiliary_SA, "ln_ic50_um", further,
    )  # fmt: skip


def make_bench(
    recipes: dict[str, Recipe], kind: str = "line", n_replicates: int = 2,
    lines: CellLines | None = None, **training,
) -> Bench:  # fmt: skip
    """Return a bench of these lines, else of `make_lines`."""
    lines = make_lines() if lines is None else lines
    splits = make_splits(
        S, n_replicates, 0, kind, tissue_S=lines.tissue_S, measured_SD=lines.measured_SD
    )
    encoders = {"": {name: draw_encoder(n) for name, n in N_GENES.items()}}
    return Bench(lines, splits, encoders, recipes, n_replicates, 3, Training(slots=1, **training))
