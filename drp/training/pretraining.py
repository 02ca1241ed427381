"""Training one autoencoder on all tumours (Chiu et al. 2019, Methods)."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import Array

from drp.models import Autoencoder, init_autoencoder
from drp.training.batches import shuffle_into_batches
from drp.training.losses import masked_mse


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
    key: Array, x_TG: Array, model: Autoencoder, optimiser: optax.GradientTransformation,
    batch_size: int, epochs: int,
) -> Iterator[PretrainStep]:  # fmt: skip
    """Train an autoencoder on every tumour, and yield after each epoch.

    Args:
      key: random key; epoch e shuffles with `fold_in(key, e)`.
      x_TG: (tumours, genes), log2(TPM+1) or 0/1 in any number type; cast batch by batch.
      model: the autoencoder.
      optimiser: from `make_optimiser`.
      batch_size: tumours per step.
      epochs: passes over the tumours.
    """
    init_key, shuffle_key = jax.random.split(key)
    params = init_autoencoder(init_key, model)
    state = PretrainState(params, optimiser.init(params))
    x_TG = jnp.asarray(x_TG)  # on the device once, and not at every epoch
    run_epoch = jax.jit(make_pretrain_epoch(model, optimiser, batch_size), donate_argnums=0)
    for epoch in range(epochs):
        state, loss = run_epoch(state, jax.random.fold_in(shuffle_key, epoch), x_TG)
        yield PretrainStep(epoch + 1, float(loss), state.params)


def make_pretrain_epoch(
    model: Autoencoder, optimiser: optax.GradientTransformation, batch_size: int
) -> Callable[[PretrainState, Array, Array], tuple[PretrainState, Array]]:
    """Return the pure function (state, key, x_TG) -> (state, mean loss of the epoch)."""

    def loss_of(params, x_BG, real_B):
        # (B, 1) against (B, genes): the padding of the last batch counts for nothing
        mask_BG = jnp.broadcast_to(real_B[:, None], x_BG.shape)
        return masked_mse(model.apply({"params": params}, x_BG), x_BG, mask_BG)

    def run_epoch(state: PretrainState, key: Array, x_TG: Array):
        def step(state: PretrainState, batch):
            x_BG = x_TG[batch.index].astype(jnp.float32)
            loss, grads = jax.value_and_grad(loss_of)(state.params, x_BG, batch.real)
            updates, opt_state = optimiser.update(grads, state.opt_state, state.params)
            return PretrainState(optax.apply_updates(state.params, updates), opt_state), loss

        batches = shuffle_into_batches(key, jnp.arange(len(x_TG)), batch_size)
        state, losses = jax.lax.scan(step, state, batches)
        weights = batches.real.sum(axis=1)
        return state, jnp.average(losses, weights=weights)

    return run_epoch


def gene_mean_loss(x_TG: Array) -> float:
    """Return the loss of each gene's mean, the reconstruction that knows nothing of the tumour."""
    return float(_mean_variance(x_TG))


@jax.jit  # fused, so that a large 0/1 matrix is never held as float32
def _mean_variance(x_TG: Array) -> Array:
    return jnp.var(x_TG.astype(jnp.float32), axis=0).mean()
