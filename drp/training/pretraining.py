"""Training one autoencoder on all tumours (Chiu et al. 2019, Methods).

The tumours stay on the host as they are stored, mutation sparse; some batches at a time go to the
device, mutation as uint8, and a batch becomes float32 when its turn comes.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from drp.models import Autoencoder, init_autoencoder
from drp.training.batches import shuffle_into_batches
from drp.training.losses import masked_mse

BATCHES_AT_ONCE = 16  # at 64 tumours x 18,000 genes 18 MB of mutations
ROWS_AT_ONCE = 1024


class Tumors(Protocol):
    """Profiles of tumours: a NumPy array, a JAX array, or a SciPy sparse matrix in rows."""

    shape: tuple[int, int]

    def __getitem__(self, rows): ...


class PretrainState(NamedTuple):
    """What the next batch needs."""

    params: Any
    opt_state: Any


class PretrainStep(NamedTuple):
    """What a person wants to see after an epoch, and the weights."""

    epoch: int  # from 1
    loss: float  # mean squared error over all tumours and genes, during the epoch
    params: Any  # on the device; donated, so valid only until the next step is asked for


def fit_autoencoder(
    key: Array, x_TG: Tumors, model: Autoencoder, optimiser: optax.GradientTransformation,
    batch_size: int, epochs: int,
) -> Iterator[PretrainStep]:  # fmt: skip
    """Train an autoencoder on every tumour, and yield after each epoch.

    Args:
      key: random key; epoch e shuffles with `fold_in(key, e)`.
      x_TG: (tumours, genes), log2(TPM+1) or 0/1 in any number type.
      model: the autoencoder.
      optimiser: from `make_optimiser`.
      batch_size: tumours per step.
      epochs: passes over the tumours.
    """
    init_key, shuffle_key = jax.random.split(key)
    params = init_autoencoder(init_key, model)
    state = PretrainState(params, optimiser.init(params))
    run_batches = jax.jit(make_pretrain_batches(model, optimiser), donate_argnums=0)
    rows = jnp.arange(x_TG.shape[0])
    for epoch in range(epochs):
        batches = shuffle_into_batches(jax.random.fold_in(shuffle_key, epoch), rows, batch_size)
        index_KB, real_KB = jax.device_get(batches)
        losses = []
        for start in range(0, len(index_KB), BATCHES_AT_ONCE):
            some = slice(start, start + BATCHES_AT_ONCE)
            state, loss_K = run_batches(state, gather(x_TG, index_KB[some]), real_KB[some])
            losses.append(loss_K)
        loss = np.average(np.concatenate(losses), weights=real_KB.sum(axis=1))
        yield PretrainStep(epoch + 1, float(loss), state.params)


def make_pretrain_batches(
    model: Autoencoder, optimiser: optax.GradientTransformation
) -> Callable[[PretrainState, Array, Array], tuple[PretrainState, Array]]:
    """Return the pure function (state, x_KBG, real_KB) -> (state, loss of each of K batches)."""

    def loss_of(params, x_BG, real_B):
        # (B, 1) against (B, genes): the padding of the last batch counts for nothing
        mask_BG = jnp.broadcast_to(real_B[:, None], x_BG.shape)
        return masked_mse(model.apply({"params": params}, x_BG), x_BG, mask_BG)

    def step(state: PretrainState, batch):
        x_BG, real_B = batch
        x_BG = x_BG.astype(jnp.float32)
        loss, grads = jax.value_and_grad(loss_of)(state.params, x_BG, real_B)
        updates, opt_state = optimiser.update(grads, state.opt_state, state.params)
        return PretrainState(optax.apply_updates(state.params, updates), opt_state), loss

    def run_batches(state: PretrainState, x_KBG: Array, real_KB: Array):
        return jax.lax.scan(step, state, (x_KBG, real_KB))

    return run_batches


def gather(x_TG: Tumors, index_KB: np.ndarray) -> np.ndarray:
    """Return the tumours of some batches as a dense array (K, B, genes), in the stored type."""
    return _densify(x_TG[index_KB.ravel()]).reshape(*index_KB.shape, -1)


def gene_mean_loss(x_TG: Tumors) -> float:
    """Return the loss of each gene's mean, the reconstruction that knows nothing of the tumour.

    In float64 on the host, some tumours at a time.
    """
    n_tumors, n_genes = x_TG.shape
    sum_G, squares_G = np.zeros(n_genes), np.zeros(n_genes)
    for start in range(0, n_tumors, ROWS_AT_ONCE):
        some = _densify(x_TG[start : start + ROWS_AT_ONCE]).astype(np.float64)
        sum_G += some.sum(axis=0)
        squares_G += (some**2).sum(axis=0)
    return float((squares_G / n_tumors - (sum_G / n_tumors) ** 2).mean())


def _densify(rows) -> np.ndarray:
    return rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
