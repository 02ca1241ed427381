"""What an autoencoder is trained to do, as rows of data.

Losses of different objectives are not comparable; `reconstruct` takes all of them back to the
units of the input, where mean squared errors are.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from drp.training.gene_moments import GeneMoments
from drp.training.scaling import Scaling, apply_scaling

RAREST = 1e-4  # share of tumours with a mutation below which a gene's logit starts no lower


class Kind(NamedTuple):
    """A row of `OBJECTIVES`.

    Attributes:
      output: the autoencoder's last layer, relu or linear.
      standardised: whether it works in units of the training tumours' standard deviation.
      error: (output, target, weight of a 1) -> loss of every entry.
      answer: (output, weight of a 1) -> what the output says of the target.
      start: (mean of the target, weight of a 1) -> where the output's bias starts.
    """

    output: str
    standardised: bool
    error: Callable[[Array, Array, float], Array]
    answer: Callable[[Array, float], Array]
    start: Callable[[np.ndarray, float], np.ndarray]


class Objective(NamedTuple):
    """An objective for given tumours; pure functions of rows, (B, genes) each.

    Attributes:
      output: the autoencoder's last layer.
      scaling: what the encoder's inputs are scaled by; zeros and ones where they are not.
      start: (genes,) where the output's bias starts.
      corrupt: (key, x) -> what the encoder reads in training.
      read: x -> what it reads else.
      error: (output, x) -> the loss of every entry.
      reconstruct: output -> in the units of x.
    """

    output: str
    scaling: Scaling
    start: Array
    corrupt: Callable[[Array, Array], Array]
    read: Callable[[Array], Array]
    error: Callable[[Array, Array], Array]
    reconstruct: Callable[[Array], Array]


def _square(output: Array, target: Array, weight: float) -> Array:
    return (output - target) ** 2


def _cross_entropy(logit: Array, target: Array, weight: float) -> Array:
    """Weigh what a mutated gene costs; such genes are few."""
    loss = optax.sigmoid_binary_cross_entropy(logit, target)
    return jnp.where(target > 0, weight, 1.0) * loss


def _probability(logit: Array, weight: float) -> Array:
    """Take the weight's part off again: it multiplies the odds that minimise the loss."""
    return jax.nn.sigmoid(logit - jnp.log(weight))


def _log_odds(share_G: np.ndarray, weight: float) -> np.ndarray:
    """Return the logits that say how often each gene is mutated: 17,000 genes hardly ever are."""
    share_G = np.clip(share_G, RAREST, 1 - RAREST)
    return np.log(share_G / (1 - share_G) * weight)


def _as_it_is(output: Array, weight: float) -> Array:
    return output


def _zero(mean_G: np.ndarray, weight: float) -> np.ndarray:
    return np.zeros_like(mean_G)


OBJECTIVES = {
    # Chiu et al. 2019, Methods: mean squared error, ReLU on the output too
    "paper": Kind("relu", False, error=_square, answer=_as_it_is, start=_zero),
    "standardised": Kind("linear", True, error=_square, answer=_as_it_is, start=_zero),
    "cross_entropy": Kind(
        "linear", False, error=_cross_entropy, answer=_probability, start=_log_odds
    ),
}


def make_objective(
    name: str, moments: GeneMoments, masked_share: float = 0.0, balance: float = 0.5
) -> Objective:
    """Return an objective for tumours with these moments.

    Args:
      name: a row of `OBJECTIVES`.
      moments: of the training tumours, raw.
      masked_share: share of the genes that the encoder does not see in a training step; they stand
        at their mean, and are to be reconstructed all the same (denoising; Vincent et al. 2008).
      balance: of `cross_entropy`: a mutated gene weighs (wild type / mutated) to this power: 0 for
        all alike, 1 for half of the total.

    Raises:
      ValueError: no such objective.
    """
    if name not in OBJECTIVES:
        raise ValueError(f"unknown objective {name!r}; known: {', '.join(OBJECTIVES)}")
    kind = OBJECTIVES[name]
    mean = jnp.asarray(moments.mean, jnp.float32)
    scaling = _fit_scaling(moments) if kind.standardised else _no_scaling(moments)
    weight = _weigh_ones(moments, balance)

    def read(x_BG: Array) -> Array:
        return apply_scaling(scaling, x_BG)

    def corrupt(key: Array, x_BG: Array) -> Array:
        if not masked_share:
            return read(x_BG)
        seen_BG = jax.random.bernoulli(key, 1 - masked_share, x_BG.shape)
        return read(jnp.where(seen_BG, x_BG, mean[None, :]))

    def reconstruct(output_BG: Array) -> Array:
        answer_BG = kind.answer(output_BG, weight)
        return answer_BG * scaling.scale[None, :] + scaling.mean[None, :]

    return Objective(
        kind.output, scaling, jnp.asarray(kind.start(moments.mean, weight), jnp.float32),
        corrupt, read,
        error=lambda output_BG, x_BG: kind.error(output_BG, read(x_BG), weight),
        reconstruct=reconstruct,
    )  # fmt: skip


def _fit_scaling(moments: GeneMoments) -> Scaling:
    """Return mean and standard deviation; a gene without spread is only centred."""
    flat = moments.variance <= 1e-12 * np.maximum(moments.mean**2, 1.0)
    scale = np.where(flat, 1.0, np.sqrt(moments.variance))
    return Scaling(jnp.asarray(moments.mean, jnp.float32), jnp.asarray(scale, jnp.float32))


def _no_scaling(moments: GeneMoments) -> Scaling:
    n_genes = len(moments.mean)
    return Scaling(jnp.zeros(n_genes), jnp.ones(n_genes))


def _weigh_ones(moments: GeneMoments, balance: float) -> float:
    """Return the weight of a mutated gene; 1 where nothing, or everything, is mutated."""
    share = float(moments.mean.mean())
    return ((1 - share) / share) ** balance if 0 < share < 1 else 1.0
