"""Encoders: written with all that another cohort needs to use them, and read to fit a cohort.

It refuses to know how an encoder is trained.
"""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from experiments.alignment import Match, align_genes, fold_preprocessing, pair_genes
from experiments.encoder_formats import Contents, Preprocessing, read_contents, write_contents

BY_MODALITY = "encoders"  # the sub-folder of a pre-training that holds a folder per modality


class StoredEncoder(NamedTuple):
    """An encoder that fits a cohort.

    Attributes:
      params: {"dense_0": {"kernel": (genes, width), "bias": (width,)}, ...}, host arrays; they read
        raw values of the cohort's genes.
      genes: the cohort's gene symbols, one per row of the first kernel.
      facts: modality, architecture, objective, provenance: what `write_encoder` was given.
    """

    params: Any
    genes: pd.Index
    facts: dict


def find_encoders(folder: Path) -> Path:
    """Return the folder with a folder per modality: this one, or its sub-folder `encoders`."""
    return folder / BY_MODALITY if (folder / BY_MODALITY).is_dir() else folder


def write_encoder(
    folder: Path, params: Any, genes: pd.DataFrame, preprocessing: Preprocessing, facts: dict
) -> None:
    """Write one encoder, all or nothing, for any number of devices to read.

    Args:
      folder: where; what stands there is replaced.
      params: {"dense_0": {"kernel": (G, width), "bias": (width,)}, ...}.
      genes: (G,) index = symbol, column `entrez_id` where known: a cohort's `var`.
      preprocessing: of the same genes.
      facts: what else is worth knowing, as JSON holds it; see `StoredEncoder`.
    """
    in_float32 = Preprocessing(*(np.asarray(x, np.float32) for x in preprocessing))
    assert all(x.shape == (len(genes),) for x in in_float32) and (in_float32.scale > 0).all()
    write_contents(folder, Contents(params, genes, in_float32, facts))


def read_encoder(
    folder: Path, genes: pd.DataFrame, widths: Iterable[tuple[int, ...]],
    min_gene_share: float = 0.8, seed: int = 0, further_genes: bool = False,
) -> StoredEncoder:  # fmt: skip
    """Read one encoder as weights over a cohort's genes, in its order, and over its raw values.

    The encoder's preprocessing is folded into the first layer. Genes are paired by Entrez id where
    both sides give one, then by symbol. A gene of the encoder that the cohort lacks stands at its
    mean over the training tumours for every sample, which adds a constant to the first bias. A
    gene of the cohort that the encoder lacks starts He-uniform, drawn once for all replicates.

    Args:
      folder: what `write_encoder` wrote.
      genes: the cohort's genes, index = symbol, column `entrez_id` where known: its `var`.
      widths: for every recipe the layers that it takes of the encoder, the first ones.
      min_gene_share: share of the encoder's genes that the cohort must have.
      seed: of the new genes' weights.
      further_genes: whether the cohort is meant to have genes that the encoder lacks; else a
        warning tells of them, as it always does of missing ones.

    Raises:
      DataError: no encoder there, damaged, another format or other widths; the cohort has too few
        of its genes, or lacks one and the encoder does not say where it would stand.
    """
    stored = read_contents(folder)
    _check_widths(folder, stored.params, widths)
    match = pair_genes(stored.genes, genes)
    mean_G, scale_G, fill_G = stored.preprocessing
    _check_genes(folder, match, fill_G, min_gene_share)
    _tell_of_genes(folder, match, further_genes)
    over_raw = fold_preprocessing(stored.params, mean_G, scale_G)
    params = align_genes(over_raw, match, fill_G, len(genes), seed)
    return StoredEncoder(params, genes.index, stored.facts)


def _check_widths(folder: Path, params: Any, widths: Iterable[tuple[int, ...]]) -> None:
    found = tuple(params[f"dense_{layer}"]["kernel"].shape[1] for layer in range(len(params)))
    for wanted in widths:
        if found[: len(wanted)] != tuple(wanted):
            cure = f"--encoder_widths={','.join(map(str, found))}"
            raise DataError(f"{folder}: expected layers {wanted}, found {found}; give {cure}")


def _check_genes(folder: Path, match: Match, fill_G: np.ndarray, min_gene_share: float) -> None:
    """Refuse a cohort with too few of the encoder's genes."""
    n_genes, n_missing = len(match.place_G), len(match.missing)
    share = (n_genes - n_missing) / n_genes
    if share < min_gene_share or n_missing == n_genes:
        raise DataError(
            f"{folder}: trained on {n_genes} genes, of which the cohort has {share:.1%}, expected "
            f"{min_gene_share:.1%} (--min_gene_share); it lacks {n_missing}: "
            f"{name_first(match.missing)}"
        )
    if np.isnan(fill_G[match.place_G < 0]).any():
        raise DataError(
            f"{folder}: the cohort lacks {n_missing} of its genes ({name_first(match.missing)}), "
            "and an encoder of format 1 does not say where these would stand; train it again with "
            "`python -m experiments.pretrain`"
        )


def _tell_of_genes(folder: Path, match: Match, further_genes: bool) -> None:
    if len(match.missing):
        warnings.warn(
            f"{folder}: the cohort lacks {len(match.missing)} of its {len(match.place_G)} genes, "
            f"which stand at their mean over the training tumours: {name_first(match.missing)}",
            DataWarning, stacklevel=3,
        )  # fmt: skip
    if len(match.new) and not further_genes:
        warnings.warn(
            f"{folder}: it lacks {len(match.new)} of the cohort's genes, which start from random "
            f"weights: {name_first(match.new)}", DataWarning, stacklevel=3,
        )  # fmt: skip
