"""Scaling of inputs by what the training lines show. It refuses to see any other line."""

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from drp.models.dense import matmul


class Scaling(NamedTuple):
    """Per gene, what is taken off and what divides, both (genes,)."""

    mean: Array
    scale: Array


def fit_scaling(x_NG: Array) -> Scaling:
    """Return each gene's mean and standard deviation; a gene without spread is only centred.

    Its float32 standard deviation need not be 0 (the mean is rounded), and a division by such a
    remainder would blow up every line that differs; so the spread is judged by the range.
    """
    x_NG = x_NG.astype(jnp.float32)
    spread = x_NG.max(axis=0) > x_NG.min(axis=0)
    return Scaling(x_NG.mean(axis=0), jnp.where(spread, x_NG.std(axis=0), 1.0))


def apply_scaling(scaling: Scaling, x_BG: Array) -> Array:
    """Return (B, genes) in units of the training lines' spread."""
    return (x_BG - scaling.mean[None, :]) / scaling.scale[None, :]


def fold_scaling(encoder: Mapping, scaling: Scaling | None) -> Mapping:
    """Rewrite a pre-trained encoder so that scaled inputs give the codes that raw ones gave.

    With x = mean + scale * z, x W + b = z (scale * W) + (mean W + b): the first layer takes up the
    scaling, and training starts from exactly what pre-training left.

    Args:
      encoder: {"dense_0": {"kernel": (genes, width), "bias": (width,)}, ...}.
      scaling: of the same genes; None where the inputs stay as they are.
    """
    if scaling is None:
        return encoder
    first = encoder["dense_0"]
    kernel = scaling.scale[:, None] * first["kernel"]
    bias = first["bias"] + matmul(scaling.mean[None, :], first["kernel"])[0]
    return {**encoder, "dense_0": {"kernel": kernel, "bias": bias}}
