"""A trained autoencoder at work: codes, and how well it reconstructs tumours that it never saw."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from drp.models import Autoencoder
from drp.training.feeding import Tumors, densify
from drp.training.objectives import Objective

ROWS_AT_ONCE = 512


def make_encode(
    model: Autoencoder, objective: Objective
) -> Callable[[Any, Tumors], Iterator[np.ndarray]]:
    """Return (params, x_TG) -> codes (some rows, K) float32, part by part."""

    @jax.jit
    def encode(params, x_BG: Array) -> Array:
        return model.apply(
            {"params": params}, objective.read(x_BG.astype(jnp.float32)), method="encode"
        )

    return lambda params, x_TG: map(np.asarray, map(partial(encode, params), cut_rows(x_TG)))


def make_measure(model: Autoencoder, objective: Objective) -> Callable[[Any, Tumors], float]:
    """Return (params, x_TG) -> mean squared error of the reconstruction, in the input's units."""

    @jax.jit
    def measure(params, x_BG: Array) -> Array:
        x_BG = x_BG.astype(jnp.float32)
        output_BG = model.apply({"params": params}, objective.read(x_BG))
        return ((objective.reconstruct(output_BG) - x_BG) ** 2).sum()

    def measure_all(params, x_TG: Tumors) -> float:
        sums = [float(measure(params, x_BG)) for x_BG in cut_rows(x_TG)]
        return sum(sums) / (x_TG.shape[0] * x_TG.shape[1])

    return measure_all


def cut_rows(x_TG: Tumors) -> Iterator[np.ndarray]:
    """Yield some rows at a time as dense arrays, in the stored type."""
    for start in range(0, x_TG.shape[0], ROWS_AT_ONCE):
        yield densify(x_TG[start : start + ROWS_AT_ONCE])
